package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"passerelle/handlers"
	"passerelle/models"
)

// A database that says nothing at all: every page gives up and says so, nothing piles up, and as soon
// as it speaks again so does the site.
func TestTheDatabaseFreezes(t *testing.T) {
	var w *wire
	h := open(t, overWire(t, &w), func(p *plan) { p.database.StatementTimeout, p.database.Connections = 300*time.Millisecond, 8 })
	h.learner("Aline")
	b := h.enter("Aline")
	address := b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).location
	b.get("/courses/accueillir/m1/lecon").want(200)
	ask := func(n int) {
		atOnce(n, func(i int) {
			to, method, want := "/courses/accueillir/m1/lecon", "GET", http.StatusServiceUnavailable
			var fields url.Values
			switch i % 6 {
			case 1:
				to, method, fields = address+"/answers", "POST", rightForm()
			case 2:
				to, method, fields = address+"/submission", "POST", url.Values{}
			case 3:
				to = "/readyz"
			case 4:
				to, want = "/healthz", http.StatusOK
			case 5:
				to, want = "/static/app.css", http.StatusOK
			}
			p, err := b.try(method, to, fields, sameOrigin)
			if err != nil || p.status != want {
				t.Errorf("%s %s: status %d, %v; want %d", method, to, p.status, err, want)
			}
			if want == http.StatusServiceUnavailable && to != "/readyz" && p.header.Get("Retry-After") == "" {
				t.Errorf("%s %s does not say when to try again", method, to)
			}
		})
	}
	before := runtime.NumGoroutine()
	w.gate.Lock()
	ask(24) // two for each connection there is
	ask(6)  // and again
	if now := runtime.NumGoroutine(); now > before+300 {
		t.Errorf("%d goroutines before, %d after", before, now)
	}
	w.gate.Unlock()
	b.get("/courses/accueillir/m1/lecon").want(200)
	b.post(address+"/answers", rightForm()).want(http.StatusSeeOther)
	if p := b.get("/readyz"); p.status != http.StatusOK {
		t.Errorf("/readyz after the thaw: %d", p.status)
	}
}

// The n-th write of everything that writes fails, for every n: what stands in the database is what
// stood before, until nothing fails.
func TestEveryWriteFails(t *testing.T) {
	for _, use := range []struct {
		name  string
		begin func(*house) // brings Aline to where the request makes sense
		to    string
		form  url.Values
	}{
		{"submission", func(h *house) {
			must(t, h.learning.Read(t.Context(), h.people["Aline"], "accueillir", "lecon"))
			b := h.enter("Aline")
			b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).want(303)
			b.post("/attempts/1/answers", rightForm()).want(303)
		}, "/attempts/1/submission", url.Values{}},
		{"reading", func(h *house) {
			b := h.enter("Aline")
			b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).want(303)
			b.post("/attempts/1/answers", rightForm()).want(303)
			b.post("/attempts/1/submission", url.Values{}).want(303)
		}, "/courses/accueillir/m1/lecon/reading", url.Values{}},
		{"start", func(*house) {}, "/courses/accueillir/m1/quiz/attempts", url.Values{}},
		{"page", func(h *house) {
			h.enter("Aline").post("/courses/accueillir/m1/quiz/attempts", url.Values{}).want(303)
		}, "/attempts/1/answers", rightForm()},
		{"enrolment", func(h *house) { h.exec(`delete from enrolments`) }, "/courses/accueillir/enrolments", url.Values{}},
		{"roles", func(*house) {}, "/admin/people/1/roles", form("role", "trainer", "role", "administrator")},
		{"language", func(*house) {}, "/language", form("lang", "nl")},
		{"sign-out", func(*house) {}, "/sign-out", url.Values{}},
	} {
		t.Run(use.name, func(t *testing.T) {
			h := open(t)
			h.t = t
			h.learner("Aline")
			h.exec(`update people set roles = '{learner,administrator}'`)
			use.begin(h)
			b := h.enter("Aline")
			h.breakWrites()
			before := h.rows()
			n := 1
			for ; ; n++ {
				h.failAt(n)
				p := b.post(use.to, use.form)
				if p.status < 400 {
					break
				}
				if p.status != http.StatusInternalServerError || p.html().Find("main").Length() != 1 || !strings.Contains(p.body, p.header.Get("X-Request-Id")) {
					t.Errorf("write %d failed: status %d\n%s", n, p.status, p.body)
				}
				silent(p, fmt.Sprintf("write %d of %s failed", n, use.name))
				h.unchanged(before, fmt.Sprintf("%s, whose write %d failed,", use.name, n))
				if n > 40 {
					t.Fatal("it never ends")
				}
			}
			if n < 2 {
				t.Error("nothing was ever written")
			}
			if use.name == "submission" || use.name == "reading" {
				if got := h.count(`select count(*) from certificates`); got != 1 || n < 8 {
					t.Errorf("%d certificates after %d writes", got, n-1)
				}
			}
		})
	}
}

