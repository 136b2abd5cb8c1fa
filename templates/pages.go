package templates

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/i18n"
)

// A Page is what one address shows. Every page is a struct of this package that embeds Base and knows
// its template.
type Page interface {
	// template is the page's file in pages/, without its ending.
	template() string
	// language is the code of the language it is in; Base knows.
	language() string
}

// A Base is what every page has. Handlers fill it from the visit.
type Base struct {
	Lang       *i18n.Language
	Title      string  // already said; heading of the page. Needed where it comes from data (a course's title …); pages with a heading of their own leave it empty
	Discreet   string  // already said; takes the heading's place in the window's title and history, where the subject must not show
	Person     *Person // nil: nobody is signed in
	Path       string  // path and query of this page, so that the language switch comes back to it
	Flash      string  // already said; shown once, above the page
	FlashError bool    // the flash is bad news
	Demo       bool    // the house runs with demonstration people
}

// A Person is who is signed in.
type Person struct {
	Name          string
	Learner       bool
	Trainer       bool
	Coordinator   bool
	Administrator bool
}

// Initials are the first letters of the first and the last part of the name.
func (p *Person) Initials() string {
	parts := strings.Fields(p.Name)
	if len(parts) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(parts[0])
	initials := string(first)
	if len(parts) > 1 {
		last, _ := utf8.DecodeRuneInString(parts[len(parts)-1])
		initials += string(last)
	}
	return strings.ToUpper(initials)
}

func (b Base) language() string { return b.Lang.Code }

// Heading is the heading of the page and the first part of the window's title.
func (b Base) Heading() string { return b.Title }

// headed is the Title where there is one, else the message key.
func (b Base) headed(key string) string {
	if b.Title != "" {
		return b.Title
	}
	return b.T(key)
}

// T says the message key in the reader's language; args are names and values in turn.
func (b Base) T(key string, args ...any) string { return b.Lang.T(key, args...) }

// Date says a day in full.
func (b Base) Date(t time.Time) string { return b.Lang.Date(t) }

// Day is a day for machines: 2026-12-01.
func (b Base) Day(t time.Time) string { return t.Format(time.DateOnly) }

// Number says x with as many decimals.
func (b Base) Number(x float64, decimals int) string { return b.Lang.Number(x, decimals) }

// Percent says a percentage, rounded down.
func (b Base) Percent(x float64) string { return b.Lang.Percent(x) }

// WholePercent says a percentage that is a whole number: a pass mark.
func (b Base) WholePercent(x int) string { return b.Lang.Percent(float64(x)) }

// Duration says minutes: 45 min, 1 h 15.
func (b Base) Duration(minutes int) string { return duration(b.Lang, minutes) }

// LanguageName is the name of a language in itself.
func (b Base) LanguageName(code string) string { return languageName(code) }

// LanguageNames are several of them, set in a row.
func (b Base) LanguageNames(codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = languageName(code)
	}
	return strings.Join(names, ", ")
}

// Languages are the languages of the interface, for the switch.
func (b Base) Languages() []LanguageChoice {
	var choices []LanguageChoice
	for _, code := range i18n.Codes() {
		choices = append(choices, LanguageChoice{Code: code, Name: languageName(code), Chosen: code == b.Lang.Code})
	}
	return choices
}

// Here reports whether the page stands at address or below it, for the mark in the navigation. The
// home page is also where courses are.
func (b Base) Here(address string) bool {
	path, _, _ := strings.Cut(b.Path, "?")
	if address == "/" {
		return path == "/" || strings.HasPrefix(path, "/courses/")
	}
	return path == address || strings.HasPrefix(path, address+"/")
}

// A LanguageChoice is a language one can switch to.
type LanguageChoice struct {
	Code   string
	Name   string
	Chosen bool
}

func languageName(code string) string {
	switch code {
	case "fr":
		return "Français"
	case "nl":
		return "Nederlands"
	case "en":
		return "English"
	default:
		return code
	}
}

func duration(l *i18n.Language, n int) string {
	switch h, m := n/60, n%60; {
	case h == 0:
		return l.T("duration.minutes", "Minutes", m)
	case m == 0:
		return l.T("duration.hours", "Hours", h)
	default:
		return l.T("duration.both", "Hours", h, "Minutes", twoDigits(m))
	}
}

func twoDigits(n int) string {
	return string([]byte{'0' + byte(n/10%10), '0' + byte(n%10)})
}

// A Link leads somewhere and says where.
type Link struct {
	Text string
	URL  string
}

// An Option is a line of a select.
type Option struct {
	Value    string
	Label    string // already said
	Selected bool
}

// A FieldError is what is wrong with a field of a form.
type FieldError struct {
	Field   string // also the id of the input
	Message string // already said
}

// A Form is what every form has that may come back: the pages that carry one embed it. The values
// typed are fields of the page. FormOf makes one from an error.
type Form struct {
	Fault  string            // already said; what is wrong with the whole, "" where only fields are to be mended
	Errors map[string]string // name of the field → what is wrong with it, already said
}

// Failed reports whether the form came back.
func (f Form) Failed() bool { return f.Fault != "" || len(f.Errors) > 0 }

// Error is what is wrong with a field, or "".
func (f Form) Error(field string) string { return f.Errors[field] }

// inOrder lists the errors in the order of the fields on the page, others after them.
func (f Form) inOrder(fields ...string) []FieldError {
	var errors []FieldError
	for _, field := range fields {
		if said, ok := f.Errors[field]; ok {
			errors = append(errors, FieldError{field, said})
		}
	}
	var others []string
	for field := range f.Errors {
		if !slices.Contains(fields, field) {
			others = append(others, field)
		}
	}
	slices.Sort(others)
	for _, field := range others {
		errors = append(errors, FieldError{field, f.Errors[field]})
	}
	return errors
}

// Home is the front door: what Passerelle is, and the catalogue.
type Home struct {
	Base
	Courses []CourseCard
}

func (Home) template() string { return "home" }

// A CourseCard is a course in the catalogue.
type CourseCard struct {
	URL       string // /courses/:course
	Title     string
	Summary   template.HTML
	Modules   int
	Minutes   int
	Languages []string // codes
	Enrolled  bool     // is the person on it?
	Completed bool
	Done      int // steps done of those that completion asks for …
	Total     int // … and how many those are
}

// An ErrorPage says what went wrong and how to get away from it.
type ErrorPage struct {
	Base
	Status    int    // HTTP status
	Message   string // already said: the fault's key in the reader's language
	RequestID string // what to quote when asking for help
}

func (ErrorPage) template() string { return "error" }

// Heading says roughly what happened.
func (p ErrorPage) Heading() string {
	switch {
	case p.Status == http.StatusNotFound:
		return p.headed("error.title_missing")
	case p.Status >= http.StatusInternalServerError:
		return p.headed("error.title_ours")
	default:
		return p.headed("error.title")
	}
}

// Privacy is /privacy: what is kept about people, and why.
type Privacy struct {
	Base
	Contact string // mail address to ask at; "" where none is set
}

func (Privacy) template() string { return "privacy" }

// Heading is the page's own.
func (p Privacy) Heading() string { return p.headed("privacy.title") }

// Accessibility is /accessibility: the statement.
type Accessibility struct {
	Base
	Contact string // mail address to tell; "" where none is set
}

func (Accessibility) template() string { return "accessibility" }

// Heading is the page's own.
func (p Accessibility) Heading() string { return p.headed("accessibility.title") }
