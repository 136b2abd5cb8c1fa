package courses

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"passerelle/quiz"
)

func TestReadFolder(t *testing.T) {
	d := sound(t, with(t))
	if d.Slug != "ecouter-zoe" || d.Format != Format || d.WrittenOn != "2026-10-01" || d.Title["nl"] != "Luisteren: de opleiding van Zoë" {
		t.Errorf("course = %+v", d)
	}
	if want := "Une formation *courte*.\n\nElle parle d’[écoute](glossary:ecoute)."; d.Summary["fr"] != want {
		t.Errorf("summary = %q", d.Summary["fr"])
	}
	var order []string
	for _, m := range d.Modules {
		for _, s := range m.Steps {
			order = append(order, m.Key+"/"+s.Key)
		}
	}
	if want := "commencer/cadre commencer/pretest suite/silence suite/quiz-suite"; strings.Join(order, " ") != want {
		t.Errorf("steps in the order %q", order)
	}
	cadre := d.Modules[0].Steps[0]
	want := Lesson{
		Objectives: []string{"m0-nommer", "ecouter"}, Sources: []string{"R7", "R6"}, ReviewedOn: "2026-11-22", ReviewBy: "2027-11-22",
		Body: cadre.Lesson.Body,
	}
	if !reflect.DeepEqual(*cadre.Lesson, want) || cadre.Minutes != 8 || cadre.Title["nl"] != "Het kader" || cadre.Optional {
		t.Errorf("lesson = %+v of %+v", cadre.Lesson, cadre)
	}
	if body := cadre.Lesson.Body["nl"]; body != "## Om te beginnen\n\nEen cijfer, 5%[^R6], en nog een[^R7]." {
		t.Errorf("body = %q", body)
	}
	yes := true
	if got := d.Modules[1].Steps[1].Quiz.Questions[1]; !reflect.DeepEqual(got, quiz.Question{
		Key: "q1-2", Kind: "true_false", Text: Text{"fr": "Le silence aide.", "nl": "Stilte helpt."}, Answer: &yes,
		WhenTrue: Text{"fr": "Oui.", "nl": "Ja."}, WhenFalse: Text{"fr": "Relisez.", "nl": "Lees opnieuw."},
	}) {
		t.Errorf("question = %+v", got)
	}
	if m := d.Media[0]; m.Name != "commencer/cycle.svg" || m.Type != "image/svg+xml" || m.SHA256 != Sum([]byte(cycleSVG)) || m.Width != 640 || m.Height != 360 {
		t.Errorf("media = %+v", m)
	}
}

