package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/accounts"
	"passerelle/certificates"
	"passerelle/courses"
	"passerelle/devpg/pgtest"
	"passerelle/handlers"
	"passerelle/i18n"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/quiz"
	"passerelle/templates"
)

const (
	slug     = "chemsex-fondamentaux"
	password = "une-passerelle-de-bois"
)

// A house is the whole site on a database of its own, with the course that ships with it.
type house struct {
	t        *testing.T
	url      string
	db       *models.DB
	site     *handlers.Site
	accounts *accounts.Accounts
	learning *learning.Learning
	course   *courses.Document
}

// shipped is the course that ships with the product.
func shipped(t *testing.T) *courses.Document {
	t.Helper()
	folders, err := courses.ShippedFolders()
	must(t, err)
	for _, folder := range folders {
		if document, check := courses.ReadFolder(folder); check.Slug == slug {
			if document == nil {
				t.Fatalf("the shipped course has faults: %v", check.Errors)
			}
			return document
		}
	}
	t.Fatalf("no course %s is shipped", slug)
	return nil
}

func openHouse(t *testing.T, course *courses.Document) *house {
	t.Helper()
	ctx := t.Context()
	db, err := models.Open(ctx, models.Options{URL: pgtest.URL(t)})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	words, err := i18n.Load()
	must(t, err)
	pages, err := templates.New(words)
	must(t, err)
	press, err := certificates.NewPress(time.UTC)
	must(t, err)
	library := courses.NewLibrary(func(lang, key string) string { return words.In(lang).T(key) })
	who, err := accounts.New(db, pages, words, base)
	must(t, err)
	h := &house{t: t, url: base, db: db, accounts: who, learning: learning.New(db, library, press, pages, words, base), course: course}
	h.site = &handlers.Site{
		DB: db, Accounts: who, Learning: h.learning, Library: library, Pages: pages, Words: words, BaseURL: base, Zone: time.UTC,
	}
	server.Config.Handler, err = h.site.Handler()
	must(t, err)
	server.Start()
	t.Cleanup(server.Close)
	_, _, err = courses.Publish(ctx, db, course, nil)
	must(t, err)
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func address(name string) string { return strings.ToLower(name) + "@example.org" }

func personID(h *house, address string) int64 {
	h.t.Helper()
	p, _, err := h.db.PersonByEmail(h.t.Context(), address)
	must(h.t, err)
	return p.ID
}

// person makes somebody with roles, called name@example.org.
func (h *house) person(name string, roles ...string) *models.Person {
	h.t.Helper()
	p, err := h.accounts.Add(h.t.Context(), accounts.Registration{
		Name: name, Email: address(name), Password: password, Profession: "nurse", Language: "fr",
	}, roles...)
	must(h.t, err)
	return p
}

// completes takes a learner through the whole course.
func (h *house) completes(p *models.Person) {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, h.learning.Enrol(ctx, p, slug))
	for _, step := range h.steps() {
		if step.Lesson != nil {
			must(h.t, h.learning.Read(ctx, p, slug, step.Key))
			continue
		}
		attempt, err := h.learning.Start(ctx, p, slug, step.Key)
		must(h.t, err)
		must(h.t, h.learning.SavePage(ctx, p, attempt, func(question string) quiz.Answer {
			for _, q := range step.Quiz.Questions {
				if q.Key == question {
					return quiz.Answer{"": rightAnswer(&q)}
				}
			}
			return nil
		}))
		must(h.t, h.learning.Submit(ctx, p, attempt))
	}
}

// steps are the course's steps, in order.
func (h *house) steps() []courses.Step {
	var list []courses.Step
	for _, m := range h.course.Modules {
		list = append(list, m.Steps...)
	}
	return list
}

// path is a step's address.
func (h *house) path(step string) string {
	for _, m := range h.course.Modules {
		for _, s := range m.Steps {
			if s.Key == step {
				return "/courses/" + slug + "/" + m.Key + "/" + s.Key
			}
		}
	}
	h.t.Fatalf("the course has no step %s", step)
	return ""
}

// questions are what a quiz of the course asks.
func questions(t *testing.T, course *courses.Document, step string) []quiz.Question {
	t.Helper()
	for _, m := range course.Modules {
		for _, s := range m.Steps {
			if s.Key == step {
				return s.Quiz.Questions
			}
		}
	}
	t.Fatalf("the course has no quiz %s", step)
	return nil
}

// rightAnswer is what to choose for full marks.
func rightAnswer(q *quiz.Question) []string {
	if q.Answer != nil {
		return []string{map[bool]string{true: quiz.True, false: quiz.False}[*q.Answer]}
	}
	var right []string
	for _, o := range q.Options {
		if o.Correct {
			right = append(right, o.Key)
		}
	}
	return right
}

// wrongAnswer is what to choose for none.
func wrongAnswer(q *quiz.Question) []string {
	if q.Answer != nil {
		return []string{map[bool]string{false: quiz.True, true: quiz.False}[*q.Answer]}
	}
	for _, o := range q.Options {
		if !o.Correct {
			return []string{o.Key}
		}
	}
	return nil
}

// one reads one value from the database.
func one[T any](h *house, query string, args ...any) T {
	h.t.Helper()
	var value T
	must(h.t, h.db.SQL().QueryRowContext(h.t.Context(), query, args...).Scan(&value))
	return value
}

func (h *house) at(path string) *url.URL {
	u, err := url.Parse(h.url + path)
	must(h.t, err)
	return u
}

// client asks for pages without a browser, keeps cookies, and follows nothing by itself.
func (h *house) client() *http.Client {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get is a file: its status, headers and bytes.
func (h *house) get(c *http.Client, path string) (*http.Response, string) {
	h.t.Helper()
	return h.read(c.Get(h.url + path))
}

func (h *house) post(c *http.Client, path string, form url.Values) (*http.Response, string) {
	h.t.Helper()
	return h.read(c.PostForm(h.url+path, form))
}

func (h *house) read(response *http.Response, err error) (*http.Response, string) {
	h.t.Helper()
	must(h.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(h.t, err)
	return response, string(body)
}
