// Package quiz is how questions are asked and marked. It is pure: no database, no HTTP, no clock.
//
// A question is data from the course document. Its kind (single choice, true or false …) is a
// stateless value in the list of kinds.go that checks the question for its author, reads an answer
// from a form, marks it between 0 and 1, and says in words what was given and what is right.
package quiz

// Text is one text in several languages: language code → text. The texts of questions are inline
// Markdown, except where a field says plain.
type Text map[string]string

// In returns the text in lang, else in the source language fallback, else in whatever there is.
func (t Text) In(lang, fallback string) string {
	if s := t[lang]; s != "" {
		return s
	}
	if s := t[fallback]; s != "" {
		return s
	}
	for _, l := range []string{"fr", "nl", "en"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// A Question is an item of a quiz. Key, Kind, Objective, Sources, Text and Feedback belong to every
// kind; the fields below them belong to the kinds named beside them, and are empty in all others.
type Question struct {
	Key       string   `json:"key" yaml:"key"`                                 // unique in its course, never changed: answers hang on it
	Kind      string   `json:"kind" yaml:"kind"`                               // Name of a Kind
	Objective string   `json:"objective,omitempty" yaml:"objective,omitempty"` // key of an objective of the module or course
	Sources   []string `json:"sources,omitempty" yaml:"sources,omitempty,flow"`
	Text      Text     `json:"text" yaml:"text"`
	Feedback  Text     `json:"feedback,omitempty" yaml:"feedback,omitempty"` // said after marking, whatever was given

	Options []Option `json:"options,omitempty" yaml:"options,omitempty"` // single_choice, multiple_choice
	Marking string   `json:"marking,omitempty" yaml:"marking,omitempty"` // multiple_choice: partial (the default) or all_or_nothing

	Answer    *bool `json:"answer,omitempty" yaml:"answer,omitempty"`         // true_false: is the statement true?
	WhenTrue  Text  `json:"when_true,omitempty" yaml:"when_true,omitempty"`   // true_false: said to who answered true
	WhenFalse Text  `json:"when_false,omitempty" yaml:"when_false,omitempty"` // true_false: said to who answered false
}

// An Option is one of the choices of a question.
type Option struct {
	Key      string `json:"key" yaml:"key"` // unique in its question
	Correct  bool   `json:"correct,omitempty" yaml:"correct,omitempty"`
	Text     Text   `json:"text" yaml:"text"`
	Feedback Text   `json:"feedback,omitempty" yaml:"feedback,omitempty"`
}

// An Answer is what was given to one question, as it was typed: field → values. The question's main
// field has the empty name; kinds with several fields (a row each, a gap each) name theirs.
// An empty Answer means nothing was given.
type Answer map[string][]string

// Given reports whether anything at all was given.
func (a Answer) Given() bool {
	for _, values := range a {
		for _, v := range values {
			if v != "" {
				return true
			}
		}
	}
	return false
}

// Verdict is a mark in a word.
type Verdict string

// The verdicts. Blank is an answer not given; it earns nothing, and the words differ.
const (
	Right  Verdict = "right"
	Partly Verdict = "partly"
	Wrong  Verdict = "wrong"
	Blank  Verdict = "blank"
)

// A Mark is what an answer earned.
type Mark struct {
	Points  float64 // 0 to 1
	Verdict Verdict
}

// A Review says in words what was given, what is right, and why. All texts are inline Markdown in
// one language.
type Review struct {
	Mark     Mark
	Given    []string // empty where nothing was given
	Right    []string // the right answer; every part of it
	Options  []OptionReview
	Feedback string // the question's own, or ""
}

// An OptionReview is one choice after marking. Feedback is there for the options that were chosen
// and for those that should have been.
type OptionReview struct {
	Key      string
	Text     string
	Chosen   bool
	Correct  bool
	Feedback string
}

// A Fault is something a question's author has to mend. Path leads to it from the question, in the
// form "options[2].text.nl"; Message is plain English.
type Fault struct {
	Path    string
	Message string
	Warning bool // advisory: does not stop publication
}

// A Kind is a type of question. Kinds are stateless; the list of them is Kinds.
type Kind interface {
	// Name is the kind's word in course files, and the name of its template.
	Name() string
	// Check says what the author has to mend. languages are those the course is written in; the
	// first is the source language.
	Check(q *Question, languages []string) []Fault
	// Read takes an answer as it came from a form and keeps what belongs to the question: unknown
	// options and fields are dropped, lengths bounded. What was typed is otherwise kept as typed.
	Read(q *Question, given Answer) Answer
	// Mark marks an answer. The same answer always earns the same.
	Mark(q *Question, a Answer) Mark
	// Review puts answer, mark and feedback into words in lang (else fallback).
	Review(q *Question, a Answer, lang, fallback string) Review
}
