package learning_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"passerelle/accounts"
	"passerelle/certificates"
	"passerelle/courses"
	"passerelle/devpg/pgtest"
	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/quiz"
	"passerelle/templates"
)

// A school is a database with one published course and two learners, Aline and Bram.
type school struct {
	*learning.Learning
	db      *models.DB
	library *courses.Library
	aline   *models.Person
	bram    *models.Person
}

func text(s string) courses.Text { return courses.Text{"fr": s} }

// course is "Accueillir": a lesson, an optional pre-test, and a quiz of two questions with pass mark 70.
func course() *courses.Document {
	yes := true
	lesson := &courses.Lesson{ReviewedOn: "2026-11-22", ReviewBy: "2027-11-22", Body: text("Bonjour.")}
	choice := quiz.Question{Key: "q-ouvrir", Kind: "single_choice", Text: text("Comment ouvrir le sujet ?"), Options: []quiz.Option{
		{Key: "permission", Correct: true, Text: text("Demander la permission")}, {Key: "affirmer", Text: text("Affirmer")},
	}}
	statement := quiz.Question{Key: "q-secret", Kind: "true_false", Text: text("Le secret s’applique."), Answer: &yes}
	return &courses.Document{
		Format: courses.Format, Slug: "accueillir", Languages: []string{"fr"}, Title: text("Accueillir"), Summary: text("…"),
		Objectives: []courses.Objective{{Key: "ouvrir", Text: text("Ouvrir le sujet")}}, Organiser: courses.Organiser{Name: "Passerelle"},
		WrittenOn: "2026-11-22",
		Modules: []courses.Module{{Key: "m", Title: text("Module"), Steps: []courses.Step{
			{Key: "pretest", Title: text("Pré-test"), Minutes: 5, Optional: true, Quiz: &courses.Quiz{Purpose: courses.Pretest, Questions: []quiz.Question{{Key: "p-1", Kind: "true_false", Text: text("?"), Answer: &yes}}}},
			{Key: "lecon", Title: text("Leçon"), Minutes: 10, Lesson: lesson},
			{Key: "quiz", Title: text("Quiz"), Minutes: 5, Quiz: &courses.Quiz{Purpose: courses.Summative, PassMark: 70, Attempts: 2, Questions: []quiz.Question{choice, statement}}},
		}}},
	}
}

func open(t *testing.T) *school {
	t.Helper()
	t.Parallel()
	ctx := t.Context()
	db, err := models.Open(ctx, models.Options{URL: pgtest.URL(t)})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	words, err := i18n.Load()
	must(t, err)
	pages, err := templates.New(words)
	must(t, err)
	press, err := certificates.NewPress(time.UTC)
	must(t, err)
	library := courses.NewLibrary(func(_, key string) string { return key })
	s := &school{learning.New(db, library, press, pages, words, "https://passerelle.example"), db, library,
		&models.Person{Email: "aline@example.org", Name: "Łukasz Dvořák-Nguyễn 🌉", Language: "fr", Roles: models.Strings{"learner"}},
		&models.Person{Email: "bram@example.org", Name: "Bram", Language: "nl", Roles: models.Strings{"learner"}}}
	for _, p := range []*models.Person{s.aline, s.bram} {
		must(t, db.InsertPerson(ctx, p, "x"))
	}
	_, published, err := courses.Publish(ctx, db, course(), nil)
	must(t, err)
	if !published {
		t.Fatal("the course was not published")
	}
	return s
}

// token signs a person in.
func (s *school) token(t *testing.T, p *models.Person) string {
	t.Helper()
	token := rand.Text()
	must(t, s.db.InsertSession(t.Context(), accounts.HashToken(token), p.ID, s.db.Now().Add(time.Hour)))
	return token
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *school) journey(t *testing.T, p *models.Person) *models.Journey {
	t.Helper()
	j, err := s.db.JourneyIn(t.Context(), p.ID, "accueillir")
	must(t, err)
	return j
}

// sit begins an attempt and answers both questions.
func (s *school) sit(t *testing.T, p *models.Person, opening, secret string) int64 {
	t.Helper()
	id, err := s.Start(t.Context(), p, "accueillir", "quiz")
	must(t, err)
	must(t, s.SavePage(t.Context(), p, id, func(question string) quiz.Answer {
		return map[string]quiz.Answer{"q-ouvrir": {"": {opening}}, "q-secret": {"": {secret}}}[question]
	}))
	return id
}

