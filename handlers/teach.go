package handlers

import (
	"slices"
	"time"

	"passerelle/templates"
)

// reviewAhead is how early a trainer is told that a lesson has to be reviewed.
const reviewAhead = 60 * 24 * time.Hour

// teach is what is published, and what has to be reviewed soon.
func (s *Site) teach(v *visit) error {
	versions, err := s.DB.Versions(v.ctx)
	if err != nil {
		return err
	}
	enrolled, err := s.DB.EnrolledPerVersion(v.ctx)
	if err != nil {
		return err
	}
	page := templates.Teach{Base: v.base(v.lang.T("teach.title"))}
	soon := s.DB.Now().Add(reviewAhead)
	for _, version := range versions {
		course, err := s.Library.Version(v.ctx, s.DB, version.CourseID, version.Number)
		if err != nil {
			return err
		}
		title := said(course, course.Title, v)
		line := templates.TaughtVersion{
			Number: version.Number, PublishedOn: version.PublishedAt.In(s.Zone), Enrolled: enrolled[version.CourseID][version.Number],
		}
		words := course.Words()
		for _, language := range course.Languages {
			line.Words = append(line.Words, templates.WordCount{Language: language, Words: words[language]})
		}
		latest := len(page.Courses) == 0 || page.Courses[len(page.Courses)-1].Slug != version.Slug
		for m := range course.Modules {
			for i := range course.Modules[m].Steps {
				step := &course.Modules[m].Steps[i]
				if step.Quiz != nil {
					line.Questions += len(step.Quiz.Questions)
					continue
				}
				line.Lessons++
				if by := day(step.Lesson.ReviewBy); latest && by.Before(soon) {
					page.Due = append(page.Due, templates.DueLesson{
						Course: title, Lesson: said(course, step.Title, v), URL: link(v, course, step).URL,
						ReviewBy: by, Overdue: s.DB.Now().After(by.AddDate(0, 0, 1)),
					})
				}
			}
		}
		if latest {
			page.Courses = append(page.Courses, templates.TaughtCourse{Slug: version.Slug, Title: title, URL: coursePath(version.Slug)})
		}
		taught := &page.Courses[len(page.Courses)-1]
		taught.Versions = append(taught.Versions, line)
	}
	slices.SortStableFunc(page.Due, func(a, b templates.DueLesson) int { return a.ReviewBy.Compare(b.ReviewBy) })
	return v.show(page)
}
