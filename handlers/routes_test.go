package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"passerelle/certificates"
	"passerelle/models"
)

// A line of the table is a route, an address of it that leads somewhere, and what becomes of each
// kind of visitor there.
type line struct {
	route string // as the router has it
	to    string // {attempt}, {certificate} … are filled in
	form  url.Values
	want  [6]int // in the order of kinds
}

// The kinds of visitors. Sami was suspended with a session open: he is nobody.
var kinds = [6]string{"nobody", "Aline", "Bram", "Tess", "Cato", "Ada"}

const (
	nobody  = iota
	learner // enrolled; an attempt is open, a certificate issued
	other   // a learner who is not enrolled
	trainer
	coordinator
	administrator
)

// door: nobody is signed in, and is asked to.
const door = -1

func everybody(status int) [6]int { return [6]int{status, status, status, status, status, status} }
func members(status int) [6]int   { return [6]int{door, status, status, status, status, status} }
func stranger(status, members int) [6]int {
	return [6]int{status, members, members, members, members, members}
}

// only is for one kind; for everybody else it is not there.
func only(kind, status int) [6]int {
	want := members(http.StatusNotFound)
	want[kind] = status
	return want
}

// enrolledOr is for the enrolled; everybody else is led elsewhere.
func enrolledOr(status, others int) [6]int {
	want := members(others)
	want[learner] = status
	return want
}

func form(fields ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return values
}

// table is every route of the site. A route without a line fails, and so does a line without a route.
func table() []line {
	const lesson, quiz = "/courses/accueillir/m1/lecon", "/courses/accueillir/m1/quiz"
	return []line{
		{"GET /", "/", nil, everybody(200)},
		{"GET /privacy", "/privacy", nil, everybody(200)},
		{"GET /accessibility", "/accessibility", nil, everybody(200)},
		{"POST /language", "/language", form("lang", "fr", "return", "/privacy"), everybody(303)},

		{"GET /sign-in", "/sign-in", nil, stranger(200, 303)},
		{"POST /sign-in", "/sign-in", form("email", "zoe@example.org", "password", password), everybody(303)},
		{"POST /sign-out", "/sign-out", form(), everybody(303)},
		{"GET /register", "/register", nil, stranger(200, 303)},
		{"POST /register", "/register", form("name", "Nora", "email", "nora.{kind}@example.org", "password", password, "profession", "nurse", "language", "fr"), everybody(303)},

		{"GET /courses/:course", "/courses/accueillir", nil, everybody(200)},
		{"POST /courses/:course/enrolments", "/courses/accueillir/enrolments", form(), members(303)},
		{"GET /courses/:course/glossary", "/courses/accueillir/glossary", nil, only(learner, 200)},
		{"GET /courses/:course/media/:sum/:file", "/courses/accueillir/media/{sum}/pont.svg", nil, only(learner, 200)},
		{"GET /courses/:course/:module/:step", lesson, nil, enrolledOr(200, 303)},
		{"POST /courses/:course/:module/:step/reading", lesson + "/reading", form(), only(learner, 303)},
		{"POST /courses/:course/:module/:step/attempts", quiz + "/attempts", form(), only(learner, 303)},
		{"GET /attempts/:id", "/attempts/{attempt}", nil, only(learner, 200)},
		{"GET /attempts/:id/review", "/attempts/{attempt}/review", nil, only(learner, 200)},
		{"POST /attempts/:id/answers", "/attempts/{attempt}/answers", form("q-un", "b", "then", "stay"), only(learner, 303)},
		{"POST /attempts/:id/answers/:question", "/attempts/{attempt}/answers/q-un", form("q-un", "b", "sequence", "{sequence}"), only(learner, 200)},
		{"POST /attempts/:id/submission", "/attempts/{attempt}/submission", form(), only(learner, 303)},
		{"GET /progress", "/progress", nil, members(200)},

		{"GET /certificates/:id", "/certificates/{certificate}", nil, only(learner, 200)},
		{"GET /certificates/:id/pdf", "/certificates/{certificate}/pdf", nil, only(learner, 200)},
		{"GET /verify", "/verify", nil, everybody(200)},
		{"GET /verify/:code", "/verify/{code}", nil, everybody(200)},

		{"GET /coordinate", "/coordinate", nil, only(coordinator, 200)},
		{"GET /coordinate/reports/:report", "/coordinate/reports/completion", nil, only(coordinator, 200)},
		{"GET /coordinate/reports/:report/:preset", "/coordinate/reports/completion/csv", nil, only(coordinator, 200)},
		{"GET /teach", "/teach", nil, only(trainer, 200)},
		{"GET /admin/people", "/admin/people", nil, only(administrator, 200)},
		{"POST /admin/people/:id/roles", "/admin/people/{bram}/roles", form("role", "learner"), only(administrator, 303)},

		{"GET /healthz", "/healthz", nil, everybody(200)},
		{"GET /readyz", "/readyz", nil, everybody(200)},
		{"GET /metrics", "/metrics", nil, everybody(200)},
		{"GET /robots.txt", "/robots.txt", nil, everybody(200)},
		{"GET /static/*file", "/static/app.css", nil, everybody(200)},
	}
}

