// Package courses is what is taught: the course document, its folder form, its check, its Markdown,
// and its publication as frozen versions.
package courses

import "passerelle/quiz"

// Format is the number of the document's form. A document of another form is refused, not guessed at.
const Format = 1

// Text is one text in several languages: language code → text.
type Text = quiz.Text

// A Document is the whole content of a course version. Published, it is frozen as canonical JSON
// (see Encode) and addressed by number and SHA-256. Every text is held per language under one stable
// key; keys, never positions or file names, carry people's progress.
type Document struct {
	Format        int         `json:"format"`
	Slug          string      `json:"slug"`
	Languages     []string    `json:"languages"` // the first is the source language; the others may lag behind it
	Title         Text        `json:"title"`
	DiscreetTitle Text        `json:"discreet_title,omitempty"` // for mail subjects and page titles before sign-in; plain
	Summary       Text        `json:"summary"`
	Audience      []Text      `json:"audience,omitempty"`
	Prerequisites Text        `json:"prerequisites,omitempty"`
	Objectives    []Objective `json:"objectives"`
	Authors       []Author    `json:"authors"`
	Organiser     Organiser   `json:"organiser"`
	WrittenOn     string      `json:"written_on"`            // YYYY-MM-DD
	ReviewedOn    string      `json:"reviewed_on,omitempty"` // YYYY-MM-DD
	Sources       []Source    `json:"sources"`
	Glossary      []Term      `json:"glossary"`
	Modules       []Module    `json:"modules"`
	Media         []Media     `json:"media"`
}

// An Objective is what a learner can do afterwards. Key is unique in the document.
type Objective struct {
	Key  string `json:"key" yaml:"key"`
	Text Text   `json:"text" yaml:"text"`
}

// An Author wrote, translated or checked the course.
type Author struct {
	Name string `json:"name" yaml:"name"`
	Role Text   `json:"role" yaml:"role"`
}

// An Organiser answers for the course and signs its certificates.
type Organiser struct {
	Name      string `json:"name" yaml:"name"`
	Address   string `json:"address,omitempty" yaml:"address,omitempty"`
	Place     string `json:"place,omitempty" yaml:"place,omitempty"` // where certificates are signed
	Signatory string `json:"signatory,omitempty" yaml:"signatory,omitempty"`
	Role      Text   `json:"role,omitempty" yaml:"role,omitempty"` // of the signatory
}

// A Source is a numbered reference; lessons and questions cite it by Key.
type Source struct {
	Key      string `json:"key" yaml:"key"`
	Citation string `json:"citation" yaml:"citation"` // plain text, in its own language
	URL      string `json:"url,omitempty" yaml:"url,omitempty"`
	Note     Text   `json:"note,omitempty" yaml:"note,omitempty"` // how sure we are, what was read
}

// A Term is an entry of the glossary.
type Term struct {
	Key        string `json:"key" yaml:"key"`
	Term       Text   `json:"term" yaml:"term"`
	Definition Text   `json:"definition" yaml:"definition"` // inline Markdown
}

// A Module is a part of a course, with objectives and estimated minutes (the sum of its steps').
type Module struct {
	Key        string      `json:"key"`
	Title      Text        `json:"title"`
	Summary    Text        `json:"summary,omitempty"`
	Objectives []Objective `json:"objectives,omitempty"`
	Steps      []Step      `json:"steps"`
}

// Minutes is the estimated time of the module: the sum of its steps'.
func (m *Module) Minutes() int {
	n := 0
	for i := range m.Steps {
		n += m.Steps[i].Minutes
	}
	return n
}

// A Step is one thing to do in a module: a lesson to read or a quiz to pass. Exactly one of Lesson
// and Quiz is set.
type Step struct {
	Key      string  `json:"key"` // unique in the document, also its address; never changed
	Title    Text    `json:"title"`
	Minutes  int     `json:"minutes"`
	Optional bool    `json:"optional,omitempty"` // completion does not ask for it
	Lesson   *Lesson `json:"lesson,omitempty"`
	Quiz     *Quiz   `json:"quiz,omitempty"`
}

// A Lesson is text to read.
type Lesson struct {
	Objectives []string `json:"objectives,omitempty"` // keys
	Sources    []string `json:"sources,omitempty"`    // keys, in the order of their numbers on the page
	ReviewedOn string   `json:"reviewed_on"`          // YYYY-MM-DD
	ReviewBy   string   `json:"review_by"`            // YYYY-MM-DD
	Body       Text     `json:"body"`                 // Markdown, see docs/course-folder.md
}

// The purposes of a quiz.
const (
	Pretest   = "pretest"   // before the course; never blocks, no pass mark
	Summative = "summative" // counts: has a pass mark
	Formative = "formative" // to learn by: has no pass mark
)

// A Quiz is questions on one page. Passing it means a score of at least PassMark in one attempt.
type Quiz struct {
	Purpose   string          `json:"purpose"`
	PassMark  int             `json:"pass_mark,omitempty"` // percent; 0 where nothing has to be reached
	Attempts  int             `json:"attempts,omitempty"`  // how many are allowed; 0: as many as one likes
	Intro     Text            `json:"intro,omitempty"`     // Markdown
	Questions []quiz.Question `json:"questions"`
}

// A Media is a file that lessons show, addressed by what is in it.
type Media struct {
	Name   string `json:"name"`             // unique in the document: key of the module, slash, file name; sorted
	Type   string `json:"type"`             // image/svg+xml, image/png, image/jpeg, image/webp
	SHA256 string `json:"sha256"`           // hexadecimal
	Width  int    `json:"width,omitempty"`  // as a picture is laid out, in pixels; 0 where an SVG does not say
	Height int    `json:"height,omitempty"` // likewise
	Bytes  []byte `json:"-"`                // kept apart from the document, by SHA256
}