func TestTheWholeWayToTheCertificate(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	must(t, s.Enrol(ctx, s.aline, "accueillir")) // once is enough
	id := s.sit(t, s.aline, "permission", "true")
	must(t, s.Submit(ctx, s.aline, id))

	j := s.journey(t, s.aline)
	if best := j.Best("quiz"); best == nil || best.Score != 100 || !best.Passed {
		t.Fatalf("the attempt earned %+v, want 100 and passed", best)
	}
	if j.Progress != 50 || j.CompletedAt != nil || j.Certificate != nil {
		t.Fatalf("with the lesson unread: progress %d, completed %v, certificate %v", j.Progress, j.CompletedAt, j.Certificate)
	}
	must(t, s.Read(ctx, s.aline, "accueillir", "lecon"))
	must(t, s.Read(ctx, s.aline, "accueillir", "lecon"))
	j = s.journey(t, s.aline)
	if j.Progress != 100 || j.CompletedAt == nil || j.Certificate == nil {
		t.Fatalf("after the last rule: progress %d, completed %v, certificate %v", j.Progress, j.CompletedAt, j.Certificate)
	}
	c, err := s.db.CertificateOf(ctx, s.aline.ID, *j.Certificate)
	must(t, err)
	frozen, err := certificates.Frozen(c)
	must(t, err)
	if frozen.Holder != s.aline.Name || frozen.Score == nil || *frozen.Score != 100 || frozen.Minutes != 20 {
		t.Errorf("the certificate says %+v", frozen)
	}
	if _, err := s.db.CertificateOf(ctx, s.bram.ID, *j.Certificate); !fault.Is(err, fault.NotFound) {
		t.Errorf("Bram sees Aline's certificate: %v", err)
	}
	letter, err := s.db.TakeLetter(ctx)
	must(t, err)
	if letter.Kind != "certificate" || letter.Recipient != s.aline.Email {
		t.Errorf("the letter is %+v", letter)
	}
}

func TestEightSubmissionsGiveOneMarkAndOneCertificate(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	must(t, s.Read(ctx, s.aline, "accueillir", "lecon"))
	id := s.sit(t, s.aline, "permission", "true")
	for _, err := range atOnce(8, func() error { return s.Submit(ctx, s.aline, id) }) {
		must(t, err)
	}
	for table, want := range map[string]int{"attempts": 1, "completions": 1, "certificates": 1, "outbox": 1} {
		if n := s.count(t, table, ""); n != want {
			t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
	for action, want := range map[string]int{"attempt_submitted": 1, "completed": 1, "certificate_issued": 1} {
		if n := s.count(t, "audit", action); n != want {
			t.Errorf("%d audit lines %q, want %d", n, action, want)
		}
	}
}

// The last lesson and the last quiz at the same moment: neither may believe that the other is missing.
func TestLastTwoRulesAtOnceComplete(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	id := s.sit(t, s.aline, "permission", "true")
	var turn sync.Mutex
	submit := true
	for _, err := range atOnce(2, func() error {
		turn.Lock()
		mine := submit
		submit = false
		turn.Unlock()
		if mine {
			return s.Submit(ctx, s.aline, id)
		}
		return s.Read(ctx, s.aline, "accueillir", "lecon")
	}) {
		must(t, err)
	}
	if j := s.journey(t, s.aline); j.Certificate == nil {
		t.Error("no certificate, though every rule is met")
	}
}

func TestTwentyStartsGiveOneAttempt(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	start := func() error { _, err := s.Start(ctx, s.aline, "accueillir", "quiz"); return err }
	for _, err := range atOnce(20, start) {
		must(t, err)
	}
	if n := s.count(t, "attempts", ""); n != 1 {
		t.Fatalf("%d attempts, want 1", n)
	}
}

func TestAttemptsRunOut(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	for range 2 {
		must(t, s.Submit(ctx, s.aline, s.sit(t, s.aline, "affirmer", "true")))
	}
	for _, err := range atOnce(20, func() error { _, err := s.Start(ctx, s.aline, "accueillir", "quiz"); return err }) {
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("a third attempt: %v, want a conflict", err)
		}
	}
	if j := s.journey(t, s.aline); j.Best("quiz").Score != 50 || j.Best("quiz").Passed {
		t.Errorf("best attempt %+v, want 50 and not passed", j.Best("quiz"))
	}
}

func TestAnswersAreKeptInTheirOrder(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	id, err := s.Start(ctx, s.aline, "accueillir", "quiz")
	must(t, err)
	save := func(value string, sequence int64) (string, int64) {
		t.Helper()
		saving, err := s.Save(ctx, s.token(t, s.aline), id, "q-ouvrir", quiz.Answer{"": {value}}, sequence)
		must(t, err)
		return saving.Outcome, saving.Sequence
	}
	if outcome, kept := save("affirmer", 2); outcome != models.Saved || kept != 2 {
		t.Fatalf("first save: %s %d", outcome, kept)
	}
	if outcome, kept := save("permission", 1); outcome != models.Stale || kept != 2 {
		t.Fatalf("an older answer that arrives late: %s %d, want stale 2", outcome, kept)
	}
	if outcome, _ := save("permission", 3); outcome != models.Saved {
		t.Fatalf("a later answer: %s", outcome)
	}
	must(t, s.Submit(ctx, s.aline, id))
	if outcome, kept := save("affirmer", 4); outcome != models.Closed || kept != 3 {
		t.Fatalf("after submission: %s %d, want closed 3", outcome, kept)
	}
	a, err := s.db.AttemptOf(ctx, s.aline.ID, id)
	must(t, err)
	if got := a.Answers["q-ouvrir"].Given[""]; len(got) != 1 || got[0] != "permission" || *a.Score != 50 {
		t.Errorf("kept %v, score %v", got, *a.Score)
	}
	if err := s.SavePage(ctx, s.aline, id, func(string) quiz.Answer { return nil }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a page after submission: %v, want a conflict", err)
	}
}

func TestNotYoursIsNotThere(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	id := s.sit(t, s.aline, "permission", "true")
	nothing := func(string) quiz.Answer { return quiz.Answer{"": {"affirmer"}} }
	_, saveErr := s.Save(ctx, s.token(t, s.bram), id, "q-ouvrir", quiz.Answer{"": {"affirmer"}}, 99)
	_, nobodyErr := s.Save(ctx, "no-such-token", id, "q-ouvrir", quiz.Answer{"": {"affirmer"}}, 99)
	_, unknownErr := s.Save(ctx, s.token(t, s.aline), id, "no-such-question", quiz.Answer{"": {"x"}}, 1)
	_, startErr := s.Start(ctx, s.bram, "accueillir", "quiz")
	for what, err := range map[string]error{
		"saving an answer":                   saveErr,
		"saving without a session":           nobodyErr,
		"saving to a question not asked":     unknownErr,
		"saving a page":                      s.SavePage(ctx, s.bram, id, nothing),
		"submitting":                         s.Submit(ctx, s.bram, id),
		"starting without being enrolled":    startErr,
		"reading without being enrolled":     s.Read(ctx, s.bram, "accueillir", "lecon"),
		"reading a quiz":                     s.Read(ctx, s.aline, "accueillir", "quiz"),
		"enrolling in a course that is none": s.Enrol(ctx, s.bram, "no-such-course"),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", what, err)
		}
	}
	a, err := s.db.AttemptOf(ctx, s.aline.ID, id)
	must(t, err)
	if got := a.Answers["q-ouvrir"].Given[""][0]; got != "permission" || !a.Open() {
		t.Errorf("Aline's attempt changed: %v, open %v", got, a.Open())
	}
}