// breakWrites has every row that is written counted.
func (h *house) breakWrites() {
	h.t.Helper()
	h.exec(`create schema chaos`)
	h.exec(`create sequence chaos.writes`)
	h.exec(`create table chaos.plan (fail bigint, code text)`)
	h.exec(`insert into chaos.plan values (0, 'P0001')`)
	h.exec(`create function chaos.monkey() returns trigger language plpgsql as $$
		declare p chaos.plan;
		begin
			select * into p from chaos.plan;
			if nextval('chaos.writes') = p.fail then
				raise exception 'the secret of the house: % %', tg_table_name, p.fail using errcode = p.code;
			end if;
			return coalesce(new, old);
		end $$`)
	for _, table := range h.tables() {
		h.exec(`create trigger monkey before insert or update or delete on ` + table + ` for each row execute function chaos.monkey()`)
	}
}

// failAt has the n-th write from now on fail; 0 is none.
func (h *house) failAt(n int) {
	h.t.Helper()
	h.exec(`select setval('chaos.writes', 1, false)`)
	h.exec(`update chaos.plan set fail = $1`, n)
}

// silent fails where a page tells of the inside of the house.
func silent(p page, what string) {
	p.t.Helper()
	body := strings.ToLower(strings.ReplaceAll(p.body, p.header.Get("X-Request-Id"), "(id)")) // chance makes words too
	for _, secret := range []string{"secret of the house", "pq:", "sql", "SQLSTATE", ".go:", "goroutine", "runtime", "panic", "relation", "passerelle/", "gin-gonic", "postgres", "lost_"} {
		if strings.Contains(body, strings.ToLower(secret)) {
			p.t.Errorf("%s: the page says %q\n%s", what, secret, p.body)
		}
	}
	for name := range p.header {
		if name == "Server" || name == "X-Powered-By" {
			p.t.Errorf("%s: a header %s: %s", what, name, p.header.Get(name))
		}
	}
}

// Postgres breaks deadlocks by failing one of two transactions. That one is tried again, and nobody
// notices; what never gets through is to be tried later.
func TestDeadlocksAreTriedAgain(t *testing.T) {
	h := open(t)
	h.learner("Aline")
	b := h.enter("Aline")
	h.breakWrites()
	h.exec(`update chaos.plan set code = '40P01'`)
	h.failAt(2)
	b.post("/courses/accueillir/m1/quiz/attempts", url.Values{}).want(http.StatusSeeOther)
	if n := h.count(`select count(*) from attempts`); n != 1 {
		t.Errorf("%d attempts", n)
	}
	h.exec(`create function chaos.always() returns trigger language plpgsql as $$ begin raise exception 'never' using errcode = '40001'; end $$`)
	h.exec(`create trigger always before insert on readings for each row execute function chaos.always()`)
	p := b.post("/courses/accueillir/m1/lecon/reading", url.Values{}).want(http.StatusServiceUnavailable)
	if p.header.Get("Retry-After") == "" {
		t.Error("the page does not say when to try again")
	}
	silent(p, "never")
}

// The tables go while the site is open: every page fails politely, and none says why.
func TestBrokenPagesTellNothing(t *testing.T) {
	c := play(t)
	c.exec(`update people set roles = $1 where id = $2`, "{learner,trainer,coordinator,administrator}", c.people["Aline"].ID)
	to := map[string]string{}
	for _, l := range table() {
		to[l.route] = c.fill(l.to, "")
	}
	b, lines := c.visitor(learner), table()
	failed := 0
	for _, table := range []string{"course_versions", "certificates", "answers", "enrolments", "people", "sessions"} {
		c.exec(`alter table ` + table + ` rename to lost_` + table)
		for _, l := range lines {
			if l.want[nobody] == 303 { // they begin or end sessions
				continue
			}
			p := b.do(l.method(), to[l.route], l.form, sameOrigin)
			if p.status != http.StatusInternalServerError {
				continue
			}
			failed++
			if !strings.Contains(p.body, p.header.Get("X-Request-Id")) || p.html().Find("main h1").Length() != 1 || p.header.Get("Content-Disposition") != "" {
				t.Errorf("%s without %s: the page does not say which request failed\n%s", l.route, table, p.body)
			}
			lifeless(p, l.route)
			silent(p, l.route+" without "+table)
		}
	}
	if failed < 40 {
		t.Errorf("only %d pages failed", failed)
	}
	// Without sessions nobody is let in by mistake.
	for _, l := range table() {
		if p := b.do(l.method(), to[l.route], l.form, sameOrigin); l.want[nobody] == door && p.status != http.StatusInternalServerError {
			t.Errorf("%s without sessions: status %d", l.route, p.status)
		}
	}
}

