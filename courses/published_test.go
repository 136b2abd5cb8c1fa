package courses

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"passerelle/quiz"
)

func prepared(t *testing.T, d *Document) *Published {
	t.Helper()
	p, err := Prepare(d, inWords)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublished(t *testing.T) {
	p := prepared(t, sound(t, with(t)))
	if p.Module("suite").Title["fr"] != "La suite" || p.Module("rien") != nil {
		t.Error("modules are not found by key")
	}
	if s := p.Step("silence"); s == nil || s.Title["fr"] != "Le silence" || p.Step("rien") != nil {
		t.Error("steps are not found by key")
	}
	if m := p.ModuleOf("silence"); m == nil || m.Key != "suite" || p.ModuleOf("rien") != nil {
		t.Error("a step's module is not found")
	}
	if p.Source("R7").Citation != "Bourne A. The chemsex study. 2014." || p.Source("R9") != nil {
		t.Error("sources are not found by key")
	}
	if p.Objective("m0-nommer").Text["fr"] != "Nommer" || p.Objective("ecouter") == nil || p.Objective("rien") != nil {
		t.Error("objectives are not found by key")
	}
	if p.Question("q1-2").Kind != "true_false" || p.Question("rien") != nil {
		t.Error("questions are not found by key")
	}
	if p.Minutes() != 27 || p.Modules[0].Minutes() != 13 {
		t.Errorf("%d minutes, %d in the first module", p.Minutes(), p.Modules[0].Minutes())
	}
}

func TestAround(t *testing.T) {
	p := prepared(t, sound(t, with(t)))
	key := func(s *Step) string {
		if s == nil {
			return ""
		}
		return s.Key
	}
	for step, want := range map[string][2]string{
		"cadre": {"", "pretest"}, "pretest": {"cadre", "silence"}, "silence": {"pretest", "quiz-suite"}, "quiz-suite": {"silence", ""}, "rien": {"", ""},
	} {
		before, after := p.Around(step)
		if key(before) != want[0] || key(after) != want[1] {
			t.Errorf("around %s are %q and %q, want %q", step, key(before), key(after), want)
		}
	}
}

func TestPublishedTexts(t *testing.T) {
	d := sound(t, with(t))
	p := prepared(t, d)
	body, language := p.Lesson("cadre", "fr")
	for _, want := range []string{
		`5 %<sup class="source-ref"><a href="#source-2" id="ref-2" aria-label="fr source 2">2</a>`, // R6 is the second of the lesson's list
		`<a href="/courses/ecouter-zoe/glossary#ecoute" class="term">écoute</a>`,
		`<a href="/courses/ecouter-zoe/commencer/pretest">test</a>`,
		`<img src="/courses/ecouter-zoe/media/` + Sum([]byte(cycleSVG)) + `/cycle.svg" alt="Un cycle en trois temps" loading="lazy" width="640" height="360">`,
		`aria-label="fr key"`,
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if language != "fr" {
		t.Errorf("the lesson is in %q", language)
	}
	if body, language := p.Lesson("cadre", "nl"); language != "nl" || !strings.Contains(string(body), `aria-label="nl source 2"`) {
		t.Errorf("in Dutch (%s): %s", language, body)
	}
	if body, language := p.Lesson("cadre", "en"); language != "fr" || !strings.Contains(string(body), "Un chiffre") {
		t.Errorf("in English (%s): %s", language, body)
	}
	for _, step := range []string{"pretest", "rien"} {
		if body, _ := p.Lesson(step, "fr"); body != "" {
			t.Errorf("%s is a lesson: %s", step, body)
		}
	}
	if got := p.Summary("fr"); got != "<p>Une formation <em>courte</em>.</p>\n<p>Elle parle d’<a href=\"/courses/ecouter-zoe/glossary#ecoute\" class=\"term\">écoute</a>.</p>" {
		t.Errorf("summary: %s", got)
	}
	if got := p.Summary("en"); got != p.Summary("fr") {
		t.Errorf("summary in English: %s", got)
	}
	if got := p.ModuleSummary("suite", "nl"); got != "<p>Tot slot.</p>" {
		t.Errorf("module's summary: %s", got)
	}
	if p.ModuleSummary("commencer", "fr") != "" || p.ModuleSummary("rien", "fr") != "" {
		t.Error("a summary that is not there is said")
	}
	if got := p.Intro("pretest", "nl"); got != "<p>Zonder punten.</p>" {
		t.Errorf("intro: %s", got)
	}
	if p.Intro("quiz-suite", "nl") != "" || p.Intro("cadre", "nl") != "" || p.Intro("rien", "nl") != "" {
		t.Error("an introduction that is not there is said")
	}
	if got := p.Inline(p.Question("q0-1").Text, "nl"); got != "Wat doe je <em>eerst</em>?" {
		t.Errorf("question: %s", got)
	}
	if got := p.Inline(d.Glossary[0].Definition, "en"); got != "Écouter <strong>avant</strong> de répondre." {
		t.Errorf("definition: %s", got)
	}
	review := quiz.SingleChoice{}.Review(p.Question("q0-1"), quiz.Answer{"": {"b"}}, "nl", "fr")
	if got := p.InlineText(review.Right[0]); got != "Luisteren" {
		t.Errorf("right: %s", got)
	}
	if got := p.InlineText("jamais *vu* <b>"); got != "jamais <em>vu</em> &lt;b&gt;" {
		t.Errorf("a text that is not the course's: %s", got)
	}
	if p.Language(d.Title, "nl") != "nl" || p.Language(d.Title, "en") != "fr" {
		t.Error("the language of a text is not known")
	}
}

func TestHasLanguage(t *testing.T) {
	d, _ := ReadFolder(with(t,
		"00-commencer/01-cadre.nl.md", "s/title: Het kader\n/→/",
		"01-suite/01-silence.nl.md", "-",
		"01-suite/02-quiz.quiz.yaml", "s/{fr: Deux, nl: Twee}/→/{fr: Deux}",
	))
	p := prepared(t, d)
	for _, c := range []struct {
		step, lang string
		want       bool
	}{
		{"cadre", "fr", true}, {"cadre", "nl", false}, {"pretest", "nl", true}, {"silence", "fr", true}, {"silence", "nl", false},
		{"quiz-suite", "fr", true}, {"quiz-suite", "nl", false}, {"pretest", "en", false}, {"rien", "fr", false},
	} {
		if p.HasLanguage(c.step, c.lang) != c.want {
			t.Errorf("%s in %s: %v", c.step, c.lang, !c.want)
		}
	}
}

func TestPrepareRefusesWhatIsNoCourse(t *testing.T) {
	for name, change := range map[string]func(*Document){
		"another form":     func(d *Document) { d.Format = 2 },
		"no language":      func(d *Document) { d.Languages = nil },
		"a step twice":     func(d *Document) { d.Modules[1].Steps[0].Key = "cadre" },
		"a step of no use": func(d *Document) { d.Modules[1].Steps[0].Lesson = nil },
		"a step of both":   func(d *Document) { d.Modules[1].Steps[0].Quiz = &Quiz{} },
	} {
		d := sound(t, with(t))
		change(d)
		if _, err := Prepare(d, inWords); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A document out of the database has no bytes of media; pages are the same.
func TestPreparedFromEncodedIsTheSame(t *testing.T) {
	d := sound(t, with(t))
	encoded, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range decoded.Faults() {
		t.Errorf("%s: %s", f.Path, f.Message)
	}
	first, _ := prepared(t, d).Lesson("cadre", "fr")
	if second, _ := prepared(t, decoded).Lesson("cadre", "fr"); first != second {
		t.Errorf("from the folder:\n%s\nfrom the database:\n%s", first, second)
	}
}

// The race detector looks at this: everything a page may ask for, asked for at once.
func TestPublishedIsSafeForConcurrentUse(t *testing.T) {
	p := prepared(t, sound(t, with(t)))
	want, _ := p.Lesson("cadre", "fr")
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for range 20 {
				if got, _ := p.Lesson("cadre", "fr"); got != want {
					t.Error("the lesson changed")
				}
				p.Inline(p.Question("q0-1").Text, "nl")
				p.InlineText("jamais *vu* [écoute](glossary:ecoute)")
				p.Summary("nl")
				p.Intro("pretest", "fr")
				p.Around("silence")
				p.HasLanguage("cadre", "nl")
				p.Minutes()
			}
		})
	}
	readers.Wait()
}

// Every text of every shipped course becomes harmless HTML in which every mark was understood.
func TestShippedCoursesAreRendered(t *testing.T) {
	entries, err := fs.ReadDir(Shipped(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		fsys, err := fs.Sub(Shipped(), entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		d, check := ReadFolder(fsys)
		if d == nil {
			t.Fatalf("errors:\n%s", lines(check.Errors))
		}
		p := prepared(t, d)
		for _, s := range p.order {
			for _, lang := range d.Languages {
				if s.Lesson == nil {
					continue
				}
				body, _ := p.Lesson(s.Key, lang)
				for _, mark := range []string{"[^", "[!", "](", "glossary:", "step:", "**"} {
					if strings.Contains(textOf(string(body)), mark) {
						t.Errorf("%s in %s shows %q", s.Key, lang, mark)
					}
				}
				harmless(t, s.Key, strings.ReplaceAll(string(body), "/courses/"+d.Slug+"/", "/courses/zoe/"))
			}
		}
	}
}

func BenchmarkPrepare(b *testing.B) {
	d, _ := ReadFolder(fstest.MapFS(with(b)))
	for b.Loop() {
		if _, err := Prepare(d, inWords); err != nil {
			b.Fatal(err)
		}
	}
}
