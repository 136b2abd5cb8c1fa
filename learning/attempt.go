package learning

import (
	"context"

	"passerelle/accounts"
	"passerelle/courses"
	"passerelle/fault"
	"passerelle/models"
	"passerelle/quiz"
)

// Start begins an attempt at a quiz, or finds the one that is open. Where no attempt is left it is
// fault.Conflict.
func (l *Learning) Start(ctx context.Context, person *models.Person, slug, step string) (id int64, err error) {
	err = l.db.Tx(ctx, func(tx *models.DB) error {
		if err := tx.LockEnrolment(ctx, person.ID, slug); err != nil {
			return err
		}
		journey, err := tx.JourneyIn(ctx, person.ID, slug)
		if err != nil {
			return err
		}
		course, err := l.library.Version(ctx, tx, journey.CourseID, journey.Version)
		if err != nil {
			return err
		}
		s := course.Step(step)
		if s == nil || s.Quiz == nil {
			return fault.Missing()
		}
		attempts := journey.AttemptsAt(step)
		if n := len(attempts); n > 0 && attempts[n-1].SubmittedAt == nil {
			id = attempts[n-1].ID
			return nil
		}
		if AttemptsLeft(s.Quiz, attempts) == 0 {
			return fault.New(fault.Conflict, "quiz.error.no_attempts")
		}
		questions := make([]string, len(s.Quiz.Questions))
		for i := range s.Quiz.Questions {
			questions[i] = s.Quiz.Questions[i].Key
		}
		id, err = tx.InsertAttempt(ctx, journey, step, len(attempts)+1, questions)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, person.ID, "attempt_started", models.Subject("attempt", id), nil)
	})
	return id, err
}

// AttemptsLeft is how many more attempts a quiz allows; -1 is as many as one likes.
func AttemptsLeft(q *courses.Quiz, attempts []models.AttemptLine) int {
	if q.Attempts == 0 {
		return -1
	}
	return max(0, q.Attempts-len(attempts))
}

// Save saves what was given to one question for whoever's session has the token: see
// models.DB.SaveAnswer. What was given is kept as it was typed; what does not belong to the question is
// dropped when it is marked.
func (l *Learning) Save(ctx context.Context, token string, attempt int64, question string, given quiz.Answer, sequence int64) (*models.Saving, error) {
	if sequence < 1 || sequence > 1<<53 {
		return nil, fault.New(fault.Invalid, "fault.invalid")
	}
	return l.db.SaveAnswer(ctx, accounts.HashToken(token), accounts.SessionIdle, attempt, question, given, sequence)
}

// SavePage saves a whole page of answers, as a browser without scripts sends them. given reads the
// answer to a question from the page; nil is an answer that the page leaves as it is. An attempt that was submitted is fault.Conflict.
func (l *Learning) SavePage(ctx context.Context, person *models.Person, attempt int64, given func(question string) quiz.Answer) error {
	return l.db.Tx(ctx, func(tx *models.DB) error {
		a, err := tx.LockAttempt(ctx, person.ID, attempt)
		if err != nil {
			return err
		}
		if !a.Open() {
			return fault.New(fault.Conflict, "attempt.error.closed")
		}
		page := make(map[string]map[string][]string, len(a.Questions))
		for _, question := range a.Questions {
			answer := given(question)
			if answer == nil {
				continue
			}
			if _, saved := a.Answers[question]; saved || answer.Given() {
				page[question] = answer
			}
		}
		return tx.SaveAnswers(ctx, a.ID, page)
	})
}

// Submit marks an attempt, once however often it is asked to, and completes the course if that was
// the last rule.
func (l *Learning) Submit(ctx context.Context, person *models.Person, attempt int64) error {
	return l.db.Tx(ctx, func(tx *models.DB) error {
		a, err := tx.LockAttempt(ctx, person.ID, attempt)
		if err != nil {
			return err
		}
		if !a.Open() {
			return nil
		}
		course, err := l.library.Version(ctx, tx, a.CourseID, a.Version)
		if err != nil {
			return err
		}
		step := course.Step(a.Step)
		if step == nil || step.Quiz == nil {
			return fault.Missing()
		}
		marks, points := mark(step.Quiz, a)
		score := quiz.Score(marks)
		passed := score >= float64(step.Quiz.PassMark)-1e-9
		if err := tx.SubmitAttempt(ctx, a.ID, points, score, passed); err != nil {
			return err
		}
		err = tx.Audit(ctx, person.ID, "attempt_submitted", models.Subject("attempt", a.ID), map[string]any{"passed": passed})
		if err != nil {
			return err
		}
		return l.settle(ctx, tx, person, a.Slug)
	})
}

// mark marks every question that an attempt asks; one that was not answered earns nothing.
func mark(q *courses.Quiz, a *models.Attempt) (marks []quiz.Mark, points map[string]float64) {
	points = make(map[string]float64, len(q.Questions))
	for i := range q.Questions {
		question := &q.Questions[i]
		if !a.Questions.Has(question.Key) {
			continue
		}
		var m quiz.Mark
		if kind, ok := quiz.ByName(question.Kind); ok {
			m = kind.Mark(question, kind.Read(question, a.Answers[question.Key].Given))
		}
		marks = append(marks, m)
		points[question.Key] = m.Points
	}
	return marks, points
}
