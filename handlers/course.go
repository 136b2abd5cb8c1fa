package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"passerelle/courses"
	"passerelle/fault"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/templates"
)

func coursePath(slug string) string { return "/courses/" + slug }

func escape(s string) string { return url.QueryEscape(s) }

// walk is a visitor's journey and the version it is on: for who is not enrolled, the newest.
func (s *Site) walk(v *visit, slug string) (*models.Journey, *courses.Published, error) {
	var person int64
	if v.person != nil {
		person = v.person.ID
	}
	journey, err := s.DB.JourneyIn(v.ctx, person, slug)
	if err != nil {
		return nil, nil, err
	}
	version := journey.Version
	if !journey.Enrolled() {
		version = journey.Latest
	}
	course, err := s.Library.Version(v.ctx, s.DB, journey.CourseID, version)
	return journey, course, err
}

// enrolled is walk for pages that only the enrolled may see; for all others they are not there.
func (s *Site) enrolled(v *visit, slug string) (*models.Journey, *courses.Published, error) {
	journey, course, err := s.walk(v, slug)
	if err == nil && !journey.Enrolled() {
		return nil, nil, fault.Missing()
	}
	return journey, course, err
}

func (s *Site) course(v *visit) error {
	journey, course, err := s.walk(v, v.param("course"))
	if err != nil {
		return err
	}
	page := templates.Course{
		Base: v.base(said(course, course.Title, v)), URL: coursePath(course.Slug), Summary: course.Summary(v.lang.Code),
		Needs: said(course, course.Prerequisites, v), Minutes: course.Minutes(), Organiser: course.Organiser.Name,
		WrittenOn: day(course.WrittenOn), ReviewedOn: day(course.ReviewedOn), WrittenIn: course.Languages, Version: journey.Version,
	}
	if !journey.Enrolled() {
		page.Version = journey.Latest
	}
	for _, t := range course.Audience {
		page.Audience = append(page.Audience, said(course, t, v))
	}
	for _, o := range course.Objectives {
		page.Objectives = append(page.Objectives, said(course, o.Text, v))
	}
	for _, a := range course.Authors {
		page.Authors = append(page.Authors, templates.Author{Name: a.Name, Role: said(course, a.Role, v)})
	}
	for i := range course.Modules {
		m := &course.Modules[i]
		module := templates.Module{
			Key: m.Key, Title: said(course, m.Title, v), Summary: course.ModuleSummary(m.Key, v.lang.Code),
			Minutes: m.Minutes(), Steps: steps(v, course, journey, m, ""),
		}
		for _, o := range m.Objectives {
			module.Objectives = append(module.Objectives, said(course, o.Text, v))
		}
		page.Modules = append(page.Modules, module)
	}
	if v.person == nil {
		page.Discreet = said(course, course.DiscreetTitle, v)
	}
	if journey.Enrolled() {
		page.Enrolment, err = s.enrolment(v, journey, course)
		if err != nil {
			return err
		}
		if len(course.Glossary) > 0 {
			page.Glossary = page.URL + "/glossary"
		}
	}
	return v.show(page)
}

// day reads a day of the document; its check has seen to it that it is one.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func stepPath(course *courses.Published, m *courses.Module, step *courses.Step) string {
	return coursePath(course.Slug) + "/" + m.Key + "/" + step.Key
}

// steps lists a module's steps with the journey's state; current is the key of the page one is on.
func steps(v *visit, course *courses.Published, j *models.Journey, m *courses.Module, current string) []templates.Step {
	next := nextStep(course, j)
	var list []templates.Step
	for i := range m.Steps {
		step := &m.Steps[i]
		line := templates.Step{
			Title: said(course, step.Title, v), Minutes: step.Minutes, Quiz: step.Quiz != nil,
			Optional: step.Optional, Current: step.Key == current,
		}
		if j.Enrolled() {
			line.URL = stepPath(course, m, step)
			line.State = state(step, j)
			if line.State == "" && next == step {
				line.State = templates.StepNext
			}
		}
		list = append(list, line)
	}
	return list
}

// state is how far a journey is with a step; "" where it has not been touched.
func state(step *courses.Step, j *models.Journey) templates.StepState {
	if step.Lesson != nil {
		if j.HasRead(step.Key) {
			return templates.StepRead
		}
		return ""
	}
	best := j.Best(step.Key)
	switch {
	case best == nil:
		return ""
	case step.Quiz.PassMark == 0:
		return templates.StepRead
	case best.Passed:
		return templates.StepPassed
	default:
		return templates.StepTried
	}
}

