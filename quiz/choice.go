package quiz

import "fmt"

// What the kinds with options share: single and multiple choice. The main field of their answers
// holds option keys.

// maxOptions is how many options a question may have; nobody reads more.
const maxOptions = 50

// checkOptions says what is wrong with the options whatever the kind, and how many are correct.
func checkOptions(q *Question) (faults []Fault, correct int) {
	switch n := len(q.Options); {
	case n < 2:
		faults = append(faults, Fault{Path: "options", Message: "at least two options are needed"})
	case n > maxOptions:
		faults = append(faults, Fault{Path: "options", Message: fmt.Sprintf("%d options; at most %d are allowed", n, maxOptions)})
	}
	first := map[string]int{}
	for i := range q.Options {
		o, path := &q.Options[i], fmt.Sprintf("options[%d]", i)
		if !ValidKey(o.Key) {
			faults = append(faults, badKey(path+".key", o.Key))
		} else if j, seen := first[o.Key]; seen {
			faults = append(faults, Fault{Path: path + ".key", Message: fmt.Sprintf("key %q is already that of options[%d]", o.Key, j)})
		} else {
			first[o.Key] = i
		}
		if o.Correct {
			correct++
		}
		faults = append(faults, need(path+".text", o.Text)...)
		// The question's own feedback is said to everybody, so nobody goes without.
		if len(o.Feedback) == 0 && len(q.Feedback) == 0 {
			faults = append(faults, Fault{Path: path + ".feedback", Warning: true,
				Message: "who chooses this option is told nothing: neither it nor the question has feedback"})
		}
	}
	return faults, correct
}

// readOptions keeps the options of the question that were chosen, each once, in the question's order.
func readOptions(q *Question, given Answer) Answer {
	chosen := map[string]bool{}
	for _, key := range given[""] {
		chosen[key] = true
	}
	var kept []string
	for i := range q.Options {
		if key := q.Options[i].Key; key != "" && chosen[key] {
			kept = append(kept, key)
			delete(chosen, key)
		}
	}
	if kept == nil {
		return Answer{}
	}
	return Answer{"": kept}
}

// reviewOptions puts an answer that was read by readOptions into words.
func reviewOptions(q *Question, read Answer, mark Mark, lang, fallback string) Review {
	chosen := map[string]bool{}
	for _, key := range read[""] {
		chosen[key] = true
	}
	review := Review{Mark: mark, Feedback: q.Feedback.In(lang, fallback)}
	for i := range q.Options {
		o := &q.Options[i]
		said := OptionReview{Key: o.Key, Text: o.Text.In(lang, fallback), Chosen: chosen[o.Key], Correct: o.Correct}
		if said.Chosen || said.Correct {
			said.Feedback = o.Feedback.In(lang, fallback)
		}
		if said.Chosen {
			review.Given = append(review.Given, said.Text)
		}
		if said.Correct {
			review.Right = append(review.Right, said.Text)
		}
		review.Options = append(review.Options, said)
	}
	return review
}
