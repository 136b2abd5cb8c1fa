package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"passerelle/courses"
	"passerelle/fault"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/quiz"
	"passerelle/templates"
)

func attemptPath(id int64) string { return fmt.Sprintf("/attempts/%d", id) }

// sitting is an attempt of the visitor's and the quiz it is at.
func (s *Site) sitting(v *visit) (*models.Attempt, *courses.Published, *courses.Step, error) {
	id, err := v.number("id")
	if err != nil {
		return nil, nil, nil, err
	}
	attempt, err := s.DB.AttemptOf(v.ctx, v.person.ID, id)
	if err != nil {
		return nil, nil, nil, err
	}
	course, err := s.Library.Version(v.ctx, s.DB, attempt.CourseID, attempt.Version)
	if err != nil {
		return nil, nil, nil, err
	}
	step := course.Step(attempt.Step)
	if step == nil || step.Quiz == nil {
		return nil, nil, nil, fault.Missing()
	}
	return attempt, course, step, nil
}

// asked are an attempt's questions in their order, with what was given to each.
func asked(a *models.Attempt, step *courses.Step, each func(number int, q *quiz.Question, kind quiz.Kind, given quiz.Answer)) {
	for i, key := range a.Questions {
		for n := range step.Quiz.Questions {
			q := &step.Quiz.Questions[n]
			if kind, ok := quiz.ByName(q.Kind); ok && q.Key == key {
				each(i+1, q, kind, kind.Read(q, a.Answers[key].Given))
			}
		}
	}
}

// attempt shows the questions while the attempt is open, and the result afterwards.
func (s *Site) attempt(v *visit) error {
	a, course, step, err := s.sitting(v)
	if err != nil {
		return err
	}
	if !a.Open() {
		return s.result(v, http.StatusOK, a, course, step)
	}
	page := templates.Attempt{
		Base: v.base(said(course, step.Title, v)), URL: attemptPath(a.ID), Intro: intro(course, step, v),
		Course: templates.Link{Text: said(course, course.Title, v), URL: coursePath(course.Slug)},
	}
	asked(a, step, func(number int, q *quiz.Question, _ quiz.Kind, given quiz.Answer) {
		question := templates.Question{
			Key: q.Key, Number: number, Total: len(a.Questions), Kind: q.Kind, Text: course.Inline(q.Text, v.lang.Code),
			Given: given, Sequence: a.Answers[q.Key].Sequence, Shown: markOf(given), Saved: given.Given(),
		}
		for _, o := range q.Options {
			question.Options = append(question.Options, templates.Choice{Key: o.Key, Text: course.Inline(o.Text, v.lang.Code)})
		}
		page.Questions = append(page.Questions, question)
	})
	return v.show(page)
}

// saveAnswer saves one answer as it is given; it answers the page's script. Who is here is found by the
// statement that saves, and asked by itself only where that saved nothing.
func (s *Site) saveAnswer(v *visit) error {
	given := quiz.FromForm(v.r.PostForm, v.param("question"))
	saving, err := s.save(v, given)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		if err := v.recognise(); err != nil {
			return err
		}
		return errors.Join(v.mustBeSomebody(), err)
	}
	if err != nil {
		return err
	}
	if err := s.Accounts.Seen(v.ctx, v.token(), saving.SeenAt); err != nil {
		return err
	}
	code := http.StatusOK
	if saving.Outcome != models.Saved {
		code = http.StatusConflict
	}
	return v.reply(code, map[string]any{"state": saving.Outcome, "sequence": saving.Sequence, "shown": markOf(given)})
}

func (s *Site) save(v *visit, given quiz.Answer) (*models.Saving, error) {
	id, err := v.number("id")
	if err != nil {
		return nil, err
	}
	sequence, err := strconv.ParseInt(v.r.PostForm.Get("sequence"), 10, 64)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "fault.invalid")
	}
	return s.Learning.Save(v.ctx, v.token(), id, v.param("question"), given, sequence)
}

// markOf tells one answer from another, however a browser orders or pads what it sends.
func markOf(a quiz.Answer) string {
	given := map[string][]string{}
	for field, values := range a {
		for _, value := range values {
			if value != "" {
				given[field] = append(given[field], strings.ReplaceAll(value, "\r\n", "\n"))
			}
		}
		slices.Sort(given[field])
	}
	written, err := json.Marshal(given)
	if err != nil {
		return "" // no map of texts fails; and an answer without a mark is one that was changed
	}
	sum := sha256.Sum256(written)
	return hex.EncodeToString(sum[:8])
}

// savePage saves the answers that were changed on the page, then goes where the button says. What the
// page only showed is left alone: another tab or device may have changed it since.
func (s *Site) savePage(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	err = s.Learning.SavePage(v.ctx, v.person, id, func(question string) quiz.Answer {
		given := quiz.FromForm(v.r.PostForm, question)
		if shown := v.r.PostForm.Get("shown." + question); shown != "" && shown == markOf(given) {
			return nil
		}
		return given
	})
	if fault.Is(err, fault.Conflict) {
		return s.alreadySent(v)
	}
	if err != nil {
		return err
	}
	if v.r.PostForm.Get("then") == "review" {
		return v.go303(attemptPath(id)+"/review", "")
	}
	return v.go303(attemptPath(id), "attempt.saved")
}

