// Package models is rows and the questions we ask of them: the only SQL in the house.
//
// Every query that touches a person's data takes the person into its where: what is not the
// visitor's is not there.
package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"passerelle/fault"
)

// A DB asks questions of Postgres, in a transaction or out of one. It is safe for concurrent use out
// of a transaction; inside one it belongs to the function it was handed to.
type DB struct {
	pool     *sqlx.DB
	long     *sqlx.DB // for what takes longer than a page, so that pages never wait for it
	tx       *sqlx.Tx
	prepared *statements // nil: none are
	now      time.Time   // of the transaction: one clock reading for all it writes
	clock    func() time.Time
}

// Options say how to reach Postgres.
type Options struct {
	URL         string // postgres://…
	Connections int    // at most, for pages; 0 means 32
	// StatementTimeout ends a statement on the server; 0 means 4 s. A reply that takes half a second
	// longer ends the connection here, because lib/pq would wait for a frozen server for ever.
	StatementTimeout time.Duration
	Unprepared       bool             // no prepared statements: behind a pooler that hands out connections by transaction
	Clock            func() time.Time // nil means time.Now
}

// Open connects to Postgres and checks that it answers.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Connections == 0 {
		o.Connections = 32
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 4 * time.Second
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	pool, err := connections(o.URL, o.Connections, o.StatementTimeout)
	if err != nil {
		return nil, err
	}
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reaching the database: %w", err)
	}
	long, err := connections(o.URL, longConnections, max(longTimeout, o.StatementTimeout))
	if err != nil {
		pool.Close()
		return nil, err
	}
	db := &DB{pool: pool, long: long, clock: o.Clock}
	if !o.Unprepared {
		db.prepared = &statements{pool: pool, kept: map[string]*sqlx.Stmt{}}
	}
	return db, nil
}

const (
	// longTimeout is how long an export may take: as long as somebody takes what it gives, but not for
	// ever.
	longTimeout     = 15 * time.Minute
	longConnections = 4
)

// connections is a pool whose statements end after timeout.
func connections(address string, n int, timeout time.Duration) (*sqlx.DB, error) {
	dsn, err := withParameters(address, map[string]string{
		// One round trip instead of two for a query with arguments.
		"binary_parameters": "yes",
		"statement_timeout": fmt.Sprint(timeout.Milliseconds()),
		"application_name":  "passerelle",
		"timezone":          "UTC",
		"connect_timeout":   "5",
	})
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", err)
	}
	connector.Dialer(deadlineDialer{limit: timeout + 500*time.Millisecond})
	pool := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool, nil
}

// withParameters adds to a postgres:// address the parameters that it does not set itself.
func withParameters(address string, parameters map[string]string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("the database address must look like postgres://user:password@host:5432/name")
	}
	q := u.Query()
	for name, value := range parameters {
		if !q.Has(name) {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// deadlineDialer dials connections on which every single read and write has to end within limit.
type deadlineDialer struct{ limit time.Duration }

func (d deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, d.limit)
}

func (d deadlineDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return d.dial(context.Background(), network, address, timeout)
}

func (d deadlineDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d.dial(ctx, network, address, d.limit)
}

func (d deadlineDialer) dial(ctx context.Context, network, address string, timeout time.Duration) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: timeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	opened := &deadlineConn{Conn: c, limit: d.limit}
	opened.opener, _ = ctx.Deadline()
	return opened, nil
}

// A deadlineConn belongs to one user at a time, as database/sql sees to; only Close comes from others.
type deadlineConn struct {
	net.Conn
	limit  time.Duration
	opener time.Time // when whoever waits for the connection gives up
	until  time.Time // of the greeting; zero: over
}

// SetDeadline takes the end that lib/pq sets for its greeting, which is no later than that of the
// request it is made for, and lifts it.
func (c *deadlineConn) SetDeadline(t time.Time) error {
	if !t.IsZero() && !c.opener.IsZero() && c.opener.Before(t) {
		t = c.opener
	}
	c.until = t
	return nil
}

func (c *deadlineConn) deadline() time.Time {
	end := time.Now().Add(c.limit)
	if !c.until.IsZero() && c.until.Before(end) {
		return c.until
	}
	return end
}

func (c *deadlineConn) Read(b []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *deadlineConn) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// Close ends all connections.
func (db *DB) Close() error { return errors.Join(db.long.Close(), db.pool.Close()) }

// SQL is the pool itself, for migrations.
func (db *DB) SQL() *sql.DB { return db.pool.DB }

