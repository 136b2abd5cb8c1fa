package models

import (
	"context"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// The three questions that every page or answer asks are planned once per connection and not once
// per request: planning them takes Postgres several times as long as answering them.
//
// Prepared statements belong to a connection of Postgres. Behind a pool that hands out its
// connections by transaction (pgbouncer) they must be left alone: Options.Unprepared.

// statements are the prepared ones, by their text.
type statements struct {
	pool *sqlx.DB
	mu   sync.RWMutex
	kept map[string]*sqlx.Stmt
}

func (s *statements) get(ctx context.Context, query string) (*sqlx.Stmt, error) {
	s.mu.RLock()
	stmt := s.kept[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	// Not under the lock: while Postgres is frozen each waits no longer than it has to.
	stmt, err := s.pool.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if faster := s.kept[query]; faster != nil {
		return faster, stmt.Close()
	}
	s.kept[query] = stmt
	return stmt, nil
}

func (s *statements) forget(query string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.kept[query]; stmt != nil {
		stmt.Close()
		delete(s.kept, query)
	}
}

// hot is one for a question that is asked all the time.
func (db *DB) hot(ctx context.Context, dest any, query string, args ...any) error {
	if db.prepared == nil || db.tx != nil {
		return db.one(ctx, dest, query, args...)
	}
	stmt, err := db.prepared.get(ctx, query)
	if err != nil {
		return explain(err)
	}
	err = stmt.GetContext(ctx, dest, args...)
	var pe *pq.Error
	if errors.As(err, &pe) && pe.Code == "0A000" { // the plan is older than the last migration
		db.prepared.forget(query)
		return db.one(ctx, dest, query, args...)
	}
	return explain(err)
}
