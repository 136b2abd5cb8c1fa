package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"passerelle/courses"
	"passerelle/handlers"
	"passerelle/models"
	"passerelle/quiz"
)

// hostile is what somebody may call themselves, or write into a course. What would come alive bears
// the word canari.
func hostile() []string {
	return []string{
		`<script>canari()</script>`,
		`"><script src=//evil.example/canari.js></script>`,
		`<img src=x onerror=canari()>`,
		`'"><img src=x onerror="canari()" canari`,
		`<svg/onload=canari()>`,
		`<svg><animate onbegin=canari() attributeName=x>`,
		`<canari-x id=canari class=canari>`,
		`</title><canari-y>`,
		`</textarea><canari-z autofocus onfocus=canari()>`,
		`</option></select><canari-s>`,
		`--><canari-c><!--`,
		`]]><canari-d>`,
		`<a href="javascript:canari()">x</a>`,
		`<iframe srcdoc="<script>canari()</script>"></iframe>`,
		`<style>@import url(//evil.example/canari.css)</style>`,
		`<base href=//evil.example/canari/>`,
		`<meta http-equiv=refresh content="0;url=//evil.example/canari">`,
		`<form action=//evil.example/canari><button formaction=javascript:canari()>`,
		`<math><mtext><canari-m></mtext></math>`,
		`<!doctype canari><html onclick=canari()>`,
		`" onmouseover="canari()" x="`,
		`' onfocus='canari()' autofocus '`,
		`&lt;script&gt;canari()&lt;/script&gt; &#60;canari-e&#62;`,
		`\u003ccanari-u\u003e \x3ccanari-h\x3e`,
		"`${canari()}`",
		`{{7*7}} {{.Password}} {{template "layout" .}}`,
		`${7*7} <%= 7*7 %> #{7*7} [[7*7]]`,
		`%s %n %!d(canari) %00`,
		`javascript:canari()`,
		`data:text/html,<script>canari()</script>`,
		`[x](javascript:canari()) ![x](//evil.example/canari.png "t")`,
		`=HYPERLINK("//evil.example/canari";"x")`,
		`'; drop table people; --`,
		`../../../etc/passwd`,
		"Ra\u202echel \u2066canari\u2069",
		"Zo\u0308e\u0301 \u200bvan\u00a0\u200dden Ĳssel \ufeff",
		"👩🏽‍⚕️ 🌉 🏳️‍🌈 \U0001d4b3",
		"אביגיל عائشة 陳大文",
		"e" + strings.Repeat("\u0301", 60),
		"Nora\x00canari", "Nora\xff\xfecanari", "Nora\r\nBcc: canari@evil.example", strings.Repeat("canari ", 9000), "",
	}
}

// hostileMarkdown is what somebody may write into a lesson besides.
func hostileMarkdown() string {
	return strings.Join([]string{
		"# <canari-h1 onclick=canari()>", "[a](javascript:canari())", "[b](JaVaScRiPt&#58;canari())", "[c](data:text/html;base64,Y2FuYXJp)",
		"[d](vbscript:canari())", "[e]( \x01javascript:canari())", "![f](//evil.example/canari.png)", "![g](https://evil.example/canari.png)",
		"![h](javascript:canari())", "<https://evil.example/canari>", "<javascript:canari()>", "[i]: javascript:canari()\n\n[i]", "[j](/\\evil.example/canari)",
		"```canari\" onload=canari()\n<canari-k>\n```", "> [!KEY] <canari-l>\n> <img src=x onerror=canari()>", "> [!CONTENT] <canari-m onfocus=canari()>\n> x",
		"| <canari-n> |\n|---|\n| <img src=x onerror=canari()> |", "a[^<canari-o>] b[^R1] c[^canari]", "[term](glossary:<canari-p>)", "[k](glossary:canari)",
		"## Titre {#canari onclick=canari()}", "<canari-q>\n\n<script>canari()</script>\n\n<style>*{background:url(//evil.example/canari)}</style>",
		"<div style=\"background:url(//evil.example/canari)\" onclick=canari()>x</div>", "&lt;canari-r&gt;", "\x00canari", strings.Repeat("*a **a ", 3000),
		strings.Repeat("[", 5000), strings.Repeat("> ", 500), strings.Repeat("(", 5000), strings.Repeat("_a", 5000),
	}, "\n\n")
}

