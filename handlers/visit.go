package handlers

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/accounts"
	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/models"
	"passerelle/templates"
)

// A visit is one request as pages see it: who is here, in which language, with what in hand. It
// stands between the pages and Gin.
type visit struct {
	site   *Site
	ctx    context.Context // ends with the request
	w      http.ResponseWriter
	r      *http.Request
	param  func(name string) string // of the path
	id     string                   // of the request, in the log and on error pages
	lang   *i18n.Language
	person *models.Person // nil: nobody is signed in
}

func (s *Site) visit(w http.ResponseWriter, r *http.Request, param func(string) string) *visit {
	v := &visit{site: s, ctx: r.Context(), w: w, r: r, param: param, id: rand.Text()[:12]}
	v.lang = s.Words.Match(r.Header.Get("Accept-Language"))
	if c, err := r.Cookie(languageCookie); err == nil {
		v.lang = s.Words.In(c.Value)
	}
	return v
}

// changes reports whether the request wants to change something.
func (v *visit) changes() bool {
	return v.r.Method != http.MethodGet && v.r.Method != http.MethodHead
}

// scripted reports whether a page's script asks, who wants JSON, not a page.
func (v *visit) scripted() bool {
	return strings.HasPrefix(v.r.Header.Get("Accept"), "application/json")
}

// Cookies. Over TLS the session's is bound to this host and never sent without TLS.
const languageCookie, flashCookie = "language", "flash"

func (s *Site) sessionCookie() string {
	if s.secure() {
		return "__Host-session"
	}
	return "session"
}

func (v *visit) setCookie(name, value string, life time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: v.site.secure(), MaxAge: int(life.Seconds()),
	}
	if life < 0 {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

func (v *visit) token() string {
	c, err := v.r.Cookie(v.site.sessionCookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// recognise finds out who is here.
func (v *visit) recognise() error {
	token := v.token()
	if token == "" {
		return nil
	}
	person, err := v.site.Accounts.Visitor(v.ctx, token)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.person = person
	v.lang = v.site.Words.In(person.Language)
	return nil
}

// begin gives the visitor a session; one that the browser had before is over.
func (v *visit) begin(token string) error {
	if before := v.token(); before != "" {
		if err := v.site.Accounts.SignOut(v.ctx, before); err != nil {
			return err
		}
	}
	v.setCookie(v.site.sessionCookie(), token, accounts.SessionLife)
	return nil
}

// mustBeSomebody asks to sign in where nobody is.
func (v *visit) mustBeSomebody() error {
	if v.person == nil {
		return fault.New(fault.SignInNeeded, "fault.sign_in_needed")
	}
	return nil
}

// base is what every page has.
func (v *visit) base(title string) templates.Base {
	b := templates.Base{Lang: v.lang, Title: title, Path: v.r.URL.RequestURI(), Demo: v.site.Demo}
	if path := v.r.URL.Path; v.changes() { // the language switch leads to what can be asked for again
		if b.Path = ""; path == "/sign-in" || path == "/register" {
			b.Path = path
		}
	}
	if p := v.person; p != nil {
		b.Person = &templates.Person{
			Name: p.Name, Learner: p.Is(models.Learner), Trainer: p.Is(models.Trainer),
			Coordinator: p.Is(models.Coordinator), Administrator: p.Is(models.Administrator),
		}
	}
	if c, err := v.r.Cookie(flashCookie); err == nil && !v.changes() {
		if said := v.lang.T(c.Value); said != c.Value {
			b.Flash = said
		}
		v.setCookie(flashCookie, "", -1)
	}
	return b
}

// show writes a page.
func (v *visit) show(p templates.Page) error { return v.showAs(http.StatusOK, p) }

func (v *visit) showAs(status int, p templates.Page) error {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.lang.Code)
	v.w.Header().Add("Vary", "Cookie, Accept-Language")
	v.w.WriteHeader(status)
	return v.site.Pages.Page(v.w, p)
}

// reply answers a script.
func (v *visit) reply(status int, body any) error {
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(status)
	return json.NewEncoder(v.w).Encode(body)
}

// go303 sends the visitor on to a page after something was done; flash is a message key or "".
func (v *visit) go303(path, flash string) error {
	if flash != "" {
		v.setCookie(flashCookie, flash, time.Minute)
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// number reads a number from the path; what is no number leads nowhere.
func (v *visit) number(name string) (int64, error) {
	s := v.param(name)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fault.Missing()
	}
	return n, nil
}

// local is a path on this site, or "" for whatever would lead elsewhere.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return ""
	}
	return path
}

// fail shows what went wrong: the visitor gets the fault's message in their language, the log gets
// the cause. Who has to sign in is shown where, and keeps what they typed.
func (s *Site) fail(v *visit, err error) {
	kind := fault.KindOf(err)
	if kind == fault.Internal || kind == fault.Unavailable {
		if !errors.Is(err, context.Canceled) {
			slog.Error("a request went wrong", "request", v.id, "method", v.r.Method, "path", v.r.URL.Path, "err", err)
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		kind, err = fault.Unavailable, fault.Wrap(err, fault.Unavailable, "fault.unavailable")
	}
	if kind == fault.Unavailable || kind == fault.TooMany {
		v.w.Header().Set("Retry-After", "5")
	}
	v.w.Header().Del("Content-Disposition") // of the file that did not come
	code := status(kind)
	if tooLarge(err) {
		code = http.StatusRequestEntityTooLarge
	}
	if v.scripted() {
		v.reply(code, map[string]string{"state": stateOf(kind)})
		return
	}
	if kind == fault.SignInNeeded {
		if shown := s.askToSignIn(v); shown == nil {
			return
		}
	}
	message := v.lang.T("fault.internal")
	var f *fault.Error
	if errors.As(err, &f) && kind != fault.Internal {
		message = v.lang.T(f.Key, f.Args...)
	}
	page := templates.ErrorPage{Base: v.base(v.lang.T(titleOf(kind))), Status: code, Message: message, RequestID: v.id}
	if err := v.showAs(page.Status, page); err != nil {
		slog.Error("an error page went wrong", "request", v.id, "err", err)
	}
}

// stateOf tells a page's script what went wrong, in a word.
func stateOf(kind fault.Kind) string {
	switch kind {
	case fault.SignInNeeded:
		return "signed_out"
	case fault.NotFound:
		return "not_found"
	case fault.Conflict:
		return models.Closed
	case fault.Invalid, fault.Forbidden:
		return "refused"
	default:
		return "unavailable"
	}
}

func titleOf(kind fault.Kind) string {
	switch kind {
	case fault.NotFound:
		return "error.title.not_found"
	case fault.Forbidden, fault.Invalid, fault.Conflict:
		return "error.title.refused"
	case fault.TooMany, fault.Unavailable:
		return "error.title.later"
	default:
		return "error.title.internal"
	}
}
