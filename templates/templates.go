// Package templates is everything one sees: pages, questions, letters, styles, scripts and icons.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"

	"github.com/benbjohnson/hashfs"

	"passerelle/i18n"
)

//go:embed parts/*.html pages/*.html questions/*.html mail/*.txt static
var files embed.FS

// A Set is every template, parsed. It is safe for concurrent use.
type Set struct {
	spoken  map[string]spoken // by the code of the language
	letters map[string]*texttemplate.Template
	static  *hashfs.FS
	buffers sync.Pool
}

// spoken is pages and questions in one language.
type spoken struct {
	pages     map[string]*template.Template
	questions map[string]*template.Template
}

// New parses every template, and refuses one that says a key the catalogue does not hold.
func New(catalogue *i18n.Catalogue) (*Set, error) {
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, fmt.Errorf("opening static files: %w", err)
	}
	s := &Set{
		spoken:  map[string]spoken{},
		letters: map[string]*texttemplate.Template{},
		static:  hashfs.NewFS(static),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	// Neither function knows a language: these templates are shared by everybody, and what speaks
	// must come with the page.
	functions := template.FuncMap{"asset": s.asset, "question": s.question}
	parts, err := template.New("").Funcs(functions).ParseFS(files, "parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing parts: %w", err)
	}
	for _, code := range i18n.Codes() {
		s.spoken[code] = spoken{pages: map[string]*template.Template{}, questions: map[string]*template.Template{}}
		settle := settlement{language: catalogue.In(code), asset: s.asset}
		if err := each("pages/*.html", func(name, text string) error {
			page, err := parts.Clone()
			if err != nil {
				return err
			}
			if page, err = page.New("pages/" + name).Parse(text); err != nil {
				return err
			}
			s.spoken[code].pages[name] = page
			return settle.all(page)
		}); err != nil {
			return nil, err
		}
		if err := each("questions/*.html", func(name, text string) error {
			question, err := template.New("questions/" + name).Parse(text)
			if err != nil {
				return err
			}
			s.spoken[code].questions[name] = question
			return settle.all(question)
		}); err != nil {
			return nil, err
		}
	}
	if err := each("mail/*.txt", func(name, text string) error {
		letter, err := texttemplate.New("mail/" + name).Parse(text)
		if err != nil {
			return err
		}
		s.letters[name] = letter
		for _, code := range i18n.Codes() {
			if err := (settlement{language: catalogue.In(code)}).check(letter.Tree); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return s, nil
}

// each hands the templates of a pattern to use, by their names without ending.
func each(pattern string, use func(name, text string) error) error {
	paths, err := fs.Glob(files, pattern)
	if err != nil {
		return fmt.Errorf("listing %s: %w", pattern, err)
	}
	for _, p := range paths {
		text, err := files.ReadFile(p)
		if err != nil {
			return fmt.Errorf("reading %s: %w", p, err)
		}
		if err := use(strings.TrimSuffix(path.Base(p), path.Ext(p)), string(text)); err != nil {
			return fmt.Errorf("parsing %s: %w", p, err)
		}
	}
	return nil
}

// Page writes a page, or nothing where its template fails.
func (s *Set) Page(w io.Writer, p Page) error {
	t, ok := s.spoken[p.language()].pages[p.template()]
	if !ok {
		return fmt.Errorf("there is no page %q in %q", p.template(), p.language())
	}
	page := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(page)
	page.Reset()
	if err := t.ExecuteTemplate(page, "layout", p); err != nil {
		return fmt.Errorf("making page %s: %w", p.template(), err)
	}
	_, err := page.WriteTo(w)
	return err
}

// Kinds are the kinds of question that have a part to be asked with.
func (s *Set) Kinds() []string {
	return slices.Sorted(maps.Keys(s.spoken[i18n.Codes()[0]].questions))
}

// question makes the part of a question. Its template was escaped by itself, for a place between
// elements, which is where pages call it.
func (s *Set) question(asked Asked) (template.HTML, error) {
	t, ok := s.spoken[asked.language()].questions[asked.Kind]
	if !ok {
		return "", fmt.Errorf("there is no part for questions of kind %q", asked.Kind)
	}
	var part strings.Builder
	if err := t.Execute(&part, asked); err != nil {
		return "", fmt.Errorf("asking question %s: %w", asked.Key, err)
	}
	return template.HTML(part.String()), nil
}
