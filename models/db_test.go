package models_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/fault"
	"passerelle/models"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                             "must look like",
		"mysql://localhost/passerelle": "must look like",
		"postgres://localhost:x/x":     "must look like",
		"host=localhost dbname=x":      "must look like",
		"postgres://127.0.0.1:1/x":     "reaching the database",
		"postgres://127.0.0.1:1/x?sslmode=perhaps": "the database address",
	} {
		db, err := models.Open(t.Context(), models.Options{URL: address})
		if err == nil {
			db.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("opening %q: %v, want %q", address, err, want)
		}
	}
}

// A server that takes connections and says nothing is given up on, by whoever waits: at opening, and
// when the page they wait for has run out of time.
func TestASilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			if _, err := listener.Accept(); err != nil {
				return
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	db, err := models.Open(ctx, models.Options{URL: "postgres://" + listener.Addr().String() + "/x?sslmode=disable&connect_timeout=3600", StatementTimeout: time.Hour})
	if err == nil {
		db.Close()
		t.Fatal("a server that says nothing is open")
	}
}

func TestATransactionHasOneClockReading(t *testing.T) {
	h := open(t)
	want := h.clock.Now().UTC().Truncate(time.Microsecond)
	if got := h.Now(); !got.Equal(want) || got.Location() != time.UTC || got.Nanosecond()%1000 != 0 {
		t.Errorf("now is %v, want %v", got, want)
	}
	h.must(h.Tx(t.Context(), func(tx *models.DB) error {
		h.clock.pass(time.Hour)
		if got := tx.Now(); !got.Equal(want) {
			t.Errorf("in a transaction it is %v, want %v", got, want)
		}
		if err := tx.Tx(t.Context(), func(*models.DB) error { return nil }); err == nil {
			t.Error("a transaction in a transaction")
		}
		return nil
	}))
	if got := h.Now(); !got.Equal(want.Add(time.Hour)) {
		t.Errorf("afterwards it is %v", got)
	}
	// What is written reads back as it was.
	p := h.person("Zoe", models.Learner)
	back, err := h.PersonByID(t.Context(), p.ID)
	h.must(err)
	if !back.CreatedAt.Equal(p.CreatedAt) {
		t.Errorf("written %v, read %v", p.CreatedAt, back.CreatedAt)
	}
}

func TestATransactionIsWholeOrNot(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	db := h.again(models.Options{Connections: 1}) // one that is not given back is missed at once
	stop := errors.New("stop")
	write := func(tx *models.DB) {
		p := models.Person{Name: "Zoe", Email: "zoe@example.org", Roles: models.Strings{}}
		h.must(tx.InsertPerson(ctx, &p, "x"))
	}
	if err := db.Tx(ctx, func(tx *models.DB) error { write(tx); return stop }); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != "stumbled" {
				t.Errorf("the panic is %v", p)
			}
		}()
		db.Tx(ctx, func(tx *models.DB) error { write(tx); panic("stumbled") })
	}()
	gone, cancel := context.WithCancel(ctx)
	if err := db.Tx(gone, func(tx *models.DB) error { write(tx); cancel(); return nil }); err == nil {
		t.Error("committed for somebody who is gone")
	}
	if n := h.count(`select count(*) from people`); n != 0 {
		t.Errorf("%d people are left behind", n)
	}
	if _, err := db.LatestVersions(ctx); err != nil {
		t.Error(err)
	}
}

// Two transactions that lock each other out: Postgres fails one, which is run again.
func TestDeadlocksAreTriedAgain(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	one, two := h.person("one", models.Learner), h.person("two", models.Learner)
	var runs atomic.Int32
	var met, done [2]chan struct{}
	for i := range met {
		met[i], done[i] = make(chan struct{}, 1), make(chan struct{})
	}
	atOnce(2, func(i int) {
		first, second := one, two
		if i == 1 {
			first, second = two, one
		}
		err := h.Tx(ctx, func(tx *models.DB) error {
			again := runs.Add(1) > 2
			if again {
				<-done[1-i]
			}
			if err := tx.UpdateLanguage(ctx, first.ID, "nl"); err != nil {
				return err
			}
			if !again { // both hold one row before either wants the other's
				met[i] <- struct{}{}
				<-met[1-i]
			}
			return tx.UpdateLanguage(ctx, second.ID, "nl")
		})
		close(done[i])
		if err != nil {
			t.Error(err)
		}
	})
	if n := runs.Load(); n != 3 {
		t.Errorf("run %d times, want 3", n)
	}
	if n := h.count(`select count(*) from people where language = 'nl'`); n != 2 {
		t.Errorf("%d of 2 rows are written", n)
	}
}