// inert fails where a page went wrong, or holds what would run, fetch or send something that is not
// ours.
func inert(p page, what string) {
	p.t.Helper()
	if p.status >= 500 {
		p.t.Errorf("%s: status %d", what, p.status)
	}
	lifeless(p, what)
}

// lifeless is inert for pages that are expected to have gone wrong.
func lifeless(p page, what string) {
	p.t.Helper()
	if policy := p.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") && !strings.HasPrefix(p.header.Get("Content-Type"), "text/css") {
		p.t.Errorf("%s: the policy is %q", what, policy)
	}
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		return
	}
	root, err := html.Parse(strings.NewReader(p.body))
	must(p.t, err)
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{"iframe", "object", "embed", "base", "style", "math", "template", "noscript", "audio", "video", "animate", "foreignobject", "use"}, n.Data) ||
			strings.Contains(n.Data, "canari") || (n.Data == "script" && n.FirstChild != nil) {
			p.t.Errorf("%s: an element <%s>", what, n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimLeftFunc(a.Val, func(r rune) bool { return r <= ' ' || unicode.IsControl(r) }))
			switch {
			case strings.HasPrefix(a.Key, "on"), strings.Contains(a.Key, "canari"), a.Key == "style", a.Key == "srcdoc", a.Key == "http-equiv":
				p.t.Errorf("%s: an attribute %s=%q on <%s>", what, a.Key, a.Val, n.Data)
			case (a.Key == "id" || a.Key == "class") && strings.ContainsAny(value, "<>\"'()"):
				p.t.Errorf("%s: an attribute %s=%q on <%s>", what, a.Key, a.Val, n.Data)
			case slices.Contains([]string{"href", "src", "srcset", "action", "formaction", "poster", "data"}, a.Key):
				here := strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//") && !strings.HasPrefix(value, "/\\") || strings.HasPrefix(value, "#")
				away := n.Data == "a" && (strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "mailto:"))
				if !here && !away {
					p.t.Errorf("%s: <%s %s=%q> leads out of the site", what, n.Data, a.Key, a.Val)
				}
			}
		}
	}
}

// tidy is a name as registration keeps it.
func tidy(name string) string {
	return strings.Join(strings.Fields(norm.NFC.String(strings.NewReplacer("\u200b", "", "\ufeff", "", "\u202e", "", "\u2066", "", "\u2069", "").Replace(name))), " ")
}

func shown(s *goquery.Selection) string { return strings.Join(strings.Fields(s.First().Text()), " ") }

