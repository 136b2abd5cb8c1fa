package models_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/fault"
	"passerelle/models"
)

// Every time is a moment: no column holds a time of nowhere.
func TestTheSchemaKeepsMoments(t *testing.T) {
	h := open(t)
	if n := h.count(`select count(*) from information_schema.columns where table_schema = 'public' and table_name <> 'goose_db_version' and data_type in ('timestamp without time zone', 'time without time zone')`); n != 0 {
		t.Errorf("%d columns hold times without a zone", n)
	}
	if n := h.count(`select (select count(*) from pg_constraint where not convalidated) + (select count(*) from pg_index where not indisvalid)`); n != 0 {
		t.Errorf("%d constraints or indexes do not hold", n)
	}
}

func TestPeople(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	zoe := h.person("Zoe", models.Learner, models.Trainer)
	for _, email := range []string{"Zoe@example.org", "zoe@EXAMPLE.org", "ZOE@EXAMPLE.ORG"} {
		p, hash, err := h.PersonByEmail(ctx, email)
		h.must(err)
		if p.ID != zoe.ID || hash != "hash of Zoe" || !p.Is(models.Trainer) || p.Is(models.Administrator) {
			t.Errorf("%s is %+v with %q", email, p, hash)
		}
		twin := models.Person{Name: "Twin", Email: email, Roles: models.Strings{}}
		if err := h.InsertPerson(ctx, &twin, "x"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second account for %s: %v", email, err)
		}
	}
	_, _, err := h.PersonByEmail(ctx, "zo_@example.org")
	h.missing(err, "a pattern for an address")
	_, err = h.PersonByID(ctx, 99)
	h.missing(err, "nobody")
	h.missing(h.UpdateRoles(ctx, 99, []string{models.Learner}), "nobody's roles")
	if err := h.UpdateRoles(ctx, zoe.ID, []string{"root"}); err == nil {
		t.Error("a role that does not exist was given")
	}
	var nobody *models.Person
	if nobody.Is(models.Learner) {
		t.Error("nobody is a learner")
	}

	for _, name := range []string{"Émile", "Eva", "Zorro", "100%", "a_b", `back\slash`, "Ángel"} {
		h.exec(`insert into people (email, name, password_hash, created_at) values ($1, $2, 'x', now())`, strings.ToLower(name)+"@example.net", name)
	}
	for search, want := range map[string][]string{
		"%": {"100%"}, "_": {"a_b"}, `\`: {`back\slash`}, "EVA": {"Eva"}, "EXAMPLE.ORG": {"Zoe"}, "émile": {"Émile"}, "no such": nil,
		"": {"100%", "a_b", "Ángel", `back\slash`, "Émile", "Eva", "Zoe", "Zorro"}, // as people sort, not as bytes do
	} {
		found, err := h.People(ctx, search, 0, 100)
		h.must(err)
		var names []string
		for _, p := range found {
			names = append(names, p.Name)
		}
		n, err := h.CountPeople(ctx, search)
		h.must(err)
		if !slices.Equal(names, want) || n != len(want) {
			t.Errorf("searching %q finds %v (%d), want %v", search, names, n, want)
		}
	}
	page, err := h.People(ctx, "", 6, 1)
	h.must(err)
	if len(page) != 1 || page[0].Name != "Zoe" {
		t.Errorf("the seventh is %v", page)
	}
}

func TestSessions(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	zoe, bram := h.person("Zoe", models.Learner), h.person("Bram", models.Learner)
	live := func(token string) error {
		_, err := h.SessionByToken(ctx, []byte(token), time.Hour)
		return err
	}
	begin := func(token string, p *models.Person) {
		h.must(h.InsertSession(ctx, []byte(token), p.ID, h.Now().Add(3*time.Hour)))
	}
	begin("desk", zoe)
	begin("phone", zoe)
	begin("bram", bram)
	s, err := h.SessionByToken(ctx, []byte("desk"), time.Hour)
	h.must(err)
	if s.Person.ID != zoe.ID || !s.SeenAt.Equal(h.Now()) || !s.ExpiresAt.Equal(h.Now().Add(3*time.Hour)) {
		t.Errorf("the session is %+v", s)
	}
	h.missing(live("Desk"), "another token")
	h.missing(live(""), "no token")

	h.clock.pass(50 * time.Minute)
	h.must(h.TouchSession(ctx, []byte("desk")))
	h.clock.pass(20 * time.Minute)
	h.must(live("desk"))
	h.missing(live("phone"), "a session not seen for an hour")
	h.exec(`update people set suspended_at = now() where id = $1`, zoe.ID)
	h.missing(live("desk"), "a suspended person's session")
	h.exec(`update people set suspended_at = null`)
	h.must(live("desk"))
	h.clock.pass(2 * time.Hour) // three hours and ten minutes in all
	h.must(h.TouchSession(ctx, []byte("desk")))
	h.missing(live("desk"), "an expired session")

	begin("new", zoe)
	h.must(h.SweepSessions(ctx, h.Now()))
	if n := h.count(`select count(*) from sessions`); n != 1 {
		t.Errorf("%d sessions after sweeping, want 1", n)
	}
	begin("newer", zoe)
	begin("other", bram)
	h.must(h.DeleteSession(ctx, []byte("new")))
	h.missing(live("new"), "a session that was ended")
	h.must(live("newer"))
	h.must(h.DeleteSessionsOf(ctx, zoe.ID))
	h.missing(live("newer"), "one of all that were ended")
	h.must(live("other"))

	// A clock that steps back does not make a session unseen.
	h.clock.pass(-30 * time.Minute)
	h.must(h.TouchSession(ctx, []byte("other")))
	h.clock.pass(80 * time.Minute)
	h.must(live("other"))
}

func TestSignInFailures(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	count := func(account string) int {
		n, err := h.SignInFailures(ctx, []byte(account), h.Now().Add(-15*time.Minute))
		h.must(err)
		return n
	}
	for range 3 {
		h.must(h.InsertSignInFailure(ctx, []byte("zoe")))
		h.clock.pass(6 * time.Minute)
	}
	if n, other := count("zoe"), count("bram"); n != 2 || other != 0 {
		t.Errorf("%d failures of Zoe's in a quarter of an hour, %d of Bram's", n, other)
	}
	h.must(h.SweepSessions(ctx, h.Now().Add(-15*time.Minute)))
	if n := h.count(`select count(*) from sign_in_failures`); n != 2 {
		t.Errorf("%d failures are kept", n)
	}
	h.must(h.DeleteSignInFailures(ctx, []byte("zoe")))
	if n := count("zoe"); n != 0 {
		t.Errorf("%d failures after signing in", n)
	}
}

func TestVersionsAreNeverOverwritten(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.publish("accueillir", 2)
	h.publish("zzz", 1)
	if err := h.InsertVersion(ctx, h.course, 2, strings.Repeat("f", 64), "other", nil); err == nil {
		t.Error("version 2 was written twice")
	}
	for number, want := range map[int]int{0: 2, 1: 1, 2: 2} {
		v, err := h.VersionBySlug(ctx, "accueillir", number)
		h.must(err)
		if v.Number != want || v.Slug != "accueillir" {
			t.Errorf("version %d is %+v", number, v)
		}
	}
	_, err := h.VersionBySlug(ctx, "accueillir", 3)
	h.missing(err, "a version to come")
	_, err = h.VersionBySlug(ctx, "Accueillir", 0)
	h.missing(err, "another slug")
	_, err = h.Document(ctx, h.course, 9)
	h.missing(err, "the document of no version")
	latest, err := h.LatestVersions(ctx)
	h.must(err)
	all, err := h.Versions(ctx)
	h.must(err)
	if len(latest) != 2 || latest[0].Number != 2 || latest[1].Slug != "zzz" || len(all) != 3 || all[0].Number != 2 {
		t.Errorf("latest %+v, all %+v", latest, all)
	}

	h.must(h.InsertMedia(ctx, strings.Repeat("a", 64), "image/png", []byte{0, 1, 2}))
	h.must(h.InsertMedia(ctx, strings.Repeat("a", 64), "image/svg+xml", []byte("other")))
	kind, bytes, err := h.Media(ctx, strings.Repeat("a", 64))
	h.must(err)
	if kind != "image/png" || len(bytes) != 3 {
		t.Errorf("the figure is %s %v", kind, bytes)
	}
	_, _, err = h.Media(ctx, "x")
	h.missing(err, "a figure")

	// Two who publish at once wait for each other.
	atOnce(6, func(int) {
		err := h.Tx(ctx, func(tx *models.DB) error {
			id, newest, _, err := tx.LockCourse(ctx, "nouveau")
			if err != nil {
				return err
			}
			return tx.InsertVersion(ctx, id, newest+1, fmt.Sprintf("%064d", newest), "{}", nil)
		})
		if err != nil {
			t.Error(err)
		}
	})
	if n := h.count(`select max(number) from course_versions v join courses c on c.id = v.course_id where slug = 'nouveau'`); n != 6 {
		t.Errorf("six publications made %d versions", n)
	}
}

func TestJourneys(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	aline, j := h.learner("Aline")
	bram := h.person("Bram", models.Learner)
	if !j.Enrolled() || j.Version != 1 || j.Latest != 1 || j.Cycle != 1 || j.PersonID != aline.ID || len(j.Attempts) != 0 || j.Certificate != nil {
		t.Errorf("a new journey is %+v", j)
	}
	if other := h.journey(bram); other.Enrolled() || other.Latest != 1 {
		t.Errorf("Bram's journey is %+v", other)
	}
	if nobody, err := h.JourneyIn(ctx, 0, "accueillir"); err != nil || nobody.Enrolled() {
		t.Errorf("nobody's journey is %+v, %v", nobody, err)
	}
	_, err := h.JourneyIn(ctx, aline.ID, "no-such-course")
	h.missing(err, "a journey in no course")
	h.must(h.Tx(ctx, func(tx *models.DB) error { _, _, _, err := tx.LockCourse(ctx, "empty"); return err }))
	_, err = h.JourneyIn(ctx, aline.ID, "empty")
	h.missing(err, "a journey in a course without a version")
	if _, created, err := h.InsertEnrolment(ctx, aline.ID, h.course, 1); err != nil || created {
		t.Errorf("enrolled twice: %v %v", created, err)
	}
	h.must(h.Tx(ctx, func(tx *models.DB) error { return tx.LockEnrolment(ctx, aline.ID, "accueillir") }))
	h.missing(h.Tx(ctx, func(tx *models.DB) error { return tx.LockEnrolment(ctx, bram.ID, "accueillir") }), "Bram's enrolment")

	h.publish("accueillir", 2)
	h.must(h.InsertReading(ctx, j.EnrolmentID, 1, "lecon"))
	h.clock.pass(time.Minute)
	h.must(h.InsertReading(ctx, j.EnrolmentID, 1, "suite"))
	h.must(h.InsertReading(ctx, j.EnrolmentID, 1, "lecon"))
	h.must(h.InsertReading(ctx, j.EnrolmentID, 2, "of another cycle"))
	for number, score := range []float64{40, 80, 80} {
		id, err := h.InsertAttempt(ctx, j, "quiz", number+1, []string{"q"})
		h.must(err)
		h.must(h.SubmitAttempt(ctx, id, map[string]float64{"q": score / 100}, score, score > 50))
	}
	open, err := h.InsertAttempt(ctx, j, "quiz", 4, []string{"q"})
	h.must(err)
	h.must(h.UpdateProgress(ctx, j.EnrolmentID, 66))
	first, err := h.InsertCompletion(ctx, j.EnrolmentID, 1, nil)
	h.must(err)
	second, err := h.InsertCompletion(ctx, j.EnrolmentID, 1, nil)
	h.must(err)
	if !first || second {
		t.Errorf("completed %v, then %v", first, second)
	}
	j = h.journey(aline)
	if j.Version != 1 || j.Latest != 2 || j.Progress != 66 || !slices.Equal(j.Read, models.Strings{"lecon", "suite"}) || j.CompletedAt == nil || !j.ActiveAt.Equal(h.Now()) {
		t.Errorf("the journey is %+v", j)
	}
	attempts := j.AttemptsAt("quiz")
	if best := j.Best("quiz"); len(attempts) != 4 || best == nil || best.Number != 2 || best.Score != 80 || attempts[3].ID != open || attempts[3].SubmittedAt != nil {
		t.Errorf("the attempts are %+v, the best %+v", attempts, best)
	}
	if j.Best("pretest") != nil || j.AttemptsAt("pretest") != nil {
		t.Error("attempts at a quiz that was never begun")
	}
	h.exec(`update enrolments set cycle = 2`)
	if j = h.journey(aline); !slices.Equal(j.Read, models.Strings{"of another cycle"}) || len(j.Attempts) != 0 || j.CompletedAt != nil {
		t.Errorf("a new cycle begins with %+v", j)
	}
	counts, err := h.EnrolledPerVersion(ctx)
	h.must(err)
	if counts[h.course][1] != 1 || counts[h.course][2] != 0 {
		t.Errorf("enrolled per version: %v", counts)
	}
	journeys, err := h.Journeys(ctx, aline.ID)
	h.must(err)
	none, err := h.Journeys(ctx, bram.ID)
	h.must(err)
	if len(journeys) != 1 || len(none) != 0 {
		t.Errorf("%d journeys of Aline's, %d of Bram's", len(journeys), len(none))
	}
}

// Every way to an attempt asks whose it is.
func TestAttemptsAreTheirOwners(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	aline, j := h.learner("Aline")
	bram, _ := h.learner("Bram")
	id, err := h.InsertAttempt(ctx, j, "quiz", 1, []string{"q-un", "q-deux"})
	h.must(err)
	again, err := h.InsertAttempt(ctx, j, "quiz", 2, []string{"q-un"})
	h.must(err)
	if again != id {
		t.Errorf("a second open attempt %d beside %d", again, id)
	}
	save := func(p *models.Person, question string, sequence int64, values ...string) (string, int64, error) {
		saving, err := h.SaveAnswer(ctx, h.session(p), time.Hour, id, question, map[string][]string{"": values}, sequence)
		if err != nil {
			return "", 0, err
		}
		return saving.Outcome, saving.Sequence, nil
	}
	for _, step := range []struct {
		sequence int64
		outcome  string
		kept     int64
	}{{5, models.Saved, 5}, {5, models.Stale, 5}, {4, models.Stale, 5}, {6, models.Saved, 6}, {1 << 53, models.Saved, 1 << 53}} {
		outcome, kept, err := save(aline, "q-un", step.sequence, fmt.Sprint(step.sequence))
		h.must(err)
		if outcome != step.outcome || kept != step.kept {
			t.Errorf("saving as %d: %s %d, want %s %d", step.sequence, outcome, kept, step.outcome, step.kept)
		}
	}
	_, _, err = save(bram, "q-un", 1<<53+1, "x")
	h.missing(err, "Bram's answer at Aline's attempt")
	_, _, err = save(aline, "q-trois", 1, "x")
	h.missing(err, "an answer to a question that is not asked")
	_, err = h.AttemptOf(ctx, bram.ID, id)
	h.missing(err, "Aline's attempt, for Bram")
	h.missing(h.Tx(ctx, func(tx *models.DB) error { _, err := tx.LockAttempt(ctx, bram.ID, id); return err }), "Aline's attempt, for Bram to hold")

	h.must(h.SubmitAttempt(ctx, id, map[string]float64{"q-un": 1, "q-deux": 0}, 50, false))
	if err := h.SubmitAttempt(ctx, id, map[string]float64{"q-un": 0, "q-deux": 0}, 0, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("submitted twice: %v", err)
	}
	if outcome, kept, err := save(aline, "q-un", 1<<53+9, "late"); err != nil || outcome != models.Closed || kept != 1<<53 {
		t.Errorf("a late answer: %s %d %v", outcome, kept, err)
	}
	a, err := h.AttemptOf(ctx, aline.ID, id)
	h.must(err)
	if a.Open() || *a.Score != 50 || *a.Passed || len(a.Answers) != 2 || a.Answers["q-un"].Given[""][0] != fmt.Sprint(int64(1)<<53) || *a.Answers["q-deux"].Points != 0 {
		t.Errorf("the attempt is %+v", a)
	}
}

// Of many answers that arrive at once the one with the highest sequence stays.
func TestTheLastAnswerStays(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	aline, j := h.learner("Aline")
	id, err := h.InsertAttempt(ctx, j, "quiz", 1, []string{"q"})
	h.must(err)
	session := h.session(aline)
	atOnce(16, func(i int) {
		if _, err := h.SaveAnswer(ctx, session, time.Hour, id, "q", map[string][]string{"": {fmt.Sprint(i + 1)}}, int64(i+1)); err != nil {
			t.Error(err)
		}
	})
	a, err := h.AttemptOf(ctx, aline.ID, id)
	h.must(err)
	if got := a.Answers["q"]; got.Sequence != 16 || got.Given[""][0] != "16" {
		t.Errorf("what stays is %+v", got)
	}
}

func TestCertificatesAreTheirHolders(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	aline, j := h.learner("Aline")
	bram := h.person("Bram", models.Learner)
	issue := func(code string) (*models.Certificate, error) {
		n, err := h.NextCertificateNumber(ctx)
		h.must(err)
		c := &models.Certificate{Number: fmt.Sprint("PAS-", n), Code: code, Snapshot: `{"holder": "Aline"}`, SHA256: "x"}
		return c, h.InsertCertificate(ctx, c, j.EnrolmentID, 1, aline.ID, []byte("%PDF-1"))
	}
	c, err := issue("code")
	h.must(err)
	if _, err := issue("code2"); err == nil {
		t.Error("two certificates for one cycle")
	}
	for what, err := range map[string]error{
		"Bram's view":    func() error { _, err := h.CertificateOf(ctx, bram.ID, c.ID); return err }(),
		"Bram's PDF":     func() error { _, _, err := h.CertificatePDF(ctx, bram.ID, c.ID); return err }(),
		"a wrong code":   func() error { _, err := h.CertificateByCode(ctx, "Code"); return err }(),
		"no code":        func() error { _, err := h.CertificateByCode(ctx, ""); return err }(),
		"another number": func() error { _, err := h.CertificateOf(ctx, aline.ID, c.ID+1); return err }(),
	} {
		h.missing(err, what)
	}
	own, err := h.CertificateOf(ctx, aline.ID, c.ID)
	h.must(err)
	found, err := h.CertificateByCode(ctx, "code")
	h.must(err)
	number, pdf, err := h.CertificatePDF(ctx, aline.ID, c.ID)
	h.must(err)
	if *own != *found || own.Snapshot != `{"holder": "Aline"}` || number != c.Number || string(pdf) != "%PDF-1" {
		t.Errorf("own %+v, found %+v, number %s", own, found, number)
	}
	list, err := h.CertificatesOf(ctx, bram.ID)
	h.must(err)
	if len(list) != 0 || *h.journey(aline).Certificate != c.ID {
		t.Errorf("Bram holds %v; Aline's journey leads to %v", list, h.journey(aline).Certificate)
	}
}

// A letter is written once, taken by one, and waits its time.
func TestTheOutbox(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	for i := range 3 {
		l := models.Letter{Kind: "welcome", Ref: fmt.Sprint("person:", i), Recipient: "zoe@example.org", Subject: "s", Body: "b"}
		h.must(h.QueueMail(ctx, l))
		l.Body = "another"
		h.must(h.QueueMail(ctx, l))
		h.clock.pass(time.Second)
	}
	if n := h.count(`select count(*) from outbox where body = 'b'`); n != 3 {
		t.Fatalf("%d letters", n)
	}
	other := h.again(models.Options{Clock: h.clock.Now})
	h.must(h.Tx(ctx, func(tx *models.DB) error {
		one, err := tx.TakeLetter(ctx)
		h.must(err)
		h.must(other.Tx(ctx, func(tx *models.DB) error {
			two, err := tx.TakeLetter(ctx)
			h.must(err)
			if one.Ref != "person:0" || two.Ref != "person:1" {
				t.Errorf("taken: %s and %s", one.Ref, two.Ref)
			}
			return tx.LetterSent(ctx, two.ID)
		}))
		return tx.LetterFailed(ctx, one.ID, "later, please", h.Now().Add(time.Minute))
	}))
	third, err := h.TakeLetter(ctx)
	h.must(err)
	if third.Ref != "person:2" {
		t.Errorf("next is %s", third.Ref)
	}
	h.must(h.LetterSent(ctx, third.ID))
	_, err = h.TakeLetter(ctx)
	h.missing(err, "a letter that waits")
	h.clock.pass(time.Minute)
	late, err := h.TakeLetter(ctx)
	h.must(err)
	if late.Ref != "person:0" || late.Tries != 1 {
		t.Errorf("after a minute: %+v", late)
	}
	h.must(h.LetterSent(ctx, late.ID))
	if n := h.count(`select count(*) from outbox where sent_at is not null and last_error = '' and tries > 0`); n != 3 {
		t.Errorf("%d of 3 letters are sent", n)
	}
}

func TestTheAudit(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	ada := h.person("Ada", models.Administrator)
	h.must(h.Audit(ctx, ada.ID, "roles_set", models.Subject("person", 12), map[string]any{"roles": []string{"learner"}}))
	h.must(h.Audit(ctx, 0, "swept", "sessions", nil))
	var actor *int64
	var at time.Time
	var detail string
	h.must(h.SQL().QueryRow(`select actor, at, detail from audit where subject = 'person:12'`).Scan(&actor, &at, &detail))
	if actor == nil || *actor != ada.ID || !at.Equal(h.Now()) || detail != `{"roles":["learner"]}` {
		t.Errorf("the line is %v %v %s", actor, at, detail)
	}
	if n := h.count(`select count(*) from audit where actor is null and action = 'swept' and detail::text = '{}'`); n != 1 {
		t.Errorf("%d lines by nobody", n)
	}
}

func TestTheCompletionReport(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	day := func(n int) time.Time { return time.Date(2026, 12, n, 12, 0, 0, 0, time.UTC) }
	enrol := func(name string, enrolled, active int, completed int) {
		_, j := h.learner(name)
		h.exec(`update enrolments set enrolled_at = $2, last_activity_at = $3 where id = $1`, j.EnrolmentID, day(enrolled), day(active))
		if completed > 0 {
			h.exec(`insert into completions (enrolment_id, cycle, completed_at) values ($1, 1, $2)`, j.EnrolmentID, day(completed))
		}
	}
	enrol("Émile", 1, 1, 0)
	enrol("aline", 2, 5, 9)
	enrol("Zoe", 3, 4, 0)
	h.exec(`insert into completions (enrolment_id, cycle, completed_at) select id, 7, now() from enrolments where enrolled_at = $1`, day(1)) // of another cycle
	for _, q := range []struct {
		filter models.CompletionFilter
		want   string
	}{
		{models.CompletionFilter{}, "aline Émile Zoe"},
		{models.CompletionFilter{Slug: "accueillir"}, "aline Émile Zoe"},
		{models.CompletionFilter{Slug: "autre"}, ""},
		{models.CompletionFilter{State: models.Completed}, "aline"},
		{models.CompletionFilter{State: models.UnderWay}, "Zoe"},
		{models.CompletionFilter{State: models.NotStarted}, "Émile"},
		{models.CompletionFilter{From: day(3)}, "aline Zoe"}, // the day of completion counts, where there is one
		{models.CompletionFilter{To: day(3)}, "Émile"},
		{models.CompletionFilter{From: day(1), To: day(2)}, "Émile"},
		{models.CompletionFilter{From: day(9), To: day(10), State: models.Completed}, "aline"},
	} {
		var names []string
		h.must(h.CompletionRows(ctx, q.filter, func(r *models.CompletionRow) error {
			names = append(names, r.Name)
			return nil
		}))
		if got := strings.Join(names, " "); got != q.want {
			t.Errorf("%+v: %s, want %s", q.filter, got, q.want)
		}
	}
	stop := errors.New("stop")
	if err := h.CompletionRows(ctx, models.CompletionFilter{}, func(*models.CompletionRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
}

// Exports have connections and time of their own: they neither wait for pages nor make them wait, and
// a slow one is not cut off by the patience that pages have.
func TestExportsHaveTheirOwnTime(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.learner("Aline")
	hasty := h.again(models.Options{StatementTimeout: 100 * time.Millisecond, Connections: 1})
	h.exec(`alter table certificates rename to kept_certificates`)
	h.exec(`create view certificates as select c.* from kept_certificates c right join (select pg_sleep(0.3)) slow on true`)
	if _, err := hasty.CertificatesOf(ctx, 1); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a page waits as long as an export: %v", err)
	}
	err := hasty.Tx(ctx, func(*models.DB) error { // the one connection for pages is taken
		return hasty.CompletionRows(ctx, models.CompletionFilter{}, func(*models.CompletionRow) error { return nil })
	})
	h.must(err)

	// As many exports as there are connections for them leave all those for pages free.
	var inside, done sync.WaitGroup
	release := make(chan struct{})
	h.exec(`drop view certificates`)
	h.exec(`alter table kept_certificates rename to certificates`)
	for range 4 {
		inside.Add(1)
		done.Go(func() {
			err := hasty.CompletionRows(ctx, models.CompletionFilter{}, func(*models.CompletionRow) error { inside.Done(); <-release; return nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	inside.Wait()
	if _, err := hasty.LatestVersions(ctx); err != nil {
		t.Errorf("a page while exports run: %v", err)
	}
	tired, cancel := context.WithCancel(ctx)
	cancel()
	if err := hasty.CompletionRows(tired, models.CompletionFilter{}, func(*models.CompletionRow) error { return nil }); err == nil {
		t.Error("an export for somebody who is gone")
	}
	close(release)
	done.Wait()
}
