package courses

import (
	"errors"
	"fmt"
	"html/template"
	"slices"

	"passerelle/quiz"
)

// A Published is a version of a course made ready to be read: its document, everything in it that is
// Markdown as HTML, and ways to find things. Nothing in it changes after Prepare: it is safe for
// concurrent use, and pages hold on to it as long as they like.
type Published struct {
	*Document

	markdown  *markdown
	places    *places
	steps     map[string]position
	order     []*Step
	sources   map[string]*Source
	goals     map[string]*Objective
	questions map[string]*quiz.Question
	lessons   map[said]template.HTML // by step
	texts     map[said]template.HTML // short texts, by what is written
	inline    map[string]template.HTML
	whole     map[said]bool // steps that are there in a language
}

// said is something in a language.
type said struct{ what, lang string }

type position struct {
	module *Module
	step   *Step
	index  int // in the course
}

// Prepare renders a document. words says a message of ours in a language: "callout.key",
// "callout.practice", "callout.warning", "callout.sensitive", "callout.testimony" (what each is called
// where its author gave no title), "callout.table" and "callout.source" (what a screen reader says
// before a number).
func Prepare(d *Document, words func(lang, key string) string) (*Published, error) {
	if d.Format != Format || len(d.Languages) == 0 {
		return nil, errors.New("preparing a course: not a document of ours")
	}
	p := &Published{
		Document: d, markdown: newMarkdown(words), places: placesOf(d),
		steps: map[string]position{}, sources: map[string]*Source{}, goals: map[string]*Objective{}, questions: map[string]*quiz.Question{},
		lessons: map[said]template.HTML{}, texts: map[said]template.HTML{}, inline: map[string]template.HTML{}, whole: map[said]bool{},
	}
	for i := range d.Sources {
		p.sources[d.Sources[i].Key] = &d.Sources[i]
	}
	p.objectives(d.Objectives)
	for i := range d.Modules {
		m := &d.Modules[i]
		p.objectives(m.Objectives)
		for j := range m.Steps {
			s := &m.Steps[j]
			if _, taken := p.steps[s.Key]; taken || (s.Lesson == nil) == (s.Quiz == nil) {
				return nil, fmt.Errorf("preparing %s: step %q is there twice, or neither lesson nor quiz", d.Slug, s.Key)
			}
			p.steps[s.Key] = position{m, s, len(p.order)}
			p.order = append(p.order, s)
		}
	}
	p.short(d.Summary)
	for i := range d.Glossary {
		p.span(d.Glossary[i].Definition)
	}
	for i := range d.Modules {
		p.short(d.Modules[i].Summary)
		for j := range d.Modules[i].Steps {
			p.step(&d.Modules[i], &d.Modules[i].Steps[j])
		}
	}
	return p, nil
}

func (p *Published) objectives(list []Objective) {
	for i := range list {
		p.goals[list[i].Key] = &list[i]
	}
}

func (p *Published) step(m *Module, s *Step) {
	if s.Quiz != nil {
		p.short(s.Quiz.Intro)
		for i := range s.Quiz.Questions {
			q := &s.Quiz.Questions[i]
			p.questions[q.Key] = q
			for _, text := range q.Texts() {
				p.span(text)
			}
		}
	}
	for _, lang := range p.Languages {
		p.whole[said{s.Key, lang}] = s.in(lang)
		if s.Lesson == nil || s.Lesson.Body[lang] == "" {
			continue
		}
		p.lessons[said{s.Key, lang}] = p.markdown.render(s.Lesson.Body[lang],
			&setting{manner: lesson, places: p.places, module: m.Key, sources: s.Lesson.numbers(), lang: lang})
	}
}

// numbers are those of the lesson's sources on its page.
func (l *Lesson) numbers() map[string]int {
	numbers := make(map[string]int, len(l.Sources))
	for i, key := range l.Sources {
		numbers[key] = i + 1
	}
	return numbers
}

// in reports whether everything of a step exists in a language.
func (s *Step) in(lang string) bool {
	if s.Title[lang] == "" {
		return false
	}
	if s.Lesson != nil {
		return s.Lesson.Body[lang] != ""
	}
	for i := range s.Quiz.Questions {
		for _, text := range s.Quiz.Questions[i].Texts() {
			if text[lang] == "" {
				return false
			}
		}
	}
	return len(s.Quiz.Intro) == 0 || s.Quiz.Intro[lang] != ""
}

