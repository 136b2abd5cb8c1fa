package courses

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"passerelle/quiz"
)

// A Check is what was found in a course folder: what there is, and what has to be mended.
type Check struct {
	Slug      string         `json:"slug"`
	Modules   int            `json:"modules"`
	Lessons   int            `json:"lessons"`
	Words     map[string]int `json:"words"`     // of the lessons' texts, by language; see Document.Words
	Questions map[string]int `json:"questions"` // by kind
	Sources   int            `json:"sources"`
	Errors    []Problem      `json:"errors"`
	Warnings  []Problem      `json:"warnings"`
}

// A Problem is something to mend, and where. Line is 0 where a file is missing.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// String is the problem as compilers print theirs.
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message) }

// What a folder may hold.
const (
	maxYAML    = 1 << 20 // bytes of a YAML file
	maxLesson  = 2 * maxBody
	maxEntries = 1_000 // of a directory
)

// The files of a course folder, besides modules, lessons, quizzes and figures.
const (
	courseName   = "course.yaml"
	sourcesName  = "sources.yaml"
	glossaryName = "glossary.yaml"
	moduleName   = "module.yaml"
)

var (
	numbered   = regexp.MustCompile(`^(\d{1,6})-.+$`)
	lessonName = regexp.MustCompile(`^(\d{1,6})-.+\.([a-z]{2,3})\.md$`)
	quizName   = regexp.MustCompile(`^(\d{1,6})-.+\.quiz\.yaml$`)
)

// The forms of the files.
type (
	courseForm struct {
		Slug          string      `yaml:"slug"`
		Languages     []string    `yaml:"languages,flow"`
		Title         Text        `yaml:"title"`
		DiscreetTitle Text        `yaml:"discreet_title,omitempty"`
		Summary       Text        `yaml:"summary"`
		Audience      []Text      `yaml:"audience,omitempty"`
		Prerequisites Text        `yaml:"prerequisites,omitempty"`
		Objectives    []Objective `yaml:"objectives"`
		Authors       []Author    `yaml:"authors"`
		Organiser     Organiser   `yaml:"organiser"`
		WrittenOn     string      `yaml:"written_on"`
		ReviewedOn    string      `yaml:"reviewed_on,omitempty"`
	}
	moduleForm struct {
		Key        string      `yaml:"key"`
		Title      Text        `yaml:"title"`
		Summary    Text        `yaml:"summary,omitempty"`
		Objectives []Objective `yaml:"objectives,omitempty"`
	}
	lessonForm struct {
		Key        string   `yaml:"key"`
		Title      string   `yaml:"title,omitempty"`
		Minutes    int      `yaml:"minutes,omitempty"`
		Objectives []string `yaml:"objectives,omitempty,flow"`
		Sources    []string `yaml:"sources,omitempty,flow"`
		ReviewedOn string   `yaml:"reviewed_on,omitempty"`
		ReviewBy   string   `yaml:"review_by,omitempty"`
		Optional   bool     `yaml:"optional,omitempty"`
	}
	quizForm struct {
		Key       string          `yaml:"key"`
		Title     Text            `yaml:"title"`
		Minutes   int             `yaml:"minutes"`
		Purpose   string          `yaml:"purpose"`
		PassMark  int             `yaml:"pass_mark,omitempty"`
		Attempts  int             `yaml:"attempts,omitempty"`
		Optional  bool            `yaml:"optional,omitempty"`
		Intro     Text            `yaml:"intro,omitempty"`
		Questions []quiz.Question `yaml:"questions"`
	}
)

// ReadFolder reads a course folder and checks it. The document is nil where something has to be
// mended; the check then says what, with file and line. Nothing outside fsys is read, no symbolic
// link is followed; files and folders whose names begin with a dot are passed over.
func ReadFolder(fsys fs.FS) (*Document, *Check) {
	f := readFolder(fsys)
	for _, fault := range f.doc.Faults() {
		f.fault(fault)
	}
	check := f.doc.summary()
	check.Errors, check.Warnings = tidy(f.errors), tidy(f.warnings)
	if len(check.Errors) > 0 {
		return nil, check
	}
	return f.doc, check
}

