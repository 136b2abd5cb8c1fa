package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/handlers"
	"passerelle/models"
)

// Every form that fails comes back with what was typed, but for secrets, and says at which field it
// failed.
func TestFormsComeBackFilledIn(t *testing.T) {
	h := open(t)
	h.person("Zoe", models.Learner)
	h.member("Cato", models.Coordinator)
	nobody, cato := h.browser(), h.enter("Cato")
	code := strings.Repeat("2", 26)
	for _, f := range []struct {
		what   string
		reply  page
		action string
		want   url.Values // fields as they come back
		wrong  []string   // … and those that say so
	}{
		{"register: everything", nobody.post("/register", form("name", "", "email", "no address", "password", "court", "profession", "astronaut", "language", "xx")),
			"/register", form("name", "", "email", "no address", "password", "", "profession", ""), []string{"name", "email", "password", "profession", "language"}},
		{"register: the address is taken", nobody.post("/register", form("name", "Zoë 2", "email", "ZOE@example.org", "password", password, "profession", "psychologist", "language", "nl", "next", "/courses/accueillir")),
			"/register", form("name", "Zoë 2", "email", "ZOE@example.org", "password", "", "profession", "psychologist", "language", "nl", "next", "/courses/accueillir"), []string{"email"}},
		{"sign-in", nobody.post("/sign-in", form("email", "zoe@example.org", "password", "faux-mot-de-passe", "next", "/progress", "kept_action", "/attempts/1/answers", "kept.q-un", "b", "kept.q-trois", "x", "kept.q-trois", "y")),
			"/sign-in", form("email", "zoe@example.org", "password", "", "next", "/progress", "kept_action", "/attempts/1/answers", "kept.q-un", "b", "kept.q-trois", "x", "kept.q-trois", "y"), nil},
		{"verify", nobody.get("/verify?code=" + code), "/verify", form("code", code), []string{"code"}},
		{"report", cato.get("/coordinate/reports/completion?course=accueillir&state=completed&from=2026-12-31&to=2026-12-01"),
			"/coordinate/reports/completion", form("course", "accueillir", "state", "completed", "from", "2026-12-31", "to", "2026-12-01"), []string{"to"}},
		{"report: everything", cato.get("/coordinate/reports/completion?course=nulle-part&state=parti&from=hier&to=demain"),
			"/coordinate/reports/completion", form("from", "hier", "to", "demain"), []string{"course", "state", "from", "to"}},
	} {
		f.reply.want(http.StatusUnprocessableEntity)
		back := f.reply.form(f.action)
		for field, values := range f.want {
			if got := back[field]; !slices.Equal(got, values) && strings.Join(got, "") != strings.Join(values, "") {
				t.Errorf("%s: %s came back as %q, was %q", f.what, field, got, values)
			}
		}
		doc := f.reply.html()
		if doc.Find(`main [role="alert"]`).Length() != 1 {
			t.Errorf("%s: nothing says that it failed", f.what)
		}
		for _, field := range f.wrong {
			input := doc.Find(`main [name="` + field + `"]`)
			describedBy := strings.Fields(input.AttrOr("aria-describedby", ""))
			if input.AttrOr("aria-invalid", "") != "true" || !slices.Contains(describedBy, field+"-error") || doc.Find("#"+field+"-error").Text() == "" {
				t.Errorf("%s: the field %s does not say what is wrong with it", f.what, field)
			}
		}
		if got := doc.Find(`main [aria-invalid="true"]`).Length(); got != len(f.wrong) {
			t.Errorf("%s: %d fields say that they are wrong, want %v", f.what, got, f.wrong)
		}
		if title := doc.Find("title").Text(); !strings.Contains(title, ":") {
			t.Errorf("%s: the title %q does not begin with the bad news", f.what, title)
		}
	}
}

