package handlers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

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

const password = "mot-de-passe-de-test"

// A house is a whole site on a database of its own, with one small course and its people.
type house struct {
	t        *testing.T
	url      string
	db       *models.DB
	site     *handlers.Site
	handler  http.Handler
	accounts *accounts.Accounts
	learning *learning.Learning
	people   map[string]*models.Person
}

const figure = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10"/></svg>`

func text(s string) courses.Text {
	return courses.Text{"fr": s, "nl": s + " (nl)", "en": s + " (en)"}
}

// smallCourse is "Accueillir": a lesson with everything Markdown has, and a quiz of every kind.
func smallCourse() *courses.Document {
	yes := true
	sum := sha256.Sum256([]byte(figure))
	return &courses.Document{
		Format: courses.Format, Slug: "accueillir", Languages: []string{"fr", "nl", "en"}, Title: text("Accueillir"), Summary: text("Une **formation** brève."),
		Audience: []courses.Text{text("Infirmières et infirmiers")}, Objectives: []courses.Objective{{Key: "ouvrir", Text: text("Ouvrir le sujet")}},
		Authors: []courses.Author{{Name: "Fadila", Role: text("Rédaction")}}, Organiser: courses.Organiser{Name: "Passerelle", Place: "Bruxelles"},
		Media:     []courses.Media{{Name: "m1/pont.svg", Type: "image/svg+xml", SHA256: hex.EncodeToString(sum[:]), Width: 10, Height: 10, Bytes: []byte(figure)}},
		WrittenOn: "2026-11-22", Sources: []courses.Source{{Key: "R1", Citation: "Aline A. Une étude. 2025.", URL: "https://example.org/etude"}},
		Glossary: []courses.Term{{Key: "rdr", Term: text("réduction des risques"), Definition: text("Réduire les dommages.")}},
		Modules: []courses.Module{{Key: "m1", Title: text("Premier module"), Steps: []courses.Step{
			{Key: "lecon", Title: text("Leçon"), Minutes: 10, Lesson: &courses.Lesson{
				Objectives: []string{"ouvrir"}, Sources: []string{"R1"}, ReviewedOn: "2026-11-22", ReviewBy: "2027-11-22",
				Body: text("## Titre\n\nUn fait[^R1], un [terme](glossary:rdr).\n\n> [!KEY] À retenir\n> L’essentiel.\n\n![Un pont](pont.svg)"),
			}},
			{Key: "quiz", Title: text("Quiz"), Minutes: 5, Quiz: &courses.Quiz{Purpose: courses.Summative, PassMark: 60, Questions: []quiz.Question{
				{Key: "q-un", Kind: "single_choice", Text: text("Un seul ?"), Sources: []string{"R1"}, Options: []quiz.Option{
					{Key: "a", Correct: true, Text: text("Bonne"), Feedback: text("Parce que.")}, {Key: "b", Text: text("Mauvaise"), Feedback: text("Non.")}}},
				{Key: "q-plusieurs", Kind: "multiple_choice", Text: text("Plusieurs ?"), Options: []quiz.Option{
					{Key: "a", Correct: true, Text: text("Une")}, {Key: "b", Correct: true, Text: text("Deux")}, {Key: "c", Text: text("Trois")}}},
				{Key: "q-vrai", Kind: "true_false", Text: text("C’est vrai."), Answer: &yes, Feedback: text("Oui, c’est vrai.")},
			}}},
		}}},
	}
}

// furniture is what all houses share: nothing of it ever changes, and reading fonts and messages anew
// would be most of a test's time.
type furniture struct {
	words *i18n.Catalogue
	pages *templates.Set
	press *certificates.Press
}

var furnish = sync.OnceValues(func() (furniture, error) {
	words, err := i18n.Load()
	if err != nil {
		return furniture{}, err
	}
	pages, err := templates.New(words)
	if err != nil {
		return furniture{}, err
	}
	press, err := certificates.NewPress(time.UTC)
	return furniture{words, pages, press}, err
})

// A plan is what is peculiar to a house.
type plan struct {
	course   *courses.Document
	database models.Options       // how the site reaches its database
	site     func(*handlers.Site) // changes the site before it opens; may be nil
}

// open builds a house for one test.
func open(t *testing.T, peculiar ...func(*plan)) *house {
	t.Helper()
	t.Parallel()
	p := plan{course: smallCourse(), database: models.Options{URL: pgtest.URL(t)}}
	for _, change := range peculiar {
		change(&p)
	}
	return build(t, p)
}

