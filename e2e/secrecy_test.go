package e2e

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"passerelle/courses"
	"passerelle/models"
)

// otherAnswers is the shipped course with other right answers and other feedback, and nothing else.
func otherAnswers(t *testing.T) *courses.Document {
	t.Helper()
	course := shipped(t)
	change := func(text courses.Text) {
		for lang := range text {
			text[lang] = "Autre explication, bien plus longue que la première : " + text[lang]
		}
	}
	for _, quiz := range []string{"pretest-0", exam} {
		questions := questions(t, course, quiz)
		for i := range questions {
			q := &questions[i]
			change(q.Feedback)
			change(q.WhenTrue)
			change(q.WhenFalse)
			if q.Answer != nil {
				other := !*q.Answer
				q.Answer = &other
			}
			was := slices.Clone(q.Options)
			for o := range q.Options {
				q.Options[o].Correct = was[(o+1)%len(was)].Correct
				change(q.Options[o].Feedback)
			}
		}
	}
	return course
}

// What a browser is sent before an attempt is handed in does not depend on what is right (A32).
func TestRightAnswersStayOnTheServer(t *testing.T) {
	t.Parallel()
	shippedWay, otherWay := wayThroughTheQuiz(t, shipped(t)), wayThroughTheQuiz(t, otherAnswers(t))
	for _, what := range slices.Sorted(maps.Keys(shippedWay)) {
		same := shippedWay[what] == otherWay[what]
		if what == "result" && same {
			t.Error("the results are the same: the two courses do not differ")
		}
		if what != "result" && !same {
			t.Errorf("%s tells what is right:\n%s\nand\n%s", what, shippedWay[what], otherWay[what])
		}
	}
}

// wayThroughTheQuiz is everything that is sent to somebody who takes the quiz, each with its headers.
// Names of this very server, of the request and of the session are left out.
func wayThroughTheQuiz(t *testing.T, course *courses.Document) map[string]string {
	t.Helper()
	h := openHouse(t, course)
	aline := h.person("Aline", models.Learner)
	must(t, h.learning.Enrol(t.Context(), aline, slug))
	c := h.client()
	sent := map[string]string{}
	note := func(what string, want int) func(*http.Response, string) *http.Response {
		return func(r *http.Response, body string) *http.Response {
			t.Helper()
			if r.StatusCode != want {
				t.Fatalf("%s: %s, want %d", what, r.Status, want)
			}
			for _, own := range []string{"X-Request-Id", "Date", "Set-Cookie"} {
				r.Header.Del(own)
			}
			var b strings.Builder
			must(t, r.Header.Write(&b))
			sent[what] = strings.ReplaceAll(b.String()+body, h.url, "")
			return r
		}
	}
	h.post(c, "/sign-in", url.Values{"email": {aline.Email}, "password": {password}})
	note("introduction", 200)(h.get(c, h.path(exam)))
	attempt := note("start", 303)(h.post(c, h.path(exam)+"/attempts", nil)).Header.Get("Location")
	question := questions(t, course, exam)[0]
	for _, lang := range []string{"nl", "en", "fr"} {
		note("language "+lang, 303)(h.post(c, "/language", url.Values{"lang": {lang}, "return": {attempt}}))
		note("attempt "+lang, 200)(h.get(c, attempt))
	}
	note("saving", 303)(h.post(c, attempt+"/answers", url.Values{question.Key: {question.Options[0].Key}, "then": {"review"}}))
	note("review", 200)(h.get(c, attempt+"/review"))
	note("attempt with an answer", 200)(h.get(c, attempt))
	script := url.Values{question.Key: {question.Options[1].Key}, "sequence": {"9"}}
	note("saving by script", 200)(h.post(c, attempt+"/answers/"+question.Key, script))
	note("sending", 303)(h.post(c, attempt+"/submission", nil))
	note("result", 200)(h.get(c, attempt))
	return sent
}
