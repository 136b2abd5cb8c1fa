package models

import (
	"context"
	"fmt"
	"time"
)

// A Session is a browser in which somebody is signed in. The token itself is never kept, only its hash.
type Session struct {
	CreatedAt time.Time `db:"session_created_at"`
	SeenAt    time.Time `db:"seen_at"`
	ExpiresAt time.Time `db:"expires_at"`
	Person
}

// InsertSession begins a session.
func (db *DB) InsertSession(ctx context.Context, tokenHash []byte, personID int64, expires time.Time) error {
	now := db.Now()
	_, err := db.exec(ctx, `
		insert into sessions (token_hash, person_id, created_at, seen_at, expires_at)
		values ($1, $2, $3, $3, $4)`, tokenHash, personID, now, expires)
	return err
}

// liveSession is the session of the token hash in the first place, at the time in the second, if it was
// seen since the time in the third.
const liveSession = `
	sessions s join people p on p.id = s.person_id
	where s.token_hash = %s and s.expires_at > %s and s.seen_at > %s and p.suspended_at is null`

var sessionByToken = `select s.created_at as session_created_at, s.seen_at, s.expires_at, ` + personColumns +
	` from ` + fmt.Sprintf(liveSession, "$1", "$2", "$3")

// SessionByToken finds the live session of a token and its person in one question. A session is live
// until expires_at and while it was seen within idle; a suspended person has none.
func (db *DB) SessionByToken(ctx context.Context, tokenHash []byte, idle time.Duration) (*Session, error) {
	var s Session
	now := db.Now()
	err := db.hot(ctx, &s, sessionByToken, tokenHash, now, now.Add(-idle))
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// TouchSession notes that a session was seen.
func (db *DB) TouchSession(ctx context.Context, tokenHash []byte) error {
	_, err := db.exec(ctx, `update sessions set seen_at = greatest(seen_at, $2) where token_hash = $1`, tokenHash, db.Now())
	return err
}

// DeleteSession ends a session.
func (db *DB) DeleteSession(ctx context.Context, tokenHash []byte) error {
	_, err := db.exec(ctx, `delete from sessions where token_hash = $1`, tokenHash)
	return err
}

// DeleteSessionsOf ends all sessions of a person.
func (db *DB) DeleteSessionsOf(ctx context.Context, personID int64) error {
	_, err := db.exec(ctx, `delete from sessions where person_id = $1`, personID)
	return err
}

// SweepSessions removes what has expired: sessions and old sign-in failures.
func (db *DB) SweepSessions(ctx context.Context, failuresBefore time.Time) error {
	if _, err := db.exec(ctx, `delete from sessions where expires_at <= $1`, db.Now()); err != nil {
		return err
	}
	_, err := db.exec(ctx, `delete from sign_in_failures where at < $1`, failuresBefore)
	return err
}

// InsertSignInFailure notes a wrong password for an account, known or not.
func (db *DB) InsertSignInFailure(ctx context.Context, accountHash []byte) error {
	_, err := db.exec(ctx, `insert into sign_in_failures (account_hash, at) values ($1, $2)`, accountHash, db.Now())
	return err
}

// SignInFailures counts the wrong passwords for an account since a time.
func (db *DB) SignInFailures(ctx context.Context, accountHash []byte, since time.Time) (int, error) {
	var n int
	err := db.one(ctx, &n, `select count(*) from sign_in_failures where account_hash = $1 and at > $2`, accountHash, since)
	return n, err
}

// DeleteSignInFailures forgets the wrong passwords of an account.
func (db *DB) DeleteSignInFailures(ctx context.Context, accountHash []byte) error {
	_, err := db.exec(ctx, `delete from sign_in_failures where account_hash = $1`, accountHash)
	return err
}