func TestCheckAsJSON(t *testing.T) {
	_, check := ReadFolder(with(t))
	got, err := json.Marshal(check)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"slug":"ecouter-zoe","modules":2,"lessons":2,"words":{"fr":26,"nl":13},"questions":{"multiple_choice":1,"single_choice":1,"true_false":1},"sources":2,"errors":[],"warnings":[]}`
	if string(got) != want {
		t.Errorf("check = %s\nwant    %s", got, want)
	}
	_, check = ReadFolder(fstest.MapFS{})
	got, err = json.Marshal(check)
	if err != nil {
		t.Fatal(err)
	}
	want = `{"slug":"","modules":0,"lessons":0,"words":{},"questions":{},"sources":0,"errors":[{"file":"course.yaml","line":0,"message":"missing: it says what the course is"}],"warnings":[]}`
	if string(got) != want {
		t.Errorf("check of nothing = %s\nwant %s", got, want)
	}
}

func TestLineEndsAndByteOrderMarksDoNotMatter(t *testing.T) {
	want, err := sound(t, with(t)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, ends := range map[string]string{"DOS": "\r\n", "old Mac": "\r"} {
		odd := fstest.MapFS{}
		for file, text := range zoe {
			if !strings.HasSuffix(file, ".svg") {
				text = "\ufeff" + strings.ReplaceAll(text, "\n", ends)
			}
			odd[file] = &fstest.MapFile{Data: []byte(text)}
		}
		got, err := sound(t, odd).Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s line ends give another document:\n%s\n%s", name, got, want)
		}
	}
}

func TestRenamingKeepsTheDocument(t *testing.T) {
	want, err := sound(t, with(t)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := sound(t, with(t,
		"00-commencer/01-cadre.fr.md", "-", "00-commencer/3-autre.fr.md", zoe["00-commencer/01-cadre.fr.md"],
		"00-commencer/01-cadre.nl.md", "-", "00-commencer/00007-kader.nl.md", zoe["00-commencer/01-cadre.nl.md"],
		"00-commencer/02-pretest.quiz.yaml", "-", "00-commencer/10-p.quiz.yaml", zoe["00-commencer/02-pretest.quiz.yaml"],
	)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("other file names give another document:\n%s\n%s", got, want)
	}
}

func TestProblems(t *testing.T) {
	const (
		cadre   = "00-commencer/01-cadre.fr.md"
		kader   = "00-commencer/01-cadre.nl.md"
		pretest = "00-commencer/02-pretest.quiz.yaml"
		suite   = "01-suite/02-quiz.quiz.yaml"
		silence = "01-suite/01-silence.fr.md"
		cycle   = "00-commencer/cycle.svg"
	)
	for _, c := range []struct {
		name    string
		changes []string
		want    string // problems, one a line; ~ before a warning
	}{
		// Files
		{"no course.yaml", []string{"course.yaml", "-"}, "course.yaml:0: missing"},
		{"no module.yaml", []string{"01-suite/module.yaml", "-"}, "01-suite/module.yaml:0: missing"},
		{"unknown files", []string{"README.md", "Lisez-moi", "00-commencer/notes.txt", "x", "brouillons/a.md", "x", "00-commencer/vieux/a.md", "x", "01-suite/README.md", "x"},
			"~00-commencer/notes.txt:0: not a file of a course\n~00-commencer/vieux:0: a module has no folders\n~01-suite/README.md:0: not a file\n~README.md:0: not a file of a course\n~brouillons:0: not a module"},
		{"hidden files", []string{".git/config", "x", "00-commencer/.DS_Store", "\x00", ".course.yaml.swp", "x"}, ""},
		{"module without number", []string{"suite/module.yaml", "key: x"}, "suite:0: a module's folder is named NN-name"},
		{"lesson without number", []string{"00-commencer/cadre.fr.md", "x"}, "00-commencer/cadre.fr.md:0: a lesson's file is named NN-name.LANG.md, like 01-frame.fr.md"},
		{"lesson without language", []string{"00-commencer/03-fin.md", "x"}, "00-commencer/03-fin.md:0: a lesson's file is named"},
		{"quiz by another name", []string{"00-commencer/03-fin.yaml", "x"}, "00-commencer/03-fin.yaml:0: a quiz's file is named"},
		{"lesson in a language not of the course", []string{"00-commencer/01-cadre.en.md", "x"}, "00-commencer/01-cadre.en.md:0: en is none of the course's languages (fr, nl)"},
		{"two steps with a number", []string{"00-commencer/1-fin.quiz.yaml", "x"}, "00-commencer/1-fin.quiz.yaml:0: 01-cadre.fr.md has the number 1, too"},
		{"two modules with a number", []string{"0001-autre/module.yaml", "key: x"}, "0001-autre/module.yaml:1: the module has neither\n0001-autre/module.yaml:1: title: missing\n01-suite:0: 0001-autre has the number 1, too"},
		{"odd name", []string{"00-commencer/a\nb.md", "x"}, `00-commencer/"a\nb.md":0: a name like this`},
		{"empty file", []string{"sources.yaml", "", cadre, "s/sources: [R7, R6]\n/→/", pretest, "s/    sources: [R6]\n/→/"},
			"sources.yaml:1: there is nothing in it"},
		{"not UTF-8", []string{"glossary.yaml", "- key: a\n  term: {fr: \xe9}\n"}, "glossary.yaml:2: the file holds bytes that are not UTF-8"},
		{"NUL", []string{kader, "---\nkey: cadre\n---\n\x00"}, kader + ":4: the file holds a NUL"},

		// YAML
		{"not YAML", []string{"01-suite/module.yaml", "key: suite\ntitle: {fr: a\n"}, "01-suite/module.yaml:2: not sound YAML: did not find expected"},
		{"a colon", []string{silence, "s/title: Le silence/→/title: Le silence : suite"}, silence + ":3: not sound YAML: mapping values are not allowed in this context; a text with a colon"},
		{"unknown field", []string{pretest, "s/purpose: pretest/→/purpose: pretest\nshuffle: true"}, pretest + `:5: unknown field "shuffle"; there are key, title, minutes, purpose, pass_mark`},
		{"unknown field, deep", []string{pretest, "s/        correct: true/→/        corect: true"},
			pretest + ":13: question q0-1, options: 0 options are correct; single_choice wants exactly one\n" + pretest + `:14: unknown field "corect"; there are key, correct, text, feedback`},
		{"field twice", []string{pretest, "s/minutes: 5/→/minutes: 5\nminutes: 6"}, pretest + `:4: "minutes" stands here twice`},
		{"language twice", []string{"01-suite/module.yaml", "key: suite\ntitle: {fr: a, fr: b, nl: c}\n"}, `01-suite/module.yaml:2: "fr" stands here twice`},
		{"anchors", []string{"01-suite/module.yaml", "key: suite\ntitle: &t {fr: a, nl: b}\nsummary: *t\n"}, "01-suite/module.yaml:2: title: anchors and aliases\n01-suite/module.yaml:3: summary: anchors and aliases"},
		{"merge", []string{"01-suite/module.yaml", "key: suite\ntitle: {<<: {fr: a}, nl: b}\n"}, "01-suite/module.yaml:2: a field's name is wanted here\n01-suite/module.yaml:2: title: missing in fr"},
		{"tags", []string{"01-suite/module.yaml", "key: !!binary c3VpdGU=\ntitle: {fr: a, nl: b}\n"}, "01-suite/module.yaml:1: key: tags (!) are not allowed"},
		{"two documents", []string{"01-suite/module.yaml", "key: suite\ntitle: {fr: a, nl: b}\n---\nkey: autre\n"}, "01-suite/module.yaml:3: a second YAML document"},
		{"text instead of languages", []string{"01-suite/module.yaml", "key: suite\ntitle: La suite\n"}, "01-suite/module.yaml:2: title: a text per language is wanted here, like {fr: …}"},
		{"list instead of text", []string{"01-suite/module.yaml", "key: [suite]\ntitle: {fr: a, nl: b}\n"}, "01-suite/module.yaml:1: key: a text is wanted here"},
		{"text instead of number", []string{silence, "s/minutes: 4/→/minutes: quatre"}, silence + ":4: minutes: a whole number is wanted here"},
		{"number with decimals", []string{silence, "s/minutes: 4/→/minutes: 4.5"}, silence + ":4: minutes: a whole number is wanted here"},
		{"text instead of a list", []string{cadre, "s/objectives: [m0-nommer, ecouter]/→/objectives: ecouter"}, cadre + ":5: objectives: a list is wanted here"},
		{"yes instead of true", []string{suite, "s/answer: true/→/answer: yes"}, suite + ":23: questions[1].answer: true or false is wanted here"},
		{"list instead of fields", []string{"course.yaml", "s/organiser:/→/organiser: []\nx:"}, "course.yaml:20: organiser: fields are wanted here: name, address\ncourse.yaml:21: unknown field \"x\""},

		// The course
		{"slug", []string{"course.yaml", "s/slug: ecouter-zoe/→/slug: Écouter"}, `course.yaml:1: slug: "Écouter" is not a key`},
		{"no languages", []string{"course.yaml", "s/languages: [fr, nl]\n/→/"}, "course.yaml:1: languages: missing"},
		{"odd language", []string{"course.yaml", "s/languages: [fr, nl]/→/languages: [fr, nl, nl, Deutsch]"}, "course.yaml:2: languages[2]: nl stands here twice\ncourse.yaml:2: languages[3]: \"Deutsch\" is not the code\n~…"},
		{"title missing in the source language", []string{"01-suite/module.yaml", "key: suite\ntitle: {nl: Vervolg}\n"}, "01-suite/module.yaml:2: title: missing in fr, the source language"},
		{"title missing in another", []string{"01-suite/module.yaml", "key: suite\ntitle: {fr: La suite, nl: ''}\n"}, "~01-suite/module.yaml:2: title: missing in nl"},
		{"title in a language not of the course", []string{"01-suite/module.yaml", "key: suite\ntitle:\n  fr: La suite\n  nl: Vervolg\n  en: What follows\n"}, `01-suite/module.yaml:5: title.en: "en" is not a language`},
		{"title of two lines", []string{"01-suite/module.yaml", "key: suite\ntitle:\n  fr: |\n    La\n    suite\n  nl: Vervolg\n"}, "01-suite/module.yaml:4: title.fr: has to be one line"},
		{"title too long", []string{"01-suite/module.yaml", "key: suite\ntitle: {fr: " + strings.Repeat("é", 301) + ", nl: b}\n"}, "01-suite/module.yaml:2: title.fr: has 301 characters"},
		{"no such day", []string{"course.yaml", "s/2026-10-01/→/2026-02-30"}, `course.yaml:26: written_on: "2026-02-30" is not a day`},
		{"reviewed before written", []string{"course.yaml", "s/2026-11-22/→/2026-09-22"}, "course.yaml:27: reviewed_on: reviewed before"},
		{"objectives missing", []string{"course.yaml", "s/  - key: ecouter\n    text: {fr: Écouter sans interrompre, nl: Luisteren zonder te onderbreken}\n/→/", cadre, "s/[m0-nommer, ecouter]/→/[m0-nommer]", pretest, "s/    objective: ecouter\n/→/"},
			"course.yaml:14: objectives: missing"},
		{"no module", []string{"00-commencer/module.yaml", "-", cadre, "-", kader, "-", pretest, "-", cycle, "-", "01-suite/module.yaml", "-", silence, "-", "01-suite/01-silence.nl.md", "-", suite, "-"},
			"course.yaml:1: modules: the course has no module\n~…\n~…"},
		{"module key reserved", []string{"01-suite/module.yaml", "s/key: suite/→/key: media"}, `01-suite/module.yaml:1: key: no module may have the key "media"`},
		{"module key taken", []string{"01-suite/module.yaml", "s/key: suite/→/key: commencer"}, `01-suite/module.yaml:1: key: another module of the course has the key "commencer" (00-commencer/module.yaml:1)`},
		{"objective key taken", []string{"00-commencer/module.yaml", "s/key: m0-nommer/→/key: ecouter", cadre, "s/[m0-nommer, ecouter]/→/[ecouter]"}, "00-commencer/module.yaml:4: objectives[0].key: another objective of the course has the key \"ecouter\" (course.yaml:15)"},
		{"module without steps", []string{silence, "-", "01-suite/01-silence.nl.md", "-", suite, "-"}, "01-suite/module.yaml:1: the module has neither lesson nor quiz"},
		{"long module", []string{silence, "s/minutes: 4/→/minutes: 111"}, "~01-suite/module.yaml:1: the module takes 121 minutes"},
		{"source key taken", []string{"sources.yaml", "s/- key: R7/→/- key: R6", cadre, "s/[R7, R6]/→/[R6]", cadre, "s/deux[^R7][^R6]/→/deux", kader, "s/[^R7]/→/"}, `sources.yaml:4: sources[1].key: another source of the course has the key "R6" (sources.yaml:1)`},
		{"source without citation", []string{"sources.yaml", "s/  citation: Bourne A. The chemsex study. 2014.\n/→/"}, "sources.yaml:4: sources[1].citation: missing"},
		{"source with a bad address", []string{"sources.yaml", "s/https:/→/javascript:"}, `sources.yaml:3: sources[0].url: "javascript://example.org/r6" is not an address`},
		{"source nobody lists", []string{"sources.yaml", zoe["sources.yaml"] + "- {key: R9, citation: Rien}\n"}, "~sources.yaml:7: sources[2]: no lesson and no question lists the source R9"},
		{"term key", []string{"glossary.yaml", zoe["glossary.yaml"] + "- {key: Terme, term: {fr: a, nl: b}, definition: {fr: a, nl: b}}\n"}, `glossary.yaml:4: glossary[1].key: "Terme" is not a key`},

		// Lessons
		{"no front matter", []string{silence, "Se taire.\n", "01-suite/01-silence.nl.md", "-"}, silence + ":1: the file begins with a line ---"},
		{"front matter without end", []string{silence, "---\nkey: silence\n", "01-suite/01-silence.nl.md", "-"}, silence + ":1: the file begins with a line ---"},
		{"step key taken", []string{silence, "s/key: silence/→/key: cadre", "01-suite/01-silence.nl.md", "s/key: silence/→/key: cadre"}, silence + `:2: key: another step of the course has the key "cadre" (` + cadre + ":2)"},
		{"no minutes", []string{silence, "s/minutes: 4\n/→/"}, silence + ":2: minutes: missing"},
		{"negative minutes", []string{silence, "s/minutes: 4/→/minutes: -4"}, silence + ":4: minutes: -4 is not from 1"},
		{"no review", []string{silence, "s/reviewed_on: 2026-11-22\nreview_by: 2027-11-22\n/→/"}, silence + ":2: review_by: missing\n" + silence + ":2: reviewed_on: missing"},
		{"review before review", []string{silence, "s/review_by: 2027-11-22/→/review_by: 2026-11-22"}, silence + ":7: review_by: the next review has to come after"},
		{"unknown objective", []string{cadre, "s/m0-nommer, ecouter/→/m0-nommer, m9"}, cadre + `:5: objectives[1]: there is no objective "m9"`},
		{"unknown source in the list", []string{cadre, "s/sources: [R7, R6]/→/sources: [R7, R6, R99]"}, cadre + `:6: sources[2]: there is no source "R99" in sources.yaml` + "\n~" + cadre + ":6: sources[2]: the source R99 is listed and never cited"},
		{"source twice in the list", []string{cadre, "s/sources: [R7, R6]/→/sources: [R7, R6, R7]"}, cadre + ":6: sources[2]: the source R7 stands in the list twice"},
		{"no body", []string{silence, "s/Se taire, c’est déjà répondre.\n/→/"}, silence + ":2: text: missing in fr, the source language"},
		{"no translation", []string{"01-suite/01-silence.nl.md", "-"}, "~" + silence + ":2: not translated into nl: no file of that language has the key silence"},
		{"translation without title", []string{"01-suite/01-silence.nl.md", "---\nkey: silence\n---\nZwijgen."}, "~" + silence + ":3: title: missing in nl"},
		{"translation without text", []string{"01-suite/01-silence.nl.md", "---\nkey: silence\ntitle: Stilte\n---\n\n\n"}, "~" + silence + ":2: text: missing in nl"},
		{"translation with minutes", []string{"01-suite/01-silence.nl.md", "---\nkey: silence\ntitle: Stilte\nminutes: 4\n---\nZwijgen."}, "01-suite/01-silence.nl.md:4: minutes: belongs in the file in fr"},
		{"translation of nothing", []string{"01-suite/01-silence.nl.md", "s/key: silence/→/key: stilte"}, `01-suite/01-silence.nl.md:2: no lesson of this module has the key "stilte" in fr` + "\n~" + silence + ":2: not translated into nl"},
		{"translated twice", []string{"01-suite/03-stil.nl.md", zoe["01-suite/01-silence.nl.md"]}, "01-suite/03-stil.nl.md:2: 01-suite/01-silence.nl.md holds the lesson silence in nl already"},
		{"translation without a source", []string{kader, "s/, en nog een[^R7]/→/"}, "~" + kader + ":6: text: nl does not cite R7; fr does"},

		// Markdown
		{"unknown footnote", []string{cadre, "s/5 %[^R6]/→/5 %[^R66]"}, cadre + `:13: the source "R66" is not in the lesson's list of sources`},
		{"unknown term", []string{cadre, "s/glossary:ecoute/→/glossary:ecoutes"}, cadre + `:13: there is no term "ecoutes" in glossary.yaml`},
		{"unknown step", []string{cadre, "s/step:pretest/→/step:post-test"}, cadre + `:13: there is no step with the key "post-test"`},
		{"unknown heading", []string{cadre, "s/#pour-commencer/→/#pour-finir"}, cadre + `:20: there is no heading "pour-finir"`},
		{"unknown callout", []string{cadre, "s/[!KEY]/→/[!NOTE]"}, cadre + ":17: unknown word [!NOTE]; there are [!KEY]"},
		{"missing figure", []string{cadre, "s/(cycle.svg/→/(circle.svg"}, cadre + `:15: there is no figure "circle.svg" beside the lesson` + "\n~" + cycle + ":1: no lesson shows this figure"},
		{"figure without alternative", []string{cadre, "s/![Un cycle en trois temps]/→/![]"}, cadre + ":15: the figure has no text for who does not see it"},
		{"figure of another module", []string{silence, "s/Se taire, c’est déjà répondre./→/![Cycle](../00-commencer/cycle.svg)"}, silence + `:9: there is no figure "../00-commencer/cycle.svg"`},
		{"figure from elsewhere", []string{silence, "s/Se taire, c’est déjà répondre./→/![Cycle](https://example.org/a.png)"}, silence + `:9: there is no figure "https://example.org/a.png"`},
		{"figure in a line", []string{silence, "s/Se taire, c’est déjà répondre./→/Voir ![Cycle](cycle.svg) ici"}, silence + ":9: a figure stands alone"},
		{"script for an address", []string{silence, "s/Se taire, c’est déjà répondre./→/\n\n[ici](javascript:alert(1))"}, silence + ":11: a link leads to a website"},
		{"link without text", []string{silence, "s/Se taire, c’est déjà répondre./→/[](https://example.org)"}, silence + ":9: the link has no text"},
		{"heading of the first level", []string{cadre, "s/## Pour commencer/→/# Pour commencer"}, cadre + ":11: headings begin at ##"},
		{"heading that skips", []string{cadre, "s/Voir [plus/→/#### Détail\n\nVoir [plus"}, "~" + cadre + ":20: the heading skips a level: from ## to ####"},
		{"HTML", []string{silence, "s/déjà répondre/→/déjà <b>répondre</b>"}, "~" + silence + ":9: HTML is shown as text"},
		{"definition", []string{silence, "s/Se taire, c’est déjà répondre./→/Oui.\n\n[a]: https://example.org"}, "~" + silence + ":11: this line is shown as text"},
		{"out of bounds", []string{silence, "s/Se taire, c’est déjà répondre./→/Oui.\n\n" + strings.Repeat("> ", 13) + "non"}, silence + ":11: 13 list or quotation marks"},
		{"Markdown in a literal text", []string{"course.yaml", "s/glossary:ecoute/→/glossary:ecoutes"}, `course.yaml:9: summary.fr: there is no term "ecoutes"`},
		{"heading in a summary", []string{"01-suite/module.yaml", "s/\"Pour finir.\"/→/\"## Fin\""}, "~01-suite/module.yaml:3: summary.fr: headings belong in lessons"},
		{"source in a question", []string{pretest, "s/Que faire *d’abord* ?/→/Que faire[^R6] ?"}, pretest + ":11: question q0-1, text.fr: sources are cited in the text of lessons only"},
		{"figure in a question", []string{pretest, "s/Que faire *d’abord* ?/→/![Quoi](cycle.svg)"}, pretest + ":11: question q0-1, text.fr: figures belong in lessons"},

		// Quizzes
		{"purpose", []string{pretest, "s/purpose: pretest/→/purpose: exam"}, pretest + `:4: purpose: "exam" is none of summative, formative and pretest`},
		{"summative without pass mark", []string{suite, "s/pass_mark: 70\n/→/"}, suite + ":1: pass_mark: a summative quiz has a pass mark"},
		{"pre-test with pass mark", []string{pretest, "s/purpose: pretest/→/purpose: pretest\npass_mark: 50"}, pretest + ":5: pass_mark: a pretest quiz has no pass mark"},
		{"attempts", []string{suite, "s/attempts: 3/→/attempts: -1"}, suite + ":6: attempts: -1 is not from 1 to 100"},
		{"no questions", []string{suite, strings.SplitAfter(zoe["01-suite/02-quiz.quiz.yaml"], "questions:")[0] + " []\n"}, suite + ":8: questions: the quiz has no question"},
		{"question key taken", []string{suite, "s/key: q1-2/→/key: q0-1"}, suite + `:20: question q0-1, key: another question of the course has the key "q0-1" (` + pretest + ":7)"},
		{"question kind", []string{suite, "s/kind: true_false/→/kind: vrai_faux"}, suite + `:21: question q1-2, kind: unknown kind "vrai_faux"`},
		{"option text missing in nl", []string{suite, "s/{fr: Deux, nl: Twee}/→/{fr: Deux}"}, "~" + suite + ":18: question q1-1, options[1].text: missing in nl"},
		{"question source", []string{pretest, "s/sources: [R6]/→/sources: [R99]"}, pretest + `:10: question q0-1, sources[0]: there is no source "R99"`},
		{"question objective", []string{pretest, "s/objective: ecouter/→/objective: m9"}, pretest + `:9: question q0-1, objective: there is no objective "m9"`},

		// Figures
		{"script in a figure", []string{cycle, "s/<title>/→/<script>alert(1)</script><title>"}, cycle + ":3: the SVG holds <script>"},
		{"figure by a wrong name", []string{"00-commencer/photo.png", cycleSVG}, "00-commencer/photo.png:1: the file is named as image/png and holds image/svg+xml"},
		{"figure's name", []string{"00-commencer/été 1.svg", cycleSVG}, "00-commencer/été 1.svg:0: a figure's name is made of letters without accents"},
		{"figure nobody shows", []string{"01-suite/b.svg", cycleSVG}, "~01-suite/b.svg:1: no lesson shows this figure"},
		{"figures that differ in capitals", []string{"00-commencer/Cycle.svg", cycleSVG}, "00-commencer/cycle.svg:1: commencer/Cycle.svg and commencer/cycle.svg differ in nothing\n~00-commencer/Cycle.svg:1: no lesson"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, check := ReadFolder(with(t, c.changes...))
			if (d == nil) != (len(check.Errors) > 0) {
				t.Errorf("document %v with %d errors", d != nil, len(check.Errors))
			}
			got := lines(check.Errors)
			for _, w := range check.Warnings {
				got += "~" + w.String() + "\n"
			}
			gotLines, wantLines := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(c.want, "\n")
			more := strings.HasSuffix(c.want, "~…") && len(gotLines) >= len(wantLines)
			if len(gotLines) != len(wantLines) && !more {
				t.Fatalf("problems:\n%s\nwant:\n%s", got, c.want)
			}
			for i, want := range wantLines {
				if want != "~…" && !strings.HasPrefix(gotLines[i], want) {
					t.Errorf("problem %d:\n%s\nwant\n%s…", i, gotLines[i], want)
				}
			}
		})
	}
}

