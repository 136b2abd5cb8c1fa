package models

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"passerelle/fault"
)

// An Attempt is one sitting at a quiz, with the answers given so far.
type Attempt struct {
	ID          int64      `db:"id"`
	EnrolmentID int64      `db:"enrolment_id"`
	Cycle       int        `db:"cycle"`
	Slug        string     `db:"slug"`
	CourseID    int64      `db:"course_id"`
	Version     int        `db:"version"` // the one its questions come from
	Step        string     `db:"step"`
	Number      int        `db:"number"`
	Questions   Strings    `db:"questions"` // keys, in the order they are asked
	StartedAt   time.Time  `db:"started_at"`
	SubmittedAt *time.Time `db:"submitted_at"`
	Score       *float64   `db:"score"` // percent
	Passed      *bool      `db:"passed"`

	Answers map[string]Answer `db:"-"` // by question key
}

// Open reports whether answers may still be given.
func (a *Attempt) Open() bool { return a.SubmittedAt == nil }

// An Answer is what was given to one question. Sequence counts its changes: of two that arrive out
// of order the higher one is the later.
type Answer struct {
	Question string              `db:"question"`
	Given    map[string][]string `db:"-"`
	Sequence int64               `db:"sequence"`
	SavedAt  time.Time           `db:"saved_at"`
	Points   *float64            `db:"points"` // 0 to 1, once marked
}

const attemptColumns = `a.id, a.enrolment_id, a.cycle, c.slug, e.course_id, a.version, a.step, a.number,
	a.questions, a.started_at, a.submitted_at, a.score, a.passed`
const attemptTables = `attempts a join enrolments e on e.id = a.enrolment_id join courses c on c.id = e.course_id`

// AttemptOf reads an attempt with its answers, if it is the person's.
func (db *DB) AttemptOf(ctx context.Context, personID, id int64) (*Attempt, error) {
	return db.attempt(ctx, personID, id, "")
}

// LockAttempt is AttemptOf, and makes everything else that moves this attempt or its enrolment wait.
func (db *DB) LockAttempt(ctx context.Context, personID, id int64) (*Attempt, error) {
	return db.attempt(ctx, personID, id, "for update of e, a")
}

func (db *DB) attempt(ctx context.Context, personID, id int64, lock string) (*Attempt, error) {
	var a Attempt
	err := db.one(ctx, &a, `select `+attemptColumns+` from `+attemptTables+` where a.id = $1 and e.person_id = $2 `+lock, id, personID)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Answer
		JSON string `db:"given"`
	}
	err = db.all(ctx, &rows, `select question, given, sequence, saved_at, points from answers where attempt_id = $1`, id)
	if err != nil {
		return nil, err
	}
	a.Answers = make(map[string]Answer, len(rows))
	for _, row := range rows {
		if err := json.Unmarshal([]byte(row.JSON), &row.Given); err != nil {
			return nil, err
		}
		a.Answers[row.Question] = row.Answer
	}
	return &a, nil
}

// InsertAttempt begins an attempt in a journey. Where one is open already, that one is returned.
func (db *DB) InsertAttempt(ctx context.Context, j *Journey, step string, number int, questions []string) (int64, error) {
	var id int64
	err := db.one(ctx, &id, `
		with begun as (
			insert into attempts (enrolment_id, cycle, version, step, number, questions, started_at)
			values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (enrolment_id, cycle, step) where submitted_at is null do nothing
			returning id
		)
		select id from begun
		union all
		select id from attempts where enrolment_id = $1 and cycle = $2 and step = $4 and submitted_at is null
		limit 1`,
		j.EnrolmentID, j.Cycle, j.Version, step, number, pq.Array(questions), db.Now())
	return id, err
}

// What became of an answer that was to be saved.
const (
	Saved  = "saved"
	Stale  = "stale"  // a later change was saved before
	Closed = "closed" // the attempt was submitted
)

// A Saving is what became of an answer that was to be saved.
type Saving struct {
	Outcome  string    // Saved, Stale or Closed
	Sequence int64     // that is kept now
	SeenAt   time.Time // when the session was seen before
}

