package handlers_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// A wire lies between a site and its Postgres. It counts round trips, and breaks as wires break.
type wire struct {
	address string // of Postgres, by way of the wire
	server  string
	trips   atomic.Int64 // Sync and Query messages of the site: each is waited for
	gate    sync.RWMutex // held for writing: nothing passes, and nobody hangs up
	budget  atomic.Int64 // bytes that Postgres may still say before the wire is cut; negative: as many as it likes
}

// through lays a wire to the Postgres at the address.
func through(t *testing.T, address string) *wire {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &wire{server: u.Host}
	w.budget.Store(-1)
	u.Host = listener.Addr().String()
	w.address = u.String()
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			site, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(site)
		}
	}()
	return w
}

// overWire is a plan with a wire in it.
func overWire(t *testing.T, w **wire) func(*plan) {
	return func(p *plan) {
		*w = through(t, p.database.URL)
		p.database.URL = (*w).address
	}
}

func (w *wire) carry(site net.Conn) {
	defer site.Close()
	postgres, err := net.Dial("tcp", w.server)
	if err != nil {
		return
	}
	defer postgres.Close()
	go func() {
		defer postgres.Close()
		w.ask(site, postgres)
	}()
	w.answer(postgres, site)
}

// ask carries the site's messages: a type, a length, a body; the first has no type.
func (w *wire) ask(site io.Reader, postgres io.Writer) {
	in := bufio.NewReader(site)
	for first := true; ; first = false {
		head := make([]byte, 5)
		if first {
			head = head[:4]
		}
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		body := make([]byte, int(binary.BigEndian.Uint32(head[len(head)-4:]))-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		if !first && (head[0] == 'S' || head[0] == 'Q') {
			w.trips.Add(1)
		}
		w.gate.RLock()
		_, err := postgres.Write(append(head, body...))
		w.gate.RUnlock()
		if err != nil {
			return
		}
	}
}

func (w *wire) answer(postgres io.Reader, site io.Writer) {
	b := make([]byte, 4096)
	for {
		n, err := postgres.Read(b)
		if w.budget.Load() >= 0 && w.budget.Add(-int64(n)) < 0 {
			return
		}
		w.gate.RLock()
		_, writeErr := site.Write(b[:n])
		w.gate.RUnlock()
		if err != nil || writeErr != nil {
			return
		}
	}
}
