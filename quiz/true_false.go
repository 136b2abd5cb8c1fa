package quiz

// The two answers to a statement. A review says them as they stand here: the question holds no words
// for them, so the page says them in the reader's language.
const (
	True  = "true"
	False = "false"
)

// TrueFalse asks whether a statement is true. The main field of its answers holds True or
// False.
type TrueFalse struct{}

// Name implements Kind.
func (TrueFalse) Name() string { return "true_false" }

// Check implements Kind.
func (TrueFalse) Check(q *Question, _ []string) []Fault {
	var faults []Fault
	if q.Answer == nil {
		faults = append(faults, Fault{Path: "answer", Message: "missing: say true or false"})
	}
	if len(q.Feedback) == 0 {
		for _, said := range []struct {
			path string
			text Text
		}{{"when_true", q.WhenTrue}, {"when_false", q.WhenFalse}} {
			if len(said.text) == 0 {
				faults = append(faults, Fault{Path: said.path, Warning: true,
					Message: "who answers this is told nothing: neither it nor the question has feedback"})
			}
		}
	}
	return append(faults, only(q, "answer", "when_true", "when_false")...)
}

// Read implements Kind. Of two contradictory answers, which only a forged form can hold, none is kept.
func (TrueFalse) Read(q *Question, given Answer) Answer {
	kept := ""
	for _, v := range given[""] {
		if v != True && v != False {
			continue
		}
		if kept != "" && kept != v {
			return Answer{}
		}
		kept = v
	}
	if kept == "" {
		return Answer{}
	}
	return Answer{"": {kept}}
}

// Mark implements Kind.
func (k TrueFalse) Mark(q *Question, a Answer) Mark {
	a = k.Read(q, a)
	if !a.Given() {
		return blank()
	}
	return allOrNothing(q.Answer != nil && (a[""][0] == True) == *q.Answer)
}

// Review implements Kind. Its options are True and False.
func (k TrueFalse) Review(q *Question, a Answer, lang, fallback string) Review {
	review := Review{Mark: k.Mark(q, a), Feedback: q.Feedback.In(lang, fallback)}
	given := k.Read(q, a)
	for _, side := range []struct {
		word     string
		value    bool
		feedback Text
	}{{True, true, q.WhenTrue}, {False, false, q.WhenFalse}} {
		said := OptionReview{
			Key:     side.word,
			Text:    side.word,
			Chosen:  given.Given() && given[""][0] == side.word,
			Correct: q.Answer != nil && *q.Answer == side.value,
		}
		if said.Chosen || said.Correct {
			said.Feedback = side.feedback.In(lang, fallback)
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