// What Postgres refuses is told as what it is: text that is none, numbers beyond all rows, a statement
// that takes too long, a server that goes.
func TestErrorsAreFaults(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	for what, text := range map[string]string{"a NUL": "a\x00b", "no UTF-8": "a\xffb"} {
		if _, _, err := h.PersonByEmail(ctx, text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want invalid", what, err)
		}
	}
	_, err := h.PersonByID(ctx, 1<<62)
	h.missing(err, "a person of no number")
	hasty := h.again(models.Options{StatementTimeout: 50 * time.Millisecond})
	if _, err := hasty.SQL().ExecContext(ctx, `lock table people`); err == nil {
		t.Error("locked outside a transaction")
	}
	h.must(h.Tx(ctx, func(tx *models.DB) error {
		if _, err := tx.LockAdministrators(ctx); err != nil {
			return err
		}
		h.person("Ada", models.Administrator)
		return nil
	}))
	h.must(h.Tx(ctx, func(tx *models.DB) error { // holds Ada's row while somebody hasty wants it
		if _, err := tx.LockAdministrators(ctx); err != nil {
			return err
		}
		if _, err := hasty.SQL().ExecContext(ctx, `update people set name = 'x'`); err == nil {
			t.Error("a statement waited longer than it may")
		}
		if err := hasty.UpdateLanguage(ctx, 1, "nl"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a statement that takes too long: %v, want unavailable", err)
		}
		return nil
	}))
	late, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.PersonByID(late, 1); err == nil {
		t.Error("answered somebody who is gone")
	}
	// Every connection of the pool is ended under it. Who is unlucky is told to come back; each dead
	// connection is met once at the most.
	other := h.again(models.Options{})
	for range 3 {
		h.must(h.Ready(ctx))
		if _, err := other.SQL().ExecContext(ctx, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = current_user and backend_type = 'client backend' and pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		var err error
		for range 21 {
			if err = h.Ready(ctx); err == nil {
				break
			}
			if !fault.Is(err, fault.Unavailable) {
				t.Errorf("a connection that is gone: %v", err)
			}
		}
		h.must(err)
	}
}

// Ready finds out about a database that reads but does not write, and leaves nothing behind.
func TestReady(t *testing.T) {
	h := open(t)
	h.must(h.Ready(t.Context()))
	if n := h.count(`select count(*) from sign_in_failures`); n != 0 {
		t.Error("it left a row behind")
	}
	h.exec(`create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = '53100'; end $$`)
	h.exec(`create trigger full_disk before insert on sign_in_failures for each row execute function full_disk()`)
	if err := h.Ready(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a database that takes no write: %v, want unavailable", err)
	}
}

// Of several instances one does a task at a time; when it is done, or gone, another may.
func TestAloneIsAlone(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	other := h.again(models.Options{})
	did := 0
	h.must(h.Alone(ctx, "sweep", func(ctx context.Context) error {
		h.must(other.Alone(ctx, "sweep", func(context.Context) error { did += 100; return nil }))
		return other.Alone(ctx, "deliver", func(context.Context) error { did++; return nil })
	}))
	if did != 1 {
		t.Fatalf("did %d, want the other task only", did)
	}
	h.must(other.Alone(ctx, "sweep", func(context.Context) error { did++; return nil }))
	stop := errors.New("stop")
	if err := h.Alone(ctx, "sweep", func(context.Context) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	h.must(h.Alone(gone, "sweep", func(context.Context) error { cancel(); return nil }))
	h.must(other.Alone(ctx, "sweep", func(context.Context) error { did++; return nil }))
	if did != 3 {
		t.Errorf("did %d, want 3: the lock was not given back", did)
	}
}

// Behind a pooler nothing may be prepared; the answers are the same.
func TestUnprepared(t *testing.T) {
	h := open(t)
	aline, _ := h.learner("Aline")
	plain := h.again(models.Options{Unprepared: true, Connections: 1})
	for range 2 {
		j, err := plain.JourneyIn(t.Context(), aline.ID, "accueillir")
		h.must(err)
		if !j.Enrolled() {
			t.Error("Aline is not enrolled")
		}
		_, err = plain.SaveAnswer(t.Context(), h.session(aline), time.Hour, 1, "q", nil, 1)
		h.missing(err, "an answer to no attempt")
		_, err = plain.SessionByToken(t.Context(), []byte("x"), time.Hour)
		h.missing(err, "nobody's session")
	}
	var n int
	h.must(plain.SQL().QueryRow(`select count(*) from pg_prepared_statements where name <> ''`).Scan(&n))
	if n != 0 {
		t.Errorf("%d statements are prepared", n)
	}
	h.journey(aline)
	h.must(h.SQL().QueryRow(`select count(*) from pg_prepared_statements where name <> ''`).Scan(&n))
	if n == 0 {
		t.Error("nothing is ever prepared")
	}
}

// A migration changes what a prepared question gives; it is asked anew.
func TestPreparedQuestionsOutliveMigrations(t *testing.T) {
	h := open(t)
	aline, _ := h.learner("Aline")
	h.must(h.InsertSession(t.Context(), []byte("token"), aline.ID, h.Now().Add(time.Hour)))
	for _, migration := range []string{
		`select 1`, `alter table people alter column name type varchar(300)`, `alter table courses alter column slug type varchar(300)`, `select 1`,
	} {
		h.exec(migration)
		for range 3 {
			if j := h.journey(aline); !j.Enrolled() {
				t.Errorf("after %s Aline is not enrolled", migration)
			}
			if _, err := h.SessionByToken(t.Context(), []byte("token"), time.Hour); err != nil {
				t.Errorf("after %s: %v", migration, err)
			}
		}
	}
}
