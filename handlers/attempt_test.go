package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"passerelle/courses"
	"passerelle/devpg/pgtest"
	"passerelle/models"
	"passerelle/quiz"
)

// turned is the small course with every right answer wrong, every wrong one right, and other feedback.
func turned() *courses.Document {
	d := smallCourse()
	questions := d.Modules[0].Steps[1].Quiz.Questions
	for i := range questions {
		q := &questions[i]
		q.Feedback = text("Tout autre chose")
		if q.Answer != nil {
			other := !*q.Answer
			q.Answer, q.WhenTrue, q.WhenFalse = &other, text("Si vrai"), text("Si faux")
		}
		for o := range q.Options {
			q.Options[o].Correct = !q.Options[o].Correct
			q.Options[o].Feedback = text("Ou bien")
		}
		if q.Kind == "multiple_choice" {
			q.Marking = quiz.AllOrNothing
		}
	}
	return d
}

// Two houses differ in what is right and in nothing else: until an attempt is sent, not one byte
// tells which is which.
func TestRightAnswersDoNotShowBeforeTheEnd(t *testing.T) {
	ours := open(t)
	theirs := build(t, plan{course: turned(), database: models.Options{URL: pgtest.URL(t)}})
	var seen [2][]string
	var results [2]string
	for i, h := range []*house{ours, theirs} {
		h.learner("Aline")
		b := h.enter("Aline")
		say := func(what string, p page) {
			header := p.header.Clone()
			for _, own := range []string{"Date", "X-Request-Id", "Set-Cookie"} {
				header.Del(own)
			}
			seen[i] = append(seen[i], fmt.Sprintf("%s\n%d %v\n%s", what, p.status, header, p.body))
		}
		intro := b.get("/courses/accueillir/m1/quiz").want(200)
		say("the quiz's page", intro)
		started := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{})
		address := started.location
		say("the attempt", b.get(address).want(200))
		script := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Accept": {"application/json"}}
		for n, fields := range []url.Values{
			form("q-un", "a"), form("q-un", "b"), form("q-plusieurs", "a", "q-plusieurs", "b"), form("q-plusieurs", "c"), form("q-vrai", "true"), form("q-vrai", "false"), form("q-un", "no such option"),
		} {
			for question := range fields {
				fields.Set("sequence", fmt.Sprint(n+1))
				say("saving "+fields.Encode(), b.do("POST", address+"/answers/"+question, fields, script))
				break
			}
			say("the attempt again", b.get(address).want(200))
			say("the review", b.get(address+"/review").want(200))
			say("the attempt in English", b.do("GET", address, nil, http.Header{"Accept-Language": {"en"}}))
		}
		for _, to := range []string{"/", "/courses/accueillir", "/progress", "/courses/accueillir/m1/lecon", "/courses/accueillir/glossary"} {
			say(to, b.get(to).want(200))
		}
		for _, to := range b.get(address).links() {
			say(to, b.get(to))
		}
		results[i] = b.follow(b.post(address+"/submission", url.Values{})).want(200).body
	}
	if len(seen[0]) != len(seen[1]) {
		t.Fatalf("%d replies here, %d there", len(seen[0]), len(seen[1]))
	}
	for i := range seen[0] {
		if seen[0][i] != seen[1][i] {
			t.Errorf("what is right shows:\n%s\n\n%s", seen[0][i], seen[1][i])
		}
	}
	if results[0] == results[1] {
		t.Error("the results are the same: nothing was turned")
	}
}

// atOnce does the same thing n times at the same moment.
func atOnce(n int, do func(i int)) {
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { <-begin; do(i) })
	}
	close(begin)
	group.Wait()
}

