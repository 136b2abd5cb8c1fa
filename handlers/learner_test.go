package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/models"
)

func TestALearnersWayFromRegistrationToTheProof(t *testing.T) {
	h := open(t)
	b := h.browser()

	form := b.get("/register").want(200).form("/register")
	form.Set("name", "Zoë van den Ĳssel")
	form.Set("email", "zoe@example.org")
	form.Set("profession", "nurse")
	form.Set("password", "court")
	refused := b.post("/register", form).want(http.StatusUnprocessableEntity)
	if again := refused.form("/register"); again.Get("name") != "Zoë van den Ĳssel" || again.Get("profession") != "nurse" || again.Get("password") != "" {
		t.Errorf("a form that failed came back with %v", again)
	}
	if refused.html().Find(`#password[aria-invalid="true"]`).Length() != 1 {
		t.Error("the password field does not say that it is wrong")
	}
	form.Set("password", password)
	home := b.follow(b.post("/register", form))
	if !strings.Contains(home.body, "Accueillir") {
		t.Fatal("the catalogue does not show the course")
	}

	course := b.get("/courses/accueillir").want(200)
	b.follow(b.post("/courses/accueillir/enrolments", course.form("/courses/accueillir/enrolments")))
	lesson := b.get("/courses/accueillir/m1/lecon").want(200)
	if lesson.html().Find(`#source-1`).Length() != 1 || lesson.html().Find(`a.term`).Length() != 1 {
		t.Error("the lesson lacks its source or its term")
	}
	quiz := b.follow(b.post("/courses/accueillir/m1/lecon/reading", url.Values{})).want(200)
	attempt := b.post("/courses/accueillir/m1/quiz/attempts", quiz.form("/courses/accueillir/m1/quiz/attempts"))
	address := attempt.location
	questions := b.follow(attempt).want(200)

	answers := questions.form(address + "/answers")
	answers.Set("q-un", "a")
	answers["q-plusieurs"] = []string{"a", "b"}
	answers.Set("then", "review")
	review := b.follow(b.post(address+"/answers", answers)).want(200)
	if !strings.Contains(review.body, "#question-q-vrai") {
		t.Error("the review does not lead to the question left open")
	}
	answers = b.get(address).want(200).form(address + "/answers")
	if answers.Get("q-un") != "a" || len(answers["q-plusieurs"]) != 2 {
		t.Fatalf("the page forgot answers: %v", answers)
	}
	answers.Set("q-vrai", "true")
	b.post(address+"/answers", answers).want(http.StatusSeeOther)
	result := b.follow(b.post(address+"/submission", url.Values{})).want(200)
	if !strings.Contains(result.body, "/certificates/") {
		t.Fatalf("no certificate on the result page\n%s", result.body)
	}
	b.post(address+"/submission", url.Values{}).want(http.StatusSeeOther) // a double submission marks once

	link, _ := result.html().Find(`a[href^="/certificates/"]`).First().Attr("href")
	paper := b.get(link).want(200)
	if !strings.Contains(paper.body, "Zoë van den Ĳssel") {
		t.Error("the certificate does not name its holder")
	}
	pdf := b.get(link + "/pdf").want(200)
	if !strings.HasPrefix(pdf.body, "%PDF-") || pdf.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the PDF is %q of type %s", pdf.body[:8], pdf.header.Get("Content-Type"))
	}
	if b.get(link+"/pdf").body != pdf.body {
		t.Error("the PDF is not the same the second time")
	}
	certificate, err := h.db.CertificatesOf(t.Context(), 1)
	must(t, err)
	anybody := h.browser()
	verified := anybody.get("/verify/" + certificate[0].Code).want(200)
	if !strings.Contains(verified.body, "Zoë van den Ĳssel") || strings.Contains(verified.body, "zoe@example.org") {
		t.Error("the verification page does not show what is printed, or more")
	}
	for _, wrong := range []string{strings.Repeat("2", 27), "abc", "%00", strings.Repeat("x", 9000)} {
		p := anybody.get("/verify/" + wrong)
		p.want(404)
	}
}

