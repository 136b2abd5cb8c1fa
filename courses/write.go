package courses

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// WriteFolder writes the document as a course folder into dir, which is made where it is not there
// and has to be empty. What was written is read again: unless it gives the same document, byte for
// byte, that is an error. Media need their bytes.
func (d *Document) WriteFolder(dir string) error {
	files, err := d.files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("opening the folder: %w", err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("reading the folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: nothing was written", dir)
	}
	for _, f := range files {
		if err := root.MkdirAll(path.Dir(f.name), 0o755); err != nil {
			return fmt.Errorf("making the folder of %s: %w", f.name, err)
		}
		if err := root.WriteFile(f.name, f.data, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", f.name, err)
		}
	}
	return d.same(root.FS())
}

// same reads a folder and says whether it is this document.
func (d *Document) same(fsys fs.FS) error {
	want, err := d.Encode()
	if err != nil {
		return err
	}
	read := readFolder(fsys)
	for _, problem := range read.errors {
		return fmt.Errorf("reading what was written: %s", problem)
	}
	got, err := read.doc.Encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return errors.New("the document cannot be written as a folder without being changed: one of its texts has a form that files do not keep")
	}
	return nil
}

// A file of a course folder.
type file struct {
	name string
	data []byte
}

// files are the files of the document's folder.
func (d *Document) files() ([]file, error) {
	if len(d.Languages) == 0 {
		return nil, errors.New("writing a course folder: the course has no language")
	}
	w := &folderWriter{d: d}
	w.yaml(courseName, courseForm{
		Slug: d.Slug, Languages: d.Languages, Title: d.Title, DiscreetTitle: d.DiscreetTitle, Summary: d.Summary,
		Audience: d.Audience, Prerequisites: d.Prerequisites, Objectives: d.Objectives, Authors: d.Authors,
		Organiser: d.Organiser, WrittenOn: d.WrittenOn, ReviewedOn: d.ReviewedOn,
	})
	if len(d.Sources) > 0 {
		w.yaml(sourcesName, d.Sources)
	}
	if len(d.Glossary) > 0 {
		w.yaml(glossaryName, d.Glossary)
	}
	for i := range d.Modules {
		w.module(fmt.Sprintf("%02d-%s", i, d.Modules[i].Key), &d.Modules[i])
	}
	return w.files, w.err
}

type folderWriter struct {
	d     *Document
	files []file
	err   error // the first
}

func (w *folderWriter) add(name string, data []byte, err error) {
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("writing %s: %w", name, err)
	}
	w.files = append(w.files, file{name, data})
}

func (w *folderWriter) yaml(name string, form any) {
	data, err := writeYAML(form, w.d.Languages)
	w.add(name, data, err)
}

func (w *folderWriter) module(dir string, m *Module) {
	if !fs.ValidPath(dir) || strings.Contains(dir, "/") {
		w.add(dir, nil, errors.New("the module's key cannot be the name of a folder"))
		return
	}
	w.yaml(path.Join(dir, moduleName), moduleForm{Key: m.Key, Title: m.Title, Summary: m.Summary, Objectives: m.Objectives})
	for i := range m.Steps {
		s := &m.Steps[i]
		name := fmt.Sprintf("%02d-%s", i+1, s.Key)
		switch {
		case strings.ContainsAny(name, "/\\"):
			w.add(dir, nil, fmt.Errorf("the step's key %q cannot be the name of a file", s.Key))
		case s.Lesson != nil:
			w.lesson(path.Join(dir, name), s)
		case s.Quiz != nil:
			q := s.Quiz
			w.yaml(path.Join(dir, name)+".quiz.yaml", quizForm{
				Key: s.Key, Title: s.Title, Minutes: s.Minutes, Purpose: q.Purpose, PassMark: q.PassMark,
				Attempts: q.Attempts, Optional: s.Optional, Intro: q.Intro, Questions: q.Questions,
			})
		}
	}
	for _, media := range w.d.Media {
		module, name, _ := strings.Cut(media.Name, "/")
		switch {
		case module != m.Key:
		case media.Bytes == nil:
			w.add(media.Name, nil, errors.New("its bytes are not here"))
		case !mediaFile.MatchString(name):
			w.add(media.Name, nil, errors.New("it cannot be the name of a file"))
		default:
			w.add(path.Join(dir, name), media.Bytes, nil)
		}
	}
}

func (w *folderWriter) lesson(name string, s *Step) {
	for i, lang := range w.d.Languages {
		title, body := s.Title[lang], s.Lesson.Body[lang]
		form := lessonForm{Key: s.Key, Title: title}
		switch {
		case i == 0:
			l := s.Lesson
			form.Minutes, form.Objectives, form.Sources, form.Optional = s.Minutes, l.Objectives, l.Sources, s.Optional
			form.ReviewedOn, form.ReviewBy = l.ReviewedOn, l.ReviewBy
		case title == "" && body == "":
			continue
		}
		front, err := writeYAML(form, nil)
		page := slices.Concat([]byte("---\n"), front, []byte("---\n"))
		if body != "" {
			page = slices.Concat(page, []byte("\n"), []byte(body), []byte("\n"))
		}
		w.add(name+"."+lang+".md", page, err)
	}
}