func (p *Published) short(t Text) {
	for lang, s := range t {
		p.texts[said{s, lang}] = p.markdown.render(s, &setting{manner: blocks, places: p.places, lang: lang})
	}
}

func (p *Published) span(t Text) {
	for lang, s := range t {
		if _, done := p.inline[s]; !done {
			p.inline[s] = p.markdown.render(s, &setting{manner: inline, places: p.places, lang: lang})
		}
	}
}

// Source is the reference with the key, or nil.
func (p *Published) Source(key string) *Source { return p.sources[key] }

// Objective is the course's or a module's objective with the key, or nil.
func (p *Published) Objective(key string) *Objective { return p.goals[key] }

// Module is the module with the key, or nil.
func (p *Published) Module(key string) *Module {
	i := slices.IndexFunc(p.Modules, func(m Module) bool { return m.Key == key })
	if i < 0 {
		return nil
	}
	return &p.Modules[i]
}

// Step is the step with the key, or nil.
func (p *Published) Step(key string) *Step { return p.steps[key].step }

// ModuleOf is the module that the step with the key is in, or nil.
func (p *Published) ModuleOf(step string) *Module { return p.steps[step].module }

// Around are the steps before and after the one with the key, over the borders of modules; nil at
// either end.
func (p *Published) Around(step string) (before, after *Step) {
	at, ok := p.steps[step]
	if !ok {
		return nil, nil
	}
	if at.index > 0 {
		before = p.order[at.index-1]
	}
	if at.index+1 < len(p.order) {
		after = p.order[at.index+1]
	}
	return before, after
}

// Question is the question with the key, or nil.
func (p *Published) Question(key string) *quiz.Question { return p.questions[key] }

// Minutes is the estimated time of the whole course.
func (p *Published) Minutes() int {
	n := 0
	for i := range p.Modules {
		n += p.Modules[i].Minutes()
	}
	return n
}

// HasLanguage reports whether everything of a step exists in a language; where it does not, a reader
// is told that the source language stands in.
func (p *Published) HasLanguage(step, lang string) bool { return p.whole[said{step, lang}] }

// Language is the language in which a text is shown to a reader of lang.
func (p *Published) Language(t Text, lang string) string {
	if t[lang] != "" {
		return lang
	}
	return p.Languages[0]
}

// Lesson is a lesson's text for a reader of lang, and the language it is in: the source language
// where it is not translated.
func (p *Published) Lesson(step, lang string) (body template.HTML, language string) {
	s := p.Step(step)
	if s == nil || s.Lesson == nil {
		return "", p.Languages[0]
	}
	language = p.Language(s.Lesson.Body, lang)
	return p.lessons[said{step, language}], language
}

// Summary is what the course is about, for a reader of lang.
func (p *Published) Summary(lang string) template.HTML { return p.shortIn(p.Document.Summary, lang) }

// ModuleSummary is what a module is about, for a reader of lang.
func (p *Published) ModuleSummary(module, lang string) template.HTML {
	if m := p.Module(module); m != nil {
		return p.shortIn(m.Summary, lang)
	}
	return ""
}

// Intro is what stands before a quiz's questions, for a reader of lang.
func (p *Published) Intro(step, lang string) template.HTML {
	if s := p.Step(step); s != nil && s.Quiz != nil {
		return p.shortIn(s.Quiz.Intro, lang)
	}
	return ""
}

func (p *Published) shortIn(t Text, lang string) template.HTML {
	language := p.Language(t, lang)
	return p.texts[said{t[language], language}]
}

// Inline is a question's, an option's or a definition's text for a reader of lang, without a
// paragraph around it.
func (p *Published) Inline(t Text, lang string) template.HTML {
	return p.InlineText(t.In(lang, p.Languages[0]))
}

// InlineText is Inline for a text that is in the reader's language already, as reviews are.
func (p *Published) InlineText(s string) template.HTML {
	if html, ok := p.inline[s]; ok {
		return html
	}
	return p.markdown.render(s, &setting{manner: inline, places: p.places})
}
