package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"passerelle/accounts"
	"passerelle/devpg/pgtest"
	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/models"
	"passerelle/templates"
)

const password = "un mot de passe assez long"

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

// A house is accounts on a database of their own.
type house struct {
	*accounts.Accounts
	t     *testing.T
	db    *models.DB
	clock *clock
}

func open(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	h := &house{t: t, clock: &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}}
	var err error
	h.db, err = models.Open(t.Context(), models.Options{URL: pgtest.URL(t), Clock: h.clock.Now})
	h.must(err)
	t.Cleanup(func() { h.db.Close() })
	words, err := i18n.Load()
	h.must(err)
	letters, err := templates.New(words)
	h.must(err)
	h.Accounts, err = accounts.New(h.db, letters, words, "https://passerelle.example")
	h.must(err)
	h.must(h.Hurry())
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func zoe() accounts.Registration {
	return accounts.Registration{Name: "Zoë van den Ĳssel", Email: "zoe@example.org", Password: password, Profession: "nurse", Language: "nl"}
}

func (h *house) register(r accounts.Registration) *models.Person {
	h.t.Helper()
	p, err := h.Register(h.t.Context(), r)
	h.must(err)
	return p
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.must(h.db.SQL().QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	_, err := h.db.SQL().ExecContext(h.t.Context(), query, args...)
	h.must(err)
}

func TestRegister(t *testing.T) {
	h := open(t)
	r := zoe()
	r.Name, r.Email = "  Zoe\u0308  van\tden\u00a0Ĳssel ", " zoe@example.org\n"
	p := h.register(r)
	if p.Name != "Zoë van den Ĳssel" || p.Email != "zoe@example.org" || !slices.Equal(p.Roles, models.Strings{models.Learner}) || p.Language != "nl" || p.Profession != "nurse" || p.ID == 0 {
		t.Errorf("registered as %+v", p)
	}
	if n := h.count(`select count(*) from audit where action = 'registered' and actor = $1 and subject = $2 and detail::text = '{"roles":["learner"]}'`, p.ID, fmt.Sprint("person:", p.ID)); n != 1 {
		t.Errorf("%d lines in the audit", n)
	}
	letter, err := h.db.TakeLetter(t.Context())
	h.must(err)
	if letter.Kind != "welcome" || letter.Recipient != "zoe@example.org" || !strings.Contains(letter.Body, "Zoë van den Ĳssel") || !strings.Contains(letter.Body, "https://passerelle.example/") {
		t.Errorf("the letter is %+v", letter)
	}
	if strings.ContainsAny(letter.Subject, "\r\n") || strings.Contains(strings.ToLower(letter.Subject), "chem") || strings.Contains(letter.Subject, "Zoë") {
		t.Errorf("the subject says %q", letter.Subject)
	}
	if n := h.count(`select count(*) from people where password_hash like '$argon2id$v=19$%' and position($1 in password_hash) = 0`, password); n != 1 {
		t.Error("the password is not kept as a hash")
	}
}

// How hard passwords are to guess stands in one place: OWASP's least for argon2id, for known and
// unknown addresses alike.
func TestPasswordsAreHashedHard(t *testing.T) {
	t.Parallel()
	memory, iterations, salt, key := accounts.Hardness(t)
	if memory < 19*1024 || iterations < 2 || salt < 16 || key < 32 {
		t.Errorf("%d KiB, %d times, %d bytes of salt, %d of key", memory, iterations, salt, key)
	}
}

func TestRegistrationSaysWhatIsWrong(t *testing.T) {
	h := open(t)
	for field, change := range map[string][]func(*accounts.Registration){
		"name": {
			func(r *accounts.Registration) { r.Name = "" },
			func(r *accounts.Registration) { r.Name = " \t\u00a0\n " },
			func(r *accounts.Registration) { r.Name = strings.Repeat("é", 201) },
			func(r *accounts.Registration) { r.Name = strings.Repeat("x", 64_000) },
			func(r *accounts.Registration) { r.Name = "Zo\x00e" },
			func(r *accounts.Registration) { r.Name = "Zo\x1b[31me" },
			func(r *accounts.Registration) { r.Name = "Zo\xffe" },
			func(r *accounts.Registration) { r.Name = "Zo\u009be" },
			func(r *accounts.Registration) { r.Name = "\u200b\u200d\ufeff" },
			func(r *accounts.Registration) { r.Name = "\u202e\u2066" },
			func(r *accounts.Registration) { r.Name = "- . \u0301" },
		},
		"email": {
			func(r *accounts.Registration) { r.Email = "" },
			func(r *accounts.Registration) { r.Email = "zoe" },
			func(r *accounts.Registration) { r.Email = "zoe@" },
			func(r *accounts.Registration) { r.Email = "@example.org" },
			func(r *accounts.Registration) { r.Email = "zoe@@example.org" },
			func(r *accounts.Registration) { r.Email = "Zoe <zoe@example.org>" },
			func(r *accounts.Registration) { r.Email = "<zoe@example.org>" },
			func(r *accounts.Registration) { r.Email = "zoe@example.org, bram@example.org" },
			func(r *accounts.Registration) { r.Email = "zoe@example.org;bram@example.org" },
			func(r *accounts.Registration) { r.Email = "zoe@example.org\r\nBcc: bram@example.org" },
			func(r *accounts.Registration) { r.Email = "zoe@example.org\x00" },
			func(r *accounts.Registration) { r.Email = "zo\xffe@example.org" },
			func(r *accounts.Registration) { r.Email = `"zoe bcc:x"@example.org` },
			func(r *accounts.Registration) { r.Email = "zoe (chez elle) @example.org" },
			func(r *accounts.Registration) { r.Email = "zoe @example.org" },
			func(r *accounts.Registration) { r.Email = strings.Repeat("z", 250) + "@example.org" },
			func(r *accounts.Registration) { r.Email = "<script>@example.org" },
		},
		"password": {
			func(r *accounts.Registration) { r.Password = "" },
			func(r *accounts.Registration) { r.Password = strings.Repeat("é", 11) },
			func(r *accounts.Registration) { r.Password = strings.Repeat("x", 201) },
			func(r *accounts.Registration) { r.Password = "ZOE@example.org" },
			func(r *accounts.Registration) { r.Password = "zoë van den ĳssel" },
		},
		"profession": {
			func(r *accounts.Registration) { r.Profession = "" },
			func(r *accounts.Registration) { r.Profession = "astronaut" },
			func(r *accounts.Registration) { r.Profession = "Nurse" },
		},
		"language": {
			func(r *accounts.Registration) { r.Language = "" },
			func(r *accounts.Registration) { r.Language = "de" },
			func(r *accounts.Registration) { r.Language = "fr-BE" },
		},
	} {
		for _, spoil := range change {
			r := zoe()
			spoil(&r)
			_, err := h.Register(t.Context(), r)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[field] != "register.error."+field {
				t.Errorf("%s as in %.120q: %v %v", field, fmt.Sprint(r), err, f)
			}
		}
	}
	var everything *fault.Error
	if _, err := h.Register(t.Context(), accounts.Registration{}); !errors.As(err, &everything) || len(everything.Fields) != 5 {
		t.Errorf("an empty form: %v", everything)
	}
	if n := h.count(`select (select count(*) from people) + (select count(*) from audit) + (select count(*) from outbox)`); n != 0 {
		t.Errorf("%d rows were written", n)
	}
}

func TestRegistrationTakesWhatPeopleAreCalled(t *testing.T) {
	h := open(t)
	for i, name := range []string{
		"Łukasz Dvořák-Nguyễn", "Ștefan O’Brien", "Zoë van den Ĳssel", "أمينة", "陳大文", "Ó", "Jean-Paul 2", "👩🏽‍⚕️ Nora", "{{7*7}} ${7*7}", "<b>Nora</b>",
		"=1+1", "'; drop table people; --", strings.Repeat("é", 200), strings.Repeat("e\u0301", 200),
	} {
		r := zoe()
		r.Name, r.Email = name, fmt.Sprintf("zoe+%d@example.org", i)
		if p := h.register(r); !utf8.ValidString(p.Name) || len([]rune(p.Name)) > 200 {
			t.Errorf("%q is kept as %q", name, p.Name)
		}
	}
	r := zoe()
	r.Name, r.Email = "\ufeffRa\u202echel \u2066Ann\u2069\u200b \u202a", "rachel@example.org"
	if p := h.register(r); p.Name != "Rachel Ann" {
		t.Errorf("what turns a line around is kept: %+q", p.Name)
	}
	for i, email := range []string{"o'brien@example.org", "zoë@exämple.org", "a&b=c+d@example.org", "{{7}}@example.org", "=1+1@example.org", "-x@example.org", "zoe@sous.domaine.example.org"} {
		r := zoe()
		r.Email = email
		if p := h.register(r); p.Email != email {
			t.Errorf("%d: %q is kept as %q", i, email, p.Email)
		}
	}
	for i, secret := range []string{strings.Repeat("é", 12), strings.Repeat("x", 200), "            ", "mot de passe avec \x00 dedans", "🌉🌉🌉🌉🌉🌉🌉🌉🌉🌉🌉🌉"} {
		r := zoe()
		r.Email, r.Password = fmt.Sprintf("secret.%d@example.org", i), secret
		h.register(r)
		if _, _, err := h.SignIn(t.Context(), r.Email, secret); err != nil {
			t.Errorf("signing in with %q: %v", secret, err)
		}
	}
}

func TestAnAddressIsTakenOnce(t *testing.T) {
	h := open(t)
	var made, taken int
	var lock sync.Mutex
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			r := zoe()
			r.Email = []string{"zoe@example.org", "Zoe@Example.org"}[i%2]
			_, err := h.Register(t.Context(), r)
			lock.Lock()
			defer lock.Unlock()
			var f *fault.Error
			switch {
			case err == nil:
				made++
			case errors.As(err, &f) && f.Fields["email"] == "register.error.email_taken":
				taken++
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if made != 1 || taken != 7 || h.count(`select count(*) from people`) != 1 || h.count(`select count(*) from outbox`) != 1 {
		t.Errorf("made %d, taken %d, %d letters", made, taken, h.count(`select count(*) from outbox`))
	}
}

// Passwords are compared whole and as they are: nothing is cut, folded or taken for a number.
func TestPasswordsAreComparedWhole(t *testing.T) {
	h := open(t)
	long := strings.Repeat("x", 72)
	for i, pair := range [][2]string{
		{"240610708240610708", "240610708240610709"}, {"0e1234567890", "0e0987654321"}, {password, strings.ToUpper(password)}, {password, password + " "}, {password, " " + password},
		{long + "a", long + "b"}, {long + "a", long}, {password + "\x00a", password + "\x00b"}, {password + "\x00a", password}, {strings.Repeat("x", 200), strings.Repeat("x", 201)},
		{strings.Repeat("x", 200), strings.Repeat("x", 100_000)}, {password, ""}, {"éééééééééééé", "eeeeeeeeeeee"},
	} {
		r := zoe()
		r.Email, r.Password = fmt.Sprintf("zoe.%d@example.org", i), pair[0]
		h.register(r)
		if _, _, err := h.SignIn(t.Context(), r.Email, pair[1]); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40q opens what %.40q locks: %v", pair[1], pair[0], err)
		}
		if _, _, err := h.SignIn(t.Context(), r.Email, pair[0]); err != nil {
			t.Errorf("%.40q: %v", pair[0], err)
		}
	}
	// What two keyboards make of the same letters is the same.
	r := zoe()
	r.Email, r.Password = "nfc@example.org", "ma cle\u0301 secre\u0300te"
	h.register(r)
	if _, _, err := h.SignIn(t.Context(), r.Email, "ma clé secrète"); err != nil {
		t.Errorf("the same letters: %v", err)
	}
}

func TestSignIn(t *testing.T) {
	h := open(t)
	p := h.register(zoe())
	ctx := t.Context()
	token, who, err := h.SignIn(ctx, " ZOE@example.org ", password)
	h.must(err)
	if who.ID != p.ID || len(token) != 43 {
		t.Errorf("signed in as %+v with %q", who, token)
	}
	visitor, err := h.Visitor(ctx, token)
	h.must(err)
	if visitor.ID != p.ID {
		t.Errorf("the visitor is %+v", visitor)
	}
	other, _, err := h.SignIn(ctx, "zoe@example.org", password)
	h.must(err)
	if other == token {
		t.Error("two sessions have one secret")
	}
	if n := h.count(`select count(*) from audit where action = 'signed_in' and actor = $1`, p.ID); n != 2 {
		t.Errorf("%d lines in the audit", n)
	}
	h.must(h.SignOut(ctx, token))
	h.must(h.SignOut(ctx, token))
	h.must(h.SignOut(ctx, ""))
	for _, gone := range []string{token, "", "x", strings.ToLower(other), other + "="} {
		if _, err := h.Visitor(ctx, gone); !fault.Is(err, fault.NotFound) {
			t.Errorf("the visitor with %q: %v", gone, err)
		}
	}
	if _, err := h.Visitor(ctx, other); err != nil {
		t.Errorf("the other session: %v", err)
	}

	h.exec(`update people set suspended_at = now()`)
	if _, err := h.Visitor(ctx, other); !fault.Is(err, fault.NotFound) {
		t.Errorf("suspended: %v", err)
	}
	var first string
	for _, wrong := range [][2]string{{"zoe@example.org", password}, {"zoe@example.org", "wrong"}, {"nemo@example.org", password}, {"", ""}, {"zoe@example.org\x00", password}, {"\xff", password}, {"zoe", password}} {
		_, _, err := h.SignIn(ctx, wrong[0], wrong[1])
		if first == "" && err != nil {
			first = err.Error()
		}
		if !fault.Is(err, fault.Invalid) || err.Error() != first {
			t.Errorf("signing in as %q: %v, others are told %s", wrong[0], err, first)
		}
	}
}

// Ten failures in a quarter of an hour make an account wait, known or not; success forgets them.
func TestFailuresMakeAnAccountWait(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.register(zoe())
	fail := func(email string, n int, kind fault.Kind) {
		t.Helper()
		for i := range n {
			if _, _, err := h.SignIn(ctx, email, "wrong"); !fault.Is(err, kind) {
				t.Fatalf("failure %d as %s: %v", i+1, email, err)
			}
		}
	}
	fail("zoe@example.org", 9, fault.Invalid)
	if _, _, err := h.SignIn(ctx, "zoe@example.org", password); err != nil {
		t.Fatalf("the right password after nine wrong ones: %v", err)
	}
	for _, email := range []string{"zoe@example.org", "nemo@example.org"} {
		fail(email, 5, fault.Invalid)
		h.clock.pass(time.Minute)
		fail(strings.ToUpper(email), 5, fault.Invalid)
		fail(email, 3, fault.TooMany)
	}
	if _, _, err := h.SignIn(ctx, "zoe@example.org", password); !fault.Is(err, fault.TooMany) {
		t.Errorf("the right password while waiting: %v", err)
	}
	h.clock.pass(13*time.Minute + time.Second) // the first five are forgotten
	if _, _, err := h.SignIn(ctx, "zoe@example.org", "wrong"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	if _, _, err := h.SignIn(ctx, "zoe@example.org", password); err != nil {
		t.Errorf("the right password then: %v", err)
	}
	if n := h.count(`select count(*) from sign_in_failures where account_hash in (select account_hash from sign_in_failures group by 1 having count(*) < 10)`); n != 0 {
		t.Errorf("%d of Zoe's failures are remembered", n)
	}
	h.clock.pass(time.Hour)
	h.must(h.Sweep(ctx))
	if n := h.count(`select count(*) from sign_in_failures`); n != 0 {
		t.Errorf("%d failures are left after sweeping", n)
	}
}

// However many guess at the same moment, no more than a handful beyond ten are tried.
func TestGuessesAtOnceAreCounted(t *testing.T) {
	h := open(t)
	h.register(zoe())
	var group sync.WaitGroup
	for i := range 60 {
		group.Go(func() {
			if _, _, err := h.SignIn(t.Context(), "zoe@example.org", fmt.Sprint("wrong ", i)); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooMany) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := h.count(`select count(*) from sign_in_failures`); n < 10 || n > 13 {
		t.Errorf("%d of 60 guesses were tried", n)
	}
}

// Who waits for a place to hash and runs out of time is told to come back.
func TestNobodyWaitsForEverToBeHashed(t *testing.T) {
	h := open(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	h.register(zoe())
	r := zoe()
	r.Email = "late@example.org"
	refused := 0
	for range 20 { // a free place may be taken even by who is gone
		if _, err := h.Register(gone, r); fault.Is(err, fault.Unavailable) || errors.Is(err, context.Canceled) {
			refused++
		}
	}
	if refused != 20 || h.count(`select count(*) from people`) != 1 {
		t.Errorf("%d of 20 refused", refused)
	}
}

func TestSessionsTire(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.register(zoe())
	token, _, err := h.SignIn(ctx, "zoe@example.org", password)
	h.must(err)
	seen := func() int { return h.count(`select extract(epoch from seen_at)::bigint from sessions`) }
	begun := seen()
	h.clock.pass(time.Minute)
	_, err = h.Visitor(ctx, token)
	h.must(err)
	if seen() != begun {
		t.Error("every visit is a write")
	}
	h.clock.pass(2 * time.Minute)
	_, err = h.Visitor(ctx, token)
	h.must(err)
	if seen() != begun+180 {
		t.Errorf("seen %d seconds after the beginning", seen()-begun)
	}
	for range 12 {
		h.clock.pass(59 * time.Minute)
		_, err = h.Visitor(ctx, token)
		h.must(err)
	}
	h.clock.pass(9 * time.Minute)
	if _, err := h.Visitor(ctx, token); !fault.Is(err, fault.NotFound) {
		t.Errorf("twelve hours later: %v", err)
	}
	token, _, err = h.SignIn(ctx, "zoe@example.org", password)
	h.must(err)
	h.clock.pass(accounts.SessionIdle)
	if _, err := h.Visitor(ctx, token); !fault.Is(err, fault.NotFound) {
		t.Errorf("unseen for an hour: %v", err)
	}
	h.clock.pass(accounts.SessionLife)
	h.must(h.Sweep(ctx))
	if n := h.count(`select count(*) from sessions`); n != 0 {
		t.Errorf("%d sessions are left after sweeping", n)
	}
}

func TestRoles(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	p := h.register(zoe())
	ada, err := h.Add(ctx, accounts.Registration{Name: "Ada", Email: "ada@example.org", Password: password, Profession: "other", Language: "fr"}, models.Administrator)
	h.must(err)
	token, _, err := h.SignIn(ctx, "zoe@example.org", password)
	h.must(err)
	for _, set := range []struct{ give, want []string }{
		{[]string{models.Coordinator, models.Trainer}, []string{models.Trainer, models.Coordinator}},
		{[]string{"root", models.Trainer, models.Trainer, ""}, []string{models.Trainer}},
		{nil, []string{models.Learner}},
		{models.Roles(), models.Roles()},
	} {
		h.must(h.SetRoles(ctx, ada, p.ID, set.give))
		now, err := h.Visitor(ctx, token)
		h.must(err)
		if !slices.Equal(now.Roles, models.Strings(set.want)) {
			t.Errorf("given %v, holds %v", set.give, now.Roles)
		}
	}
	if n := h.count(`select count(*) from audit where action = 'roles_set' and actor = $1 and subject = $2`, ada.ID, models.Subject("person", p.ID)); n != 4 {
		t.Errorf("%d lines in the audit", n)
	}
	if err := h.SetRoles(ctx, ada, 99, []string{models.Trainer}); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody's roles: %v", err)
	}

	// Two administrators each take the other's role away: one stays.
	var group sync.WaitGroup
	errs := make([]error, 2)
	group.Go(func() { errs[0] = h.SetRoles(ctx, ada, p.ID, []string{models.Learner}) })
	group.Go(func() { errs[1] = h.SetRoles(ctx, p, ada.ID, []string{models.Learner}) })
	group.Wait()
	if n := h.count(`select count(*) from people where 'administrator' = any(roles)`); n != 1 {
		t.Errorf("%d administrators, after %v", n, errs)
	}
	if (errs[0] == nil) == (errs[1] == nil) || (!fault.Is(errs[0], fault.Conflict) && !fault.Is(errs[1], fault.Conflict)) {
		t.Errorf("the two were told %v", errs)
	}
	// Somebody suspended is no administrator who could be relied on.
	h.must(h.SetRoles(ctx, ada, ada.ID, []string{models.Administrator}))
	h.exec(`update people set suspended_at = now(), roles = '{administrator}' where id = $1`, p.ID)
	if err := h.SetRoles(ctx, ada, ada.ID, []string{models.Learner}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last administrator who is here goes: %v", err)
	}
}

func TestLanguage(t *testing.T) {
	h := open(t)
	p := h.register(zoe())
	for _, code := range []string{"", "de", "FR", "fr\x00"} {
		if err := h.SetLanguage(t.Context(), p, code); !fault.Is(err, fault.Invalid) {
			t.Errorf("language %q: %v", code, err)
		}
	}
	h.must(h.SetLanguage(t.Context(), p, "en"))
	if n := h.count(`select count(*) from people where language = 'en'`); n != 1 {
		t.Error("Zoë does not read English")
	}
}

// A letter greets by name whatever the name is, and the name stays inside its line.
func TestLettersGreetAnybody(t *testing.T) {
	h := open(t)
	for i, name := range []string{"{{7*7}} {{.Password}} ${7*7} <%= 7*7 %> #{7*7}", `<a href="https://evil.example">x</a><style>*{}</style>`, "Nora\r\nBcc: evil@example.org\r\n\r\nPayez", "%s %d %n"} {
		r := zoe()
		r.Name, r.Email = name, fmt.Sprintf("zoe.%d@example.org", i)
		p := h.register(r)
		letter, err := h.db.TakeLetter(t.Context())
		h.must(err)
		if !strings.Contains(strings.Join(strings.Fields(letter.Body), " "), p.Name) || strings.Contains(letter.Body, "\r") || strings.Contains(letter.Body, "\nBcc:") || letter.Recipient != r.Email {
			t.Errorf("the letter to %q is %+v", name, letter)
		}
		h.must(h.db.LetterSent(t.Context(), letter.ID))
	}
}