// However somebody registers, they are a learner; whatever else a form holds is not listened to.
func TestNobodyMakesThemselvesMore(t *testing.T) {
	h := open(t)
	more := form("role", "administrator", "roles", "administrator", "role[]", "administrator", "is_admin", "1", "user[role]", "administrator", "id", "1", "person_id", "1")
	register := form("name", "Nora", "email", "nora@example.org", "password", password, "profession", "nurse", "language", "fr")
	for field, values := range more {
		register[field] = values
	}
	b := h.browser()
	b.post("/register", register).want(http.StatusSeeOther)
	b.post("/courses/accueillir/enrolments", more).want(http.StatusSeeOther)
	b.post("/courses/accueillir/m1/lecon/reading", more).want(http.StatusSeeOther)
	address := b.post("/courses/accueillir/m1/quiz/attempts", more).location
	b.post(address+"/answers", more).want(http.StatusSeeOther)
	b.post(address+"/submission", more).want(http.StatusSeeOther)
	more.Set("lang", "nl")
	b.post("/language", more).want(http.StatusSeeOther)
	b.post("/admin/people/1/roles", more).want(http.StatusNotFound)
	b.post("/admin/people/1/roles?_method=PATCH", more).want(http.StatusNotFound)
	if n := h.count(`select count(*) from people where roles <> '{learner}'`); n != 0 {
		t.Error("Nora is more than a learner")
	}

	// Roles that do not exist are not given; somebody without any is a learner.
	h.member("Ada", models.Administrator)
	ada := h.enter("Ada")
	ada.post("/admin/people/1/roles", form("role", "root", "role", "trainer", "role", "trainer", "role", "")).want(http.StatusSeeOther)
	if n := h.count(`select count(*) from people where id = 1 and roles = '{trainer}'`); n != 1 {
		t.Error("Nora is not just a trainer")
	}
	ada.post("/admin/people/1/roles", form("role", "root")).want(http.StatusSeeOther)
	if n := h.count(`select count(*) from people where id = 1 and roles = '{learner}'`); n != 1 {
		t.Error("Nora is not a learner again")
	}
	last := ada.post(fmt.Sprintf("/admin/people/%d/roles", h.people["Ada"].ID), form("role", "learner")).want(http.StatusConflict)
	if last.html().Find(`[role="alert"]`).Length() != 1 || h.count(`select count(*) from people where 'administrator' = any(roles)`) != 1 {
		t.Error("the last administrator could go")
	}
}

// Rights that are taken away are gone at the very next request, on every door.
func TestRightsEndAtOnce(t *testing.T) {
	h := open(t)
	h.learner("Aline")
	doors := map[string]string{"Cato": "/coordinate/reports/completion/csv", "Tess": "/teach", "Ada": "/admin/people"}
	for name, role := range map[string]string{"Cato": models.Coordinator, "Tess": models.Trainer, "Ada": models.Administrator, "Ann": models.Administrator} {
		h.member(name, role)
	}
	ann := h.enter("Ann")
	for name, door := range doors {
		one, two := h.enter(name), h.enter(name)
		one.get(door).want(200)
		two.get(door).want(200)
		ann.post(fmt.Sprintf("/admin/people/%d/roles", h.people[name].ID), form("role", "learner")).want(http.StatusSeeOther)
		one.get(door).want(http.StatusNotFound)
		two.get(door).want(http.StatusNotFound)
		if page := one.get("/progress").want(200); page.html().Find(`header a[href^="/coordinate"], header a[href^="/teach"], header a[href^="/admin"]`).Length() != 0 {
			t.Errorf("%s still sees the door", name)
		}
	}
	for what, end := range map[string]string{
		"suspended":       `update people set suspended_at = now() where name = 'Aline'`,
		"session ended":   `delete from sessions`,
		"session over":    `update sessions set expires_at = now()`,
		"not seen lately": `update sessions set seen_at = now() - interval '2 hours'`,
	} {
		h.exec(`update people set suspended_at = null`)
		one, two := h.enter("Aline"), h.enter("Aline")
		for _, b := range []*browser{one, two} {
			b.get("/progress").want(200)
		}
		h.exec(end)
		for _, b := range []*browser{one, two} {
			if p := b.get("/progress"); p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, "/sign-in") {
				t.Errorf("%s: status %d to %q", what, p.status, p.location)
			}
			b.post("/courses/accueillir/m1/lecon/reading", url.Values{}).want(http.StatusUnauthorized)
		}
	}
	if n := h.count(`select count(*) from readings`); n != 0 {
		t.Error("somebody read without being there")
	}
}

