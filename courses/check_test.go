package courses

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A document need not come from a folder: what only another hand can do to it is found, too.
func TestFaults(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct {
		name   string
		change func(*Document)
		want   []string // "path: message", beginnings; ~ before a warning
	}{
		{"nothing", func(*Document) {}, nil},
		{"without the bytes of media", func(d *Document) { d.Media[0].Bytes = nil }, nil},
		{"another form", func(d *Document) { d.Format = 2 }, []string{"format: the document is of form 2, not 1"}},
		{"not UTF-8", func(d *Document) { d.Title["fr"] = "a\xff" }, []string{"title.fr: is not UTF-8"}},
		{"NUL", func(d *Document) { d.Prerequisites["fr"] = "a\x00" }, []string{"prerequisites.fr: holds a NUL"}},
		{"carriage return", func(d *Document) { d.Modules[1].Steps[0].Lesson.Body["fr"] = "a\r\nb" }, []string{"modules[1].steps[0].lesson.body.fr: holds a NUL or a carriage return"}},
		{"empty line", func(d *Document) { d.Summary["fr"] = "a\n" }, []string{"summary.fr: begins or ends with an empty line"}},
		{"empty text", func(d *Document) { d.DiscreetTitle["nl"] = "" }, []string{"~discreet_title: missing in nl", "discreet_title.nl: an empty text has to be left out"}},
		{"blank title", func(d *Document) { d.Title["fr"] = " " }, []string{"title.fr: is blank"}},
		{"title in two lines", func(d *Document) { d.Title["fr"] = "a\u2028b" }, []string{"title.fr: has to be one line"}},
		{"long texts", func(d *Document) {
			d.Prerequisites["fr"], d.Organiser.Place, d.Summary["fr"] = long(5001), long(301), long(10_001)
		}, []string{"summary.fr: the text has 20002 bytes", "prerequisites.fr: has 5001 characters", "organiser.place: has 301 characters"}},
		{"no authors", func(d *Document) { d.Authors = nil }, []string{"authors: missing"}},
		{"an author without a name", func(d *Document) { d.Authors[0] = Author{} }, []string{"authors[0].name: missing", "authors[0].role: missing"}},
		{"no organiser", func(d *Document) { d.Organiser = Organiser{} }, []string{"organiser.name: missing"}},
		{"too much of everything", func(d *Document) { d.Audience = slices.Repeat(d.Audience, 1001) }, []string{"audience: 1001 items"}},
		{"source without a key", func(d *Document) { d.Sources = append(d.Sources, Source{Citation: "a"}) }, []string{"sources[2].key: missing", "~sources[2]: no lesson"}},
		{"source with an odd key", func(d *Document) { d.Sources = append(d.Sources, Source{Key: "R 9", Citation: "a"}) }, []string{`sources[2].key: "R 9" is not a key`, "~sources[2]: no lesson"}},
		{"source's address with a name in it", func(d *Document) { d.Sources[0].URL = "https://a@b.example" }, []string{`sources[0].url: "https://a@b.example" is not an address`}},
		{"both lesson and quiz", func(d *Document) { d.Modules[1].Steps[0].Quiz = d.Modules[1].Steps[1].Quiz }, []string{"modules[1].steps[0]: a step is either a lesson or a quiz"}},
		{"neither lesson nor quiz", func(d *Document) { d.Modules[1].Steps[0].Lesson = nil }, []string{"modules[1].steps[0]: a step is either a lesson or a quiz"}},
		{"media of no module", func(d *Document) { d.Media[0].Name = "rien/cycle.svg" }, []string{
			`modules[0].steps[0].lesson.body.fr: there is no figure "cycle.svg"`, `media[0]: "rien/cycle.svg" is not the key of a module`, "~media[0]: no lesson shows"}},
		{"media not sorted", func(d *Document) { d.Media = append(d.Media, d.Media[0]) }, []string{"media[1]: media are not sorted by name", "media[1]: commencer/cycle.svg and commencer/cycle.svg differ in nothing"}},
		{"media of another type", func(d *Document) { d.Media[0].Type = "text/html" }, []string{"media[0]: commencer/cycle.svg has no known type", "media[0]: what is said of commencer/cycle.svg is not what it holds"}},
		{"media of another sum", func(d *Document) { d.Media[0].SHA256 = Sum(nil) }, []string{"media[0]: what is said of"}},
		{"media with a flaw", func(d *Document) { d.Media[0].Bytes = []byte("<svg") }, []string{"media[0]: not a sound SVG"}},
		{"too many bytes of media", func(d *Document) {
			large := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, maxMedia-8)...)
			for i := range 21 {
				d.Media = append(d.Media, Media{Name: fmt.Sprintf("suite/%02d.png", i), Type: "image/png", SHA256: Sum(nil), Bytes: large})
			}
		}, append(slices.Repeat([]string{"…"}, 40), "media[20]: all media together have more than")},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound(t, with(t))
			c.change(d)
			var got []string
			for _, f := range d.Faults() {
				line := f.Path + ": " + f.Message
				if f.Warning {
					line = "~" + line
				}
				got = append(got, line)
			}
			if slices.Contains(c.want, "…") {
				if want := c.want[len(c.want)-1]; !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
				}
				return
			}
			if len(got) != len(c.want) {
				t.Fatalf("faults:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("fault %d: %s\nwant %s…", i, got[i], c.want[i])
				}
			}
		})
	}
}

// A lesson's faults are counted in the lines of its text.
func TestFaultsKnowTheirLine(t *testing.T) {
	d := sound(t, with(t))
	d.Modules[1].Steps[0].Lesson.Body["fr"] = "Un.\n\n- deux\n- [trois](step:rien)\n\n| a |\n|---|\n| [^R99] |\n\n> [!KEY] a\n> ![](x.svg)\n\n**[a\n](javascript:x)**"
	var got []string
	for _, f := range d.Faults() {
		if !f.Warning {
			got = append(got, fmt.Sprintf("%d %.20s", f.Line, f.Message))
		}
	}
	want := []string{"4 there is no step wit", "8 the source \"R99\" is ", "11 the figure has no te", "11 there is no figure \"", "13 a link leads to a we"}
	if len(got) != len(want) {
		t.Fatalf("faults %q", got)
	}
	for i := range got {
		if !strings.HasPrefix(want[i], got[i]) {
			t.Errorf("fault %d is %q, want %q", i, got[i], want[i])
		}
	}
}
