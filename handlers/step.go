package handlers

import (
	"html/template"

	"passerelle/courses"
	"passerelle/fault"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/templates"
)

// step is the page of a lesson or of a quiz. Who is not enrolled is shown the course.
func (s *Site) step(v *visit) error {
	journey, course, err := s.walk(v, v.param("course"))
	if err != nil {
		return err
	}
	step := course.Step(v.param("step"))
	if step == nil {
		return fault.Missing()
	}
	if !journey.Enrolled() {
		return v.go303(coursePath(course.Slug), "")
	}
	m := course.ModuleOf(step.Key)
	if m.Key != v.param("module") { // the step has moved; so does its address
		return v.go303(stepPath(course, m, step), "")
	}
	if step.Quiz != nil {
		return s.quizIntro(v, journey, course, m, step)
	}
	return s.lesson(v, journey, course, m, step)
}

// place is where a step stands.
func place(v *visit, j *models.Journey, course *courses.Published, m *courses.Module, step *courses.Step) templates.Place {
	p := templates.Place{
		Course: templates.Link{Text: said(course, course.Title, v), URL: coursePath(course.Slug)},
		Module: said(course, m.Title, v), Count: len(m.Steps), Contents: steps(v, course, j, m, step.Key),
	}
	for i := range m.Steps {
		if m.Steps[i].Key == step.Key {
			p.Position = i + 1
		}
	}
	before, after := course.Around(step.Key)
	p.Previous, p.Next = link(v, course, before), link(v, course, after)
	return p
}

func (s *Site) lesson(v *visit, j *models.Journey, course *courses.Published, m *courses.Module, step *courses.Step) error {
	body, language := course.Lesson(step.Key, v.lang.Code)
	page := templates.Lesson{
		Base: v.base(said(course, step.Title, v)), Place: place(v, j, course, m, step), URL: stepPath(course, m, step),
		Minutes: step.Minutes, ReviewedOn: day(step.Lesson.ReviewedOn), ReviewBy: day(step.Lesson.ReviewBy),
		Overdue: s.DB.Now().In(s.Zone).After(day(step.Lesson.ReviewBy).AddDate(0, 0, 1)),
		Body:    body, Sources: sources(v, course, step.Lesson.Sources), Enrolled: true, Read: j.HasRead(step.Key),
	}
	if language != v.lang.Code {
		page.BodyLang = language
	}
	for _, key := range step.Lesson.Objectives {
		if o := course.Objective(key); o != nil {
			page.Objectives = append(page.Objectives, said(course, o.Text, v))
		}
	}
	return v.show(page)
}

// sources numbers references in the order they are cited.
func sources(v *visit, course *courses.Published, keys []string) []templates.Source {
	var list []templates.Source
	for _, key := range keys {
		if source := course.Source(key); source != nil {
			list = append(list, templates.Source{
				Number: len(list) + 1, Citation: source.Citation, URL: source.URL, Note: said(course, source.Note, v),
			})
		}
	}
	return list
}

func (s *Site) read(v *visit) error {
	slug := v.param("course")
	if err := s.Learning.Read(v.ctx, v.person, slug, v.param("step")); err != nil {
		return err
	}
	_, course, err := s.enrolled(v, slug)
	if err != nil {
		return err
	}
	if _, after := course.Around(v.param("step")); after != nil {
		return v.go303(link(v, course, after).URL, "")
	}
	return v.go303(coursePath(slug), "")
}

func (s *Site) quizIntro(v *visit, j *models.Journey, course *courses.Published, m *courses.Module, step *courses.Step) error {
	attempts := j.AttemptsAt(step.Key)
	page := templates.QuizIntro{
		Base: v.base(said(course, step.Title, v)), Place: place(v, j, course, m, step), URL: stepPath(course, m, step),
		Minutes: step.Minutes, Purpose: step.Quiz.Purpose, Intro: intro(course, step, v), Questions: len(step.Quiz.Questions),
		PassMark: step.Quiz.PassMark, AttemptsAllowed: step.Quiz.Attempts, AttemptsLeft: max(0, learning.AttemptsLeft(step.Quiz, attempts)),
		Enrolled: true, Passed: state(step, j) == templates.StepPassed,
	}
	for _, a := range attempts {
		if a.SubmittedAt == nil {
			page.Resume = attemptPath(a.ID)
			continue
		}
		page.Attempts = append(page.Attempts, templates.AttemptLine{
			URL: attemptPath(a.ID), SubmittedOn: a.SubmittedAt.In(s.Zone), Score: a.Score, Passed: a.Passed,
		})
	}
	return v.show(page)
}

func intro(course *courses.Published, step *courses.Step, v *visit) template.HTML {
	return course.Intro(step.Key, v.lang.Code)
}

func (s *Site) start(v *visit) error {
	slug, step := v.param("course"), v.param("step")
	id, err := s.Learning.Start(v.ctx, v.person, slug, step)
	if fault.Is(err, fault.Conflict) {
		_, course, walkErr := s.enrolled(v, slug)
		if walkErr != nil {
			return walkErr
		}
		return v.go303(link(v, course, course.Step(step)).URL, "quiz.error.no_attempts")
	}
	if err != nil {
		return err
	}
	return v.go303(attemptPath(id), "")
}
