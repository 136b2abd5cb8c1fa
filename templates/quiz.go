package templates

import (
	"html/template"
	"slices"
	"time"
)

// QuizIntro is /courses/:course/:module/:step for a quiz. Its form posts to URL + "/attempts".
type QuizIntro struct {
	Base // Title: the quiz's
	Place
	URL             string
	Minutes         int
	Purpose         string        // summative, formative or pretest
	Intro           template.HTML // rendered Markdown; may be empty
	Questions       int
	PassMark        int // percent; 0 for none
	AttemptsAllowed int // 0: as many as one likes
	AttemptsLeft    int // of AttemptsAllowed
	Attempts        []AttemptLine
	Resume          string // address of the attempt under way, or ""
	Enrolled        bool
	Passed          bool
}

func (QuizIntro) template() string { return "quiz_intro" }

// MayStart reports whether there is an attempt to begin.
func (p QuizIntro) MayStart() bool {
	return p.Enrolled && p.Resume == "" && (p.AttemptsAllowed == 0 || p.AttemptsLeft > 0)
}

// An AttemptLine is an attempt that was sent.
type AttemptLine struct {
	URL         string // its result
	SubmittedOn time.Time
	Score       float64 // percent
	Passed      bool
}

// Attempt is /attempts/:id while it is open: every question on one page. The form posts to
// URL + "/answers" with then=stay or then=review; the script posts one question to
// URL + "/answers/" + KEY. Each question's fields are its key, or its key, a dot and the field's name;
// sequence.KEY is the sequence number of the answer that the page knows; what the page sends is newer
// by one, and the script says so itself, in sequence.
type Attempt struct {
	Base      // Title: the quiz's
	URL       string
	Course    Link
	Intro     template.HTML
	Questions []Question
}

func (Attempt) template() string { return "attempt" }

// Answered is the number of questions with an answer.
func (p Attempt) Answered() int {
	n := 0
	for i := range p.Questions {
		if p.Questions[i].Answered() {
			n++
		}
	}
	return n
}

// Asked puts a question into the reader's language, for its part in questions/.
func (p Attempt) Asked(q Question) Asked { return Asked{Base: p.Base, Question: q} }

// A Question is one of an attempt, as it is asked.
type Question struct {
	Key      string // in its course
	Number   int    // from 1
	Total    int
	Kind     string        // name of its part in questions/
	Text     template.HTML // inline
	Options  []Choice      // in the order they are to be shown; empty for kinds without
	Given    map[string][]string
	Sequence int64  // of the answer on the server; 0: none yet
	Shown    string // mark of the answer shown: sent back, it tells what was changed on this page
	Saved    bool   // the server holds the answer shown
}

// Answered reports whether anything was given.
func (q Question) Answered() bool {
	for _, values := range q.Given {
		if slices.ContainsFunc(values, func(v string) bool { return v != "" }) {
			return true
		}
	}
	return false
}

// Chose reports whether value is among those given in the question's main field.
func (q Question) Chose(value string) bool { return slices.Contains(q.Given[""], value) }

// A Choice is an option of a question.
type Choice struct {
	Key  string        // the value it sends
	Text template.HTML // inline
}

// Asked is what a question's part is made from.
type Asked struct {
	Base
	Question
}

// Review is /attempts/:id/review: the answers before they are sent. Its form posts to
// URL + "/submission"; unanswered questions link to URL + "#question-KEY".
type Review struct {
	Base      // Title: the quiz's
	URL       string
	Course    Link
	Questions []ReviewQuestion
}

func (Review) template() string { return "review" }

// Answered is the number of questions with an answer.
func (p Review) Answered() int {
	n := 0
	for _, q := range p.Questions {
		if len(q.Given) > 0 {
			n++
		}
	}
	return n
}

// Unanswered is the number of questions without.
func (p Review) Unanswered() int { return len(p.Questions) - p.Answered() }

// A ReviewQuestion is a question and what was given, in words.
type ReviewQuestion struct {
	Key    string
	Number int
	Text   template.HTML
	Given  []template.HTML // empty: nothing was given
}

// Result is /attempts/:id once it is sent. Another attempt is begun by posting to QuizURL + "/attempts".
type Result struct {
	Base            // Title: the quiz's
	URL             string
	Course          Link
	QuizURL         string
	SubmittedOn     time.Time
	Purpose         string  // summative, formative or pretest
	Score           float64 // percent
	PassMark        int     // percent; 0 for none
	Passed          bool
	AttemptsAllowed int // 0: as many as one likes
	AttemptsLeft    int // of AttemptsAllowed
	MayRetry        bool
	Questions       []ResultQuestion
	Requirements    []Requirement    // of the course
	Certificate     *CertificateLink // nil: none yet
	Next            *Link            // the step after; nil at the end
}

func (Result) template() string { return "result" }

// RightAnswers is the number of questions answered right.
func (p Result) RightAnswers() int {
	n := 0
	for _, q := range p.Questions {
		if q.Verdict == "right" {
			n++
		}
	}
	return n
}

// RetryFirst reports whether another attempt is the first thing to offer.
func (p Result) RetryFirst() bool { return p.MayRetry && p.PassMark > 0 && !p.Passed }

// OutOfAttempts reports whether the quiz was not passed and no attempt is left.
func (p Result) OutOfAttempts() bool {
	return p.AttemptsAllowed > 0 && p.AttemptsLeft == 0 && p.PassMark > 0 && !p.Passed
}

// A ResultQuestion is a question after marking.
type ResultQuestion struct {
	Key      string
	Number   int
	Text     template.HTML
	Verdict  string          // right, partly, wrong or blank
	Given    []template.HTML // empty: nothing was given
	Right    []template.HTML // empty where it is not to be shown (yet)
	Options  []ResultOption  // those with something to say
	Feedback template.HTML
	Sources  []Source // Number is not shown
}

// Explained reports whether the options already say all that was given: it was right.
func (q ResultQuestion) Explained() bool { return q.Verdict == "right" && len(q.Options) > 0 }

// A ResultOption is an option after marking.
type ResultOption struct {
	Text     template.HTML
	Chosen   bool
	Correct  bool
	Feedback template.HTML
}
