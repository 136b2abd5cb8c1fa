package templates

import (
	"html/template"
	"time"

	"passerelle/i18n"
)

// Course is /courses/:course. Its form posts to URL + "/enrolments".
type Course struct {
	Base                     // Title: the course's
	URL        string        // /courses/:course
	Summary    template.HTML // rendered Markdown
	Audience   []string      // a line each
	Needs      string        // prerequisites; "" for none
	Objectives []string
	Modules    []Module
	Minutes    int // of all modules
	Authors    []Author
	Organiser  string
	WrittenOn  time.Time
	ReviewedOn time.Time // zero: not yet
	WrittenIn  []string  // codes of the languages it is written in
	Version    int
	Glossary   string     // address of the glossary, or ""
	Enrolment  *Enrolment // nil: the visitor is not enrolled
}

func (Course) template() string { return "course" }

// An Author wrote, translated or checked a course.
type Author struct {
	Name string
	Role string
}

// An Enrolment is how far somebody is in a course.
type Enrolment struct {
	EnrolledOn   time.Time
	CompletedOn  time.Time // zero: not yet
	Done         int       // steps done of those that completion asks for …
	Total        int       // … and how many those are
	Continue     *Link     // the step to go on with; nil where nothing is left
	Requirements []Requirement
	Certificate  *CertificateLink // nil: none yet
}

// Completed reports whether every requirement was met.
func (e *Enrolment) Completed() bool { return !e.CompletedOn.IsZero() }

// A Requirement is a rule of completion: met, or what would meet it. LessonsRead and QuizPassed put
// the two there are into words.
type Requirement struct {
	Text string // already said: the rule
	Met  bool
	How  string // already said: how far one is, or what would meet it; may be empty
	Link *Link  // where to meet it; nil where met, or nowhere to go
}

// LessonsRead is the rule that every lesson be read. next is the first that is not, or nil.
func LessonsRead(l *i18n.Language, read, total int, next *Link) Requirement {
	r := Requirement{
		Text: l.T("requirement.lessons", "Count", total),
		Met:  read >= total,
		How:  l.T("requirement.lessons_read", "Read", read, "Total", total),
	}
	if !r.Met && next != nil {
		r.Link = goTo(l, *next)
	}
	return r
}

// QuizPassed is the rule that a quiz be passed. best is the best score so far, below 0 where there is
// none; left is the number of attempts left, below 0 for as many as one likes.
func QuizPassed(l *i18n.Language, quiz Link, passMark int, passed bool, best float64, left int) Requirement {
	r := Requirement{
		Text: l.T("requirement.quiz", "Title", quiz.Text, "PassMark", l.Percent(float64(passMark))),
		Met:  passed,
	}
	switch {
	case passed:
		r.How = l.T("requirement.quiz_best", "Score", l.Percent(best))
		return r
	case left == 0:
		r.How = l.T("requirement.quiz_no_attempts")
		return r
	case best < 0:
		r.How = l.T("requirement.quiz_untried")
	case left < 0:
		r.How = l.T("requirement.quiz_best", "Score", l.Percent(best))
	default:
		r.How = l.T("requirement.quiz_best_left", "Score", l.Percent(best), "Count", left)
	}
	r.Link = goTo(l, quiz)
	return r
}

func goTo(l *i18n.Language, step Link) *Link {
	return &Link{Text: l.T("requirement.go_to", "Title", step.Text), URL: step.URL}
}

// A CertificateLink leads to a certificate that was issued.
type CertificateLink struct {
	URL      string // /certificates/:id
	Number   string
	IssuedOn time.Time
}

// A Module is a part of a course, as its page lists it.
type Module struct {
	Key        string // for ids in the page
	Title      string
	Summary    template.HTML
	Objectives []string
	Minutes    int
	Steps      []Step
}

// A StepState is how far the visitor is with a step.
type StepState string

// The states of a step. Empty is a step to come, or a visitor who is not enrolled.
const (
	StepRead   StepState = "read"   // a lesson that was read, a quiz without pass mark that was sent
	StepPassed StepState = "passed" // a quiz that was passed
	StepTried  StepState = "tried"  // a quiz that was sent and not passed yet
	StepNext   StepState = "next"   // the one to go on with
)

// A Step is a line of a module's list, and of the contents beside a lesson or quiz.
type Step struct {
	Title    string
	URL      string // "": not to be entered from here
	Minutes  int
	Quiz     bool
	Optional bool
	State    StepState
	Current  bool // the page one is on
}

// A Place is where a step stands: every page of a step embeds it.
type Place struct {
	Course   Link // the course's title and address
	Module   string
	Position int // of the step in its module, from 1 …
	Count    int // … and how many there are
	Contents []Step
	Previous *Link // step before, over the modules' borders; nil at the beginning
	Next     *Link // step after; nil at the end
}

// Lesson is /courses/:course/:module/:step for a lesson. Its form posts to URL + "/reading".
type Lesson struct {
	Base // Title: the lesson's
	Place
	URL        string
	Minutes    int
	ReviewedOn time.Time
	ReviewBy   time.Time
	Overdue    bool          // the day to review it by has passed
	Body       template.HTML // rendered Markdown
	BodyLang   string        // code of the source language where the text is missing in the page's; else ""
	Objectives []string      // those it serves
	Sources    []Source      // in the order of their numbers
	Enrolled   bool
	Read       bool
}

func (Lesson) template() string { return "lesson" }

// A Source is a numbered reference; the text cites it as #source-N.
type Source struct {
	Number   int
	Citation string
	URL      string // "" for none
	Note     string // how sure we are; may be empty
}

// Glossary is /courses/:course/glossary. Lessons link to #KEY.
type Glossary struct {
	Base
	Course Link
	Terms  []Term
}

func (Glossary) template() string { return "glossary" }

// Heading is the page's own.
func (p Glossary) Heading() string { return p.headed("glossary.title") }

// A Term is an entry of the glossary.
type Term struct {
	Key        string // its id in the page
	Term       string
	Definition template.HTML
}

// Progress is /progress: the visitor's courses and certificates.
type Progress struct {
	Base
	Courses []CourseProgress
}

func (Progress) template() string { return "progress" }

// Heading is the page's own.
func (p Progress) Heading() string { return p.headed("progress.title") }

// A CourseProgress is one of the visitor's courses.
type CourseProgress struct {
	Title     string
	URL       string
	Enrolment Enrolment
}

// Teach is /teach: what is published, and what has to be reviewed.
type Teach struct {
	Base
	Courses []TaughtCourse
	Due     []DueLesson // lessons to review, the most urgent first
}

func (Teach) template() string { return "teach" }

// Heading is the page's own.
func (p Teach) Heading() string { return p.headed("teach.title") }

// A TaughtCourse is a course as its trainers see it.
type TaughtCourse struct {
	Slug     string
	Title    string
	URL      string
	Versions []TaughtVersion // the latest first
}

// A TaughtVersion is a published version.
type TaughtVersion struct {
	Number      int
	PublishedOn time.Time
	Words       []WordCount // per language, the source language first
	Lessons     int
	Questions   int
	Enrolled    int // people on it
}

// A WordCount is how many words there are in a language.
type WordCount struct {
	Language string // code
	Words    int
}

// A DueLesson is a lesson whose day of review has come or is near.
type DueLesson struct {
	Course   string
	Lesson   string
	URL      string
	ReviewBy time.Time
	Overdue  bool
}