// A cast is a house with a visitor of every kind, and one of everything that a route leads to.
type cast struct {
	*house
	certificate *models.Certificate
	sequence    int
}

func play(t *testing.T, peculiar ...func(*plan)) *cast {
	t.Helper()
	c := &cast{house: open(t, peculiar...), sequence: 100}
	c.certificate = c.certify(c.learner("Aline"))
	c.member("Bram", models.Learner)
	c.member("Tess", models.Trainer)
	c.member("Cato", models.Coordinator)
	c.member("Ada", models.Administrator)
	c.learner("Sami")
	return c
}

// suspended is a browser in which Sami was signed in when he was suspended.
func (c *cast) suspended() *browser {
	c.t.Helper()
	c.exec(`update people set suspended_at = null where id = $1`, c.people["Sami"].ID)
	b := c.enter("Sami")
	c.exec(`update people set suspended_at = now() where id = $1`, c.people["Sami"].ID)
	return b
}

// visitor is a browser of the kind, with a session of its own.
func (c *cast) visitor(kind int) *browser {
	if kind == nobody {
		return c.browser()
	}
	return c.enter(kinds[kind])
}

// fill fills in what an address or a form leads to.
func (c *cast) fill(s string, kind string) string {
	c.t.Helper()
	if strings.Contains(s, "{attempt}") {
		id, err := c.learning.Start(c.t.Context(), c.people["Aline"], "accueillir", "quiz")
		must(c.t, err)
		s = strings.ReplaceAll(s, "{attempt}", fmt.Sprint(id))
	}
	if strings.Contains(s, "{sequence}") {
		c.sequence++
	}
	return strings.NewReplacer(
		"{certificate}", fmt.Sprint(c.certificate.ID), "{code}", certificates.GroupCode(c.certificate.Code),
		"{sum}", smallCourse().Media[0].SHA256, "{bram}", fmt.Sprint(c.people["Bram"].ID),
		"{sequence}", fmt.Sprint(c.sequence), "{kind}", kind,
	).Replace(s)
}

func (c *cast) fillForm(f url.Values, kind string) url.Values {
	if f == nil {
		return nil
	}
	filled := url.Values{}
	for name, values := range f {
		for _, v := range values {
			filled.Add(name, c.fill(v, kind))
		}
	}
	return filled
}

func (l line) method() string { m, _, _ := strings.Cut(l.route, " "); return m }

// may is a kind that the line lets in.
func (l line) may() int {
	return slices.IndexFunc(l.want[:], func(status int) bool { return status == 200 || status == 303 })
}

var sameOrigin = http.Header{"Sec-Fetch-Site": {"same-origin"}}

func TestEveryRouteForEveryRole(t *testing.T) {
	c := play(t)
	c.person("Zoe", models.Learner)

	routes, err := c.site.Routes()
	must(t, err)
	lines := map[string]bool{}
	for _, l := range table() {
		lines[l.route] = true
		if !slices.Contains(routes, l.route) {
			t.Errorf("the table has a line for %s, which is no route", l.route)
		}
	}
	for _, route := range routes {
		if !lines[route] {
			t.Errorf("%s has no line in the table: say who may come in", route)
		}
	}

	for _, l := range table() {
		for kind, want := range l.want {
			c.visit(l, c.visitor(kind), kinds[kind], want)
		}
		c.visit(l, c.suspended(), "Sami", l.want[nobody])
		if l.route == "POST /courses/:course/enrolments" { // the next lines are for who is not enrolled
			c.exec(`delete from enrolments where person_id not in ($1, $2)`, c.people["Aline"].ID, c.people["Sami"].ID)
		}
	}
}

// visit goes to a line's address and holds what becomes of it against the table.
func (c *cast) visit(l line, b *browser, who string, want int) {
	c.t.Helper()
	to, fields := c.fill(l.to, who), c.fillForm(l.form, who)
	refused := l.method() == "POST" && (want == door || want >= 400)
	var before map[string]string
	if refused {
		before = c.rows()
	}
	p := b.do(l.method(), to, fields, sameOrigin)
	switch {
	case want != door:
		if p.status != want {
			c.t.Errorf("%s as %s: status %d, want %d", l.route, who, p.status, want)
		}
	case l.method() == "POST":
		if p.status != http.StatusUnauthorized || p.html().Find(`form[action="/sign-in"]`).Length() != 1 {
			c.t.Errorf("%s as %s: status %d, want to be asked to sign in", l.route, who, p.status)
		}
	default:
		if want := "/sign-in?next=" + url.QueryEscape(to); p.status != http.StatusSeeOther || p.location != want {
			c.t.Errorf("%s as %s: status %d to %q, want to be led to %q", l.route, who, p.status, p.location, want)
		}
	}
	if refused {
		c.unchanged(before, l.route+" as "+who)
	}
}