func TestHostileNamesStayNames(t *testing.T) {
	h := open(t, func(p *plan) { p.site = trustLoopback })
	h.member("Ada", models.Administrator)
	h.member("Cato", models.Coordinator)
	ctx := t.Context()

	accepted := map[string]bool{}
	for i, name := range hostile() {
		email := fmt.Sprintf("zoe.%d@example.org", i)
		wrong := name == "" || len([]rune(tidy(name))) > 200 || strings.Contains(name, "\x00") || !utf8.ValidString(name)
		if !wrong && i%6 != 0 { // registration hashes a password, and takes all names alike
			plain := strings.Join(strings.Fields(norm.NFC.String(name)), " ") // as older accounts may be called
			person := &models.Person{Name: plain, Email: email, Language: "fr", Roles: models.Strings{models.Learner}}
			must(t, h.db.InsertPerson(ctx, person, "x"))
			accepted[person.Name] = true
			h.people[person.Name] = person
			h.showName(h.enter(person.Name), person, i%4 == 1 || i > 33)
			continue
		}
		b := h.browser()
		b.from = fmt.Sprintf("192.0.2.%d", i)
		p := b.post("/register", form("name", name, "email", email, "password", password, "profession", "nurse", "language", "fr"))
		inert(p, fmt.Sprintf("registering as %.60q", name))
		if wrong {
			p.want(http.StatusUnprocessableEntity)
			if p.form("/register").Get("email") != email {
				t.Errorf("registering as %.60q: the form came back with %v", name, p.form("/register"))
			}
			continue
		}
		inert(b.follow(p), fmt.Sprintf("the first page of %q", name))
		person, _, err := h.db.PersonByEmail(ctx, email)
		must(t, err)
		if person.Name != tidy(name) {
			t.Errorf("%q is kept as %q", name, person.Name)
		}
		accepted[person.Name] = true
		h.showName(b, person, true)
	}
	if len(accepted) < 35 {
		t.Fatalf("only %d names were accepted", len(accepted))
	}

	names := func(p page, find string) (found int) {
		inert(p, find)
		p.html().Find(find).Each(func(_ int, s *goquery.Selection) {
			if accepted[strings.TrimSpace(s.Text())] {
				found++
			}
		})
		return found
	}
	if n := names(h.enter("Cato").get("/coordinate/reports/completion"), "tbody th"); n != len(accepted) {
		t.Errorf("the report names %d people as they are called, of %d", n, len(accepted))
	}
	people := h.enter("Ada").get("/admin/people")
	inert(people, "/admin/people")
	for name := range accepted {
		if !strings.Contains(strings.Join(strings.Fields(people.html().Text()), " "), strings.Join(strings.Fields(name), " ")) {
			t.Errorf("the list of people does not name %q", name)
		}
	}
	for preset, comma := range map[string]rune{"csv": ',', "csv-excel": ';'} {
		p := h.enter("Cato").get("/coordinate/reports/completion/" + preset).want(200)
		read := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\ufeff")))
		read.Comma = comma
		records, err := read.ReadAll()
		must(t, err)
		found := 0
		for _, r := range records[1:] {
			if strings.ContainsAny(r[0][:1], "=+-@") {
				t.Errorf("%s: the cell %q begins a formula", preset, r[0])
			}
			if accepted[r[0]] || accepted[strings.TrimPrefix(r[0], "'")] || strings.Contains(r[0], `"'`) || strings.Contains(r[0], `;'`) {
				found++
			}
		}
		if found != len(accepted) {
			t.Errorf("%s names %d people, of %d", preset, found, len(accepted))
		}
	}
	for _, table := range []string{"people", "sessions", "enrolments"} {
		if h.count("select count(*) from "+table) == 0 {
			t.Errorf("the table %s is empty", table)
		}
	}
	if n := h.count(`select count(*) from outbox where subject not in (select subject from outbox where id = (select min(id) from outbox) union select subject from outbox where kind = 'certificate' and id = (select min(id) from outbox where kind = 'certificate'))`); n != 0 {
		t.Errorf("%d letters have a subject of their own", n)
	}
}

// showName enrols somebody and, if they are to prove it, leads them to their certificate; every page on
// the way, and everybody's page of the proof, calls them as they are called.
func (h *house) showName(b *browser, person *models.Person, proof bool) {
	t := h.t
	t.Helper()
	must(t, h.learning.Enrol(t.Context(), person, "accueillir"))
	b.from = fmt.Sprintf("198.51.100.%d", person.ID)
	pages := map[string]string{"/progress": ".menu strong", "/attempts/987654": ".menu strong"} // one is there, one is not
	if proof {
		c := h.certify(person)
		pages[fmt.Sprintf("/certificates/%d", c.ID)], pages["/verify/"+c.Code] = ".holder", ".holder"
		if p := b.get(fmt.Sprintf("/certificates/%d/pdf", c.ID)); p.status != 200 || !strings.HasPrefix(p.body, "%PDF-") {
			t.Errorf("the paper of %q: status %d", person.Name, p.status)
		}
	}
	for to, find := range pages {
		p := b.get(to)
		inert(p, fmt.Sprintf("%s as %q", to, person.Name))
		if got := shown(p.html().Find(find)); got != strings.Join(strings.Fields(person.Name), " ") {
			t.Errorf("%s calls %q %q", to, person.Name, got)
		}
	}
}