// nextStep is the step to go on with: the first that is neither read, passed nor sent, else the
// first quiz still to be passed; nil where nothing is left. An optional step that somebody has walked
// past is not held out to them again.
func nextStep(course *courses.Published, j *models.Journey) *courses.Step {
	var optional, tried *courses.Step
	for m := range course.Modules {
		for i := range course.Modules[m].Steps {
			step := &course.Modules[m].Steps[i]
			switch reached := state(step, j); {
			case reached == "" && step.Optional:
				if optional == nil {
					optional = step
				}
			case reached == "" && optional != nil:
				return optional
			case reached == "":
				return step
			default:
				optional = nil
				if reached == templates.StepTried && tried == nil && !step.Optional {
					tried = step
				}
			}
		}
	}
	if tried == nil {
		return optional
	}
	return tried
}

// link leads to a step.
func link(v *visit, course *courses.Published, step *courses.Step) *templates.Link {
	if step == nil {
		return nil
	}
	m := course.ModuleOf(step.Key)
	return &templates.Link{Text: said(course, step.Title, v), URL: stepPath(course, m, step)}
}

// enrolment is how far a journey is, put into words.
func (s *Site) enrolment(v *visit, j *models.Journey, course *courses.Published) (*templates.Enrolment, error) {
	rules := learning.RulesOf(course.Document, j)
	e := &templates.Enrolment{
		EnrolledOn: j.EnrolledAt.In(s.Zone), Done: rules.Done(), Total: rules.Total(),
		Continue: link(v, course, nextStep(course, j)), Requirements: requirements(v, course, rules),
	}
	if j.CompletedAt != nil {
		e.CompletedOn = j.CompletedAt.In(s.Zone)
	}
	if j.Certificate != nil {
		c, err := s.DB.CertificateOf(v.ctx, v.person.ID, *j.Certificate)
		if err != nil {
			return nil, err
		}
		e.Certificate = s.certificateLink(c)
	}
	return e, nil
}

// requirements puts the rules of completion into words.
func requirements(v *visit, course *courses.Published, rules *learning.Rules) []templates.Requirement {
	var list []templates.Requirement
	if rules.Lessons > 0 {
		list = append(list, templates.LessonsRead(v.lang, rules.LessonsRead, rules.Lessons, link(v, course, rules.NextLesson)))
	}
	for _, q := range rules.Quizzes {
		to := *link(v, course, q.Step)
		if q.Step.Quiz.PassMark == 0 {
			list = append(list, quizSent(v, to, q.Met))
			continue
		}
		list = append(list, templates.QuizPassed(v.lang, to, q.Step.Quiz.PassMark, q.Met, q.Best, q.Left))
	}
	return list
}

// quizSent is the rule that a quiz without a pass mark be sent.
func quizSent(v *visit, quiz templates.Link, met bool) templates.Requirement {
	r := templates.Requirement{Text: v.lang.T("requirement.quiz_sent", "Title", quiz.Text), Met: met}
	if !met {
		r.Link = &quiz
	}
	return r
}

func (s *Site) enrol(v *visit) error {
	slug := v.param("course")
	if err := s.Learning.Enrol(v.ctx, v.person, slug); err != nil {
		return err
	}
	return v.go303(coursePath(slug), "course.enrolled")
}

func (s *Site) glossary(v *visit) error {
	_, course, err := s.enrolled(v, v.param("course"))
	if err != nil {
		return err
	}
	page := templates.Glossary{
		Base:   v.base(v.lang.T("glossary.title")),
		Course: templates.Link{Text: said(course, course.Title, v), URL: coursePath(course.Slug)},
	}
	for _, t := range course.Glossary {
		page.Terms = append(page.Terms, templates.Term{
			Key: t.Key, Term: said(course, t.Term, v), Definition: course.Inline(t.Definition, v.lang.Code),
		})
	}
	alphabet := collate.New(language.Make(v.lang.Code), collate.IgnoreCase)
	slices.SortStableFunc(page.Terms, func(a, b templates.Term) int { return alphabet.CompareString(a.Term, b.Term) })
	return v.show(page)
}

// media shows a figure of the version one is enrolled in. An SVG is shown as an image only: opened
// by itself it has no rights at all.
func (s *Site) media(v *visit) error {
	_, course, err := s.enrolled(v, v.param("course"))
	if err != nil {
		return err
	}
	sum := v.param("sum")
	if !slices.ContainsFunc(course.Media, func(m courses.Media) bool { return m.SHA256 == sum }) {
		return fault.Missing()
	}
	kind, bytes, err := s.DB.Media(v.ctx, sum)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(bytes)
	return err
}
