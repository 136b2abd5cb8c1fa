package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"passerelle/quiz"
)

const (
	zoe   = "Zoë van den Ĳssel"
	email = "zoe@example.org"
	exam  = "quiz-comprendre"
)

func TestALearnerFromRegistrationToTheProof(t *testing.T) {
	onPhoneAndDesk(t, func(t *testing.T, width int64) {
		b := openHouse(t, shipped(t)).browser(t, width)
		b.open("/")
		b.look("accueil")
		b.follow(`header a[href="/register"]`)
		register(b)
		b.look("catalogue")
		b.follow(`main a[href="/courses/` + slug + `"]`)
		b.look("formation")
		b.follow(`form[action$="/enrolments"] button`)
		b.look("formation-inscrite")
		b.follow(`.course-head .actions a.button`)
		readEveryLesson(b)
		answerTheQuiz(b)
		b.back()
		if !eval[bool](b, `document.querySelector(".results") !== null`) {
			t.Errorf("after sending, Back shows %s, not the result", eval[string](b, `location.pathname`))
		}
		b.open("/progress")
		b.look("parcours")
		b.follow(`main a[href^="/certificates/"]`)
		takeTheProof(b)
		leave(b)
	})
}

// onPhoneAndDesk makes a journey twice at the same time.
func onPhoneAndDesk(t *testing.T, journey func(t *testing.T, width int64)) {
	for _, width := range []int64{phone, desk} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			journey(t, width)
		})
	}
}

// register fills in the form wrongly, then rightly.
func register(b *browser) {
	b.t.Helper()
	b.look("inscription")
	b.write("#name", zoe)
	b.write("#email", email)
	b.write("#password", email) // long enough for the browser, but no secret
	b.choose("#profession", "nurse")
	b.allow(422, "/register")
	b.follow(`form[action="/register"] button`)
	b.look("inscription-refusee")
	if !eval[bool](b, `document.activeElement.matches(".errors")`) {
		b.t.Error("the summary of errors does not have the focus")
	}
	if kept := eval[[]string](b, `["name", "email", "profession", "language", "password"].map(id => document.getElementById(id).value)`); !slices.Equal(kept, []string{zoe, email, "nurse", "fr", ""}) {
		b.t.Errorf("the form came back with %q", kept)
	}
	b.click(`.errors a`)
	if field := eval[string](b, `document.activeElement.id`); field != "password" {
		b.t.Errorf("the link of the error leads to %q", field)
	}
	b.write("#password", password)
	b.follow(`form[action="/register"] button`)
}

// readEveryLesson goes from step to step by the pages' own buttons, and stops before the last quiz.
func readEveryLesson(b *browser) {
	b.t.Helper()
	for _, step := range b.h.steps() {
		if at := eval[string](b, `location.pathname`); at != b.h.path(step.Key) {
			b.t.Fatalf("at %s, want %s", at, b.h.path(step.Key))
		}
		b.look("etape-" + step.Key)
		switch {
		case step.Lesson != nil:
			b.follow(`.onward form button`)
		case step.Optional:
			b.follow(`.onward a[rel="next"]`)
		}
	}
}