// What a page links to exists, and looking at it changes nothing: whatever the method, if it is not
// POST.
func TestReadingChangesNothing(t *testing.T) {
	c := play(t)
	var from []string
	for _, l := range table() {
		if l.method() == "GET" {
			from = append(from, c.fill(l.to, ""))
		}
	}
	for kind := range kinds {
		b, met := c.visitor(kind), 0
		before := c.rows()
		crawl(t, b, from, func(string, page) { met++ })
		c.unchanged(before, "a walk as "+kinds[kind])
		if met <= len(from) {
			t.Errorf("the walk as %s met only %d pages", kinds[kind], met)
		}
	}

	routes, err := c.site.Routes()
	must(t, err)
	b := c.visitor(learner)
	before := c.rows()
	for _, l := range table() {
		to := c.fill(l.to, "")
		if l.method() == "GET" {
			if p := b.do("HEAD", to, nil, nil); p.status != l.want[learner] || p.body != "" {
				t.Errorf("HEAD %s: status %d, want %d and no body", to, p.status, l.want[learner])
			}
		}
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			_, path, _ := strings.Cut(l.route, " ")
			if slices.Contains(routes, method+" "+path) {
				continue
			}
			if p := b.do(method, to, nil, sameOrigin); p.status != http.StatusNotFound && p.status != http.StatusSeeOther {
				t.Errorf("%s %s: status %d", method, to, p.status)
			}
		}
	}
	before["attempts"] = c.rows()["attempts"] // that fill began
	c.unchanged(before, "other methods")
}

// crawl follows every link from the addresses on, and shows each page to see.
func crawl(t *testing.T, b *browser, from []string, see func(to string, p page)) {
	t.Helper()
	met := map[string]bool{}
	type step struct{ to, on string }
	var queue []step
	for _, to := range from {
		queue = append(queue, step{to: to})
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if met[s.to] {
			continue
		}
		if met[s.to] = true; len(met) > 400 {
			t.Fatal("the site has no end")
		}
		p := b.get(s.to)
		if p.status >= 500 || (s.on != "" && p.status != 200 && p.status != 303) {
			t.Errorf("%s, linked from %q, answers %d", s.to, s.on, p.status)
		}
		see(s.to, p)
		for _, to := range p.links() {
			queue = append(queue, step{to, s.to})
		}
	}
}

// links are the addresses on this site that a page leads to or shows.
func (p page) links() []string {
	p.t.Helper()
	var links []string
	if p.location != "" {
		links = append(links, p.location)
	}
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		return links
	}
	doc := p.html()
	for _, from := range []struct{ find, attribute string }{
		{"a", "href"}, {"link", "href"}, {"script", "src"}, {"img", "src"}, {`form[method="get"]`, "action"},
	} {
		for _, node := range doc.Find(from.find).Nodes {
			for _, a := range node.Attr {
				if to, _, _ := strings.Cut(a.Val, "#"); a.Key == from.attribute && strings.HasPrefix(to, "/") {
					links = append(links, to)
				}
			}
		}
	}
	return links
}

func TestOtherSitesChangeNothing(t *testing.T) {
	c := play(t)
	c.person("Zoe", models.Learner)
	for _, l := range table() {
		if l.method() != "POST" {
			continue
		}
		b := c.visitor(l.may())
		to, fields := c.fill(l.to, "x"), c.fillForm(l.form, "x")
		before := c.rows()
		for _, header := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {c.url}},
			{"Origin": {"https://evil.example"}},
			{"Origin": {"null"}},
			{"Origin": {strings.Replace(c.url, "http:", "https:", 1) + ".evil.example"}},
			{"Origin": {"https://evil.example"}, "Content-Type": {"text/plain"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Accept": {"application/json"}},
		} {
			if p := b.do("POST", to, fields, header); p.status != http.StatusForbidden {
				t.Errorf("%s with %v: status %d, want 403", l.route, header, p.status)
			}
		}
		c.unchanged(before, l.route+" from another site")
		if p := b.do("POST", to, fields, http.Header{"Origin": {c.url}}); p.status >= 400 {
			t.Errorf("%s from our own site: status %d", l.route, p.status)
		}
	}
}