// A handler that panics is an error page; the next request is answered as if nothing had been.
func TestAPanicIsAnErrorPage(t *testing.T) {
	var site *handlers.Site
	h := open(t, func(p *plan) { p.site = func(s *handlers.Site) { site = s } })
	library := site.Library
	site.Library = nil // the front page's handler stumbles over it
	b := h.browser()
	for range 3 {
		p := b.get("/").want(http.StatusInternalServerError)
		if id := p.header.Get("X-Request-Id"); id == "" || !strings.Contains(p.body, id) {
			t.Errorf("the page does not name its request %q\n%s", id, p.body)
		}
		lifeless(p, "the page after a panic")
		silent(p, "the page after a panic")
	}
	script := b.do("GET", "/", nil, http.Header{"Accept": {"application/json"}})
	if script.status != http.StatusInternalServerError || strings.TrimSpace(script.body) != `{"state":"unavailable"}` {
		t.Errorf("a script is told %d %s", script.status, script.body)
	}
	b.get("/privacy").want(200)
	site.Library = library
	b.get("/").want(200)
	metrics := b.get("/metrics").want(200).body
	if !regexp.MustCompile(`passerelle_requests_total\{method="GET",route="/",status="500"\} 4`).MatchString(metrics) {
		t.Error("the panics are not counted")
	}
}

// A file that breaks off in the middle does not look whole.
func TestAReportThatBreaksOffIsNoWholeFile(t *testing.T) {
	var w *wire
	h := open(t, overWire(t, &w))
	h.manyLearners(4000)
	h.member("Cato", models.Coordinator)
	for _, encoding := range []string{"identity", "gzip"} {
		cato := h.enter("Cato")
		header := http.Header{"Accept-Encoding": {encoding}}
		if encoding == "gzip" {
			header = nil // the client asks, and unpacks
		}
		whole, err := cato.try("GET", "/coordinate/reports/completion/csv", nil, header)
		must(t, err)
		if n := strings.Count(whole.body, "\n"); n != 4001 {
			t.Fatalf("the whole file has %d lines", n)
		}
		w.budget.Store(100_000)
		part, err := cato.try("GET", "/coordinate/reports/completion/csv", nil, header)
		if err == nil {
			t.Errorf("%s: a file that breaks off after %d of %d bytes looks whole (status %d)", encoding, len(part.body), len(whole.body), part.status)
		}
		if strings.Contains(part.body, "<html") {
			t.Errorf("%s: a page stands in the file", encoding)
		}
		w.budget.Store(-1)
	}
}

// A download may take as long as somebody takes it: each piece has its own time.
func TestADownloadIsGivenTime(t *testing.T) {
	h := open(t)
	h.member("Cato", models.Coordinator)
	token, err := h.accounts.Begin(t.Context(), h.people["Cato"])
	must(t, err)
	for _, encoding := range []string{"", "gzip"} {
		w := &patience{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/coordinate/reports/completion/csv", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
		r.Header.Set("Accept-Encoding", encoding)
		h.handler.ServeHTTP(w, r)
		if w.Code != 200 || w.deadlines == 0 {
			t.Errorf("encoding %q: status %d, %d deadlines", encoding, w.Code, w.deadlines)
		}
	}
}

// patience counts how often a reply is given more time.
type patience struct {
	*httptest.ResponseRecorder
	deadlines int
}

func (p *patience) SetWriteDeadline(time.Time) error { p.deadlines++; return nil }

// manyLearners enrols n people without further ado.
func (h *house) manyLearners(n int) {
	h.t.Helper()
	h.exec(`with these as (
			insert into people (email, name, password_hash, created_at)
			select 'learner.' || i || '@example.org', 'Learner ' || i, 'x', now() from generate_series(1, $1::int) i returning id
		)
		insert into enrolments (person_id, course_id, version, enrolled_at, last_activity_at)
		select these.id, c.id, 1, now(), now() from these, courses c`, n)
}
