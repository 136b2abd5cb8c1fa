package templates

import (
	"net/http"
	"strings"

	"github.com/benbjohnson/hashfs"
)

// asset is the address of a static file, with its hash in its name.
func (s *Set) asset(name string) string { return "/static/" + s.static.HashName(name) }

// Static serves styles, scripts and icons below /static/. A name with its hash never changes what it
// stands for, and is kept for a year; without, it is asked for again each time.
func (s *Set) Static() http.Handler {
	serve := http.StripPrefix("/static/", hashfs.FileServer(s.static))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		serve.ServeHTTP(immutable{w}, r)
	})
}

// immutable says of what may be kept that it need not be asked for again even on reload.
type immutable struct{ http.ResponseWriter }

func (w immutable) WriteHeader(status int) {
	if kept := w.Header().Get("Cache-Control"); strings.Contains(kept, "max-age") {
		w.Header().Set("Cache-Control", kept+", immutable")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w immutable) Unwrap() http.ResponseWriter { return w.ResponseWriter }
