package quiz

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// said are faults as lines: "path: message", a warning marked with a tilde.
func said(faults []Fault) []string {
	var lines []string
	for _, f := range faults {
		mark := ""
		if f.Warning {
			mark = "~"
		}
		lines = append(lines, fmt.Sprintf("%s%s: %s", mark, f.Path, f.Message))
	}
	return lines
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		q    *Question
		mend func(*Question)
		want []string // each the beginning of a line of said; empty: nothing wrong
	}{
		{"sound single", single("Abc"), func(*Question) {}, nil},
		{"sound multiple", multiple("all_or_nothing", "AB"), func(*Question) {}, nil},
		{"sound statement", statement(false), func(*Question) {}, nil},
		{"no key", single("Ab"), func(q *Question) { q.Key = "" }, []string{"key: missing"}},
		{"bad key", single("Ab"), func(q *Question) { q.Key = "Question 1" }, []string{`key: "Question 1" is not a key`}},
		{"unknown kind", single("Ab"), func(q *Question) { q.Kind = "singel_choice" }, []string{`kind: unknown kind "singel_choice"; there are single_choice, multiple_choice, true_false`}},
		{"no text", single("Ab"), func(q *Question) { q.Text = nil }, []string{"text: missing"}},
		{"text missing in the source language", single("Ab"), func(q *Question) { delete(q.Text, "fr") }, []string{"text: missing in fr, the source language"}},
		{"text missing in another", single("Ab"), func(q *Question) { delete(q.Text, "nl") }, []string{"~text: missing in nl"}},
		{"text in no language of the course", single("Ab"), func(q *Question) { q.Text["de"] = "Was?" }, []string{`text.de: "de" is not a language`}},
		{"option text missing in nl", single("Ab"), func(q *Question) { delete(q.Options[1].Text, "nl") }, []string{"~options[1].text: missing in nl"}},
		{"option without text", single("Ab"), func(q *Question) { q.Options[1].Text = nil }, []string{"options[1].text: missing"}},
		{"feedback in nl only", single("Ab"), func(q *Question) { q.Options[0].Feedback = Text{"nl": "Juist"} },
			[]string{"options[0].feedback: missing in fr", "~options[0].feedback: missing in en"}},
		{"no feedback at all", single("Ab"), func(q *Question) { q.Options[1].Feedback = nil }, []string{"~options[1].feedback: who chooses"}},
		{"feedback of the question will do", single("Ab"), func(q *Question) { q.Options[1].Feedback = nil; q.Feedback = say("Voir.") }, nil},
		{"one option", single("A"), func(*Question) {}, []string{"options: at least two"}},
		{"no option", single(""), func(*Question) {}, []string{"options: at least two", "options: 0 options are correct"}},
		{"too many options", single("A" + strings.Repeat("b", 50)), func(q *Question) {
			for i := range q.Options {
				q.Options[i].Key = fmt.Sprintf("o%d", i)
			}
		}, []string{"options: 51 options; at most 50"}},
		{"same key twice", single("Abb"), func(*Question) {}, []string{`options[2].key: key "b" is already that of options[1]`}},
		{"bad option key", single("Ab"), func(q *Question) { q.Options[0].Key = "a.b" }, []string{`options[0].key: "a.b" is not a key`}},
		{"two correct", single("ABc"), func(*Question) {}, []string{"options: 2 options are correct; single_choice wants exactly one"}},
		{"none correct", multiple("partial", "abc"), func(*Question) {}, []string{"options: no option is correct"}},
		{"all correct, partial", multiple("", "AB"), func(*Question) {}, []string{"options: every option is correct"}},
		{"unknown marking", multiple("edn", "Ab"), func(*Question) {}, []string{`marking: unknown marking "edn"`}},
		{"marking of another kind", single("Ab"), func(q *Question) { q.Marking = "partial" }, []string{"marking: does not belong to a single_choice question"}},
		{"options in a statement", statement(true), func(q *Question) { q.Options = options("Ab") }, []string{"options: does not belong to a true_false question"}},
		{"answer in a choice", single("Ab"), func(q *Question) { q.Answer = truth(false); q.WhenTrue = say("Oui.") },
			[]string{"answer: does not belong", "when_true: does not belong"}},
		{"statement without answer", statement(true), func(q *Question) { q.Answer = nil }, []string{"answer: missing"}},
		{"statement without a word", statement(true), func(q *Question) { q.WhenTrue, q.WhenFalse = nil, nil }, []string{"~when_true: who answers", "~when_false: who answers"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.mend(c.q)
			got := said(Check(c.q, languages))
			if len(got) != len(c.want) {
				t.Fatalf("faults:\n%s\nwant %d: %q", strings.Join(got, "\n"), len(c.want), c.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("fault %d: %s\nwant %s…", i, got[i], c.want[i])
				}
			}
		})
	}
}

func TestTextsFindsEveryText(t *testing.T) {
	q := statement(true)
	q.Options, q.Feedback = options("Ab"), say("tout le monde")
	var paths []string
	for path, text := range q.Texts() {
		if text["fr"] == "" {
			t.Errorf("%s is empty", path)
		}
		paths = append(paths, path)
	}
	want := []string{"text", "feedback", "options[0].text", "options[0].feedback", "options[1].text", "options[1].feedback", "when_true", "when_false"}
	if !slices.Equal(paths, want) {
		t.Errorf("texts at %q, want %q", paths, want)
	}
	for path := range q.Texts() { // a walk that is broken off stops
		if path != "text" {
			t.Fatalf("went on to %s", path)
		}
		break
	}
}

func TestValidKey(t *testing.T) {
	for key, want := range map[string]bool{
		"a": true, "7": true, "q1-1": true, strings.Repeat("a", 60): true, "a-": true,
		"": false, "-a": false, "A": false, "é": false, "a.b": false, "a b": false, "a\n": false, "../a": false, strings.Repeat("a", 61): false,
	} {
		if ValidKey(key) != want {
			t.Errorf("ValidKey(%q) = %v", key, !want)
		}
	}
}