// A session's secret is made at sign-in and for it alone; what a browser brought along is worth nothing
// afterwards, nor is it after signing out.
func TestSessionsAreNotPlanted(t *testing.T) {
	h := open(t)
	h.person("Zoe", models.Learner)
	h.member("Eve", models.Learner)
	for _, planted := range []string{"planted", strings.Repeat("A", 43), "' or 1=1 --", strings.Repeat("x", 3000)} {
		b := h.browser()
		b.keep("session", planted)
		if b.get("/sign-in").status != 200 || b.get("/progress").status != http.StatusSeeOther {
			t.Errorf("a planted session %.20q is somebody", planted)
		}
	}
	eve := h.enter("Eve")
	theirs := eve.cookie("session")
	b := h.browser()
	b.keep("session", theirs)
	b.post("/sign-in", form("email", "zoe@example.org", "password", password)).want(http.StatusSeeOther)
	zoe := b.cookie("session")
	if zoe == theirs || len(zoe) < 40 {
		t.Errorf("Zoe's session is %q", zoe)
	}
	if name := shown(b.get("/progress").want(200).html().Find(".menu strong")); name != "Zoe" {
		t.Errorf("the page is %s's", name)
	}
	eve.get("/progress").want(http.StatusSeeOther) // what was planted is over
	out := b.post("/sign-out", url.Values{}).want(http.StatusSeeOther)
	if b.cookie("session") != "" || !strings.Contains(out.header.Get("Clear-Site-Data"), "cache") {
		t.Error("signing out leaves something behind")
	}
	b.keep("session", zoe)
	b.get("/progress").want(http.StatusSeeOther)
	if n := h.count(`select count(*) from sessions`); n != 0 {
		t.Errorf("%d sessions are left", n)
	}

	// Nothing in the database or in an address is a secret.
	if n := h.count(`select count(*) from sessions where token_hash = $1`, []byte(zoe)); n != 0 {
		t.Error("the secret itself is kept")
	}
}

func TestCookiesAreKeptWell(t *testing.T) {
	for base, want := range map[string]string{
		"http://passerelle.example":  "session=; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax",
		"https://passerelle.example": "__Host-session=; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Lax",
	} {
		t.Run(base, func(t *testing.T) {
			h := open(t, func(p *plan) { p.site = func(s *handlers.Site) { s.BaseURL = base } })
			p := h.browser().post("/register", form("name", "Nora", "email", "nora@example.org", "password", password, "profession", "nurse", "language", "fr")).want(http.StatusSeeOther)
			cookie := p.header.Get("Set-Cookie")
			name, rest, _ := strings.Cut(cookie, "=")
			_, rest, _ = strings.Cut(rest, ";")
			if got := name + "=;" + rest; got != want {
				t.Errorf("the session's cookie is %q, want %q", got, want)
			}
			strict := p.header.Get("Strict-Transport-Security") != ""
			if strict != strings.HasPrefix(base, "https") {
				t.Errorf("Strict-Transport-Security: %v", strict)
			}
		})
	}
}

// A wrong password, an unknown address and somebody suspended are answered alike.
func TestSignInTellsNobodyWhoIsThere(t *testing.T) {
	h := open(t)
	h.person("Zoe", models.Learner)
	h.person("Sami", models.Learner)
	h.exec(`update people set suspended_at = now() where name = 'Sami'`)
	var first string
	for _, try := range []url.Values{
		form("email", "zoe@example.org", "password", "faux-mot-de-passe"),
		form("email", "sami@example.org", "password", password),
		form("email", "nemo@example.org", "password", password),
		form("email", "no address", "password", password),
		form("email", "zoe@example.org\x00", "password", password),
		form("email", "", "password", ""),
		form("email", "zoe@example.org", "password", strings.Repeat("x", 5000)),
		form("email", "zoe@example.org", "password", strings.ToUpper(password)),
		form("email", "zoe@example.org", "password", password+"\x00"),
	} {
		p := h.browser().post("/sign-in", try)
		header := p.header.Clone()
		for _, own := range []string{"Date", "X-Request-Id", "Content-Length"} {
			header.Del(own)
		}
		said := fmt.Sprint(p.status, header, p.body)
		if typed := p.html().Find("#email").AttrOr("value", ""); typed != "" {
			said = strings.ReplaceAll(said, strings.NewReplacer("+", "&#43;").Replace(typed), "")
		}
		if first == "" {
			first = said
		}
		if said != first {
			t.Errorf("%v is answered\n%s\nand not\n%s", try, said, first)
		}
	}
}

// Ten wrong passwords make an account wait, whoever asks and from wherever, with the right password
// too; another account does not wait. Addresses nobody has wait alike.
func TestAnAccountWaitsAfterTenWrongPasswords(t *testing.T) {
	h := open(t, func(p *plan) { p.site = trustLoopback })
	h.person("Zoe", models.Learner)
	h.person("Bram", models.Learner)
	try := func(i int, email, password string) int {
		b := h.browser()
		b.from = fmt.Sprintf("192.0.2.%d", i)
		return b.post("/sign-in", form("email", email, "password", password)).status
	}
	for _, email := range []string{"zoe@example.org", "nemo@example.org"} {
		var said []int
		for i := range 13 {
			said = append(said, try(i, []string{email, strings.ToUpper(email), " " + email}[i%3], "faux-mot-de-passe"))
		}
		want := append(slices.Repeat([]int{http.StatusUnprocessableEntity}, 10), slices.Repeat([]int{http.StatusTooManyRequests}, 3)...)
		if !slices.Equal(said, want) {
			t.Errorf("%s is answered %v, want %v", email, said, want)
		}
	}
	if got := try(20, "zoe@example.org", password); got != http.StatusTooManyRequests {
		t.Errorf("the right password meanwhile: status %d", got)
	}
	if got := try(21, "bram@example.org", password); got != http.StatusSeeOther {
		t.Errorf("another account: status %d", got)
	}
	h.exec(`update sign_in_failures set at = at - interval '16 minutes'`)
	if got := try(22, "zoe@example.org", password); got != http.StatusSeeOther {
		t.Errorf("a quarter of an hour later: status %d", got)
	}
}

