package quiz

import "fmt"

// SingleChoice asks for the one right option. It earns 1 or 0.
type SingleChoice struct{}

// Name implements Kind.
func (SingleChoice) Name() string { return "single_choice" }

// Check implements Kind.
func (SingleChoice) Check(q *Question, _ []string) []Fault {
	faults, correct := checkOptions(q)
	if correct != 1 {
		faults = append(faults, Fault{Path: "options", Message: fmt.Sprintf("%d options are correct; single_choice wants exactly one", correct)})
	}
	return append(faults, only(q, "options")...)
}

// Read implements Kind. A form can hold more than one choice only by forgery or by accident; the
// first in the question's order is kept.
func (SingleChoice) Read(q *Question, given Answer) Answer {
	a := readOptions(q, given)
	if keys := a[""]; len(keys) > 1 {
		a[""] = keys[:1]
	}
	return a
}

// Mark implements Kind.
func (k SingleChoice) Mark(q *Question, a Answer) Mark {
	a = k.Read(q, a)
	if !a.Given() {
		return blank()
	}
	for i := range q.Options {
		if q.Options[i].Key == a[""][0] {
			return allOrNothing(q.Options[i].Correct)
		}
	}
	return allOrNothing(false)
}

// Review implements Kind.
func (k SingleChoice) Review(q *Question, a Answer, lang, fallback string) Review {
	return reviewOptions(q, k.Read(q, a), k.Mark(q, a), lang, fallback)
}