// odd is what no identifier looks like.
func odd() []string {
	return []string{
		"-1", "0", "1e9", "9223372036854775807", "9223372036854775808", "00", "+1", "NaN", "１",
		"1%00", "%2e%2e", "..%2f..", "%ff%fe", "%25", "%27%20or%201=1--", "{{.}}", strings.Repeat("9", 10_000), strings.Repeat("a", 10_000),
	}
}

// Whoever may come in everywhere asks for what is not there.
func TestOddIdentifiersAreNotThere(t *testing.T) {
	c := play(t)
	c.exec(`update people set roles = $1 where id = $2`, "{learner,trainer,coordinator,administrator}", c.people["Aline"].ID)
	b := c.visitor(learner)
	for _, l := range table() {
		_, path, _ := strings.Cut(l.route, " ")
		at := strings.Split(path, "/")
		for i, name := range at {
			if !strings.HasPrefix(name, ":") {
				continue
			}
			to := strings.Split(c.fill(l.to, ""), "/")
			fields := c.fillForm(l.form, "")
			for _, id := range odd() {
				to[i] = url.PathEscape(id)
				if strings.Contains(id, "%") {
					to[i] = id
				}
				address := strings.Join(to, "/")
				p := b.do(l.method(), address, fields, sameOrigin)
				switch {
				case p.status == http.StatusNotFound || p.status == http.StatusBadRequest:
				case (name == ":module" || name == ":file") && (p.status == 303 || p.status == 200): // says what is, finds nothing
				default:
					t.Errorf("%s with %s %.40q: status %d", l.route, name, id, p.status)
				}
			}
		}
	}
}

// Not yours is not there: the page is the one for what does not exist, byte for byte.
func TestNotYoursLooksLikeNotThere(t *testing.T) {
	c := play(t)
	absent := "987654"
	for _, l := range table() {
		if l.want[other] != http.StatusNotFound || !strings.Contains(l.to, "{") {
			continue
		}
		for _, kind := range []int{other, trainer, coordinator, administrator} {
			if l.want[kind] != http.StatusNotFound {
				continue
			}
			b := c.visitor(kind)
			theirs, fields := c.fill(l.to, ""), c.fillForm(l.form, "")
			nowhere := strings.NewReplacer("{attempt}", absent, "{certificate}", absent, "{bram}", absent, "{sum}", strings.Repeat("0", 64)).Replace(l.to)
			one, two := b.do(l.method(), theirs, fields, sameOrigin), b.do(l.method(), nowhere, fields, sameOrigin)
			mask := func(p page, path string) string {
				return strings.NewReplacer(p.header.Get("X-Request-Id"), "(id)", path, "(path)").Replace(p.body)
			}
			if one.status != two.status || mask(one, theirs) != mask(two, nowhere) {
				t.Errorf("%s as %s: what is somebody else's differs from what is not there", l.route, kinds[kind])
			}
		}
	}

	// Nor does anything of an attempt show from the ids around one's own.
	_, err := c.learning.Start(t.Context(), c.people["Sami"], "accueillir", "quiz")
	must(t, err)
	own := fmt.Sprint(c.count(`select id from attempts a where enrolment_id in (select id from enrolments where person_id = $1)`, c.people["Sami"].ID))
	sami := c.enter("Sami")
	for id := range 50 {
		for _, path := range []string{"/attempts/%d", "/attempts/%d/review"} {
			to := fmt.Sprintf(path, id)
			want := http.StatusNotFound
			if fmt.Sprint(id) == own {
				want = http.StatusOK
			}
			if p := sami.get(to); p.status != want {
				t.Errorf("%s as Sami, whose attempt is %s: status %d", to, own, p.status)
			}
		}
	}
}

// Who is not enrolled sees neither a question nor a lesson, and no learner sees another's name.
func TestNothingShowsToWhomItIsNotFor(t *testing.T) {
	c := play(t)
	var from []string
	for _, l := range table() {
		if l.method() == "GET" {
			from = append(from, c.fill(l.to, ""))
		}
	}
	for kind, name := range kinds {
		crawl(t, c.visitor(kind), from, func(to string, p page) {
			if kind != learner {
				for _, secret := range []string{"Un seul ?", "Mauvaise", "Un fait", "L’essentiel"} {
					if strings.Contains(p.body, secret) {
						t.Errorf("%s as %s shows %q", to, name, secret)
					}
				}
			}
			if strings.HasPrefix(to, "/verify/") || kind == coordinator || kind == administrator {
				return
			}
			for _, somebody := range []string{"Aline", "Bram", "Sami", "@example.org"} {
				if somebody != name && strings.Contains(p.body, somebody) {
					t.Errorf("%s as %s names %s", to, name, somebody)
				}
			}
		})
	}
}
