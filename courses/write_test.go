package courses

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/quiz"
)

// inMemory is the folder that WriteFolder would write.
func inMemory(t fataler, d *Document) fstest.MapFS {
	files, err := d.files()
	if err != nil {
		t.Fatalf("files: %v", err)
	}
	fsys := fstest.MapFS{}
	for _, f := range files {
		if fsys[f.name] != nil {
			t.Fatalf("%s is written twice", f.name)
		}
		fsys[f.name] = &fstest.MapFile{Data: f.data}
	}
	return fsys
}

type fataler interface{ Fatalf(string, ...any) }

// same writes a document as a folder and reads it again.
func same(t fataler, d *Document) {
	fsys := inMemory(t, d)
	if err := d.same(fsys); err != nil {
		var all strings.Builder
		for name, f := range fsys {
			fmt.Fprintf(&all, "--- %s\n%s\n", name, f.Data)
		}
		t.Fatalf("%v\n%s\n%s", err, cmp.Diff(d, readFolder(fsys).doc), all.String())
	}
}

func TestWriteFolder(t *testing.T) {
	d := sound(t, with(t))
	want, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "zoe", "export")
	if err := d.WriteFolder(dir); err != nil {
		t.Fatal(err)
	}
	got, err := sound(t, os.DirFS(dir)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("export, then import:\n%s\nwant\n%s", got, want)
	}
	if err := d.WriteFolder(dir); err == nil || !strings.Contains(err.Error(), "is not empty: nothing was written") {
		t.Errorf("writing over a course: %v", err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "00-commencer", "01-cadre.nl.md"))
	if err != nil {
		t.Fatal(err)
	}
	if want := zoe["00-commencer/01-cadre.nl.md"]; string(page) != want {
		t.Errorf("the page is written as\n%s\nwant\n%s", page, want)
	}
	for name := range zoe {
		if name := strings.Replace(name, "02-quiz", "02-quiz-suite", 1); name != "" {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWriteFolderRefusesWhatAFolderCannotHold(t *testing.T) {
	for name, change := range map[string]func(*Document){
		"carriage return":    func(d *Document) { d.Modules[1].Steps[0].Lesson.Body["fr"] = "a\rb" },
		"NUL":                func(d *Document) { d.Modules[1].Steps[0].Lesson.Body["fr"] = "a\x00b" },
		"empty line":         func(d *Document) { d.Title["fr"] = "Titre\n" },
		"empty text":         func(d *Document) { d.Title["nl"] = "" },
		"not UTF-8":          func(d *Document) { d.Modules[1].Steps[0].Lesson.Body["fr"] = "a\xffb" },
		"way out":            func(d *Document) { d.Modules[1].Key = "../../suite" },
		"way out of a step":  func(d *Document) { d.Modules[1].Steps[0].Key = "../../silence" },
		"way out of a file":  func(d *Document) { d.Media[0].Name = "commencer/../../cycle.svg" },
		"media of no module": func(d *Document) { d.Media[0].Name = "ailleurs/cycle.svg" },
		"media without bytes": func(d *Document) {
			d.Media[0].Bytes = nil
		},
		"no language": func(d *Document) { d.Languages = nil },
	} {
		t.Run(name, func(t *testing.T) {
			d := sound(t, with(t))
			change(d)
			above := t.TempDir()
			if err := d.WriteFolder(filepath.Join(above, "a", "b")); err == nil {
				t.Error("no error")
			}
			entries, err := os.ReadDir(above)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				if entry.Name() != "a" {
					t.Errorf("%s was written outside", entry.Name())
				}
			}
		})
	}
}

// nasty are texts that YAML, Markdown or a file might lose something of.
func nasty() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"a", "été", "«\u202foui\u202f»", "😀", ": ", " #", "#", "- ", "---", "...", "'", "\"", "\\", "\n", "\n\n", "\n  ", "\t", " ", "  ", "\u00a0",
			"{", "}", "[", "]", ",", "&a", "*a", "!", "|", ">", "|-\n", "%", "@", "`", "~", "null", "true", "no", "0x1", "1e3", "2026-11-22", "12:30:45", "<<", "=", "?", "? ", ":",
			"\u2028", "\u2029", "\u0085", "\ufeff", "\u200b", "\u202e", "\x01", "\x7f", "\ufffe", "\U0010ffff", "&amp;", "<b>", "[^R1]", "key: a", "\nkey: a\n", "---\n", "\n---\n", "= 1", "\n- a\n  - b", "…",
		}),
		rapid.String(),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 6), func(pieces []string) string {
		return storableText(strings.Join(pieces, ""))
	})
}

