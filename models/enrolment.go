package models

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// A Journey is a person's way through a course so far, in the present cycle: what all pages of a
// course and the rules of completion look at. It is one question to Postgres.
type Journey struct {
	CourseID    int64     `db:"course_id"`
	Slug        string    `db:"slug"`
	Latest      int       `db:"latest"` // newest published version
	EnrolmentID int64     `db:"enrolment_id"`
	PersonID    int64     `db:"person_id"`
	Version     int       `db:"version"` // the one this enrolment is pinned to
	Cycle       int       `db:"cycle"`
	Progress    int       `db:"progress"` // percent, as last written
	EnrolledAt  time.Time `db:"enrolled_at"`
	ActiveAt    time.Time `db:"last_activity_at"`

	Read        Strings        `db:"read"` // keys of the steps read
	Attempts    AttemptSummary `db:"attempts"`
	CompletedAt *time.Time     `db:"completed_at"`
	Certificate *int64         `db:"certificate_id"`
}

// Enrolled reports whether there is an enrolment at all.
func (j *Journey) Enrolled() bool { return j.EnrolmentID != 0 }

// HasRead reports whether the step was read.
func (j *Journey) HasRead(step string) bool { return j.Read.Has(step) }

// AttemptsAt are the attempts at a quiz, oldest first.
func (j *Journey) AttemptsAt(step string) []AttemptLine {
	var lines []AttemptLine
	for _, a := range j.Attempts {
		if a.Step == step {
			lines = append(lines, a)
		}
	}
	return lines
}

// Best is the submitted attempt at a quiz with the highest score, the earliest of equals; nil where
// none was submitted.
func (j *Journey) Best(step string) *AttemptLine {
	var best *AttemptLine
	for i := range j.Attempts {
		a := &j.Attempts[i]
		if a.Step == step && a.SubmittedAt != nil && (best == nil || a.Score > best.Score) {
			best = a
		}
	}
	return best
}

// AttemptSummary is the attempts of a journey in brief, in the order they began.
type AttemptSummary []AttemptLine

// An AttemptLine is one attempt in brief.
type AttemptLine struct {
	ID          int64      `json:"id"`
	Step        string     `json:"step"`
	Number      int        `json:"number"`
	StartedAt   time.Time  `json:"started_at"`
	SubmittedAt *time.Time `json:"submitted_at"`
	Score       float64    `json:"score"` // percent; 0 while it is open
	Passed      bool       `json:"passed"`
}

// Scan reads the JSON that the journey's question puts together.
func (s *AttemptSummary) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		return json.Unmarshal(v, s)
	case string:
		return json.Unmarshal([]byte(v), s)
	default:
		return fmt.Errorf("attempts of type %T", src)
	}
}

const journeyColumns = `
	c.id as course_id, c.slug, latest.number as latest,
	coalesce(e.id, 0) as enrolment_id, coalesce(e.person_id, 0) as person_id,
	coalesce(e.version, 0) as version, coalesce(e.cycle, 0) as cycle, coalesce(e.progress, 0) as progress,
	coalesce(e.enrolled_at, 'epoch') as enrolled_at, coalesce(e.last_activity_at, 'epoch') as last_activity_at,
	array(select r.step from readings r where r.enrolment_id = e.id and r.cycle = e.cycle order by r.read_at) as read,
	coalesce((
		select json_agg(json_build_object(
			'id', a.id, 'step', a.step, 'number', a.number, 'started_at', a.started_at,
			'submitted_at', a.submitted_at, 'score', coalesce(a.score, 0), 'passed', coalesce(a.passed, false)
		) order by a.id)
		from attempts a where a.enrolment_id = e.id and a.cycle = e.cycle
	), '[]') as attempts,
	k.completed_at, t.id as certificate_id`

const journeyTables = `
	courses c
	join lateral (select number from course_versions v where v.course_id = c.id order by number desc limit 1) latest on true
	%s join enrolments e on e.course_id = c.id and e.person_id = $1
	left join completions k on k.enrolment_id = e.id and k.cycle = e.cycle
	left join certificates t on t.enrolment_id = e.id and t.cycle = e.cycle`