// trustLoopback lets a test come from many addresses.
func trustLoopback(s *handlers.Site) {
	s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// Every text of a course, in every language, is hostile at once.
func TestHostileCoursesStayText(t *testing.T) {
	evil := func() courses.Text {
		all := strings.Join(hostile()[:38], " ")
		return courses.Text{"fr": all, "nl": all, "en": all}
	}
	c := play(t, func(p *plan) {
		d := p.course
		markdown := courses.Text{"fr": hostileMarkdown(), "nl": hostileMarkdown(), "en": hostileMarkdown()}
		d.Title, d.DiscreetTitle, d.Summary, d.Prerequisites = evil(), evil(), markdown, evil()
		d.Audience, d.Objectives[0].Text = []courses.Text{evil()}, evil()
		d.Authors[0] = courses.Author{Name: evil()["fr"], Role: evil()}
		d.Organiser = courses.Organiser{Name: evil()["fr"][:200], Address: evil()["fr"][:200], Place: evil()["fr"][:100], Signatory: evil()["fr"][:100], Role: evil()}
		d.Sources[0] = courses.Source{Key: "R1", Citation: evil()["fr"], URL: "javascript:canari()", Note: evil()}
		d.Sources = append(d.Sources, courses.Source{Key: "R2", Citation: "x", URL: `https://evil.example/" onclick="canari()`})
		d.Glossary[0].Term, d.Glossary[0].Definition = evil(), markdown
		m := &d.Modules[0]
		m.Title, m.Summary, m.Objectives = evil(), markdown, []courses.Objective{{Key: "o", Text: evil()}}
		m.Steps[0].Title, m.Steps[0].Lesson.Body = evil(), markdown
		m.Steps[0].Lesson.Sources = []string{"R1", "R2"}
		m.Steps[1].Title, m.Steps[1].Quiz.Intro = evil(), markdown
		for i := range m.Steps[1].Quiz.Questions {
			q := &m.Steps[1].Quiz.Questions[i]
			q.Text, q.Feedback = evil(), evil()
			for o := range q.Options {
				q.Options[o].Text, q.Options[o].Feedback = markdown, evil()
			}
		}
	})
	// What is answered is kept as it was typed, and shown nowhere.
	id, err := c.learning.Start(t.Context(), c.people["Aline"], "accueillir", "quiz")
	must(t, err)
	must(t, c.learning.SavePage(t.Context(), c.people["Aline"], id, func(string) quiz.Answer { return quiz.Answer{"": hostile()[:38]} }))
	var from []string
	for _, l := range table() {
		if l.method() == "GET" {
			from = append(from, c.fill(l.to, ""))
		}
	}
	for kind, name := range kinds {
		b := c.visitor(kind)
		if kind == learner {
			from = append(from, c.closedAttempt())
		}
		crawl(t, b, from, func(to string, p page) {
			if !strings.HasPrefix(to, "/static/") && !strings.HasPrefix(to, "/courses/accueillir/media/") {
				inert(p, to+" as "+name)
			}
		})
	}
}

// closedAttempt is the address of the result that led to the certificate.
func (c *cast) closedAttempt() string {
	return fmt.Sprintf("/attempts/%d", c.count(`select min(id) from attempts where submitted_at is not null`))
}

// Whatever is asked for and said back, in pages that fail too, is text.
func TestWhatIsSaidBackIsText(t *testing.T) {
	c := play(t, func(p *plan) { p.site = trustLoopback })
	c.exec(`update people set roles = $1 where id = $2`, "{learner,trainer,coordinator,administrator}", c.people["Aline"].ID)
	inside, outside := c.visitor(learner), c.visitor(nobody)
	for i, evil := range hostile() {
		if len(evil) > 1000 {
			evil = evil[:1000]
		}
		q := url.QueryEscape(evil)
		inside.from, outside.from = fmt.Sprintf("192.0.2.%d", i), fmt.Sprintf("198.51.100.%d", i)
		outside.keep("language", url.PathEscape(evil))
		outside.keep("flash", url.PathEscape(evil))
		header := http.Header{"Accept-Language": {strings.Map(printable, evil)}, "Referer": {"https://evil.example/" + q}, "User-Agent": {strings.Map(printable, evil)}}
		for n, to := range []string{
			"/" + url.PathEscape(evil), "/courses/" + url.PathEscape(evil), "/verify/" + url.PathEscape(evil), "/coordinate/reports/" + url.PathEscape(evil),
			"/verify?code=" + q, "/admin/people?q=" + q + "&page=" + q, "/sign-in?next=" + q + "&email=" + q,
			"/coordinate/reports/completion?course=" + q + "&state=" + q + "&from=" + q + "&to=" + q,
			"/register?next=" + q + "&name=" + q + "&profession=" + q, "/coordinate/reports/completion/csv?course=" + q, "/?" + q,
		} {
			b := outside // even ones are asked by nobody, odd ones by somebody who may
			if n%2 == 1 {
				b = inside
			}
			inert(b.do("GET", to, nil, header), "GET "+to)
		}
		for n, to := range []string{"/language", "/attempts/1/answers", "/courses/accueillir/enrolments", "/sign-in"} {
			if n == 3 && i%4 > 0 { // hashes a password
				continue
			}
			fields := form("email", evil, "password", evil, "next", evil, "kept_action", evil, "kept."+evil, evil, "lang", evil, "return", evil, evil, evil)
			inert(outside.post(to, fields), fmt.Sprintf("POST %s %q", to, evil))
		}
		inert(inside.post("/language", form("lang", "fr", "return", evil)), fmt.Sprintf("returning to %q", evil))
	}
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '?'
	}
	return r
}