// answerTheQuiz answers with everything that may happen meanwhile: another language, a page loaded
// again, a session that ends.
func answerTheQuiz(b *browser) {
	b.t.Helper()
	h := b.h
	questions := questions(b.t, h.course, exam)
	b.follow(`form[action$="/attempts"] button`)
	attempt := eval[string](b, `location.pathname`)
	b.look("quiz")

	given := map[string][]string{}
	give := func(q quiz.Question, keys []string) {
		b.t.Helper()
		for _, key := range keys {
			b.click(fmt.Sprintf(`#question-%s input[value="%s"]`, q.Key, key))
		}
		given[q.Key] = keys
	}
	saved := func(q quiz.Question) {
		b.t.Helper()
		want := fmt.Sprintf(`{"":["%s"]}`, strings.Join(given[q.Key], `","`))
		b.waitFor("the answer to "+q.Key, func() bool {
			return one[string](h, `select coalesce((select given::text from answers where question = $1), '')`, q.Key) == want
		})
		b.until(fmt.Sprintf(`document.querySelector("#question-%s .saved").textContent === "Enregistré"`, q.Key))
	}
	kept := func(when string) {
		b.t.Helper()
		for _, q := range questions {
			chosen := eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("#question-%s :checked")].map(i => i.value)`, q.Key))
			if !slices.Equal(chosen, given[q.Key]) && len(chosen)+len(given[q.Key]) > 0 {
				b.t.Errorf("%s: the answer to %s is %v, was %v", when, q.Key, chosen, given[q.Key])
			}
		}
	}

	give(questions[0], wrongAnswer(&questions[0]))
	saved(questions[0])
	for _, q := range questions[1:5] {
		give(q, rightAnswer(&q))
		saved(q)
	}
	b.until(`document.querySelector(".answered").textContent === "5"`)
	b.look("quiz-commence")
	b.reload()
	kept("after reloading")
	for _, lang := range []string{"nl", "fr"} {
		b.follow(`footer .languages button[value="` + lang + `"]`)
		b.lang = lang
		b.look("quiz-" + lang)
		kept("in " + lang)
	}

	must(b.t, h.db.DeleteSessionsOf(b.t.Context(), personID(h, email)))
	b.allow(401, attempt+"/answers/"+questions[5].Key)
	give(questions[5], rightAnswer(&questions[5]))
	b.until(`document.querySelector(".signed-out").checkVisibility()`)
	if !eval[bool](b, `(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector(".signed-out").getBoundingClientRect())`) {
		b.t.Error("who answers does not see that the session has ended")
	}
	b.look("quiz-deconnecte")
	b.allow(401, attempt+"/answers/"+questions[6].Key)
	give(questions[6], rightAnswer(&questions[6]))
	b.allow(401, attempt+"/answers")
	b.follow(`.signed-out button`)
	b.look("connexion-reponses-gardees")
	b.write("#email", email)
	b.write("#password", password)
	b.follow(`form[action="/sign-in"] button`)
	b.look("reprise")
	b.follow(`main form button`)
	if at := eval[string](b, `location.pathname`); at != attempt {
		b.t.Fatalf("signing in again led to %s", at)
	}
	kept("after signing in again")

	for _, q := range questions[7 : len(questions)-1] {
		give(q, rightAnswer(&q))
		saved(q)
	}
	last := questions[len(questions)-1]
	b.follow(`button[value="review"]`)
	b.look("relecture-incomplete")
	b.follow(`.blank a[href$="#question-` + last.Key + `"]`)
	kept("after looking it over")
	give(last, rightAnswer(&last))
	saved(last)
	b.follow(`button[value="review"]`)
	b.look("relecture")
	b.follow(`form[action$="/submission"] button`)
	b.look("resultat")
	resultExplains(b, &questions[0])
	b.reload()
	if n := one[int](h, `select count(*) from attempts where submitted_at is not null`); n != 1 {
		b.t.Errorf("%d attempts are sent, want 1", n)
	}
}

// resultExplains wants the answer that was wrong to be named, with what is right in words, and why.
func resultExplains(b *browser, q *quiz.Question) {
	b.t.Helper()
	said := eval[string](b, `document.querySelector("#question-`+q.Key+`").textContent`)
	for _, o := range q.Options {
		if o.Correct && (!strings.Contains(said, plain(o.Text["fr"])) || !strings.Contains(said, plain(o.Feedback["fr"]))) {
			b.t.Errorf("the result does not say what is right: %s", said)
		}
	}
	if !eval[bool](b, `document.querySelector("#question-`+q.Key+`").matches(".wrong")`) {
		b.t.Error("the wrong answer is not called wrong")
	}
}

// plain is inline Markdown without its marks.
func plain(s string) string { return strings.NewReplacer("*", "", "`", "").Replace(s) }

// takeTheProof reads the certificate, takes its file, and follows its address as an employer would.
func takeTheProof(b *browser) {
	b.t.Helper()
	b.look("attestation")
	if holder := eval[string](b, `document.querySelector(".holder").textContent`); holder != zoe {
		b.t.Errorf("the certificate is %s's", holder)
	}
	file, bytes := b.h.get(b.client(), eval[string](b, `document.querySelector("a[href$='/pdf']").pathname`))
	if !strings.HasPrefix(bytes, "%PDF-") || file.Header.Get("Content-Type") != "application/pdf" {
		b.t.Errorf("the file is %q of type %s", clip(bytes), file.Header.Get("Content-Type"))
	}
	verify := eval[string](b, `document.querySelector(".paper a[href*='/verify/']").href`)
	u, err := url.Parse(verify)
	must(b.t, err)
	if "http://"+u.Host != b.h.url {
		b.t.Errorf("the certificate is verified at %s", verify)
	}
	b.open(u.Path)
	b.look("verification")
}

// leave signs out; Back then leads to the door, not to what was there.
func leave(b *browser) {
	b.t.Helper()
	b.open("/progress")
	b.click(`button.person`)
	b.until(`document.querySelector("#person-menu").checkVisibility()`)
	b.look("menu")
	b.follow(`#person-menu form[action="/sign-out"] button`)
	b.back()
	if at := eval[string](b, `location.pathname`); at != "/sign-in" {
		b.t.Errorf("after signing out, Back shows %s", at)
	}
	b.look("connexion")
}
