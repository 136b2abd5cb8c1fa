package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"passerelle/models"
	"passerelle/quiz"
)

// Everything works without a script, and without a mouse where it matters most.
func TestALearnerWithoutScripts(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shipped(t))
	b := h.browser(t, phone)
	b.withoutScripts()
	b.open("/register")
	register(b)
	b.tabTo("button.person")
	b.press(enter)
	b.tabTo(`#person-menu form[action="/sign-out"] button`)
	b.pressAndGo(enter)
	b.tabTo(`header a[href="/sign-in"]`)
	b.pressAndGo(enter)
	signInByKeyboard(b, zoe, email)
	b.follow(`main a.button[href="/"]`)
	b.follow(`main a[href="/courses/` + slug + `"]`)
	b.follow(`form[action$="/enrolments"] button`)
	b.follow(`.course-head .actions a.button`)
	readEveryLesson(b)
	answerByKeyboard(b)
	b.follow(`main a[href^="/certificates/"]`)
	takeTheProof(b)
}

// tabTo goes from field to field until it gets there, and wants to see where it is at each.
func (b *browser) tabTo(css string) {
	b.t.Helper()
	type focus struct {
		There, Ringed bool
		At            string
	}
	for range 120 {
		b.press(tab)
		f := eval[focus](b, `(() => {
			const e = document.activeElement;
			const ringed = [e, e.closest('label')].some(x => x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2);
			return {there: e.matches('`+strings.ReplaceAll(css, "'", `\'`)+`'), ringed: ringed || e === document.body, at: e.outerHTML.slice(0, 120)};
		})()`)
		if !f.Ringed {
			b.t.Errorf("nothing shows that the focus is at %s", f.At)
		}
		if f.There {
			return
		}
	}
	b.t.Fatalf("the keyboard does not lead to %s", css)
}

func signInByKeyboard(b *browser, name, address string) {
	b.t.Helper()
	b.look("connexion")
	b.tabTo("#email")
	b.press(address)
	b.tabTo("#password")
	b.press(password)
	b.pressAndGo(enter)
	if !strings.Contains(eval[string](b, `document.body.textContent`), name) {
		b.t.Fatalf("%s is not signed in", name)
	}
}

func answerByKeyboard(b *browser) {
	b.t.Helper()
	h := b.h
	questions := questions(b.t, h.course, exam)
	b.follow(`form[action$="/attempts"] button`)
	attempt := eval[string](b, `location.pathname`)
	kept := func(when, question string, want []string) {
		b.t.Helper()
		if given := eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("#question-%s :checked")].map(i => i.value)`, question)); !slices.Equal(given, want) {
			b.t.Errorf("%s: the answer to %s is %v, want %v", when, question, given, want)
		}
	}

	// One of several with space and arrow, several of several with space at each.
	single := questions[slices.IndexFunc(questions, func(q quiz.Question) bool { return q.Kind == "single_choice" })]
	several := questions[slices.IndexFunc(questions, func(q quiz.Question) bool { return q.Kind == "multiple_choice" })]
	b.tabTo(fmt.Sprintf("#question-%s input", single.Key))
	b.press(space)
	b.press(down)
	for _, key := range rightAnswer(&several) {
		b.tabTo(fmt.Sprintf(`#question-%s input[value="%s"]`, several.Key, key))
		b.press(space)
	}
	b.tabTo(`.actions button[value="stay"]`)
	b.pressAndGo(enter)
	b.look("quiz-enregistre")
	kept("saved", single.Key, []string{single.Options[1].Key})
	kept("saved", several.Key, rightAnswer(&several))

	// The session ends while the rest is answered.
	for _, q := range questions {
		if q.Key == several.Key {
			continue
		}
		for _, key := range rightAnswer(&q) {
			b.click(fmt.Sprintf(`#question-%s input[value="%s"]`, q.Key, key))
		}
	}
	must(b.t, h.db.DeleteSessionsOf(b.t.Context(), personID(h, email)))
	b.allow(401, attempt+"/answers")
	b.follow(`button[value="review"]`)
	b.look("connexion-reponses-gardees")
	signInByKeyboard(b, zoe, email)
	b.tabTo(`main form button`)
	b.pressAndGo(enter)
	b.open(attempt)
	for _, q := range questions {
		kept("after signing in again", q.Key, rightAnswer(&q))
	}
	b.follow(`button[value="review"]`)
	b.look("relecture")
	b.follow(`form[action$="/submission"] button`)
	b.look("resultat")
	if score := eval[string](b, `document.querySelector(".score b").textContent`); !strings.HasPrefix(score, "100") {
		b.t.Errorf("everything right is marked %s", score)
	}
}

// signIn is the quick way in, for those whose journey begins afterwards.
func signIn(b *browser, p *models.Person) {
	b.t.Helper()
	b.open("/sign-in")
	b.write("#email", p.Email)
	b.write("#password", password)
	b.follow(`form[action="/sign-in"] button`)
}
