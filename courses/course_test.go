package courses

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// The course of the tests: small, and nothing wrong with it.

const cycleSVG = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" role="img">
<title>Cycle</title>
<style>.a { fill: url(#g); }</style>
<linearGradient id="g"><stop offset="0"/></linearGradient>
<circle class="a" r="5"/><use href="#g"/>
</svg>
`

var zoe = map[string]string{
	"course.yaml": `slug: ecouter-zoe
languages: [fr, nl]
title: {fr: "Écouter : la formation de Zoë", nl: "Luisteren: de opleiding van Zoë"}
discreet_title: {fr: Formation d’automne, nl: Herfstopleiding}
summary:
  fr: |
    Une formation *courte*.

    Elle parle d’[écoute](glossary:ecoute).
  nl: Een *korte* opleiding.
audience:
  - {fr: Infirmières et infirmiers, nl: Verpleegkundigen}
prerequisites: {fr: Aucun., nl: Geen.}
objectives:
  - key: ecouter
    text: {fr: Écouter sans interrompre, nl: Luisteren zonder te onderbreken}
authors:
  - name: Zoë van den Berg
    role: {fr: Rédaction, nl: Redactie}
organiser:
  name: Maison Łukasz
  address: rue Neuve 1, 1000 Bruxelles
  place: Bruxelles
  signatory: Łukasz Dvořák-Nguyễn
  role: {fr: Responsable, nl: Verantwoordelijke}
written_on: 2026-10-01
reviewed_on: 2026-11-22
`,
	"sources.yaml": `- key: R6
  citation: "Stuart D. Chemsex: origins of the word. 2019;19(1):3-10."
  url: https://example.org/r6
- key: R7
  citation: Bourne A. The chemsex study. 2014.
  note: {fr: Lu en résumé., nl: In samenvatting gelezen.}
`,
	"glossary.yaml": `- key: ecoute
  term: {fr: écoute active, nl: actief luisteren}
  definition: {fr: Écouter **avant** de répondre., nl: Luisteren **voor** je antwoordt.}
`,
	"00-commencer/module.yaml": `key: commencer
title: {fr: Commencer, nl: Beginnen}
objectives:
  - key: m0-nommer
    text: {fr: Nommer, nl: Benoemen}
`,
	"00-commencer/01-cadre.fr.md": `---
key: cadre
title: "Le cadre : d’abord soi"
minutes: 8
objectives: [m0-nommer, ecouter]
sources: [R7, R6]
reviewed_on: 2026-11-22
review_by: 2027-11-22
---

## Pour commencer

Un chiffre, 5 %[^R6], puis deux[^R7][^R6]. L’[écoute](glossary:ecoute) d’abord, puis le [test](step:pretest).

![Un cycle en trois temps](cycle.svg "Le cycle")

> [!KEY] À retenir
> Le point.

Voir [plus haut](#pour-commencer).
`,
	"00-commencer/01-cadre.nl.md": `---
key: cadre
title: Het kader
---

## Om te beginnen

Een cijfer, 5%[^R6], en nog een[^R7].
`,
	"00-commencer/02-pretest.quiz.yaml": `key: pretest
title: {fr: Pré-test, nl: Pretest}
minutes: 5
purpose: pretest
intro: {fr: "Sans note.", nl: "Zonder punten."}
questions:
  - key: q0-1
    kind: single_choice
    objective: ecouter
    sources: [R6]
    text: {fr: "Que faire *d’abord* ?", nl: "Wat doe je *eerst*?"}
    options:
      - key: a
        correct: true
        text: {fr: Écouter, nl: Luisteren}
        feedback: {fr: Oui., nl: Ja.}
      - key: b
        text: {fr: Parler, nl: Praten}
        feedback: {fr: Non., nl: Nee.}
`,
	"00-commencer/cycle.svg": cycleSVG,
	"01-suite/module.yaml": `key: suite
title: {fr: La suite, nl: Het vervolg}
summary: {fr: "Pour finir.", nl: "Tot slot."}
`,
	"01-suite/02-quiz.quiz.yaml": `key: quiz-suite
title: {fr: Quiz, nl: Quiz}
minutes: 10
purpose: summative
pass_mark: 70
attempts: 3
optional: true
questions:
  - key: q1-1
    kind: multiple_choice
    marking: all_or_nothing
    text: {fr: Lesquels, nl: Welke}
    options:
      - key: a
        correct: true
        text: {fr: Un, nl: Een}
      - key: b
        text: {fr: Deux, nl: Twee}
    feedback: {fr: Un seul., nl: Slechts een.}
  - key: q1-2
    kind: true_false
    text: {fr: Le silence aide., nl: Stilte helpt.}
    answer: true
    when_true: {fr: Oui., nl: Ja.}
    when_false: {fr: Relisez., nl: Lees opnieuw.}
`,
	"01-suite/01-silence.fr.md": `---
key: silence
title: Le silence
minutes: 4
optional: true
reviewed_on: 2026-11-22
review_by: 2027-11-22
---
Se taire, c’est déjà répondre.
`,
	"01-suite/01-silence.nl.md": "---\nkey: silence\ntitle: Stilte\n---\nZwijgen is al antwoorden.\n",
}

// with is Zoë's course with files changed: "name", "text" … ; a text of "-" takes the file away, and
// one that begins with "s/" replaces: "s/old/new".
func with(t testing.TB, changes ...string) fstest.MapFS {
	t.Helper()
	files := maps.Clone(zoe)
	for i := 0; i < len(changes); i += 2 {
		name, text := changes[i], changes[i+1]
		switch {
		case text == "-":
			delete(files, name)
		case strings.HasPrefix(text, "s/"):
			old, now, ok := strings.Cut(text[2:], "/→/")
			if !ok || strings.Count(files[name], old) != 1 {
				t.Fatalf("%s holds %q %d times", name, old, strings.Count(files[name], old))
			}
			files[name] = strings.Replace(files[name], old, now, 1)
		default:
			files[name] = text
		}
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// sound reads a folder that has nothing wrong with it.
func sound(t testing.TB, fsys fs.FS) *Document {
	t.Helper()
	d, check := ReadFolder(fsys)
	if d == nil || len(check.Warnings) > 0 {
		t.Fatalf("errors: %v\nwarnings: %v", check.Errors, check.Warnings)
	}
	return d
}

// inWords says keys so that one sees which was asked for.
func inWords(lang, key string) string { return lang + " " + strings.TrimPrefix(key, "callout.") }

func pngOf(t testing.TB, width, height int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lines are problems as compilers print theirs.
func lines(problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}
