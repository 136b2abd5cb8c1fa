package handlers

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/time/rate"

	"passerelle/fault"
	"passerelle/models"
)

// healthz says that the process answers.
func (s *Site) healthz(v *visit) error {
	return v.reply(http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether the database takes a write.
func (s *Site) readyz(v *visit) error {
	ctx, cancel := context.WithTimeout(v.ctx, 2*time.Second)
	defer cancel()
	if err := s.DB.Ready(ctx); err != nil {
		return v.reply(http.StatusServiceUnavailable, map[string]string{"status": "database"})
	}
	return v.reply(http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Site) robots(v *visit) error {
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := v.w.Write([]byte("User-agent: *\nAllow: /$\nAllow: /privacy$\nAllow: /accessibility$\nDisallow: /\n"))
	return err
}

// showMetrics serves figures to a collector on the same machine; for everybody else they are not
// there.
func (s *Site) showMetrics(v *visit) error {
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil || !net.ParseIP(host).IsLoopback() || v.r.Header.Get("X-Forwarded-For") != "" {
		return fault.Missing()
	}
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(v.w, v.r)
	return nil
}

// metrics are figures about requests, by route, never by person.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(db *models.DB) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "passerelle_requests_total", Help: "Requests, by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "passerelle_request_seconds", Help: "How long requests took, by route.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 13),
		}, []string{"route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewDBStatsCollector(db.SQL(), "passerelle"))
	return m
}

func (m *metrics) count(r route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodHead:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(r.path, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(r.path).Observe(took.Seconds())
}

// A limiter slows down addresses that ask for secrets too often: sign-in, registration, codes.
type limiter struct {
	mu      sync.Mutex
	clients map[string]*client
}

type client struct {
	limit *rate.Limiter
	seen  time.Time
}

func newLimiter() *limiter { return &limiter{clients: map[string]*client{}} }

const (
	limitEvery   = 2 * time.Second // a place comes free …
	limitBurst   = 60              // … of so many: a ward behind one address signs in at eight in the morning
	limitClients = 10_000          // addresses remembered
)

func (l *limiter) allow(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	c := l.clients[address]
	if c == nil {
		if len(l.clients) >= limitClients {
			l.forget(now)
		}
		c = &client{limit: rate.NewLimiter(rate.Every(limitEvery), limitBurst)}
		l.clients[address] = c
	}
	c.seen = now
	return c.limit.AllowN(now, 1)
}

// forget drops the addresses whose places are all free again; where that is not enough, all.
func (l *limiter) forget(now time.Time) {
	for address, c := range l.clients {
		if now.Sub(c.seen) > limitBurst*limitEvery {
			delete(l.clients, address)
		}
	}
	if len(l.clients) >= limitClients {
		l.clients = map[string]*client{}
	}
}