// Nothing that comes in leads a visitor to another site.
func TestNobodyIsLedAway(t *testing.T) {
	h := open(t)
	h.person("Zoe", models.Learner)
	away := []string{
		"//evil.example", `/\evil.example`, "https:evil.example", "/\t/evil.example", // by every door
		"///evil.example", "////evil.example/", `\\evil.example`, `\/evil.example`, "https://evil.example", "https:/evil.example", "HTTPS://evil.example",
		"//evil.example/%2e%2e", "/%09/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example", "//user@evil.example",
		"http://127.0.0.1@evil.example", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//%65vil.example", "/%5cevil.example",
		"/.//evil.example", "/..//evil.example", "/x/..//evil.example", "/x/../..//evil.example", `//\evil.example`, "/\r\n//evil.example", "?//evil.example",
		"evil.example", "./evil.example", "/?x=//ok", "", "/\x00/evil.example", "/\u2028/evil.example", "//[::1]", "/;//evil.example", "mailto:x@evil.example",
	}
	for i, to := range away {
		doors := map[string]page{"language": h.browser().post("/language", form("lang", "nl", "return", to))}
		if i < 4 {
			doors["sign-in"] = h.browser().post("/sign-in", form("email", "zoe@example.org", "password", password, "next", to))
			doors["register"] = h.browser().post("/register", form("name", "Nora", "email", fmt.Sprintf("nora.%d@example.org", i), "password", password, "profession", "nurse", "language", "fr", "next", to))
			doors["resume"] = h.browser().post("/sign-in", form("email", "zoe@example.org", "password", password, "kept_action", to, "kept.x", "y"))
		}
		for door, p := range doors {
			at, err := url.Parse(p.location)
			if p.status != http.StatusSeeOther || err != nil || at.Host != "" || at.Scheme != "" || !strings.HasPrefix(p.location, "/") ||
				strings.HasPrefix(p.location, "//") || strings.ContainsAny(p.location, "\\\t\r\n") {
				t.Errorf("%s with %q leads to %q (status %d)", door, to, p.location, p.status)
			}
		}
		for _, field := range h.browser().get("/sign-in?next=" + url.QueryEscape(to)).form("/sign-in")["next"] {
			if field != to || !strings.HasPrefix(field, "/") || strings.HasPrefix(field, "//") || strings.ContainsAny(field, "\\\t\r\n\x00") {
				t.Errorf("the sign-in form takes %q along as %q", to, field)
			}
		}
	}
}

// Filters take what is on their list; a search takes everything as text.
func TestFiltersAreNoSQL(t *testing.T) {
	c := play(t)
	for _, evil := range []string{
		"'", "''", `"`, "\\", "%", "_", "' or '1'='1", "completed' or true --", "1); drop table people; --", "') union select password_hash from people --",
		"pg_sleep(9)", "'||pg_sleep(9)||'", "$1", "{completed}", "completed\x00", "\xff", "COMPLETED", "completed,under_way", "2026-13-45", "-infinity", "infinity", "now()", "0001-01-01", "9999-12-31",
	} {
		q := url.QueryEscape(evil)
		cato := c.visitor(coordinator)
		for _, field := range []string{"course", "state", "from", "to"} {
			for _, to := range []string{"/coordinate/reports/completion?", "/coordinate/reports/completion/csv?"} {
				if p := cato.get(to + field + "=" + q); p.status != http.StatusUnprocessableEntity {
					t.Errorf("%s%s=%s: status %d, want to be told", to, field, evil, p.status)
				}
			}
		}
		p := c.visitor(administrator).get("/admin/people?q=" + q + "&page=" + q)
		if n := p.html().Find("tbody tr").Length(); p.status >= 500 || n != 0 {
			t.Errorf("searching %q: status %d, %d people", evil, p.status, n)
		}
	}
	for search, want := range map[string]int{"aline": 1, "ALINE@EXAMPLE": 1, "@example.org": 6, "": 6, "a%e": 0} {
		if n := c.visitor(administrator).get("/admin/people?q=" + url.QueryEscape(search)).html().Find("tbody tr").Length(); n != want {
			t.Errorf("searching %q finds %d people, want %d", search, n, want)
		}
	}
}