// An address that asks for secrets too often waits, and cannot change its name.
func TestAnAddressWaits(t *testing.T) {
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	h := open(t, func(p *plan) { p.site = func(s *handlers.Site) { s.TrustedProxies = proxy } })
	ask := func(remote, forwarded, code string) int {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/verify/"+code, nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		return w.Code
	}
	const many = 400
	waited := func(address func(i int) (remote, forwarded string)) int {
		n := 0
		for i := range many {
			remote, forwarded := address(i)
			switch status := ask(remote, forwarded, fmt.Sprintf("%027d", 222222222+i)); status {
			case http.StatusTooManyRequests:
				n++
			case http.StatusNotFound:
			default:
				t.Errorf("a guess is answered %d", status)
			}
		}
		return n
	}
	for what, address := range map[string]func(int) (string, string){
		"one address":                  func(int) (string, string) { return "192.0.2.1:5000", "" },
		"ports of one address":         func(i int) (string, string) { return fmt.Sprintf("192.0.2.2:%d", 5000+i), "" },
		"an invented X-Forwarded-For":  func(i int) (string, string) { return "192.0.2.3:5000", fmt.Sprintf("198.51.100.%d", i%250) },
		"invented behind a real proxy": func(i int) (string, string) { return "10.0.0.1:5000", fmt.Sprintf("198.51.100.%d, 192.0.2.4", i%250) },
		"behind two proxies": func(i int) (string, string) {
			return "10.0.0.1:5000", fmt.Sprintf("203.0.113.%d, 192.0.2.5, 10.0.0.2", i%250)
		},
		"nonsense from a proxy": func(i int) (string, string) { return "10.0.0.7:5000", fmt.Sprintf("nonsense %d", i) },
		"an IPv6 address by two names": func(i int) (string, string) {
			return "[2001:db8::1]:5000", []string{"2a01:db8::9", "2a01:0db8:0:0::9"}[i%2]
		},
		"an IPv4 address in IPv6 cloth": func(i int) (string, string) { return []string{"192.0.2.6:1", "[::ffff:192.0.2.6]:1"}[i%2], "" },
	} {
		if n := waited(address); n == 0 {
			t.Errorf("%s: none of %d guesses had to wait", what, many)
		}
	}
	if n := waited(func(i int) (string, string) { return "10.0.0.1:5000", fmt.Sprintf("192.0.2.%d, 10.0.0.3", 10+i%200) }); n != 0 {
		t.Errorf("%d of %d who came through the proxy had to wait for each other", n, many)
	}
}

// Nothing personal stays in a browser's cache, on disk or in the history; nobody else may frame,
// sniff or index it.
func TestHeadersOfEveryPage(t *testing.T) {
	c := play(t)
	for _, l := range table() {
		if strings.Contains(l.route, "/static/") {
			continue
		}
		p := c.visitor(max(l.may(), 0)).do(l.method(), c.fill(l.to, "x"), nil, sameOrigin)
		public := slices.Contains([]string{"GET /", "GET /privacy", "GET /accessibility"}, l.route)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow",
		} {
			if name == "X-Robots-Tag" && public {
				want = ""
			}
			if strings.Contains(l.route, "/media/") && name == "Cache-Control" {
				want = "private, max-age=31536000, immutable"
			}
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", l.route, name, got, want)
			}
		}
		if policy := p.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || (strings.Contains(policy, "unsafe") && !strings.Contains(policy, "sandbox")) {
			t.Errorf("%s: the policy is %q", l.route, policy)
		}
		if p.header.Get("X-Request-Id") == "" {
			t.Errorf("%s has no request id", l.route)
		}
	}
}