var (
	journeyIn = `select ` + journeyColumns + ` from ` + fmt.Sprintf(journeyTables, "left") + ` where c.slug = $2`
	journeys  = `select ` + journeyColumns + ` from ` + fmt.Sprintf(journeyTables, "") + ` order by e.last_activity_at desc, e.id`
)

// JourneyIn is a person's journey in the course with the slug, enrolled or not. A person of id 0 is
// enrolled in nothing. A course that has no version is not there.
func (db *DB) JourneyIn(ctx context.Context, personID int64, slug string) (*Journey, error) {
	var j Journey
	err := db.hot(ctx, &j, journeyIn, personID, slug)
	if err != nil {
		return nil, err
	}
	return &j, nil
}

// Journeys are all courses a person is enrolled in, the one last worked on first.
func (db *DB) Journeys(ctx context.Context, personID int64) ([]Journey, error) {
	var list []Journey
	err := db.all(ctx, &list, journeys, personID)
	return list, err
}

// LockEnrolment makes everything else that moves this enrolment wait until the transaction ends, so
// that whoever meets the last rule sees that it is the last. Not the person's is not there.
func (db *DB) LockEnrolment(ctx context.Context, personID int64, slug string) error {
	var id int64
	return db.one(ctx, &id, `
		select e.id from enrolments e join courses c on c.id = e.course_id
		where e.person_id = $1 and c.slug = $2
		for update of e`, personID, slug)
}

// InsertEnrolment enrols a person in a version, unless they are enrolled already; it reports
// whether it did.
func (db *DB) InsertEnrolment(ctx context.Context, personID, courseID int64, version int) (id int64, created bool, err error) {
	now := db.Now()
	var ids []int64
	err = db.all(ctx, &ids, `
		insert into enrolments (person_id, course_id, version, enrolled_at, last_activity_at)
		values ($1, $2, $3, $4, $4)
		on conflict (person_id, course_id) do nothing
		returning id`, personID, courseID, version, now)
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	return ids[0], true, nil
}

// EnrolledPerVersion counts the enrolments on every version: course → number → people.
func (db *DB) EnrolledPerVersion(ctx context.Context) (map[int64]map[int]int, error) {
	var rows []struct {
		Course  int64 `db:"course_id"`
		Version int   `db:"version"`
		N       int   `db:"n"`
	}
	if err := db.all(ctx, &rows, `select course_id, version, count(*) as n from enrolments group by course_id, version`); err != nil {
		return nil, err
	}
	counts := map[int64]map[int]int{}
	for _, row := range rows {
		if counts[row.Course] == nil {
			counts[row.Course] = map[int]int{}
		}
		counts[row.Course][row.Version] = row.N
	}
	return counts, nil
}

// InsertReading notes that a step was read; once is enough.
func (db *DB) InsertReading(ctx context.Context, enrolmentID int64, cycle int, step string) error {
	_, err := db.exec(ctx, `
		insert into readings (enrolment_id, cycle, step, read_at) values ($1, $2, $3, $4)
		on conflict do nothing`, enrolmentID, cycle, step, db.Now())
	return err
}

// UpdateProgress writes how far an enrolment has come, in percent, and that it moved now.
func (db *DB) UpdateProgress(ctx context.Context, enrolmentID int64, percent int) error {
	_, err := db.exec(ctx, `update enrolments set progress = $2, last_activity_at = $3 where id = $1`, enrolmentID, percent, db.Now())
	return err
}

// InsertCompletion writes that all rules are met, once per cycle; it reports whether it did.
func (db *DB) InsertCompletion(ctx context.Context, enrolmentID int64, cycle int, score *float64) (bool, error) {
	n, err := db.exec(ctx, `
		insert into completions (enrolment_id, cycle, score, completed_at) values ($1, $2, $3, $4)
		on conflict do nothing`, enrolmentID, cycle, score, db.Now())
	return n == 1, err
}