func TestTheSessionDiesInMidQuiz(t *testing.T) {
	h := open(t)
	aline := h.person("Aline", models.Learner)
	must(t, h.learning.Enrol(t.Context(), aline, "accueillir"))
	b := h.as("Aline")
	started := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{})
	address := started.location
	answers := b.follow(started).form(address + "/answers")
	answers.Set("q-un", "b")
	answers["q-plusieurs"] = []string{"a", "c"}
	answers.Set("then", "stay")
	must(t, h.db.DeleteSessionsOf(t.Context(), aline.ID))

	signIn := b.post(address+"/answers", answers).want(http.StatusUnauthorized)
	form := signIn.form("/sign-in")
	form.Set("email", "aline@example.org")
	form.Set("password", "faux-mot-de-passe")
	form = b.post("/sign-in", form).want(http.StatusUnprocessableEntity).form("/sign-in") // a slip keeps everything too
	form.Set("email", "aline@example.org")
	form.Set("password", password)
	resume := b.post("/sign-in", form).want(200)
	kept := resume.form(address + "/answers")
	page := b.follow(b.post(address+"/answers", kept)).want(200).form(address + "/answers")
	if page.Get("q-un") != "b" || strings.Join(page["q-plusieurs"], " ") != "a c" {
		t.Errorf("after signing in again the answers are %v", page)
	}
	if n := h.count("select count(*) from attempts"); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// A page left open on a phone, sent long after the same questions were answered elsewhere, changes only
// what was changed on it.
func TestAnOldPageErasesNothing(t *testing.T) {
	h := open(t)
	aline := h.person("Aline", models.Learner)
	must(t, h.learning.Enrol(t.Context(), aline, "accueillir"))
	b := h.as("Aline")
	started := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{})
	address := started.location
	phone := b.follow(started).form(address + "/answers")
	desk := b.get(address).form(address + "/answers")
	desk.Set("q-un", "b")
	desk["q-plusieurs"] = []string{"a", "c"}
	b.post(address+"/answers", desk).want(303)
	phone.Set("q-vrai", "true")
	b.post(address+"/answers", phone).want(303)
	now := b.get(address).form(address + "/answers")
	if now.Get("q-un") != "b" || len(now["q-plusieurs"]) != 2 || now.Get("q-vrai") != "true" {
		t.Errorf("after the old page was sent the answers are %v", now)
	}
	desk = b.get(address).form(address + "/answers")
	delete(desk, "q-plusieurs") // taken back, not merely absent
	b.post(address+"/answers", desk).want(303)
	if now := b.get(address).form(address + "/answers"); len(now["q-plusieurs"]) != 0 || now.Get("q-un") != "b" {
		t.Errorf("an answer taken back is still there: %v", now)
	}
}

func TestTheScriptSavesAnswersAsTheyAreGiven(t *testing.T) {
	h := open(t)
	aline := h.person("Aline", models.Learner)
	must(t, h.learning.Enrol(t.Context(), aline, "accueillir"))
	b := h.as("Aline")
	address := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	script := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Accept": {"application/json"}}
	save := func(value, sequence string) page {
		return b.do("POST", address+"/answers/q-un", url.Values{"q-un": {value}, "sequence": {sequence}}, script)
	}
	for _, step := range []struct {
		value, sequence string
		status          int
		body            string
	}{
		{"b", "1", 200, `{"sequence":1,"shown":"`},
		{"a", "1", 409, `{"sequence":1,"shown":"`},
		{"a", "2", 200, `{"sequence":2,"shown":"`},
		{"a", "x", 422, `{"state":"refused"}`},
	} {
		if p := save(step.value, step.sequence); p.status != step.status || !strings.HasPrefix(p.body, step.body) {
			t.Errorf("saving %s as %s: %d %s, want %d %s", step.value, step.sequence, p.status, p.body, step.status, step.body)
		}
	}
	b.post(address+"/submission", url.Values{}).want(303)
	if p := save("b", "3"); p.status != 409 || !strings.Contains(p.body, "closed") {
		t.Errorf("saving after submission: %d %s", p.status, p.body)
	}
	must(t, h.db.DeleteSessionsOf(t.Context(), aline.ID))
	if p := save("b", "4"); p.status != 401 || !strings.Contains(p.body, "signed_out") {
		t.Errorf("saving signed out: %d %s", p.status, p.body)
	}
}