// summary counts what there is.
func (d *Document) summary() *Check {
	check := &Check{
		Slug: d.Slug, Modules: len(d.Modules), Words: d.Words(), Questions: map[string]int{}, Sources: len(d.Sources),
	}
	for i := range d.Modules {
		for _, step := range d.Modules[i].Steps {
			if step.Lesson != nil {
				check.Lessons++
				continue
			}
			for _, q := range step.Quiz.Questions {
				check.Questions[q.Kind]++
			}
		}
	}
	return check
}

// Words counts the words of the lessons in each language of the course: what white space parts and
// holds a letter or a digit, in the text as it is read. Titles, marks of sources, addresses of links
// and the texts behind figures do not count; headings, captions and the titles of callouts do.
func (d *Document) Words() map[string]int {
	m, at := newMarkdown(func(_, key string) string { return key }), placesOf(d)
	words := map[string]int{}
	for _, lang := range d.Languages {
		words[lang] = 0
		for i := range d.Modules {
			for _, step := range d.Modules[i].Steps {
				if step.Lesson == nil {
					continue
				}
				s := &setting{manner: lesson, places: at, module: d.Modules[i].Key, sources: step.Lesson.numbers(), lang: lang}
				words[lang] += m.read(step.Lesson.Body[lang], s).words()
			}
		}
	}
	return words
}

// tidy sorts problems by file and line, each once.
func tidy(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Message, b.Message))
	})
	return append([]Problem{}, slices.Compact(problems)...)
}

// A place is where a value of the document was read.
type place struct {
	file string
	spot
}

// A folder is a course folder while it is being read.
type folder struct {
	fsys     fs.FS
	doc      *Document
	errors   []Problem
	warnings []Problem

	where   map[string]place // path in the document → where it was read
	broken  []string         // paths of what could not be read, and has been said
	partial bool             // a whole file could not be read
}

// readFolder reads whatever can be read.
func readFolder(fsys fs.FS) *folder {
	f := &folder{fsys: fsys, where: map[string]place{}, doc: &Document{
		Format: Format, Languages: []string{}, Objectives: []Objective{}, Authors: []Author{},
		Sources: []Source{}, Glossary: []Term{}, Modules: []Module{}, Media: []Media{},
	}}
	files, folders := f.list(".")
	f.course(slices.Contains(files, courseName))
	for _, name := range files {
		switch name {
		case courseName:
		case sourcesName:
			f.yaml(name, &f.doc.Sources, func(path string) string { return "sources" + path })
		case glossaryName:
			f.yaml(name, &f.doc.Glossary, func(path string) string { return "glossary" + path })
		default:
			f.warn(name, 0, "not a file of a course; it is passed over")
		}
	}
	if len(f.doc.Languages) > 0 { // else nothing can be said of lessons
		f.modules(folders)
	}
	slices.SortStableFunc(f.doc.Media, func(a, b Media) int { return strings.Compare(a.Name, b.Name) })
	for i := range f.doc.Media {
		f.where[fmt.Sprintf("media[%d]", i)] = f.where["media/"+f.doc.Media[i].Name]
	}
	return f
}

func (f *folder) find(file string, line int, format string, args ...any) {
	f.errors = append(f.errors, Problem{file, line, fmt.Sprintf(format, args...)})
}

func (f *folder) warn(file string, line int, format string, args ...any) {
	f.warnings = append(f.warnings, Problem{file, line, fmt.Sprintf(format, args...)})
}

// list is what a directory holds, sorted by name: regular files and directories.
func (f *folder) list(dir string) (files, folders []string) {
	entries, err := fs.ReadDir(f.fsys, dir)
	if err != nil {
		f.find(dir, 0, "the folder cannot be read: %v", cause(err))
		f.partial = true
		return nil, nil
	}
	if len(entries) > maxEntries {
		f.find(dir, 0, "the folder has %d entries; at most %d are allowed", len(entries), maxEntries)
		f.partial = true
		return nil, nil
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }):
			f.find(path.Join(dir, strconv.QuoteToASCII(name)), 0, "a name like this is not allowed")
		case entry.IsDir():
			folders = append(folders, name)
		case entry.Type()&fs.ModeSymlink != 0:
			f.find(path.Join(dir, name), 0, "symbolic links are not followed; put the file itself here")
		case !entry.Type().IsRegular():
			f.find(path.Join(dir, name), 0, "not a file")
		default:
			files = append(files, name)
		}
	}
	return files, folders
}

