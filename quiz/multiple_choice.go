package quiz

import "fmt"

// The marking rules of a multiple choice. Without a word it is Partial.
const (
	Partial      = "partial"        // share of the right options chosen less share of the wrong ones, never below 0
	AllOrNothing = "all_or_nothing" // 1 for exactly the right options
)

// MultipleChoice asks for every right option; there may be one or several.
type MultipleChoice struct{}

// Name implements Kind.
func (MultipleChoice) Name() string { return "multiple_choice" }

// Check implements Kind.
func (MultipleChoice) Check(q *Question, _ []string) []Fault {
	faults, correct := checkOptions(q)
	if correct == 0 {
		faults = append(faults, Fault{Path: "options", Message: "no option is correct; multiple_choice wants at least one"})
	}
	switch q.Marking {
	case "", Partial:
		if correct > 0 && correct == len(q.Options) {
			faults = append(faults, Fault{Path: "options",
				Message: "every option is correct: with partial marking choosing everything would earn everything; add a wrong one, or mark all_or_nothing"})
		}
	case AllOrNothing:
	default:
		faults = append(faults, Fault{Path: "marking", Message: fmt.Sprintf("unknown marking %q; use %s or %s", q.Marking, Partial, AllOrNothing)})
	}
	return append(faults, only(q, "options", "marking")...)
}

// Read implements Kind.
func (MultipleChoice) Read(q *Question, given Answer) Answer { return readOptions(q, given) }

// Mark implements Kind.
func (k MultipleChoice) Mark(q *Question, a Answer) Mark {
	a = k.Read(q, a)
	if !a.Given() {
		return blank()
	}
	chosen := map[string]bool{}
	for _, key := range a[""] {
		chosen[key] = true
	}
	var right, wrong, rightChosen, wrongChosen int
	for i := range q.Options {
		o := &q.Options[i]
		switch {
		case o.Correct:
			right++
			if chosen[o.Key] {
				rightChosen++
			}
		default:
			wrong++
			if chosen[o.Key] {
				wrongChosen++
			}
		}
	}
	if q.Marking == AllOrNothing || right == 0 {
		return allOrNothing(right > 0 && rightChosen == right && wrongChosen == 0)
	}
	points := float64(rightChosen) / float64(right)
	if wrong > 0 {
		points -= float64(wrongChosen) / float64(wrong)
	}
	return marked(points)
}

// Review implements Kind.
func (k MultipleChoice) Review(q *Question, a Answer, lang, fallback string) Review {
	return reviewOptions(q, k.Read(q, a), k.Mark(q, a), lang, fallback)
}
