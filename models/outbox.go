package models

import (
	"context"
	"time"
)

// A Letter waits in the outbox until the mail task sends it.
type Letter struct {
	ID        int64  `db:"id"`
	Kind      string `db:"kind"`
	Ref       string `db:"ref"` // with Kind, what it is about: each is written once
	Recipient string `db:"recipient"`
	Subject   string `db:"subject"`
	Body      string `db:"body"`
	Tries     int    `db:"tries"`
}

// QueueMail puts a letter into the outbox, in the transaction of the news it tells. A second letter
// of the same kind and reference is not written.
func (db *DB) QueueMail(ctx context.Context, l Letter) error {
	_, err := db.exec(ctx, `
		insert into outbox (kind, ref, recipient, subject, body, queued_at, next_try)
		values ($1, $2, $3, $4, $5, $6, $6)
		on conflict (kind, ref) do nothing`, l.Kind, l.Ref, l.Recipient, l.Subject, l.Body, db.Now())
	return err
}

// TakeLetter locks the next letter that is due, passing over those other instances hold. None due is
// fault.NotFound.
func (db *DB) TakeLetter(ctx context.Context) (*Letter, error) {
	var l Letter
	err := db.one(ctx, &l, `
		select id, kind, ref, recipient, subject, body, tries
		from outbox
		where sent_at is null and next_try <= $1
		order by next_try, id
		limit 1
		for update skip locked`, db.Now())
	if err != nil {
		return nil, err
	}
	return &l, nil
}

// LetterSent notes that a letter left the house.
func (db *DB) LetterSent(ctx context.Context, id int64) error {
	_, err := db.exec(ctx, `update outbox set sent_at = $2, tries = tries + 1, last_error = '' where id = $1`, id, db.Now())
	return err
}

// LetterFailed notes why a letter did not leave, and when to try again.
func (db *DB) LetterFailed(ctx context.Context, id int64, why string, next time.Time) error {
	_, err := db.exec(ctx, `update outbox set tries = tries + 1, last_error = $2, next_try = $3 where id = $1`, id, why, next)
	return err
}