// cause is what went wrong, without the name of the file, which is said beside it.
func cause(err error) error {
	if e := new(fs.PathError); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// bytes reads a file of at most limit bytes.
func (f *folder) bytes(name string, limit int) ([]byte, bool) {
	file, err := f.fsys.Open(name)
	if err == nil {
		defer file.Close()
		var b []byte
		if b, err = io.ReadAll(io.LimitReader(file, int64(limit)+1)); err == nil {
			if len(b) <= limit {
				return b, true
			}
			err = fmt.Errorf("it has more than %d bytes", limit)
		}
	}
	f.find(name, 0, "the file cannot be read: %v", cause(err))
	f.partial = true
	return nil, false
}

// text reads a file of text; lines end with \n in it, and no byte order mark is before it.
func (f *folder) text(name string, limit int) ([]byte, bool) {
	b, ok := f.bytes(name, limit)
	if !ok {
		return nil, false
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte{'\n'})
	b = bytes.ReplaceAll(b, []byte{'\r'}, []byte{'\n'})
	bad := bytes.IndexByte(b, 0)
	what := "a NUL"
	if !utf8.Valid(b) {
		what = "bytes that are not UTF-8"
		for bad = 0; ; {
			r, size := utf8.DecodeRune(b[bad:])
			if r == utf8.RuneError && size <= 1 {
				break
			}
			bad += size
		}
	}
	if bad >= 0 {
		f.find(name, 1+bytes.Count(b[:bad], []byte{'\n'}), "the file holds %s; save it as UTF-8 text", what)
		f.partial = true
		return nil, false
	}
	return b, true
}

// yaml reads a YAML file. placed says where in the document a path of the file belongs.
func (f *folder) yaml(name string, into any, placed func(path string) string) {
	t := &tree{broken: []string{""}}
	if b, ok := f.text(name, maxYAML); ok {
		t = parseYAML(b, into)
	}
	for path, s := range t.spots {
		f.where[placed(path)] = place{name, s}
	}
	for _, path := range t.broken {
		f.broken = append(f.broken, placed(path))
	}
	if of := reflect.TypeOf(into).Elem(); !t.whole() && of.Kind() == reflect.Struct {
		// Its own fields are not known; what else the document has there comes from other files.
		f.broken = slices.DeleteFunc(f.broken, func(path string) bool { return path == placed("") })
		for _, field := range fieldNames(of) {
			f.broken = append(f.broken, placed(field))
		}
	}
	for _, flaw := range t.flaws {
		f.find(name, flaw.line, "%s", flaw.message)
	}
	f.partial = f.partial || !t.whole()
}

// under places the paths of a file below a path of the document.
func under(prefix string) func(string) string {
	return func(path string) string {
		switch {
		case path == "" || prefix == "":
			return prefix + path
		default:
			return prefix + "." + path
		}
	}
}

func (f *folder) course(found bool) {
	if !found {
		f.find(courseName, 0, "missing: it says what the course is")
		f.partial = true
		f.broken = append(f.broken, fieldNames(reflect.TypeFor[courseForm]())...)
		f.broken = append(f.broken, "modules")
		return
	}
	var form courseForm
	f.yaml(courseName, &form, under(""))
	d := f.doc
	d.Slug, d.Title, d.DiscreetTitle, d.Summary, d.Audience = form.Slug, form.Title, form.DiscreetTitle, form.Summary, form.Audience
	d.Prerequisites, d.Organiser, d.WrittenOn, d.ReviewedOn = form.Prerequisites, form.Organiser, form.WrittenOn, form.ReviewedOn
	d.Languages, d.Objectives, d.Authors = there(form.Languages), there(form.Objectives), there(form.Authors)
	if len(d.Languages) == 0 { // then nothing can be said of modules
		f.partial = true
		f.broken = append(f.broken, "modules")
	}
}

// modules reads the modules in the order of their numbers.
func (f *folder) modules(names []string) {
	taken := map[int]string{}
	var order []int
	for _, name := range names {
		m := numbered.FindStringSubmatch(name)
		if m == nil {
			if _, err := fs.Stat(f.fsys, path.Join(name, moduleName)); err == nil {
				f.find(name, 0, "a module's folder is named NN-name, like 01-understand: the number gives the order")
			} else {
				f.warn(name, 0, "not a module; it is passed over")
			}
			continue
		}
		if number, ok := f.number(name, m[1], taken); ok {
			order = append(order, number)
		}
	}
	slices.Sort(order)
	for _, number := range order {
		f.module(taken[number])
	}
}

// number takes the number that a name begins with, which nothing else may have.
func (f *folder) number(name, digits string, taken map[int]string) (int, bool) {
	n, err := strconv.Atoi(digits)
	if err != nil {
		f.find(name, 0, "%q is no number", digits)
		return 0, false
	}
	if other, ok := taken[n]; ok {
		f.find(name, 0, "%s has the number %d, too: which comes first?", path.Base(other), n)
		return 0, false
	}
	taken[n] = name
	return n, true
}

func (f *folder) module(dir string) {
	prefix := fmt.Sprintf("modules[%d]", len(f.doc.Modules))
	files, folders := f.list(dir)
	for _, name := range folders {
		f.warn(path.Join(dir, name), 0, "a module has no folders; it is passed over")
	}
	f.where[prefix] = place{file: path.Join(dir, moduleName), spot: spot{line: 1}}
	var form moduleForm
	if name := path.Join(dir, moduleName); slices.Contains(files, moduleName) {
		f.yaml(name, &form, under(prefix))
	} else {
		f.find(name, 0, "missing: it says what the module is")
		f.partial = true
		for _, field := range fieldNames(reflect.TypeFor[moduleForm]()) {
			f.broken = append(f.broken, under(prefix)(field))
		}
	}
	m := Module{Key: form.Key, Title: form.Title, Summary: form.Summary, Objectives: form.Objectives, Steps: []Step{}}

	var drafts []*draft
	var translations []string
	taken := map[int]string{}
	for _, name := range files {
		full := path.Join(dir, name)
		asLesson, asQuiz := lessonName.FindStringSubmatch(name), quizName.FindStringSubmatch(name)
		switch {
		case name == moduleName:
		case asLesson != nil && asLesson[2] == f.doc.Languages[0]:
			if number, ok := f.number(full, asLesson[1], taken); ok {
				drafts = append(drafts, f.lesson(full, number))
			}
		case asLesson != nil && slices.Contains(f.doc.Languages, asLesson[2]):
			translations = append(translations, name)
		case asLesson != nil:
			f.find(full, 0, "%s is none of the course's languages (%s)", asLesson[2], strings.Join(f.doc.Languages, ", "))
		case asQuiz != nil:
			if number, ok := f.number(full, asQuiz[1], taken); ok {
				drafts = append(drafts, f.quiz(full, number))
			}
		case mediaTypes[strings.ToLower(path.Ext(name))] != "":
			f.media(full, m.Key)
		case strings.HasSuffix(name, ".md") && name != "README.md":
			f.find(full, 0, "a lesson's file is named NN-name.LANG.md, like 01-frame.%s.md", f.doc.Languages[0])
		case strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml"):
			f.find(full, 0, "a quiz's file is named NN-name.quiz.yaml, like 02-pretest.quiz.yaml")
		default:
			f.warn(full, 0, "not a file of a course; it is passed over")
		}
	}
	for _, name := range translations {
		f.translation(path.Join(dir, name), lessonName.FindStringSubmatch(name)[2], drafts)
	}
	slices.SortFunc(drafts, func(a, b *draft) int { return cmp.Compare(a.number, b.number) })
	for i, d := range drafts {
		for path, p := range d.where {
			f.where[under(fmt.Sprintf("%s.steps[%d]", prefix, i))(path)] = p
		}
		for _, path := range d.broken {
			f.broken = append(f.broken, under(fmt.Sprintf("%s.steps[%d]", prefix, i))(path))
		}
		m.Steps = append(m.Steps, d.step)
	}
	f.doc.Modules = append(f.doc.Modules, m)
}

// A draft is a step before its place in the module is known. Its paths begin at the step.
type draft struct {
	number int
	step   Step
	where  map[string]place
	broken []string
}

// take takes over what is known of a step's file. Fields of lessons and quizzes stand side by side in
// their file; in the document some belong to the step.
func (f *folder) take(d *draft, name string, t *tree, below string) {
	for path, s := range t.spots {
		d.where[ofStep(path, below)] = place{name, s}
	}
	for _, path := range t.broken {
		d.broken = append(d.broken, ofStep(path, below))
	}
	for _, flaw := range t.flaws {
		f.find(name, flaw.line, "%s", flaw.message)
	}
	f.partial = f.partial || !t.whole()
}

func ofStep(path, below string) string {
	field, _, _ := strings.Cut(path, ".")
	switch field {
	case "", "key", "title", "minutes", "optional":
		return path
	default:
		return below + "." + path
	}
}

// lesson reads a lesson's file in the source language.
func (f *folder) lesson(name string, number int) *draft {
	d := &draft{number: number, where: map[string]place{"": {file: name, spot: spot{line: 1}}}}
	d.step.Lesson = &Lesson{}
	var form lessonForm
	body, line, t, ok := f.page(name, &form)
	if !ok {
		d.broken = append(d.broken, "")
		return d
	}
	f.take(d, name, t, "lesson")
	d.step.Key, d.step.Minutes, d.step.Optional = form.Key, form.Minutes, form.Optional
	l := d.step.Lesson
	l.Objectives, l.Sources, l.ReviewedOn, l.ReviewBy = form.Objectives, form.Sources, form.ReviewedOn, form.ReviewBy
	d.say(f.doc.Languages[0], name, form.Title, t.spots["title"], body, line)
	return d
}

// say adds a lesson's texts in a language.
func (d *draft) say(lang, name, title string, at spot, body string, line int) {
	if title != "" {
		if d.step.Title == nil {
			d.step.Title = Text{}
		}
		d.step.Title[lang] = title
		d.where["title."+lang] = place{name, at}
	}
	d.where["lesson.body."+lang] = place{name, spot{line: line, literal: true}}
	if body != "" {
		if d.step.Lesson.Body == nil {
			d.step.Lesson.Body = Text{}
		}
		d.step.Lesson.Body[lang] = body
	}
}

// translation adds a lesson's file in another language to the lesson with its key.
func (f *folder) translation(name, lang string, drafts []*draft) {
	var form lessonForm
	body, line, t, ok := f.page(name, &form)
	if !ok {
		return
	}
	for path, s := range t.spots {
		if path != "" && path != "key" && path != "title" && !strings.Contains(path, "[") {
			f.find(name, s.line, "%s: belongs in the file in %s, the source language, alone", path, f.doc.Languages[0])
		}
	}
	for _, flaw := range t.flaws {
		f.find(name, flaw.line, "%s", flaw.message)
	}
	f.partial = f.partial || !t.whole()
	if !t.whole() {
		return
	}
	if form.Key == "" {
		f.find(name, 1, "key: missing; it is the key of the same lesson in %s", f.doc.Languages[0])
		return
	}
	for _, d := range drafts {
		if d.step.Lesson == nil || d.step.Key != form.Key {
			continue
		}
		if other, said := d.where["lesson.body."+lang]; said {
			f.find(name, t.spots["key"].line, "%s holds the lesson %s in %s already", other.file, form.Key, lang)
			return
		}
		d.say(lang, name, form.Title, t.spots["title"], body, line)
		return
	}
	if !f.partial {
		f.find(name, t.spots["key"].line, "no lesson of this module has the key %q in %s, the source language", form.Key, f.doc.Languages[0])
	}
}

// page reads a lesson's file: the front matter into a form, and the body, which begins at a line.
func (f *folder) page(name string, into *lessonForm) (body string, line int, t *tree, ok bool) {
	b, ok := f.text(name, maxLesson)
	if !ok {
		return "", 0, nil, false
	}
	front, body, line, ok := frontMatter(string(b))
	if !ok {
		f.find(name, 1, "the file begins with a line --- , then key, title …, then a line ---, then the text")
		f.partial = true
		return "", 0, nil, false
	}
	return body, line, parseYAML([]byte(front), into), true
}

// frontMatter parts a lesson's file into its front matter, which keeps its lines' numbers, and its
// body without empty lines around it, which begins at a line.
func frontMatter(s string) (front, body string, line int, ok bool) {
	lines := strings.SplitAfter(s, "\n")
	if strings.TrimRight(lines[0], " \t\n") != "---" {
		return "", "", 0, false
	}
	for i, l := range lines[1:] {
		if strings.TrimRight(l, " \t\n") != "---" {
			continue
		}
		front = "\n" + strings.Join(lines[1:1+i], "")
		rest := strings.Join(lines[i+2:], "")
		body = strings.TrimLeft(rest, "\n")
		return front, strings.TrimRight(body, "\n"), i + 3 + len(rest) - len(body), true
	}
	return "", "", 0, false
}

func (f *folder) quiz(name string, number int) *draft {
	d := &draft{number: number, where: map[string]place{"": {file: name, spot: spot{line: 1}}}}
	d.step.Quiz = &Quiz{Questions: []quiz.Question{}}
	var form quizForm
	b, ok := f.text(name, maxYAML)
	if !ok {
		d.broken = append(d.broken, "")
		return d
	}
	f.take(d, name, parseYAML(b, &form), "quiz")
	d.step.Key, d.step.Title, d.step.Minutes, d.step.Optional = form.Key, form.Title, form.Minutes, form.Optional
	q := d.step.Quiz
	q.Purpose, q.PassMark, q.Attempts, q.Intro, q.Questions = form.Purpose, form.PassMark, form.Attempts, form.Intro, there(form.Questions)
	return d
}

func (f *folder) media(name, module string) {
	if file := path.Base(name); !mediaFile.MatchString(file) {
		f.find(name, 0, "a figure's name is made of letters without accents, digits, dots, hyphens and underscores")
		return
	}
	b, ok := f.bytes(name, maxMedia)
	if !ok {
		return
	}
	m := Media{Name: module + "/" + path.Base(name), SHA256: Sum(b), Bytes: b}
	f.where["media/"+m.Name] = place{file: name, spot: spot{line: 1, literal: true}}
	var flaw *flaw
	if m.Type, m.Width, m.Height, flaw = inspect(m.Name, b); flaw != nil {
		f.find(name, flaw.line, "%s", flaw.message)
		f.partial = true
		return
	}
	f.doc.Media = append(f.doc.Media, m)
}

// fault says a fault of the document where its author can mend it.
func (f *folder) fault(fault Fault) {
	if fault.reference && f.partial {
		return // it may stand in what could not be read
	}
	for _, path := range f.broken { // has been said
		if rest, below := strings.CutPrefix(fault.Path, path); below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return
		}
	}
	at, exact := f.at(fault.Path)
	line := at.line
	if fault.Line > 1 && exact && at.literal {
		line += fault.Line - 1
	}
	message := fault.Message
	if fault.other != "" {
		other, _ := f.at(fault.other)
		message += fmt.Sprintf(" (%s:%d)", other.file, other.line)
	}
	switch field := f.field(fault.Path); {
	case field == "body" || strings.HasPrefix(field, "body."):
		if fault.Line == 0 {
			message = "text: " + message
		}
	case field != "":
		message = field + ": " + message
	}
	if fault.Warning {
		f.warn(at.file, line, "%s", message)
	} else {
		f.find(at.file, line, "%s", message)
	}
}

