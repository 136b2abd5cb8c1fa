package models_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"passerelle/devpg/pgtest"
	"passerelle/fault"
	"passerelle/models"
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

// A house is a database of its own with the course "accueillir", one version of it, and a clock.
type house struct {
	*models.DB
	t      *testing.T
	url    string
	clock  *clock
	course int64
}

func open(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	h := &house{t: t, url: pgtest.URL(t), clock: &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 123456789, time.FixedZone("CET", 3600))}}
	h.DB = h.again(models.Options{Clock: h.clock.Now})
	h.course = h.publish("accueillir", 1)
	return h
}

// again opens the same database once more.
func (h *house) again(o models.Options) *models.DB {
	h.t.Helper()
	o.URL = h.url
	db, err := models.Open(h.t.Context(), o)
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

// missing fails unless err says that something is not there.
func (h *house) missing(err error, what string) {
	h.t.Helper()
	if !fault.Is(err, fault.NotFound) {
		h.t.Errorf("%s: %v, want not found", what, err)
	}
}

func (h *house) publish(slug string, number int) (course int64) {
	h.t.Helper()
	h.must(h.Tx(h.t.Context(), func(tx *models.DB) (err error) {
		if course, _, _, err = tx.LockCourse(h.t.Context(), slug); err != nil {
			return err
		}
		return tx.InsertVersion(h.t.Context(), course, number, fmt.Sprintf("%064d", number), `{"format":1}`, nil)
	}))
	return course
}

func (h *house) person(name string, roles ...string) *models.Person {
	h.t.Helper()
	p := &models.Person{Name: name, Email: name + "@example.org", Language: "fr", Roles: roles}
	h.must(h.InsertPerson(h.t.Context(), p, "hash of "+name))
	return p
}

// learner is somebody who is enrolled in "accueillir".
func (h *house) learner(name string) (*models.Person, *models.Journey) {
	h.t.Helper()
	p := h.person(name, models.Learner)
	_, created, err := h.InsertEnrolment(h.t.Context(), p.ID, h.course, 1)
	h.must(err)
	if !created {
		h.t.Fatalf("%s was enrolled already", name)
	}
	return p, h.journey(p)
}

func (h *house) journey(p *models.Person) *models.Journey {
	h.t.Helper()
	j, err := h.JourneyIn(h.t.Context(), p.ID, "accueillir")
	h.must(err)
	return j
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	_, err := h.SQL().ExecContext(h.t.Context(), query, args...)
	h.must(err)
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.must(h.SQL().QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

// atOnce does the same thing n times at the same moment.
func atOnce(n int, do func(i int)) {
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { <-begin; do(i) })
	}
	close(begin)
	group.Wait()
}

// session signs a person in, and returns the hash of the token.
func (h *house) session(p *models.Person) []byte {
	h.t.Helper()
	hash := []byte(rand.Text())
	h.must(h.InsertSession(h.t.Context(), hash, p.ID, h.Now().Add(time.Hour)))
	return hash
}