// A form may hold what a form holds, and no more; the site goes on.
func TestFormsHaveALimit(t *testing.T) {
	c := play(t)
	b := c.visitor(learner)
	before := c.rows()
	tooLong := "email=zoe@example.org&lang=fr&role=learner&q-un=" + strings.Repeat("x", handlers.BodyLimit)
	for _, l := range table() {
		if l.method() != "POST" {
			continue
		}
		r := httptest.NewRequestWithContext(t.Context(), "POST", c.fill(l.to, "x"), strings.NewReader(tooLong))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "session", Value: b.cookie("session")})
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with a form too long: status %d, want 413", l.route, w.Code)
		}
	}
	before["attempts"], before["audit"] = c.rows()["attempts"], c.rows()["audit"] // fill began one
	fields := url.Values{}
	for i := range 30_000 {
		fields.Set(fmt.Sprint("q-un.", i), "x")
	}
	for _, to := range []string{"/sign-in", "/register", c.fill("/attempts/{attempt}/answers", ""), "/language"} {
		if p := b.post(to, fields); p.status < 400 || p.status >= 500 {
			t.Errorf("%s with %d fields: status %d", to, len(fields), p.status)
		}
	}
	if p := b.post("/register", form("name", strings.Repeat("x", 64_000), "email", strings.Repeat("y", 64_000)+"@example.org", "password", strings.Repeat("z", 64_000), "profession", strings.Repeat("p", 64_000), "language", "fr")); p.status != http.StatusUnprocessableEntity {
		t.Errorf("64 kB in each field: status %d", p.status)
	}
	c.unchanged(before, "forms beyond the limit")
	b.get("/progress").want(200)
}

// What anybody may see of a certificate is what is printed on it: nothing of the account, and nothing
// by guessing.
func TestVerificationShowsThePaperAndNoMore(t *testing.T) {
	c := play(t)
	b := c.browser()
	code := c.certificate.Code
	var grouped string
	for i := 0; i < len(code); i += 5 {
		grouped += strings.ToUpper(code[i:min(i+5, len(code))]) + " "
	}
	for _, to := range []string{"/verify/" + code, "/verify/" + strings.ToUpper(code), "/verify/" + url.PathEscape(grouped)} {
		p := b.get(to).want(200)
		for _, secret := range []string{"@example.org", "/certificates/", "/admin/", "enrolment", "nurse"} {
			if strings.Contains(p.body, secret) {
				t.Errorf("%s shows %q", to, secret)
			}
		}
		if p.html().Find(`meta[name="robots"]`).AttrOr("content", "") != "noindex" || !strings.Contains(p.html().Find("main").Text(), c.certificate.Number) {
			t.Errorf("%s is not the paper, or is indexed", to)
		}
		if title := p.html().Find("title").Text(); strings.Contains(title, "Aline") || strings.Contains(title, "Accueillir") {
			t.Errorf("the title %q stays in everybody's history", title)
		}
	}
	if p := b.get("/verify?code=" + url.QueryEscape(grouped)); p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, "/verify/"+code[:5]) {
		t.Errorf("a typed code: %d to %q", p.status, p.location)
	}
	var wrong []string
	for _, to := range []string{"/verify/" + strings.Repeat("2", 27), "/verify/" + code[:26], "/verify/" + code[:26] + "0", "/verify/" + code + "2", "/verify/" + c.certificate.Number, "/verify/x"} {
		p := b.get(to).want(http.StatusNotFound)
		wrong = append(wrong, strings.NewReplacer(p.header.Get("X-Request-Id"), "", to, "").Replace(p.body))
	}
	for _, p := range wrong[1:] {
		if p != wrong[0] {
			t.Errorf("wrong codes are told from each other:\n%s\n%s", wrong[0], p)
		}
	}
}

// A session is seen at most every two minutes, lives an hour unseen and half a day in all.
func TestSessionsTire(t *testing.T) {
	clock := &clock{now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	h := open(t, func(p *plan) { p.database.Clock = clock.Now })
	h.member("Aline", models.Learner)
	b := h.enter("Aline")
	for range 12 {
		clock.pass(58 * time.Minute)
		b.get("/progress").want(200)
	}
	clock.pass(25 * time.Minute) // twelve hours and a minute
	b.get("/progress").want(http.StatusSeeOther)
	b = h.enter("Aline")
	clock.pass(61 * time.Minute)
	b.get("/progress").want(http.StatusSeeOther)
	b = h.enter("Aline")
	before := h.count(`select extract(epoch from max(seen_at))::bigint from sessions`)
	clock.pass(time.Minute)
	b.get("/progress").want(200)
	if now := h.count(`select extract(epoch from max(seen_at))::bigint from sessions`); now != before {
		t.Error("every page is a write")
	}
}