// Ready reports whether the database takes a write: it writes a row, takes it away again, and commits.
func (db *DB) Ready(ctx context.Context) error {
	return db.Tx(ctx, func(tx *DB) error {
		if err := tx.InsertSignInFailure(ctx, []byte("ready")); err != nil {
			return err
		}
		return tx.DeleteSignInFailures(ctx, []byte("ready"))
	})
}

// Now is the time: inside a transaction always the same reading. It is in UTC and in whole
// microseconds, as Postgres keeps it.
func (db *DB) Now() time.Time {
	if db.tx != nil {
		return db.now
	}
	return db.clock().UTC().Truncate(time.Microsecond)
}

// Tx runs do in one transaction. It is committed when do returns nil, else rolled back. Where
// Postgres had to break a deadlock, do is run again, twice at the most, so it must change nothing
// outside the transaction; where that does not help, it is fault.Unavailable.
func (db *DB) Tx(ctx context.Context, do func(tx *DB) error) error {
	if db.tx != nil {
		return errors.New("a transaction in a transaction")
	}
	var err error
	for range 3 {
		err = db.once(ctx, do)
		var pe *pq.Error
		if !errors.As(err, &pe) || (pe.Code != "40001" && pe.Code != "40P01") {
			return err
		}
	}
	return fault.Wrap(err, fault.Unavailable, "fault.unavailable")
}

func (db *DB) once(ctx context.Context, do func(tx *DB) error) (err error) {
	tx, err := db.pool.BeginTxx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer func() {
		if err != nil {
			tx.Rollback()
		}
		if p := recover(); p != nil {
			tx.Rollback()
			panic(p)
		}
	}()
	if err := do(&DB{pool: db.pool, long: db.long, tx: tx, now: db.Now(), clock: db.clock}); err != nil {
		return err
	}
	return explain(tx.Commit())
}

func (db *DB) handle() sqlx.ExtContext {
	if db.tx != nil {
		return db.tx
	}
	return db.pool
}

// one reads exactly one row into dest; no row is fault.NotFound.
func (db *DB) one(ctx context.Context, dest any, query string, args ...any) error {
	return explain(sqlx.GetContext(ctx, db.handle(), dest, query, args...))
}

// all reads all rows into dest, a pointer to a slice.
func (db *DB) all(ctx context.Context, dest any, query string, args ...any) error {
	return explain(sqlx.SelectContext(ctx, db.handle(), dest, query, args...))
}

// exec writes and says how many rows it touched.
func (db *DB) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := db.handle().ExecContext(ctx, query, args...)
	if err != nil {
		return 0, explain(err)
	}
	n, err := result.RowsAffected()
	return n, explain(err)
}

// explain turns what a driver says into the fault a visitor may be told of.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Missing()
	}
	var ne net.Error
	if errors.As(err, &ne) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(err, fault.Unavailable, "fault.unavailable")
	}
	var pe *pq.Error
	if errors.As(err, &pe) {
		switch {
		case pe.Code.Class() == "53", pe.Code.Class() == "57", pe.Code.Class() == "08", pe.Code.Class() == "58":
			return fault.Wrap(err, fault.Unavailable, "fault.unavailable")
		case pe.Code == "22P05", pe.Code == "22021": // a NUL or bytes that are no text
			return fault.Wrap(err, fault.Invalid, "fault.invalid")
		case pe.Code == "22003": // a number beyond the column's
			return fault.Missing()
		}
	}
	return err
}

// violates reports whether err breaks the named constraint or unique index.
func violates(err error, constraint string) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && pe.Constraint == constraint
}

// Strings is a text[] column.
type Strings []string

// Scan reads a text[].
func (s *Strings) Scan(src any) error { return pq.Array((*[]string)(s)).Scan(src) }

// Has reports whether s holds x.
func (s Strings) Has(x string) bool { return slices.Contains(s, x) }

// likePattern makes a pattern that finds text anywhere, taken literally.
func likePattern(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// Alone runs do while no other instance does anything under the same name; where one does, it does
// nothing. The lock is Postgres's and ends with its connection, so that nobody can take it along.
func (db *DB) Alone(ctx context.Context, name string, do func(context.Context) error) error {
	conn, err := db.pool.Connx(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	var got bool
	if err := conn.GetContext(ctx, &got, `select pg_try_advisory_lock(hashtext('passerelle'), hashtext($1))`, name); err != nil {
		return explain(err)
	}
	if !got {
		return nil
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock(hashtext('passerelle'), hashtext($1))`, name)
	return do(ctx)
}