// alreadySent shows the result to who still answers an attempt that was sent from another tab.
func (s *Site) alreadySent(v *visit) error {
	a, course, step, err := s.sitting(v)
	if err != nil {
		return err
	}
	return s.result(v, http.StatusConflict, a, course, step)
}

// review shows the answers before they are sent.
func (s *Site) review(v *visit) error {
	a, course, step, err := s.sitting(v)
	if err != nil {
		return err
	}
	if !a.Open() {
		return v.go303(attemptPath(a.ID), "")
	}
	page := templates.Review{
		Base: v.base(said(course, step.Title, v)), URL: attemptPath(a.ID),
		Course: templates.Link{Text: said(course, course.Title, v), URL: coursePath(course.Slug)},
	}
	asked(a, step, func(number int, q *quiz.Question, kind quiz.Kind, given quiz.Answer) {
		page.Questions = append(page.Questions, templates.ReviewQuestion{
			Key: q.Key, Number: number, Text: course.Inline(q.Text, v.lang.Code),
			Given: inline(course, v, kind.Review(q, given, v.lang.Code, course.Languages[0]).Given),
		})
	})
	return v.show(page)
}

// inline renders texts that are already in the visitor's language; what true_false says is a word of
// ours.
func inline(course *courses.Published, v *visit, texts []string) []template.HTML {
	var list []template.HTML
	for _, text := range texts {
		list = append(list, course.InlineText(word(v, text)))
	}
	return list
}

// word says what a kind could not, because it knows no language: true and false.
func word(v *visit, text string) string {
	switch text {
	case quiz.True:
		return v.lang.T("attempt.true")
	case quiz.False:
		return v.lang.T("attempt.false")
	default:
		return text
	}
}

func (s *Site) submit(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if err := s.Learning.Submit(v.ctx, v.person, id); err != nil {
		return err
	}
	return v.go303(attemptPath(id), "attempt.sent")
}

// result is an attempt after marking: what was given, what is right, why, and what is next.
func (s *Site) result(v *visit, status int, a *models.Attempt, course *courses.Published, step *courses.Step) error {
	journey, current, err := s.enrolled(v, course.Slug)
	if err != nil {
		return err
	}
	attempts := journey.AttemptsAt(step.Key)
	left := learning.AttemptsLeft(step.Quiz, attempts)
	enrolment, err := s.enrolment(v, journey, current)
	if err != nil {
		return err
	}
	page := templates.Result{
		Base: v.base(said(course, step.Title, v)), URL: attemptPath(a.ID),
		Course:      templates.Link{Text: said(course, course.Title, v), URL: coursePath(course.Slug)},
		QuizURL:     stepPath(course, course.ModuleOf(step.Key), step),
		SubmittedOn: a.SubmittedAt.In(s.Zone), Purpose: step.Quiz.Purpose, Score: *a.Score, PassMark: step.Quiz.PassMark, Passed: *a.Passed,
		AttemptsAllowed: step.Quiz.Attempts, AttemptsLeft: max(0, left), MayRetry: left != 0,
		Requirements: enrolment.Requirements, Certificate: enrolment.Certificate,
	}
	if status == http.StatusConflict {
		page.Flash, page.FlashError = v.lang.T("attempt.error.closed"), true
	}
	if _, after := current.Around(step.Key); after != nil {
		page.Next = link(v, current, after)
	}
	asked(a, step, func(number int, q *quiz.Question, kind quiz.Kind, given quiz.Answer) {
		page.Questions = append(page.Questions, reviewed(v, course, number, q, kind.Review(q, given, v.lang.Code, course.Languages[0])))
	})
	return v.showAs(status, page)
}

// reviewed puts a question's review on the page.
func reviewed(v *visit, course *courses.Published, number int, q *quiz.Question, r quiz.Review) templates.ResultQuestion {
	question := templates.ResultQuestion{
		Key: q.Key, Number: number, Text: course.Inline(q.Text, v.lang.Code), Verdict: string(r.Mark.Verdict),
		Given: inline(course, v, r.Given), Right: inline(course, v, r.Right),
		Feedback: course.InlineText(r.Feedback), Sources: sources(v, course, q.Sources),
	}
	for _, o := range r.Options {
		question.Options = append(question.Options, templates.ResultOption{
			Text: course.InlineText(word(v, o.Text)), Chosen: o.Chosen, Correct: o.Correct, Feedback: course.InlineText(o.Feedback),
		})
	}
	return question
}

// progress is the visitor's courses and what is left in each.
func (s *Site) progress(v *visit) error {
	journeys, err := s.DB.Journeys(v.ctx, v.person.ID)
	if err != nil {
		return err
	}
	page := templates.Progress{Base: v.base(v.lang.T("progress.title"))}
	for i := range journeys {
		j := &journeys[i]
		course, err := s.Library.Version(v.ctx, s.DB, j.CourseID, j.Version)
		if err != nil {
			return err
		}
		enrolment, err := s.enrolment(v, j, course)
		if err != nil {
			return err
		}
		page.Courses = append(page.Courses, templates.CourseProgress{
			Title: said(course, course.Title, v), URL: coursePath(j.Slug), Enrolment: *enrolment,
		})
	}
	return v.show(page)
}
