package quiz

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var languages = []string{"fr", "nl", "en"}

func say(fr string) Text { return Text{"fr": fr, "nl": fr + " (nl)", "en": fr + " (en)"} }

func truth(b bool) *bool { return &b }

// options are made from letters: a capital one is correct.
func options(letters string) []Option {
	var made []Option
	for _, r := range letters {
		key, correct := string(r), r >= 'A' && r <= 'Z'
		if correct {
			key = string(r - 'A' + 'a')
		}
		made = append(made, Option{Key: key, Correct: correct, Text: say("choix " + key), Feedback: say("retour " + key)})
	}
	return made
}

func single(letters string) *Question {
	return &Question{Key: "q-3-mmc", Kind: "single_choice", Text: say("Que faire d’abord ?"), Options: options(letters)}
}

func multiple(marking, letters string) *Question {
	return &Question{Key: "q-ghb", Kind: "multiple_choice", Marking: marking, Text: say("Lesquels ?"), Options: options(letters)}
}

func statement(answer bool) *Question {
	return &Question{Key: "q-vrai", Kind: "true_false", Answer: truth(answer), Text: say("On dose le GHB au millilitre."),
		WhenTrue: say("Oui."), WhenFalse: say("Relisez la leçon.")}
}

func kindOf(t testing.TB, q *Question) Kind {
	t.Helper()
	k, ok := ByName(q.Kind)
	if !ok {
		t.Fatalf("no kind %q", q.Kind)
	}
	return k
}

func TestKindsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if k.Name() == "" || seen[k.Name()] {
			t.Errorf("kind %T: name %q is empty or taken", k, k.Name())
		}
		seen[k.Name()] = true
		if got, ok := ByName(k.Name()); !ok || got != k {
			t.Errorf("ByName(%q) = %v, %v", k.Name(), got, ok)
		}
	}
	if _, ok := ByName("essay by carrier pigeon"); ok {
		t.Error("an unknown name has a kind")
	}
}

func TestMark(t *testing.T) {
	chose := func(keys ...string) Answer { return Answer{"": keys} }
	for _, c := range []struct {
		name    string
		q       *Question
		a       Answer
		points  float64
		verdict Verdict
	}{
		{"single: right", single("Abc"), chose("a"), 1, Right},
		{"single: wrong", single("Abc"), chose("b"), 0, Wrong},
		{"single: nothing", single("Abc"), Answer{}, 0, Blank},
		{"single: nil", single("Abc"), nil, 0, Blank},
		{"single: empty value", single("Abc"), chose(""), 0, Blank},
		{"single: unknown option", single("Abc"), chose("z"), 0, Blank},
		{"single: right but in another field", single("Abc"), Answer{"row": {"a"}}, 0, Blank},
		{"single: everything at once keeps the first", single("bAc"), chose("a", "b", "c"), 0, Wrong},

		{"partial is the default", multiple("", "ABcd"), chose("a"), 0.5, Partly},
		{"partial: all right", multiple("partial", "ABcd"), chose("b", "a"), 1, Right},
		{"partial: one right, one wrong", multiple("partial", "ABcd"), chose("a", "c"), 0, Wrong},
		{"partial: both right, one wrong", multiple("partial", "ABcd"), chose("a", "b", "c"), 0.5, Partly},
		{"partial: everything", multiple("partial", "ABcd"), chose("a", "b", "c", "d"), 0, Wrong},
		{"partial: only wrong ones", multiple("partial", "ABcd"), chose("c", "d"), 0, Wrong},
		{"partial: shares are of unlike size", multiple("partial", "Abcd"), chose("a", "b"), 1 - 1.0/3, Partly},
		{"partial: the same twice counts once", multiple("partial", "ABcd"), chose("a", "a"), 0.5, Partly},
		{"partial: nothing", multiple("partial", "ABcd"), nil, 0, Blank},

		{"all or nothing: exact", multiple("all_or_nothing", "ABcd"), chose("b", "a"), 1, Right},
		{"all or nothing: one short", multiple("all_or_nothing", "ABcd"), chose("a"), 0, Wrong},
		{"all or nothing: one too many", multiple("all_or_nothing", "ABcd"), chose("a", "b", "c"), 0, Wrong},
		{"all or nothing: nothing", multiple("all_or_nothing", "ABcd"), chose(), 0, Blank},

		{"true: right", statement(true), chose("true"), 1, Right},
		{"true: wrong", statement(true), chose("false"), 0, Wrong},
		{"false: right", statement(false), chose("false"), 1, Right},
		{"false: wrong", statement(false), chose("true"), 0, Wrong},
		{"true and false at once", statement(true), chose("true", "false"), 0, Blank},
		{"yes is not true", statement(true), chose("yes"), 0, Blank},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := kindOf(t, c.q).Mark(c.q, c.a)
			if math.Abs(got.Points-c.points) > 1e-12 || got.Verdict != c.verdict {
				t.Errorf("mark = %v, want %v %v", got, c.points, c.verdict)
			}
		})
	}
}

