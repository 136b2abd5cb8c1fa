package handlers

import (
	"passerelle/courses"
	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/learning"
	"passerelle/models"
	"passerelle/templates"
)

// home is the front door: the catalogue, and how far the visitor is in it.
func (s *Site) home(v *visit) error {
	versions, err := s.DB.LatestVersions(v.ctx)
	if err != nil {
		return err
	}
	mine := map[string]models.Journey{}
	if v.person != nil {
		journeys, err := s.DB.Journeys(v.ctx, v.person.ID)
		if err != nil {
			return err
		}
		for _, j := range journeys {
			mine[j.Slug] = j
		}
	}
	page := templates.Home{Base: v.base("")}
	for _, version := range versions {
		course, err := s.Library.Version(v.ctx, s.DB, version.CourseID, version.Number)
		if err != nil {
			return err
		}
		card := templates.CourseCard{
			URL: coursePath(version.Slug), Title: said(course, course.Title, v), Summary: course.Summary(v.lang.Code),
			Modules: len(course.Modules), Minutes: course.Minutes(), Languages: course.Languages,
		}
		if j, ok := mine[version.Slug]; ok {
			own, err := s.Library.Version(v.ctx, s.DB, j.CourseID, j.Version)
			if err != nil {
				return err
			}
			rules := learning.RulesOf(own.Document, &j)
			card.Enrolled, card.Completed = true, j.CompletedAt != nil
			card.Done, card.Total = rules.Done(), rules.Total()
		}
		page.Courses = append(page.Courses, card)
	}
	return v.show(page)
}

// said is a plain text of a course in the visitor's language.
func said(course *courses.Published, t courses.Text, v *visit) string {
	return t.In(v.lang.Code, course.Languages[0])
}

func (s *Site) privacy(v *visit) error {
	return v.show(templates.Privacy{Base: v.base(v.lang.T("privacy.title")), Contact: s.Contact})
}

func (s *Site) accessibility(v *visit) error {
	return v.show(templates.Accessibility{Base: v.base(v.lang.T("accessibility.title")), Contact: s.Contact})
}

// chooseLanguage remembers the language to read in: for the browser, and for the person.
func (s *Site) chooseLanguage(v *visit) error {
	code := v.r.PostForm.Get("lang")
	if s.Words.In(code).Code != code {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	if v.person != nil {
		if err := s.Accounts.SetLanguage(v.ctx, v.person, code); err != nil {
			return err
		}
	}
	v.setCookie(languageCookie, code, 365*24*60*60*1e9)
	back := local(v.r.PostForm.Get("return"))
	if back == "" {
		back = "/"
	}
	return v.go303(back, "")
}

// professions are the options of a form, in the visitor's language.
func professions(l *i18n.Language, keys []string, chosen string) []templates.Option {
	var options []templates.Option
	for _, key := range keys {
		options = append(options, templates.Option{Value: key, Label: l.T("profession." + key), Selected: key == chosen})
	}
	return options
}