// storableText is what the document's form asks of a text.
func storableText(s string) string {
	s = strings.NewReplacer("\x00", "", "\r", "").Replace(strings.ToValidUTF8(s, ""))
	return strings.Trim(s, "\n")
}

func aText(t *rapid.T, label string, languages []string) Text {
	text := Text{}
	for i, lang := range languages {
		if s := nasty().Draw(t, label+"."+lang); s != "" {
			text[lang] = s
		} else if i == 0 {
			text[lang] = "x"
		}
	}
	return text
}

func maybeText(t *rapid.T, label string, languages []string) Text {
	if rapid.Bool().Draw(t, label+"?") {
		return aText(t, label, languages)
	}
	return nil
}

func aKey(t *rapid.T, prefix string, n int) string {
	return fmt.Sprintf("%s%d%s", prefix, n, rapid.SampledFrom([]string{"", "-a", "-", "-true", "-2026-11-22", "e3"}).Draw(t, "key"))
}

// aDocument is any document that a folder can hold; its texts need not be sound Markdown.
func aDocument(t *rapid.T) *Document {
	langs := rapid.SampledFrom([][]string{{"fr"}, {"fr", "nl"}, {"nl", "fr", "en"}}).Draw(t, "languages")
	list := func(label string, most int, each func(i int)) {
		for i := range rapid.IntRange(0, most).Draw(t, label) {
			each(i)
		}
	}
	line := func(label string) string { return nasty().Draw(t, label) }
	objectives := func(prefix string) []Objective {
		var made []Objective
		list(prefix, 2, func(i int) { made = append(made, Objective{aKey(t, prefix, i), aText(t, "objective", langs)}) })
		return made
	}
	keys := func(label string) []string {
		var made []string
		list(label, 3, func(i int) {
			made = append(made, rapid.SampledFrom([]string{"R6", "null", "1", "true", "R-7", "e3", "2026-11-22"}).Draw(t, label))
		})
		return made
	}
	d := &Document{
		Format: Format, Slug: "cours", Languages: langs, Title: aText(t, "title", langs), DiscreetTitle: maybeText(t, "discreet", langs),
		Summary: aText(t, "summary", langs), Prerequisites: maybeText(t, "prerequisites", langs), Objectives: objectives("o"),
		Organiser: Organiser{Name: line("name"), Address: line("address"), Place: line("place"), Signatory: line("signatory"), Role: maybeText(t, "role", langs)},
		WrittenOn: rapid.SampledFrom([]string{"2026-11-22", "", "hier"}).Draw(t, "written"), ReviewedOn: rapid.SampledFrom([]string{"2026-11-22", ""}).Draw(t, "reviewed"),
	}
	list("audience", 2, func(int) { d.Audience = append(d.Audience, aText(t, "audience", langs)) })
	list("authors", 2, func(int) { d.Authors = append(d.Authors, Author{line("author"), aText(t, "role", langs)}) })
	list("sources", 2, func(i int) {
		d.Sources = append(d.Sources, Source{aKey(t, "R", i), line("citation"), line("url"), maybeText(t, "note", langs)})
	})
	list("glossary", 2, func(i int) {
		d.Glossary = append(d.Glossary, Term{aKey(t, "t", i), aText(t, "term", langs), aText(t, "definition", langs)})
	})
	minutes := rapid.SampledFrom([]int{0, 1, 8, -3, 1000000})
	list("modules", 2, func(i int) {
		m := Module{Key: aKey(t, "m", i), Title: aText(t, "title", langs), Summary: maybeText(t, "summary", langs), Objectives: objectives(fmt.Sprintf("m%d-o", i))}
		list("steps", 3, func(j int) {
			s := Step{Key: aKey(t, fmt.Sprintf("s%d-", i), j), Minutes: minutes.Draw(t, "minutes"), Optional: rapid.Bool().Draw(t, "optional"), Title: aText(t, "title", langs)}
			if rapid.Bool().Draw(t, "lesson") {
				s.Lesson = &Lesson{Objectives: keys("objectives"), Sources: keys("sources"), ReviewedOn: line("reviewed"), ReviewBy: "2027-11-22", Body: maybeText(t, "body", langs)}
			} else {
				s.Quiz = &Quiz{Purpose: rapid.SampledFrom([]string{Pretest, Summative, "null"}).Draw(t, "purpose"), PassMark: minutes.Draw(t, "mark"), Attempts: minutes.Draw(t, "attempts"), Intro: maybeText(t, "intro", langs), Questions: []quiz.Question{}}
				list("questions", 2, func(k int) { s.Quiz.Questions = append(s.Quiz.Questions, aQuestion(t, langs, k, keys)) })
			}
			m.Steps = append(m.Steps, s)
		})
		d.Modules = append(d.Modules, m)
		list("media", 1, func(int) {
			b := []byte(cycleSVG)
			d.Media = append(d.Media, Media{Name: m.Key + "/Cycle_1.x.svg", Type: "image/svg+xml", SHA256: Sum(b), Width: 640, Height: 360, Bytes: b})
		})
	})
	if len(d.Media) == 2 && d.Media[0].Name > d.Media[1].Name {
		d.Media[0], d.Media[1] = d.Media[1], d.Media[0]
	}
	return d
}