// Whoever is enrolled stays on their version when a new one is published.
func TestEnrolmentsPinAVersion(t *testing.T) {
	s, ctx := open(t), t.Context()
	must(t, s.Enrol(ctx, s.aline, "accueillir"))
	id := s.sit(t, s.aline, "permission", "true")
	next := course()
	next.Modules[0].Steps[2].Quiz.Questions[0].Options[0].Correct = false
	next.Modules[0].Steps[2].Quiz.Questions[0].Options[1].Correct = true
	number, published, err := courses.Publish(ctx, s.db, next, nil)
	must(t, err)
	if number != 2 || !published {
		t.Fatalf("published %v as %d", published, number)
	}
	if _, published, err = courses.Publish(ctx, s.db, next, nil); err != nil || published {
		t.Fatalf("the same document again: published %v, %v", published, err)
	}
	must(t, s.Submit(ctx, s.aline, id))
	if best := s.journey(t, s.aline).Best("quiz"); best.Score != 100 {
		t.Errorf("marked %v against somebody else's version", best.Score)
	}
	must(t, s.Enrol(ctx, s.bram, "accueillir"))
	if j := s.journey(t, s.bram); j.Version != 2 {
		t.Errorf("Bram is on version %d, want the newest", j.Version)
	}
}

func (s *school) count(t *testing.T, table, action string) int {
	t.Helper()
	query := "select count(*) from " + table
	if action != "" {
		query += " where action = '" + action + "'"
	}
	var n int
	must(t, s.db.SQL().QueryRowContext(context.Background(), query).Scan(&n))
	return n
}

// atOnce does the same thing n times at the same moment.
func atOnce(n int, do func() error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { <-begin; errs[i] = do() })
	}
	close(begin)
	group.Wait()
	return errs
}
