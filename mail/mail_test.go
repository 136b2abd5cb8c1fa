package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"passerelle/devpg/pgtest"
	"passerelle/i18n"
	"passerelle/mail"
	"passerelle/models"
	"passerelle/templates"
)

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

// A house is an outbox.
type house struct {
	t     *testing.T
	db    *models.DB
	url   string
	clock *clock
}

func open(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	h := &house{t: t, url: pgtest.URL(t), clock: &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}}
	h.db = h.again()
	return h
}

func (h *house) again() *models.DB {
	h.t.Helper()
	db, err := models.Open(h.t.Context(), models.Options{URL: h.url, Clock: h.clock.Now})
	h.must(err)
	h.t.Cleanup(func() { db.Close() })
	return db
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) queue(ref, recipient, subject, body string) {
	h.t.Helper()
	h.must(h.db.QueueMail(h.t.Context(), models.Letter{Kind: "welcome", Ref: ref, Recipient: recipient, Subject: subject, Body: body}))
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.must(h.db.SQL().QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

// A received letter, as the server took it.
type received struct {
	from string
	to   []string
	*netmail.Message
	body string
}

// text is what a letter says, its lines ended as ours are.
func (l received) text(t *testing.T) string {
	t.Helper()
	if encoding := l.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
		t.Fatalf("a letter in %s", encoding)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(l.body)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// A postOffice takes letters, or does not.
type postOffice struct {
	mu      sync.Mutex
	letters []received
	refuse  func(to string) error // at the recipient; nil takes everybody
	drop    bool                  // hangs up instead of saying that it took a letter
}

func (o *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{office: o, conn: c}, nil
}

func (o *postOffice) taken() []received {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.letters)
}

type session struct {
	office *postOffice
	conn   *smtp.Conn
	letter received
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.letter.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.refuse != nil {
		if err := s.office.refuse(to); err != nil {
			return err
		}
	}
	s.letter.to = append(s.letter.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	message, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	s.letter.Message, s.letter.body = message, string(body)
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.letters = append(s.office.letters, s.letter)
	if s.office.drop {
		s.conn.Conn().Close()
	}
	return nil
}

// serve opens a post office and says where it is.
func serve(t *testing.T, office *postOffice) *mail.Post {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(office)
	server.Domain, server.ErrorLog = "localhost", quiet{}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return at(t, listener)
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func at(t *testing.T, listener net.Listener) *mail.Post {
	t.Helper()
	post, err := mail.New("smtp://"+listener.Addr().String()+"?tls=none", "Passerelle <passerelle@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	return post
}

// talk opens a post office whose only employee says what it is told to.
func talk(t *testing.T, each func(say func(string), hear func() string, hangUp func())) *mail.Post {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				each(func(s string) { io.WriteString(conn, s+"\r\n") }, func() string {
					line, err := in.ReadString('\n')
					if err != nil {
						return ""
					}
					return strings.TrimSpace(line)
				}, func() { conn.Close() })
			}()
		}
	}()
	return at(t, listener)
}

func TestLettersLeaveOnce(t *testing.T) {
	h := open(t)
	office := &postOffice{}
	post := serve(t, office)
	for i := range 12 {
		h.queue(fmt.Sprint("person:", i), fmt.Sprintf("zoe.%d@example.org", i), "Votre attestation est prête – « voilà »", "Bonjour Zoë van den Ĳssel,\n\n.\n.un point\nFrom là-bas\n"+strings.Repeat("é", 200)+"\n")
	}
	// Four instances at once, then each again.
	for range 2 {
		var group sync.WaitGroup
		for range 4 {
			db := h.again()
			group.Go(func() {
				if err := post.Deliver(t.Context(), db); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	letters := office.taken()
	if len(letters) != 12 {
		t.Fatalf("%d letters left, of 12", len(letters))
	}
	ids, recipients := map[string]bool{}, map[string]bool{}
	words := new(mime.WordDecoder)
	for _, l := range letters {
		ids[l.Header.Get("Message-ID")] = true
		recipients[strings.Join(l.to, ",")] = true
		subject, err := words.DecodeHeader(l.Header.Get("Subject"))
		h.must(err)
		if l.from != "passerelle@example.org" || l.Header.Get("From") != `"Passerelle" <passerelle@example.org>` || l.Header.Get("To") != "<"+l.to[0]+">" ||
			subject != "Votre attestation est prête – « voilà »" || l.Header.Get("Auto-Submitted") != "auto-generated" || l.Header.Get("Date") == "" {
			t.Errorf("the letter's head is %v", l.Header)
		}
		if body := l.text(t); !strings.Contains(body, "Zoë van den Ĳssel,\n\n.\n.un point\nFrom là-bas\n"+strings.Repeat("é", 200)) {
			t.Errorf("the letter says %q", body)
		}
	}
	if len(ids) != 12 || len(recipients) != 12 {
		t.Errorf("%d message ids, %d recipients", len(ids), len(recipients))
	}
	if n := h.count(`select count(*) from outbox where sent_at = $1 and tries = 1`, h.clock.Now()); n != 12 {
		t.Errorf("%d letters are noted as sent", n)
	}
}

// What a server will not take now is tried later, each time after a longer while; one letter that does
// not leave holds up no other.
func TestLettersAreTriedAgain(t *testing.T) {
	h := open(t)
	office := &postOffice{refuse: func(to string) error {
		switch {
		case strings.HasPrefix(to, "busy"):
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "try again later"}
		case strings.HasPrefix(to, "gone"):
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}}
	post := serve(t, office)
	h.queue("1", "busy@example.org", "s", "b")
	h.queue("2", "gone@example.org", "s", "b")
	h.queue("3", "zoe@example.org", "s", "b")
	deliver := func() { h.t.Helper(); h.must(post.Deliver(t.Context(), h.db)) }
	deliver()
	deliver()
	if letters := office.taken(); len(letters) != 1 || letters[0].to[0] != "zoe@example.org" {
		t.Fatalf("%d letters left", len(letters))
	}
	if n := h.count(`select count(*) from outbox where sent_at is null and tries = 1 and (last_error like '%451%' and recipient like 'busy%' or last_error like '%550%' and recipient like 'gone%')`); n != 2 {
		t.Errorf("%d letters say why they did not leave", n)
	}
	for tries, wait := range []time.Duration{1 * time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
		h.clock.pass(wait - time.Second)
		deliver()
		if n := h.count(`select count(*) from outbox where tries = $1 and sent_at is null`, tries+1); n != 2 {
			t.Errorf("after %v %d letters wait", wait-time.Second, n)
		}
		h.clock.pass(time.Second)
		deliver()
		if n := h.count(`select count(*) from outbox where tries = $1 and sent_at is null`, tries+2); n != 2 {
			t.Errorf("after %v %d letters were tried", wait, n)
		}
	}
	for range 20 {
		h.clock.pass(12 * time.Hour)
		deliver()
	}
	if n := h.count(`select count(*) from outbox where tries = 25 and next_try = $1`, h.clock.Now().Add(12*time.Hour)); n != 2 {
		t.Errorf("%d letters are tried twice a day in the end", n)
	}
	office.mu.Lock()
	office.refuse = nil
	office.mu.Unlock()
	h.clock.pass(12 * time.Hour)
	deliver()
	if letters := office.taken(); len(letters) != 3 || h.count(`select count(*) from outbox where sent_at is null or last_error <> ''`) != 0 {
		t.Errorf("%d letters left in the end", len(letters))
	}
}

// A server that hangs up before it says that it took a letter gets it again, under the same id, and
// can tell.
func TestALostReplyRepeatsTheSameLetter(t *testing.T) {
	h := open(t)
	office := &postOffice{drop: true}
	post := serve(t, office)
	h.queue("1", "zoe@example.org", "s", "b")
	h.must(post.Deliver(t.Context(), h.db))
	office.mu.Lock()
	office.drop = false
	office.mu.Unlock()
	h.clock.pass(time.Minute)
	h.must(post.Deliver(t.Context(), h.db))
	h.clock.pass(time.Hour)
	h.must(post.Deliver(t.Context(), h.db))
	letters := office.taken()
	if len(letters) != 2 || letters[0].Header.Get("Message-ID") == "" || letters[0].Header.Get("Message-ID") != letters[1].Header.Get("Message-ID") {
		t.Errorf("%d letters", len(letters))
	}
}

// A server that took a letter and then has no manners has it all the same.
func TestARudeGoodbyeRepeatsNothing(t *testing.T) {
	h := open(t)
	var mu sync.Mutex
	taken := 0
	post := talk(t, func(say func(string), hear func() string, hangUp func()) {
		say("220 here")
		for {
			switch verb, _, _ := strings.Cut(hear(), " "); strings.ToUpper(verb) {
			case "":
				return
			case "EHLO", "HELO", "MAIL", "RCPT", "NOOP":
				say("250 yes")
			case "DATA":
				say("354 go on")
				for line := hear(); line != "."; line = hear() {
					if line == "" {
						continue
					}
				}
				mu.Lock()
				taken++
				mu.Unlock()
				say("250 taken")
				hangUp()
				return
			default:
				say("500 what?")
			}
		}
	})
	h.queue("1", "zoe@example.org", "s", "b")
	h.must(post.Deliver(t.Context(), h.db))
	h.clock.pass(24 * time.Hour)
	h.must(post.Deliver(t.Context(), h.db))
	mu.Lock()
	defer mu.Unlock()
	if taken != 1 || h.count(`select count(*) from outbox where sent_at is null`) != 0 {
		t.Errorf("taken %d times", taken)
	}
}

// Whatever a server says is kept, were it no text at all, and the next letter has its turn.
func TestServersMaySayAnything(t *testing.T) {
	h := open(t)
	post := talk(t, func(say func(string), hear func() string, _ func()) {
		say("220 here")
		for {
			line := hear()
			switch verb, _, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
			case "":
				return
			case "RCPT":
				say("550 \xff\xfe\x00 " + strings.Repeat("long ", 300))
			default:
				say("250 yes")
			}
		}
	})
	h.queue("1", "zoe@example.org", "s", "b")
	h.queue("2", "bram@example.org", "s", "b")
	h.must(post.Deliver(t.Context(), h.db))
	if n := h.count(`select count(*) from outbox where tries = 1 and last_error like '%550%' and length(last_error) <= 1000`); n != 2 {
		t.Errorf("%d letters were tried and say why they did not leave", n)
	}
}

// A server that says nothing holds up neither those who write letters nor another instance's other
// letters, nor whoever wants to stop.
func TestASilentServerHoldsUpNobody(t *testing.T) {
	h := open(t)
	asked := make(chan struct{}, 10)
	silent := talk(t, func(_ func(string), hear func() string, _ func()) {
		asked <- struct{}{}
		for hear() != "" {
		}
	})
	h.queue("1", "zoe@example.org", "s", "b")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- silent.Deliver(ctx, h.db) }()
	<-asked

	h.queue("2", "bram@example.org", "s", "b") // somebody registers meanwhile
	office := &postOffice{}
	h.must(serve(t, office).Deliver(t.Context(), h.again()))
	if letters := office.taken(); len(letters) != 1 || letters[0].to[0] != "bram@example.org" {
		t.Errorf("the other instance sent %d letters", len(letters))
	}
	stop()
	h.must(<-done)
	if n := h.count(`select count(*) from outbox where ref = '1' and sent_at is null and tries = 1 and next_try = $1`, h.clock.Now().Add(time.Minute)); n != 1 {
		t.Error("the letter that hung is not to be tried again")
	}
	h.clock.pass(time.Minute)
	h.must(serve(t, office).Deliver(t.Context(), h.db))
	if letters := office.taken(); len(letters) != 2 {
		t.Errorf("%d letters left in the end", len(letters))
	}
}

// Who is asked to stop while a letter leaves still notes that it left, and begins no other.
func TestStoppingRepeatsNothing(t *testing.T) {
	h := open(t)
	ctx, stop := context.WithCancel(t.Context())
	office := &postOffice{refuse: func(string) error { stop(); return nil }}
	post := serve(t, office)
	h.queue("1", "zoe@example.org", "s", "b")
	h.queue("2", "bram@example.org", "s", "b")
	h.must(post.Deliver(ctx, h.db))
	if n, sent := h.count(`select count(*) from outbox where sent_at is not null`), len(office.taken()); n != 1 || sent != 1 {
		t.Errorf("%d letters left, %d are noted", sent, n)
	}
	h.must(post.Deliver(t.Context(), h.db))
	if n := len(office.taken()); n != 2 {
		t.Errorf("%d letters left in the end", n)
	}
}

// Names and addresses put nothing into a letter but themselves; a subject never tells what a course is
// about, because a mailbox may be read over a shoulder.
func TestLettersHoldNothingElse(t *testing.T) {
	h := open(t)
	office := &postOffice{}
	post := serve(t, office)
	words, err := i18n.Load()
	h.must(err)
	letters, err := templates.New(words)
	h.must(err)
	names := []string{
		"Nora\r\nBcc: evil@example.org", "Nora\nSubject: chemsex", "Nora\r\n.\r\nMAIL FROM:<evil@example.org>", "Nora\u2028Bcc: evil@example.org",
		`<a href="https://evil.example">Nora</a><style>*{display:none}</style>`, "{{7*7}} {{.Password}}", "=?utf-8?q?Nora=0D=0ABcc:_evil@example.org?=", "Nora\x00", strings.Repeat("é", 200),
	}
	var recipients []string
	for i, name := range names {
		for _, code := range i18n.Codes() {
			for kind, data := range map[string]any{
				"welcome":     templates.WelcomeLetter{Name: name, URL: "https://passerelle.example/"},
				"certificate": templates.CertificateLetter{Name: name, Number: "PAS-2026-000042", URL: "https://passerelle.example/certificates/42"},
			} {
				subject, body, err := letters.Letter(kind, words.In(code), data)
				h.must(err)
				body = strings.ReplaceAll(body, "\x00", "")
				to := fmt.Sprintf("zoe.%d.%s.%s@example.org", i, code, kind)
				recipients = append(recipients, to)
				h.queue(to, to, subject, body)
			}
		}
	}
	// What no form of ours would take, but an older row may hold.
	for i, to := range []string{"zoe@example.org\r\nBcc: evil@example.org", "zoe@example.org, evil@example.org", "Zoe <zoe@example.org>, <evil@example.org>", "", "evil"} {
		h.queue(fmt.Sprint("bad ", i), to, "s\r\nBcc: evil@example.org", "b")
	}
	h.queue("bad subject", "zoe@example.org", "Bonjour\r\nBcc: evil@example.org\r\n\r\nPayez", "b")
	recipients = append(recipients, "zoe@example.org")
	h.must(post.Deliver(t.Context(), h.db))
	taken := office.taken()
	if len(taken) != len(recipients) {
		t.Errorf("%d letters left, of %d", len(taken), len(recipients))
	}
	headers := []string{"Mime-Version", "Date", "Message-Id", "From", "To", "Subject", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "User-Agent", "X-Mailer"}
	decode := new(mime.WordDecoder)
	for _, l := range taken {
		if len(l.to) != 1 || !slices.Contains(recipients, l.to[0]) {
			t.Errorf("a letter went to %v", l.to)
		}
		for name, values := range l.Header {
			if !slices.Contains(headers, textproto.CanonicalMIMEHeaderKey(name)) || len(values) != 1 {
				t.Errorf("a header %s: %v", name, values)
			}
		}
		subject, err := decode.DecodeHeader(l.Header.Get("Subject"))
		h.must(err)
		for _, word := range []string{"chem", "sex", "drog", "drug", "addict", "nora", "pas-2026", "@"} {
			if strings.Contains(strings.ToLower(subject), word) && l.to[0] != "zoe@example.org" {
				t.Errorf("the subject %q tells %q", subject, word)
			}
		}
		if kind := l.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
			t.Errorf("a letter of type %s", kind)
		}
		if body := l.text(t); strings.Contains(strings.ToLower(body), "chemsex") && !strings.Contains(body, "Subject: chemsex") {
			t.Errorf("a letter tells what the course is about: %s", body)
		}
	}
	if n := h.count(`select count(*) from outbox where ref like 'bad _' and sent_at is null and tries = 1 and last_error <> ''`); n != 5 {
		t.Errorf("%d of 5 impossible letters wait", n)
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"": "must look like", "localhost:25": "must look like", "http://localhost": "must look like", "smtp://": "must look like", "smtp://:25": "must look like",
		"smtp://localhost:99999": "port", "smtp://localhost?tls=maybe": "tls=maybe", "smtp://localhost:x": "must look like",
	} {
		if _, err := mail.New(address, "passerelle@example.org"); err == nil || !strings.Contains(strings.ToLower(err.Error()), want) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
	for _, from := range []string{"", "Passerelle", "a@b, c@d", "a@b\r\nBcc: c@d"} {
		if _, err := mail.New("smtp://localhost", from); err == nil || !strings.Contains(err.Error(), "sender") {
			t.Errorf("from %q: %v", from, err)
		}
	}
	for _, address := range []string{"smtp://localhost", "smtp://localhost:25", "smtps://localhost", "smtps://u:p@localhost:465", "smtp://u%40x:p@localhost:587?tls=required", "smtp://localhost?tls=none", "smtp://[::1]:25"} {
		if _, err := mail.New(address, "Passerelle <passerelle@example.org>"); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// A server that offers no TLS gets no letter from who demands it.
func TestRequiredTLSIsRequired(t *testing.T) {
	h := open(t)
	office := &postOffice{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	server := smtp.NewServer(office)
	server.ErrorLog = quiet{}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	h.queue("1", "zoe@example.org", "s", "b")
	for _, scheme := range []string{"smtp://%s?tls=required", "smtps://%s"} {
		post, err := mail.New(fmt.Sprintf(scheme, listener.Addr()), "passerelle@example.org")
		h.must(err)
		h.must(post.Deliver(t.Context(), h.db))
		h.clock.pass(time.Hour)
	}
	if n := h.count(`select count(*) from outbox where tries = 2 and sent_at is null`); n != 1 || len(office.taken()) != 0 {
		t.Error("a letter left in the clear")
	}
}