func TestScore(t *testing.T) {
	marks := func(points ...float64) []Mark {
		var made []Mark
		for _, p := range points {
			made = append(made, marked(p))
		}
		return made
	}
	for _, c := range []struct {
		marks []Mark
		want  float64
	}{
		{nil, 0},
		{marks(0, 0), 0},
		{marks(1), 100},
		{marks(1, 1, 1, 1, 1, 1, 1, 0, 0, 0), 70},
		{marks(1.0/3, 1.0/3, 1.0/3, 0, 0, 0), 100.0 / 6},
		{marks(1, 1.0/3, 1.0/3, 1.0/3, 0, 1, 1, 1, 1, 1), 70},
		{[]Mark{blank(), marked(1)}, 50},
	} {
		if got := Score(c.marks); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("Score(%v) = %v, want %v", c.marks, got, c.want)
		}
	}
	if got := Score(marks(1, 1.0/3, 1.0/3, 1.0/3, 0, 1, 1, 1, 1, 1)); got < 70 {
		t.Errorf("seven of ten in thirds is %v, below a pass mark of 70", got)
	}
}

func TestReviewOfAChoice(t *testing.T) {
	q := multiple("partial", "ABcd")
	q.Feedback = say("Voir la leçon 2.")
	got := MultipleChoice{}.Review(q, Answer{"": {"c", "a"}}, "nl", "fr")
	want := Review{
		Mark:     Mark{0, Wrong},
		Given:    []string{"choix a (nl)", "choix c (nl)"},
		Right:    []string{"choix a (nl)", "choix b (nl)"},
		Feedback: "Voir la leçon 2. (nl)",
		Options: []OptionReview{
			{"a", "choix a (nl)", true, true, "retour a (nl)"},
			{"b", "choix b (nl)", false, true, "retour b (nl)"},
			{"c", "choix c (nl)", true, false, "retour c (nl)"},
			{"d", "choix d (nl)", false, false, ""}, // neither chosen nor right: nothing to say
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("review = %+v\nwant %+v", got, want)
	}
}

func TestReviewFallsBackToTheSourceLanguage(t *testing.T) {
	q := single("Ab")
	q.Options[0].Text = Text{"fr": "prévenir les secours"}
	got := SingleChoice{}.Review(q, Answer{"": {"b"}}, "en", "fr")
	if want := []string{"prévenir les secours"}; !slices.Equal(got.Right, want) {
		t.Errorf("right = %q, want %q", got.Right, want)
	}
}

func TestReviewOfAStatement(t *testing.T) {
	got := TrueFalse{}.Review(statement(true), Answer{"": {"false"}}, "fr", "fr")
	want := Review{
		Mark:  Mark{0, Wrong},
		Given: []string{False},
		Right: []string{True},
		Options: []OptionReview{
			{True, True, false, true, "Oui."},
			{False, False, true, false, "Relisez la leçon."},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("review = %+v\nwant %+v", got, want)
	}
	blank := TrueFalse{}.Review(statement(true), nil, "en", "fr")
	if blank.Mark.Verdict != Blank || blank.Given != nil || !slices.Equal(blank.Right, []string{True}) {
		t.Errorf("review of nothing = %+v", blank)
	}
}

// What every kind promises, for any sound question of any kind.

func anyQuestion(t *rapid.T) *Question {
	letters := func(minRight, maxRight int) string {
		n := rapid.IntRange(2, 12).Draw(t, "options")
		right := rapid.IntRange(minRight, min(maxRight, n-1)).Draw(t, "right")
		made := make([]rune, n)
		for i := range made {
			made[i] = 'a' + rune(i)
			if i < right {
				made[i] = 'A' + rune(i)
			}
		}
		return string(rapid.Permutation(made).Draw(t, "order"))
	}
	switch rapid.SampledFrom([]string{"single_choice", "multiple_choice", "true_false"}).Draw(t, "kind") {
	case "single_choice":
		return single(letters(1, 1))
	case "multiple_choice":
		return multiple(rapid.SampledFrom([]string{"", Partial, AllOrNothing}).Draw(t, "marking"), letters(1, 11))
	default:
		return statement(rapid.Bool().Draw(t, "answer"))
	}
}

func anyAnswer(t *rapid.T) Answer {
	values := rapid.SliceOfN(rapid.OneOf(
		rapid.StringMatching(`[a-m]`),
		rapid.SampledFrom([]string{"true", "false", "", "TRUE", " a", "a,b", "\x00", "é"}),
		rapid.String(),
	), 0, 20)
	return Answer(rapid.MapOfN(rapid.SampledFrom([]string{"", "", "a", "true", "row.1"}), values, 0, 3).Draw(t, "answer"))
}

func TestEveryQuestionOfTheTestsIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if q := anyQuestion(t); len(Check(q, languages)) > 0 {
			t.Fatalf("%+v: %v", q, Check(q, languages))
		}
	})
}

func TestKindsKeepTheirPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, a := anyQuestion(t), anyAnswer(t)
		k, _ := ByName(q.Kind)
		if fault := promises(k, q, a); fault != "" {
			t.Fatal(fault)
		}
	})
}

// promises is what any kind has to hold for any answer, however hostile.
func promises(k Kind, q *Question, a Answer) string {
	before := fmt.Sprint(a)
	read := k.Read(q, a)
	mark := k.Mark(q, a)
	switch {
	case fmt.Sprint(a) != before:
		return "reading or marking changed the answer it was given"
	case read == nil:
		return "Read gave nil"
	case !reflect.DeepEqual(k.Read(q, read), read):
		return fmt.Sprintf("reading twice gives %v, once %v", k.Read(q, read), read)
	case k.Mark(q, read) != mark:
		return fmt.Sprintf("Mark(Read(a)) = %v, Mark(a) = %v", k.Mark(q, read), mark)
	case k.Mark(q, a) != mark:
		return "the same answer earned two marks"
	case !(mark.Points >= 0 && mark.Points <= 1):
		return fmt.Sprintf("mark %v", mark)
	case (mark.Verdict == Blank) != !read.Given():
		return fmt.Sprintf("verdict %v of an answer read as %v", mark.Verdict, read)
	case (mark.Verdict == Right) != (mark.Points == 1),
		(mark.Verdict == Partly) != (mark.Points > 0 && mark.Points < 1):
		return fmt.Sprintf("verdict and points disagree: %v", mark)
	}
	review := k.Review(q, a, "fr", "fr")
	switch {
	case review.Mark != mark:
		return fmt.Sprintf("review says %v, mark is %v", review.Mark, mark)
	case (len(review.Given) > 0) != read.Given():
		return fmt.Sprintf("review says %q was given, read was %v", review.Given, read)
	}
	for _, o := range review.Options {
		if o.Feedback != "" && !o.Chosen && !o.Correct {
			return fmt.Sprintf("option %s is neither chosen nor right and gives feedback", o.Key)
		}
	}
	for _, lang := range []string{"nl", "en", "xx", ""} {
		other := k.Review(q, a, lang, "fr")
		if other.Mark != mark || len(other.Given) != len(review.Given) || len(other.Right) != len(review.Right) {
			return "the language of the review changes what it says"
		}
	}
	return ""
}

func TestTheRightAnswerEarnsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		k, _ := ByName(q.Kind)
		var keys []string
		for _, o := range k.Review(q, nil, "fr", "fr").Options {
			if o.Correct {
				keys = append(keys, o.Key)
			}
		}
		if got := k.Mark(q, Answer{"": keys}); got != (Mark{1, Right}) {
			t.Fatalf("%v of %+v earns %v", keys, q.Options, got)
		}
	})
}

func TestMarkingDoesNotSeeTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := multiple(rapid.SampledFrom([]string{Partial, AllOrNothing}).Draw(t, "marking"), "AbCdEf")
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "zz"}), 0, 7, rapid.ID[string]).Draw(t, "keys")
		shuffled := *q
		shuffled.Options = rapid.Permutation(q.Options).Draw(t, "options")
		want := MultipleChoice{}.Mark(q, Answer{"": keys})
		got := MultipleChoice{}.Mark(&shuffled, Answer{"": rapid.Permutation(keys).Draw(t, "given")})
		if got != want {
			t.Fatalf("%v, in another order %v", want, got)
		}
	})
}

func TestChoosingEverythingEarnsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		if q.Kind != "multiple_choice" {
			q = multiple(Partial, "Ab")
		}
		var keys []string
		for _, o := range q.Options {
			keys = append(keys, o.Key)
		}
		if got := (MultipleChoice{}).Mark(q, Answer{"": keys}); got != (Mark{0, Wrong}) {
			t.Fatalf("everything of %+v earns %v", q.Options, got)
		}
	})
}

func TestOneMoreRightOptionNeverEarnsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := multiple(Partial, "ABCdef")
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "d", "e", "f"}), 0, 5, rapid.ID[string]).Draw(t, "keys")
		less := MultipleChoice{}.Mark(q, Answer{"": keys})
		more := MultipleChoice{}.Mark(q, Answer{"": append(slices.Clone(keys), "c")})
		if more.Points < less.Points {
			t.Fatalf("%v earns %v, with c %v", keys, less, more)
		}
	})
}

// FuzzKinds throws forms and half-made questions at every kind.
func FuzzKinds(f *testing.F) {
	f.Add("a", "b", "", "a", "b", uint16(1), "partial")
	f.Add("true", "false", "row", "true", "", uint16(3), "all_or_nothing")
	f.Add("\x00", "é\xff", "q.1", "a", "a", uint16(0), "nonsense")
	f.Fuzz(func(t *testing.T, first, second, field, key1, key2 string, bits uint16, marking string) {
		q := &Question{Key: "q", Marking: marking, Text: say("?"), Options: []Option{
			{Key: key1, Correct: bits&1 != 0, Text: say("un"), Feedback: say("vu")},
			{Key: key2, Correct: bits&2 != 0, Text: say("deux")},
			{Key: "c", Correct: bits&4 != 0, Text: say("trois")},
		}}
		if bits&8 != 0 {
			q.Answer = truth(bits&16 != 0)
		}
		answers := []Answer{
			{"": {first, second}, field: {second}},
			FromForm(map[string][]string{"q": {first, second}, "q." + field: {second}, field: {first}}, "q"),
		}
		for _, k := range Kinds() {
			q.Kind = k.Name()
			for _, a := range answers {
				if fault := promises(k, q, a); fault != "" {
					t.Fatalf("%s: %s", k.Name(), fault)
				}
			}
			Check(q, languages) // must not panic, whatever it says
		}
	})
}