func TestManySubmissionsAtOnceGiveOneMarkAndOneCertificate(t *testing.T) {
	for _, n := range []int{8, 20} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			h := open(t)
			aline := h.learner("Aline")
			must(t, h.learning.Read(t.Context(), aline, "accueillir", "lecon"))
			b := h.enter("Aline")
			var starts [20]page
			atOnce(n, func(i int) {
				p, err := b.try("POST", "/courses/accueillir/m1/quiz/attempts", url.Values{}, sameOrigin)
				if err != nil {
					t.Error(err)
				}
				starts[i] = p
			})
			address := starts[0].location
			for _, p := range starts[:n] {
				if p.status != http.StatusSeeOther || p.location != address {
					t.Errorf("a start: status %d to %q, want 303 to %q", p.status, p.location, address)
				}
			}
			if got := h.count(`select count(*) from attempts`); got != 1 {
				t.Fatalf("%d starts made %d attempts", n, got)
			}
			b.post(address+"/answers", rightForm()).want(http.StatusSeeOther)
			atOnce(n, func(int) {
				p, err := b.try("POST", address+"/submission", url.Values{}, sameOrigin)
				if err != nil || p.status != http.StatusSeeOther || p.location != address {
					t.Errorf("a submission: status %d to %q (%v), want 303 to %q", p.status, p.location, err, address)
				}
			})
			for query, want := range map[string]int{
				`select count(*) from attempts where submitted_at is not null and score = 100 and passed`: 1,
				`select count(*) from answers where points is not null`:                                   3,
				`select count(*) from completions`:                                                        1,
				`select count(*) from certificates`:                                                       1,
				`select count(*) from outbox where kind = 'certificate'`:                                  1,
				`select count(*) from audit where action = 'attempt_started'`:                             1,
				`select count(*) from audit where action = 'attempt_submitted'`:                           1,
				`select count(*) from audit where action = 'completed'`:                                   1,
				`select count(*) from audit where action = 'certificate_issued'`:                          1,
			} {
				if got := h.count(query); got != want {
					t.Errorf("%s: %d, want %d", query, got, want)
				}
			}
		})
	}
}

// Answers that are on their way while the attempt is sent either count or are refused; none is taken
// and forgotten.
func TestAnswersRaceTheSubmission(t *testing.T) {
	h := open(t)
	h.learner("Aline")
	b := h.enter("Aline")
	address := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	script := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Accept": {"application/json"}}
	var lock sync.Mutex
	kept := 0 // the highest sequence that was said to be saved
	atOnce(12, func(i int) {
		if i == 5 {
			if p, err := b.try("POST", address+"/submission", url.Values{}, sameOrigin); err != nil || p.status != http.StatusSeeOther {
				t.Errorf("the submission: status %d, %v", p.status, err)
			}
			return
		}
		p, err := b.try("POST", address+"/answers/q-un", form("q-un", []string{"a", "b"}[i%2], "sequence", fmt.Sprint(i+1)), script)
		if err != nil || (p.status != 200 && p.status != 409) {
			t.Errorf("answer %d: status %d, %v", i+1, p.status, err)
		}
		if lock.Lock(); p.status == 200 {
			kept = max(kept, i+1)
		}
		lock.Unlock()
	})
	var given string
	var sequence, points int
	must(t, h.db.SQL().QueryRowContext(t.Context(), `select given, sequence, points from answers where question = 'q-un'`).Scan(&given, &sequence, &points))
	if sequence != kept {
		t.Errorf("sequence %d is kept, %d was said to be", sequence, kept)
	}
	if want := strings.Contains(given, `"a"`); (points == 1) != want {
		t.Errorf("%s earned %d", given, points)
	}
}

// Two tabs: what the second one still saves after the first has sent the attempt is refused, and
// changes nothing.
func TestASecondTabComesTooLate(t *testing.T) {
	h := open(t)
	h.learner("Aline")
	b := h.enter("Aline")
	address := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	second := b.get(address).want(200).form(address + "/answers")
	b.post(address+"/answers", rightForm()).want(http.StatusSeeOther)
	b.post(address+"/submission", url.Values{}).want(http.StatusSeeOther)
	before := h.rows()
	second.Set("q-un", "b")
	late := b.post(address+"/answers", second).want(http.StatusConflict)
	if late.html().Find(`[role="alert"]`).Length() == 0 {
		t.Error("the late page does not say that it came too late")
	}
	script := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Accept": {"application/json"}}
	if p := b.do("POST", address+"/answers/q-un", form("q-un", "b", "sequence", "99"), script); p.status != 409 || !strings.Contains(p.body, models.Closed) {
		t.Errorf("a late answer: %d %s", p.status, p.body)
	}
	b.post(address+"/submission", url.Values{}).want(http.StatusSeeOther)
	h.unchanged(before, "the second tab")
}