func TestFaultsOfAllFilesAreSaidAtOnce(t *testing.T) {
	_, check := ReadFolder(with(t,
		"01-suite/module.yaml", "key: suite\ntitle: {fr: a\n", // not YAML
		"00-commencer/01-cadre.fr.md", "s/5 %[^R6]/→/5 %[^]",
		"00-commencer/02-pretest.quiz.yaml", "s/minutes: 5/→/minutes: cinq",
		"sources.yaml", "s/citation: Bourne A. The chemsex study. 2014./→/citaton: Bourne",
	))
	got := lines(check.Errors)
	for _, want := range []string{"01-suite/module.yaml:2: ", "02-pretest.quiz.yaml:3: minutes", `sources.yaml:5: unknown field "citaton"`, "sources.yaml:4: sources[1].citation: missing"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := len(check.Errors); n != 4 {
		t.Errorf("%d errors:\n%s", n, got)
	}
}

func TestSymbolicLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, with(t)); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("key: secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"00-commencer/04-lien.fr.md", "02-lien"} {
		if err := os.Symlink(secret, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	_, check := ReadFolder(root.FS())
	want := "00-commencer/04-lien.fr.md:0: symbolic links are not followed; put the file itself here\n02-lien:0: symbolic links are not followed; put the file itself here\n"
	if got := lines(check.Errors); got != want {
		t.Errorf("problems:\n%swant:\n%s", got, want)
	}
}

func TestFilesAreBounded(t *testing.T) {
	huge := fstest.MapFS{}
	for name, file := range with(t) {
		huge[name] = file
	}
	huge["glossary.yaml"] = &fstest.MapFile{Data: []byte("# " + strings.Repeat("a", maxYAML))}
	huge["01-suite/01-silence.fr.md"] = &fstest.MapFile{Data: []byte(strings.Repeat("a", maxLesson+1))}
	huge["00-commencer/photo.png"] = &fstest.MapFile{Data: make([]byte, maxMedia+1)}
	for i := range maxEntries {
		huge[fmt.Sprintf("02-long/%d.svg", i)] = &fstest.MapFile{}
	}
	huge["02-long/module.yaml"] = &fstest.MapFile{}
	huge["sources.yaml"] = &fstest.MapFile{Data: []byte(strings.Repeat("- {key: R6}\n", maxItems+1))}
	var fields strings.Builder
	for i := range 2 * maxFlaws {
		fmt.Fprintf(&fields, "champ%d: x\n", i)
	}
	huge["01-suite/module.yaml"] = &fstest.MapFile{Data: []byte(fields.String())}
	_, check := ReadFolder(huge)
	got := lines(check.Errors)
	for _, want := range []string{
		"glossary.yaml:0: the file cannot be read: it has more than 1048576 bytes",
		"01-suite/01-silence.fr.md:0: the file cannot be read: it has more than",
		"00-commencer/photo.png:0: the file cannot be read: it has more than 2097152 bytes",
		"02-long:0: the folder has 1001 entries; at most 1000",
		"sources.yaml:1: 1001 items; at most 1000 are allowed",
		"01-suite/module.yaml:200: unknown field \"champ199\"",
		"01-suite/module.yaml:201: there is more to mend from here on",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "champ200") {
		t.Error("there is no end of unknown fields")
	}
}

func TestAnAliasBombIsRefused(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	_, check := ReadFolder(with(t, "01-suite/module.yaml", "key: suite\ntitle: {fr: a, nl: b}\nobjectives:\n- &o {key: o, text: &t {fr: a, nl: b}}\n- *o\n- *o\n"+bomb))
	if got := lines(check.Errors); !strings.Contains(got, "01-suite/module.yaml:5: objectives[1]: anchors and aliases") {
		t.Errorf("problems:\n%s", got)
	}
}

// Every shipped course is sound, whichever there are.
func TestShippedCourses(t *testing.T) {
	entries, err := fs.ReadDir(Shipped(), ".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		found++
		t.Run(entry.Name(), func(t *testing.T) {
			fsys, err := fs.Sub(Shipped(), entry.Name())
			if err != nil {
				t.Fatal(err)
			}
			d, check := ReadFolder(fsys)
			if d == nil {
				t.Fatalf("errors:\n%s", lines(check.Errors))
			}
			if len(check.Warnings) > 0 {
				t.Logf("warnings:\n%s", lines(check.Warnings))
			}
			if d.Slug != entry.Name() {
				t.Errorf("the course %s is in the folder %s", d.Slug, entry.Name())
			}
			same(t, d)
		})
	}
	if found == 0 {
		t.Error("no course is shipped")
	}
}

// FuzzReadFolder: no file of an author's makes reading fail otherwise than with a line to mend.
func FuzzReadFolder(f *testing.F) {
	for name, text := range zoe {
		f.Add(name, text)
	}
	f.Add("01-suite/module.yaml", "key: *a\n? [b]: {c\n")
	f.Add("00-commencer/01-cadre.fr.md", "---\n---\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if !fs.ValidPath(name) || name == "." {
			return
		}
		fsys := with(t)
		for other := range fsys { // a file cannot be a folder, too
			if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
				return
			}
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		d, check := ReadFolder(fsys)
		for _, p := range append(check.Errors, check.Warnings...) {
			if p.File == "" || p.Message == "" || p.Line < 0 {
				t.Errorf("problem %+v", p)
			}
			if file := fsys[p.File]; file != nil && p.Line > 1+strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(file.Data)), "\n") {
				t.Errorf("%s has no line %d: %s", p.File, p.Line, p.Message)
			}
		}
		if d != nil {
			same(t, d)
			if _, err := Prepare(d, inWords); err != nil {
				t.Error(err)
			}
		}
	})
}