func build(t *testing.T, p plan) *house {
	t.Helper()
	ctx := t.Context()
	db, err := models.Open(ctx, p.database)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	f, err := furnish()
	must(t, err)
	library := courses.NewLibrary(func(lang, key string) string { return f.words.In(lang).T(key) })
	const base = "http://passerelle.example"
	who, err := accounts.New(db, f.pages, f.words, base)
	must(t, err)
	h := &house{t: t, db: db, accounts: who, learning: learning.New(db, library, f.press, f.pages, f.words, base), people: map[string]*models.Person{}}
	h.site = &handlers.Site{
		DB: db, Accounts: who, Learning: h.learning, Library: library, Pages: f.pages, Words: f.words, BaseURL: base, Zone: time.UTC,
	}
	if p.site != nil {
		p.site(h.site)
	}
	h.handler, err = h.site.Handler()
	must(t, err)
	server := httptest.NewServer(h.handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	_, _, err = courses.Publish(ctx, db, p.course, nil)
	must(t, err)
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person makes somebody with roles, called name@example.org.
func (h *house) person(name string, roles ...string) *models.Person {
	h.t.Helper()
	p, err := h.accounts.Add(h.t.Context(), accounts.Registration{
		Name: name, Email: strings.ToLower(name) + "@example.org", Password: password, Profession: "nurse", Language: "fr",
	}, roles...)
	must(h.t, err)
	h.people[name] = p
	return p
}

// member makes somebody with roles who has no password; enter is how they come in.
func (h *house) member(name string, roles ...string) *models.Person {
	h.t.Helper()
	p := &models.Person{Name: name, Email: strings.ToLower(name) + "@example.org", Profession: "nurse", Language: "fr", Roles: roles}
	must(h.t, h.db.InsertPerson(h.t.Context(), p, "nobody knows it"))
	h.people[name] = p
	return p
}

// enter is a browser in which a member is signed in.
func (h *house) enter(name string) *browser {
	h.t.Helper()
	token, err := h.accounts.Begin(h.t.Context(), h.people[name])
	must(h.t, err)
	b := h.browser()
	b.keep("session", token)
	return b
}

// learner is a member who is enrolled in the small course.
func (h *house) learner(name string) *models.Person {
	h.t.Helper()
	p := h.member(name, models.Learner)
	must(h.t, h.learning.Enrol(h.t.Context(), p, "accueillir"))
	return p
}

// certify leads a learner through the whole course, and is the certificate.
func (h *house) certify(p *models.Person) *models.Certificate {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, h.learning.Read(ctx, p, "accueillir", "lecon"))
	id, err := h.learning.Start(ctx, p, "accueillir", "quiz")
	must(h.t, err)
	must(h.t, h.learning.SavePage(ctx, p, id, func(question string) quiz.Answer { return rightAnswers()[question] }))
	must(h.t, h.learning.Submit(ctx, p, id))
	list, err := h.db.CertificatesOf(ctx, p.ID)
	must(h.t, err)
	if len(list) != 1 {
		h.t.Fatalf("%s has %d certificates", p.Name, len(list))
	}
	return &list[0]
}

func rightAnswers() map[string]quiz.Answer {
	return map[string]quiz.Answer{"q-un": {"": {"a"}}, "q-plusieurs": {"": {"a", "b"}}, "q-vrai": {"": {"true"}}}
}

// rightForm is rightAnswers as a page sends them.
func rightForm() url.Values {
	form := url.Values{}
	for question, answer := range rightAnswers() {
		form[question] = answer[""]
	}
	return form
}

// tables are all there are.
func (h *house) tables() []string {
	h.t.Helper()
	var tables []string
	list, err := h.db.SQL().QueryContext(h.t.Context(), `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`)
	must(h.t, err)
	defer list.Close()
	for list.Next() {
		var table string
		must(h.t, list.Scan(&table))
		tables = append(tables, table)
	}
	must(h.t, list.Err())
	if len(tables) < 12 {
		h.t.Fatalf("only the tables %v", tables)
	}
	return tables
}

// rows is the checksum of what stands in every table, by table. Left out is what reading may write:
// when a session was seen, and that a report was taken away.
func (h *house) rows() map[string]string {
	h.t.Helper()
	ctx := h.t.Context()
	sums := map[string]string{}
	for _, table := range h.tables() {
		from := table
		switch table {
		case "sessions":
			from = "(select token_hash, person_id, created_at, expires_at from sessions)"
		case "audit":
			from = "(select * from audit where action <> 'report_exported')"
		}
		var sum string
		must(h.t, h.db.SQL().QueryRowContext(ctx, `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from `+from+` t`).Scan(&sum))
		sums[table] = sum
	}
	return sums
}

// unchanged fails unless every table stands as it stood before.
func (h *house) unchanged(before map[string]string, what string) {
	h.t.Helper()
	after := h.rows()
	for table, sum := range after {
		if before[table] != sum {
			h.t.Errorf("%s changed the table %s: %s, was %s", what, table, sum, before[table])
		}
	}
}

// exec does something to the database that no verb does.
func (h *house) exec(statement string, args ...any) {
	h.t.Helper()
	_, err := h.db.SQL().ExecContext(h.t.Context(), statement, args...)
	must(h.t, err)
}

func (h *house) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	must(h.t, h.db.SQL().QueryRowContext(h.t.Context(), query, args...).Scan(&n))
	return n
}