// at is where a path was read, or what is nearest above it.
func (f *folder) at(path string) (p place, exact bool) {
	for exact = true; ; exact = false {
		if p, ok := f.where[path]; ok {
			return p, exact
		}
		if path == "" {
			return place{file: courseName, spot: spot{line: 1}}, false
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

var (
	fileOf     = regexp.MustCompile(`^(?:modules\[\d+\](?:\.steps\[\d+\](?:\.(?:lesson|quiz))?)?|media\[\d+\])\.?`)
	questionAt = regexp.MustCompile(`^modules\[(\d+)\]\.steps\[(\d+)\]\.quiz\.questions\[(\d+)\]`)
)

// field is what an author knows a path by: its file is said already, and questions have keys.
func (f *folder) field(path string) string {
	if m := questionAt.FindStringSubmatch(path); m != nil {
		i, j, k := atoi(m[1]), atoi(m[2]), atoi(m[3])
		name := fmt.Sprintf("questions[%d]", k)
		if key := f.doc.Modules[i].Steps[j].Quiz.Questions[k].Key; key != "" {
			name = "question " + key
		}
		if rest := strings.TrimPrefix(path[len(m[0]):], "."); rest != "" {
			name += ", " + rest
		}
		return name
	}
	return fileOf.ReplaceAllString(path, "")
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // digits of ours
	return n
}