// SaveAnswer saves what was given to one question of an open attempt, if it is the attempt of the
// person whose live session has the token: who is there, what is theirs and the writing are one
// statement, because this is asked more than anything else. An attempt that is not theirs, a question
// that it does not ask and a session that is none are not there.
func (db *DB) SaveAnswer(ctx context.Context, tokenHash []byte, idle time.Duration, attemptID int64, question string, given map[string][]string, sequence int64) (*Saving, error) {
	data, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	var row struct {
		Open   bool      `db:"open"`
		SeenAt time.Time `db:"seen_at"`
		Saved  *int64    `db:"saved"`
		Kept   *int64    `db:"kept"`
	}
	now := db.Now()
	err = db.hot(ctx, &row, saveAnswer, tokenHash, now, now.Add(-idle), attemptID, question, string(data), sequence)
	if err != nil {
		return nil, err
	}
	s := &Saving{Outcome: Stale, SeenAt: row.SeenAt}
	if row.Kept != nil {
		s.Sequence = *row.Kept
	}
	switch {
	case row.Saved != nil:
		s.Outcome, s.Sequence = Saved, *row.Saved
	case !row.Open:
		s.Outcome = Closed
	}
	return s, nil
}

var saveAnswer = `
	with visitor as materialized (
		select p.id, s.seen_at from ` + fmt.Sprintf(liveSession, "$1", "$2", "$3") + `
	), attempt as (
		select a.id, a.submitted_at is null as open, visitor.seen_at
		from visitor
		join enrolments e on e.person_id = visitor.id
		join attempts a on a.enrolment_id = e.id
		where a.id = $4 and $5::text = any(a.questions)
		for share of a
	), saved as (
		insert into answers (attempt_id, question, given, sequence, saved_at)
		select id, $5, $6, $7, $2 from attempt where open
		on conflict (attempt_id, question) do update
			set given = excluded.given, sequence = excluded.sequence, saved_at = excluded.saved_at
			where answers.sequence < excluded.sequence
		returning sequence
	)
	select open, seen_at, (select sequence from saved) as saved,
		(select sequence from answers where attempt_id = $4 and question = $5) as kept
	from attempt`

// SaveAnswers saves a whole page of answers to an attempt that the transaction has locked, whatever
// their sequences: the page was sent last.
func (db *DB) SaveAnswers(ctx context.Context, attemptID int64, given map[string]map[string][]string) error {
	var questions, data []string
	for question, answer := range given {
		b, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		questions, data = append(questions, question), append(data, string(b))
	}
	_, err := db.exec(ctx, `
		insert into answers (attempt_id, question, given, sequence, saved_at)
		select $1, question, given::json, 1, $4 from unnest($2::text[], $3::text[]) as page (question, given)
		on conflict (attempt_id, question) do update
			set given = excluded.given, sequence = answers.sequence + 1, saved_at = excluded.saved_at
			where answers.given::text <> excluded.given::text`,
		attemptID, pq.Array(questions), pq.Array(data), db.Now())
	return err
}

// SubmitAttempt writes what a locked attempt earned: points per question, score in percent.
func (db *DB) SubmitAttempt(ctx context.Context, attemptID int64, points map[string]float64, score float64, passed bool) error {
	var questions []string
	var earned []float64
	for question, p := range points {
		questions, earned = append(questions, question), append(earned, p)
	}
	_, err := db.exec(ctx, `
		insert into answers (attempt_id, question, given, sequence, saved_at, points)
		select $1, question, '{}', 0, $4, points from unnest($2::text[], $3::float8[]) as earned (question, points)
		on conflict (attempt_id, question) do update set points = excluded.points`,
		attemptID, pq.Array(questions), pq.Array(earned), db.Now())
	if err != nil {
		return err
	}
	n, err := db.exec(ctx, `
		update attempts set submitted_at = $2, score = $3, passed = $4
		where id = $1 and submitted_at is null`, attemptID, db.Now(), score, passed)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "fault.conflict")
	}
	return err
}