// A browser keeps cookies and does not follow redirects by itself.
type browser struct {
	h      *house
	client *http.Client
	from   string // X-Forwarded-For, or ""
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &browser{h: h, client: &http.Client{
		Jar: jar, Timeout: 2 * time.Minute, // so that what hangs fails
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// keep puts a cookie into the browser.
func (b *browser) keep(name, value string) {
	b.h.t.Helper()
	site, err := url.Parse(b.h.url)
	must(b.h.t, err)
	b.client.Jar.SetCookies(site, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// cookie is the value of a cookie that the browser keeps, or "".
func (b *browser) cookie(name string) string {
	b.h.t.Helper()
	site, err := url.Parse(b.h.url)
	must(b.h.t, err)
	for _, c := range b.client.Jar.Cookies(site) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// as is a browser in which the person is signed in.
func (h *house) as(name string) *browser {
	h.t.Helper()
	b := h.browser()
	p := b.post("/sign-in", url.Values{"email": {strings.ToLower(name) + "@example.org"}, "password": {password}})
	if p.status != http.StatusSeeOther {
		h.t.Fatalf("signing in as %s: status %d\n%s", name, p.status, p.body)
	}
	return b
}

// A page is what came back.
type page struct {
	t        *testing.T
	status   int
	body     string
	header   http.Header
	location string
}

func (b *browser) get(path string) page { b.h.t.Helper(); return b.do("GET", path, nil, nil) }

func (b *browser) post(path string, form url.Values) page {
	b.h.t.Helper()
	return b.do("POST", path, form, http.Header{"Sec-Fetch-Site": {"same-origin"}})
}

func (b *browser) do(method, path string, form url.Values, header http.Header) page {
	b.h.t.Helper()
	p, err := b.try(method, path, form, header)
	must(b.h.t, err)
	return p
}

// try is do for what may fail to come back; it may be called at the same moment by several.
func (b *browser) try(method, path string, form url.Values, header http.Header) (page, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.h.t.Context(), method, b.h.url+path, body)
	if err != nil {
		return page{}, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if form != nil && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.from != "" {
		r.Header.Set("X-Forwarded-For", b.from)
	}
	response, err := b.client.Do(r)
	if err != nil {
		return page{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return page{b.h.t, response.StatusCode, string(data), response.Header, response.Header.Get("Location")}, err
}

// follow goes where a page leads.
func (b *browser) follow(p page) page {
	b.h.t.Helper()
	if p.status != http.StatusSeeOther {
		b.h.t.Fatalf("status %d leads nowhere\n%s", p.status, p.body)
	}
	return b.get(p.location)
}

// html is the page, to look things up in.
func (p page) html() *goquery.Document {
	p.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	must(p.t, err)
	return d
}

// want fails unless the page has the status.
func (p page) want(status int) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("status %d, want %d\n%s", p.status, status, p.body)
	}
	return p
}

// form is every field of the page's form with the action, as a browser would send it.
func (p page) form(action string) url.Values {
	p.t.Helper()
	values := url.Values{}
	found := p.html().Find(`form[action="` + action + `"]`).First()
	if found.Length() == 0 {
		p.t.Fatalf("no form with the action %s\n%s", action, p.body)
	}
	found.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, named := s.Attr("name")
		kind, _ := s.Attr("type")
		_, checked := s.Attr("checked")
		switch {
		case !named || kind == "submit":
		case goquery.NodeName(s) == "select":
			s.Find("option[selected]").Each(func(_ int, o *goquery.Selection) { values.Add(name, o.AttrOr("value", "")) })
		case goquery.NodeName(s) == "textarea":
			values.Add(name, s.Text())
		case kind == "radio" || kind == "checkbox":
			if checked {
				values.Add(name, s.AttrOr("value", "on"))
			}
		default:
			values.Add(name, s.AttrOr("value", ""))
		}
	})
	return values
}

// A clock goes when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
