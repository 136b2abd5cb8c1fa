package models

import (
	"context"
	"time"
)

// A CompletionFilter says which enrolments a completion report is about. Zero fields leave out nothing.
type CompletionFilter struct {
	Slug  string
	State string    // completed, under_way, not_started
	From  time.Time // enrolled or completed since
	To    time.Time // … and before
}

// The states of an enrolment.
const (
	NotStarted = "not_started"
	UnderWay   = "under_way"
	Completed  = "completed"
)

// States are all there are, in the order they are shown.
func States() []string { return []string{NotStarted, UnderWay, Completed} }

// A CompletionRow is one enrolment of the completion report. It holds no answers and no marks of
// single questions.
type CompletionRow struct {
	Name        string     `db:"name"`
	Email       string     `db:"email"`
	Profession  string     `db:"profession"`
	Slug        string     `db:"slug"`
	Version     int        `db:"version"`
	State       string     `db:"state"`
	Progress    int        `db:"progress"` // percent
	EnrolledAt  time.Time  `db:"enrolled_at"`
	ActiveAt    time.Time  `db:"last_activity_at"`
	CompletedAt *time.Time `db:"completed_at"`
	Number      *string    `db:"number"` // of the certificate
	IssuedAt    *time.Time `db:"issued_at"`
}

const completionReport = `
	select p.name, p.email, p.profession, c.slug, e.version, e.progress, e.enrolled_at, e.last_activity_at,
		k.completed_at, t.number, t.issued_at, s.state
	from enrolments e
	join people p on p.id = e.person_id
	join courses c on c.id = e.course_id
	left join completions k on k.enrolment_id = e.id and k.cycle = e.cycle
	left join certificates t on t.enrolment_id = e.id and t.cycle = e.cycle
	cross join lateral (select case
		when k.completed_at is not null then 'completed'
		when e.last_activity_at > e.enrolled_at then 'under_way'
		else 'not_started' end as state) s
	where ($1 = '' or c.slug = $1)
	  and ($2 = '' or s.state = $2)
	  and ($3::timestamptz is null or coalesce(k.completed_at, e.enrolled_at) >= $3)
	  and ($4::timestamptz is null or coalesce(k.completed_at, e.enrolled_at) < $4)
	order by p.name collate "und-x-icu", p.id, c.slug`

// CompletionRows hands every row of the report to each, one at a time, however many there are and
// however slowly each takes them.
func (db *DB) CompletionRows(ctx context.Context, f CompletionFilter, each func(*CompletionRow) error) error {
	rows, err := db.long.QueryxContext(ctx, completionReport, f.Slug, f.State, nilIfZero(f.From), nilIfZero(f.To))
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row CompletionRow
		if err := rows.StructScan(&row); err != nil {
			return explain(err)
		}
		if err := each(&row); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

func nilIfZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