func aQuestion(t *rapid.T, langs []string, n int, keys func(string) []string) quiz.Question {
	q := quiz.Question{
		Key: aKey(t, "q", n), Kind: rapid.SampledFrom([]string{"single_choice", "true_false", "off"}).Draw(t, "kind"), Objective: nasty().Draw(t, "objective"),
		Sources: keys("sources"), Text: aText(t, "text", langs), Feedback: maybeText(t, "feedback", langs), Marking: nasty().Draw(t, "marking"),
		WhenTrue: maybeText(t, "when true", langs), WhenFalse: maybeText(t, "when false", langs),
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "options") {
		q.Options = append(q.Options, quiz.Option{Key: aKey(t, "", i), Correct: rapid.Bool().Draw(t, "correct"), Text: aText(t, "option", langs), Feedback: maybeText(t, "feedback", langs)})
	}
	if rapid.Bool().Draw(t, "answered") {
		answer := rapid.Bool().Draw(t, "answer")
		q.Answer = &answer
	}
	return q
}

func TestExportThenImportIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { same(t, aDocument(t)) })
}

// The same through the public door, where the document has nothing wrong with it: Zoë's course with
// nasty texts that are sound Markdown.
func TestExportThenImportOfASoundCourse(t *testing.T) {
	zoe := with(t)
	rapid.Check(t, func(t *rapid.T) {
		d, _ := ReadFolder(zoe)
		d.Organiser.Address = nasty().Draw(t, "address")
		d.Prerequisites = aText(t, "prerequisites", d.Languages)
		d.Modules[1].Steps[0].Lesson.Body["fr"] = "Oui. " + nasty().Draw(t, "body")
		d.Modules[1].Steps[1].Quiz.Questions[0].Feedback["fr"] = "Oui. " + nasty().Draw(t, "feedback")
		for _, f := range d.Faults() {
			if !f.Warning {
				t.Skip("not sound Markdown")
			}
		}
		want, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, check := ReadFolder(inMemory(t, d))
		if again == nil {
			t.Fatalf("errors:\n%s", lines(check.Errors))
		}
		got, err := again.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}
