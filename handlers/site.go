// Package handlers is the site: routes.go is its map, each other file a group of pages. A handler
// reads, does one thing, and shows; it returns an error, and one place shows that.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"passerelle/accounts"
	"passerelle/courses"
	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/templates"
)

const (
	// bodyLimit is how much a form may send: a quiz full of essays is far below it.
	bodyLimit = 1 << 20
	// patience is how long a page may take before the visitor is told to try again.
	patience = 4500 * time.Millisecond
)

// A Site is everything that pages need.
type Site struct {
	DB       *models.DB
	Accounts *accounts.Accounts
	Learning *learning.Learning
	Library  *courses.Library
	Pages    *templates.Set
	Words    *i18n.Catalogue

	BaseURL        string         // without a slash at its end
	Zone           *time.Location // in which days begin
	Demo           bool           // there are demonstration people
	DemoPeople     []templates.DemoPerson
	Contact        string         // mail address for questions; may be empty
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts

	origins *http.CrossOriginProtection
	limits  *limiter
	metrics *metrics
}

// Handler is the whole site.
func (s *Site) Handler() (http.Handler, error) {
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(512))
	if err != nil {
		return nil, err
	}
	return compress(headless(engine)), nil
}

// headless answers HEAD as GET; the server leaves out the body.
func headless(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context())
			r.Method = http.MethodGet
		}
		site.ServeHTTP(w, r)
	})
}

// engine is the router with every route.
func (s *Site) engine() (*gin.Engine, error) {
	s.origins = http.NewCrossOriginProtection()
	s.limits = newLimiter()
	s.metrics = newMetrics(s.DB)
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(nil); err != nil {
		return nil, err
	}
	for _, route := range s.routes() {
		engine.Handle(route.method, route.path, s.serve(route))
	}
	static := gin.WrapH(s.Pages.Static())
	engine.GET("/static/*file", static)
	missing := s.serve(route{path: "-", access: anyone, show: func(*visit) error { return fault.Missing() }})
	engine.NoRoute(missing)
	engine.NoMethod(missing)
	return engine, nil
}

// serve makes a route ready for Gin. Below it only the visit and the request's own context exist:
// Gin's context is used again for the next request.
func (s *Site) serve(route route) gin.HandlerFunc {
	return func(c *gin.Context) {
		begun := time.Now()
		v := s.visit(c.Writer, c.Request, c.Param)
		if !route.long {
			ctx, cancel := context.WithTimeout(v.ctx, patience)
			defer cancel()
			v.ctx = ctx
		}
		defer func() { s.metrics.count(route, c.Request.Method, c.Writer.Status(), time.Since(begun)) }()
		s.headers(v, route)
		err := s.run(v, route)
		switch {
		case err == nil:
		case c.Writer.Written():
			slog.Error("a reply broke off", "request", v.id, "route", route.path, "err", err)
			panic(http.ErrAbortHandler) // ends the connection: half a file must not look whole
		default:
			s.fail(v, err)
		}
	}
}

// run lets a visit in and shows what it came for. A panic is an error that nobody foresaw.
func (s *Site) run(v *visit, route route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a handler panicked: %v\n%s", p, debug.Stack())
		}
	}()
	if err := s.enter(v, route); err != nil {
		return err
	}
	return route.show(v)
}

// headers are the same for every page: nothing is kept by browsers, nothing is loaded from
// elsewhere, no other site learns where somebody came from.
func (s *Site) headers(v *visit, route route) {
	h := v.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Request-Id", v.id)
	if !route.indexed {
		h.Set("X-Robots-Tag", "noindex, nofollow")
	}
	if s.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// secure reports whether the site is reached over TLS.
func (s *Site) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

// enter lets a visit in, or says why not: where it comes from, how much it sends, who is here, and
// whether they may.
func (s *Site) enter(v *visit, route route) error {
	if path := v.r.URL.Path; !utf8.ValidString(path) || strings.ContainsRune(path, 0) {
		return fault.Missing() // nothing here has such a name, and Postgres takes none
	}
	if v.changes() {
		if err := s.origins.Check(v.r); err != nil {
			return fault.Wrap(err, fault.Forbidden, "fault.cross_origin")
		}
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, bodyLimit)
		if err := v.r.ParseForm(); err != nil {
			if tooLarge(err) {
				return fault.Wrap(err, fault.Invalid, "fault.too_large")
			}
			return fault.Wrap(err, fault.Invalid, "fault.invalid")
		}
	}
	if route.access == public || route.access == itself {
		return nil
	}
	if err := v.recognise(); err != nil {
		return err
	}
	switch {
	case route.access == anyone:
		return nil
	case v.person == nil:
		return v.mustBeSomebody()
	case route.access != signedIn && !v.person.Is(string(route.access)):
		return fault.Missing() // not yours is not there
	default:
		return nil
	}
}

func tooLarge(err error) bool {
	var limit *http.MaxBytesError
	return errors.As(err, &limit)
}

// status is the HTTP status of a fault.
func status(kind fault.Kind) int {
	switch kind {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.SignInNeeded:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// clientAddress is whom a request comes from, for limits: the connection's other end, or what the
// trusted proxies in front of us say it was.
func (s *Site) clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && s.trusts(host); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		host = next.Unmap().String()
	}
	return host
}

func (s *Site) trusts(host string) bool {
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, prefix := range s.TrustedProxies {
		if prefix.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}