// Sessions can go in more ways than one; what was typed is always there again.
func TestEverySessionEndsInMidQuiz(t *testing.T) {
	h := open(t)
	h.person("Aline", models.Learner)
	must(t, h.learning.Enrol(t.Context(), h.people["Aline"], "accueillir"))
	for _, end := range []string{`truncate sessions`, `update sessions set expires_at = now() - interval '1 second'`, `update sessions set seen_at = now() - interval '1 day'`} {
		b := h.enter("Aline")
		address := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
		answers := b.get(address).want(200).form(address + "/answers")
		answers.Set("q-vrai", "false")
		answers.Set("then", "review")
		h.exec(end)
		signIn := b.post(address+"/answers", answers).want(http.StatusUnauthorized).form("/sign-in")
		signIn.Set("email", "aline@example.org")
		signIn.Set("password", password)
		resume := b.post("/sign-in", signIn).want(200)
		b.post(address+"/answers", resume.form(address+"/answers")).want(http.StatusSeeOther)
		if got := b.get(address).form(address + "/answers").Get("q-vrai"); got != "false" {
			t.Errorf("after %s the answer is %q", end, got)
		}
	}
	if n := h.count(`select count(*) from attempts`); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// Nobody writes to what is not theirs, however they address it.
func TestNobodyWritesToAnothersAttempt(t *testing.T) {
	h := open(t)
	h.learner("Aline")
	h.learner("Bram")
	aline, bram := h.enter("Aline"), h.enter("Bram")
	address := aline.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	aline.post(address+"/answers", rightForm()).want(http.StatusSeeOther)
	own := bram.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	before := h.rows()
	for what, p := range map[string]page{
		"a page":                        bram.post(address+"/answers", form("q-un", "b", "id", strings.TrimPrefix(own, "/attempts/"))),
		"an answer":                     bram.post(address+"/answers/q-un", form("q-un", "b", "sequence", "99")),
		"a submission":                  bram.post(address+"/submission", url.Values{}),
		"another question of one's own": bram.post(own+"/answers/q-autre", form("q-autre", "b", "sequence", "1")),
	} {
		if p.status != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", what, p.status)
		}
	}
	h.unchanged(before, "Bram at Aline's attempt")
}

// Once a connection has prepared its statements, a lesson costs at most three round trips to Postgres,
// the saving of an answer two. One connection is enough for every request: none holds one while it
// waits for another.
func TestRoundTrips(t *testing.T) {
	var w *wire
	h := open(t, overWire(t, &w), func(p *plan) { p.database.Connections = 1 })
	h.learner("Aline")
	b := h.enter("Aline")
	address := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	script := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Accept": {"application/json"}}
	sequence := 0
	lesson := func() { b.get("/courses/accueillir/m1/lecon").want(200) }
	save := func() {
		sequence++
		b.do("POST", address+"/answers/q-un", form("q-un", "a", "sequence", fmt.Sprint(sequence)), script).want(200)
	}
	trips := func(do func()) int64 {
		before := w.trips.Load()
		do()
		return w.trips.Load() - before
	}
	lesson()
	save()
	for range 3 {
		if n := trips(lesson); n < 1 || n > 3 {
			t.Errorf("a lesson costs %d round trips, want at most 3", n)
		}
		if n := trips(save); n < 1 || n > 2 {
			t.Errorf("saving an answer costs %d round trips, want at most 2", n)
		}
	}
}
