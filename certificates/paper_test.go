package certificates

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/jung-kurt/gofpdf"
	"pgregory.net/rapid"
)

func TestPaperSays(t *testing.T) {
	press, languages := newPress(t)
	update := flag.Lookup("update").Value.String() == "true"
	for name, s := range people() {
		pages := pagesOf(t, draw(t, press, languages, s))
		var got strings.Builder
		for i, page := range pages {
			fmt.Fprintf(&got, "— page %d —\n", i+1)
			for _, line := range page.texts {
				if strings.Contains(line, "certificate.") {
					t.Errorf("%s: a message is missing: %s", name, line)
				}
				got.WriteString(line + "\n")
			}
		}
		file := filepath.Join("testdata", name+"."+s.Language+".txt")
		if update {
			if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s says something else (-want +got; go test -update to accept):\n%s", name, d)
		}
	}
}

func TestEqualSnapshotsGiveEqualBytes(t *testing.T) {
	press, languages := newPress(t)
	for name, s := range people() {
		first := draw(t, press, languages, s)
		frozen, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var thawed Snapshot
		if err := json.Unmarshal(frozen, &thawed); err != nil {
			t.Fatal(err)
		}
		again, _ := newPress(t)
		if !bytes.Equal(first, draw(t, again, languages, thawed)) {
			t.Errorf("%s: other bytes from another press and a thawed snapshot", name)
		}
		s.Holder += "e"
		if bytes.Equal(first, draw(t, press, languages, s)) {
			t.Errorf("%s: same bytes for another holder", name)
		}
	}
}

func TestPaperIsLight(t *testing.T) {
	press, languages := newPress(t)
	for name, s := range people() {
		if n := len(draw(t, press, languages, s)); n > 30_000 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

func TestPaperInManyHandsAtOnce(t *testing.T) {
	press, languages := newPress(t)
	want := map[string][]byte{}
	for name, s := range people() {
		want[name] = draw(t, press, languages, s)
	}
	var hands sync.WaitGroup
	for range 4 {
		for name, s := range people() {
			hands.Go(func() {
				paper, err := press.Paper(s, languages.In(s.Language))
				if err != nil || !bytes.Equal(paper, want[name]) {
					t.Errorf("%s: other bytes, or %v", name, err)
				}
			})
		}
	}
	hands.Wait()
}

func TestNamesArePrintedAsTheyAre(t *testing.T) {
	press, languages := newPress(t)
	for _, name := range []struct{ given, printed string }{
		{"Łukasz Dvořák-Nguyễn", ""},
		{"Ștefan O’Brien", ""},
		{"Zoë van den Ĳssel", ""},
		{"Αθανασία Παπαδοπούλου", ""},
		{"Щербакова Єва Ґедзь", ""},
		{"Gülşen Iğdır", ""},
		{"Guðrún Þórsdóttir", ""},
		{"王小明", ""},      // no glyph, but the text under the picture is the true one
		{"שרה לוי", ""},  // likewise
		{"محمد علي", ""}, // likewise
		{"გიორგი", ""},   // likewise
		{"Zoe\u0308", "Zoë"},
		{"Ines 🌈", "Ines \uFFFD"},
		{"Ines 👩🏽\u200d⚕\ufe0f", "Ines \uFFFD⚕"},
		{"𝓘𝓷𝓮𝓼", "\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"Ines\uFFFF", "Ines\uFFFD"},
		{"Ines\uE000", "Ines\uFFFD"},
		{"Ines \xff\xe2\x82", "Ines \uFFFD"},
		{"\u202eseni\u202c \u200bInes\ufeff", "seni Ines"},
		{"Ines\r\nBcc: x@example.org\t\x00\x1b[31m", "Ines Bcc: x@example.org [31m"},
		{"  Ines   de  Vos ", "Ines de Vos"},
		{"{{.Password}}", ""},
		{"{{7*7}} ${7*7} <%= 7*7 %> #{7*7}", ""},
		{"{nb} {{.Organiser}}", ""},
		{`<img src="http://127.0.0.1:8080/x"><script>alert(1)</script>`, ""},
		{"<style>@import url(file:///etc/passwd)</style>", ""},
		{`Ines) Tj ET (\) \n \050 \\`, ""},
		{"endstream endobj /URI (javascript:alert(1))", ""},
		{"=HYPERLINK(1)", ""},
		{"fi ﬁ ǅ ẞ ₿ №", ""},
	} {
		if name.printed == "" {
			name.printed = name.given
		}
		s := lukasz()
		s.Holder, s.CourseTitle, s.Organiser.Name = name.given, name.given, name.given
		s.Organiser.Place, s.Modules[0].Title, s.Objectives[0] = name.given, name.given, name.given
		paper := draw(t, press, languages, s)
		// Lines may break anywhere in such names, so spaces are left out of the comparison.
		text := tight(strings.Join(pagesOf(t, paper)[0].texts, ""))
		for _, phrase := range []string{
			"Attestation de formation" + name.printed + " atteste que" + name.printed + "Infirmier",
			"la formation" + name.printed + "Référence",
			"Modules suivis" + name.printed + "25 min",
			"Objectifs de la formation" + name.printed + "Accueillir",
			"Fait à " + name.printed + ", le",
		} {
			if !strings.Contains(text, tight(phrase)) {
				t.Errorf("%q: no %q on the page: %s", name.given, phrase, text)
			}
		}
		if n := bytes.Count(paper, []byte("/URI (")); n != 1 {
			t.Errorf("%q: %d links", name.given, n)
		}
	}
}

func tight(s string) string { return strings.Join(strings.Fields(s), "") }

func TestWhoeverHoldsItIsOnIt(t *testing.T) {
	press, languages := newPress(t)
	s := lukasz()
	s.Holder = "\u200b\n"
	if texts := pagesOf(t, draw(t, press, languages, s))[0].texts; texts[2] != "\uFFFD" {
		t.Errorf("an invisible name is printed as %q", texts[2])
	}
}

func TestPaperNamesItselfDiscreetly(t *testing.T) {
	press, languages := newPress(t)
	s := lukasz()
	s.Organiser.Name = "Łódź 🌈 (réseau)"
	paper := draw(t, press, languages, s)
	for field, want := range map[string]string{
		"Title": "Attestation de formation PAS-2026-000042", "Author": "Łódź \uFFFD (réseau)",
	} {
		i := bytes.Index(paper, []byte("/"+field+" ("))
		if i < 0 {
			t.Errorf("no %s", field)
			continue
		}
		if got, _ := literal(paper[i+len(field)+3:]); strings.TrimPrefix(got, "\ufeff") != want {
			t.Errorf("%s is %q", field, got)
		}
	}
	if date := []byte("/CreationDate (D:20261130233000)"); !bytes.Contains(paper, date) {
		t.Errorf("no %s", date)
	}
	s.VerifyURL = "javascript:alert(1)/" + s.Code
	if bytes.Contains(draw(t, press, languages, s), []byte("/URI (")) {
		t.Error("a link to a script")
	}
}

func TestQRCodeHoldsTheAddress(t *testing.T) {
	press, languages := newPress(t)
	s := lukasz()
	want, err := encodeSymbol(s.VerifyURL)
	if err != nil {
		t.Fatal(err)
	}
	got := make(symbol, len(want))
	for i := range got {
		got[i] = make([]bool, len(want))
	}
	for _, run := range pagesOf(t, draw(t, press, languages, s))[0].modules {
		for x := range run[2] {
			got[run[1]][run[0]+x] = true
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNothingLeavesThePage(t *testing.T) {
	press, languages := newPress(t)
	check := func(t interface{ Errorf(string, ...any) }, s Snapshot) {
		const room = frameInset + 3
		for n, sh := range press.compose(&s, languages.In(s.Language)) {
			var boxes []box
			for _, line := range sh.texts {
				b := box{line.x, line.y - line.style.size*point*0.7, line.x + line.style.width(line.words), line.y + line.style.size*point*0.2, line.words}
				if b.left < room || b.right > pageWidth-room || b.top < room || b.bottom > pageHeight-room {
					t.Errorf("page %d: %q leaves the page", n+1, b.name)
				}
				boxes = append(boxes, b)
			}
			if sh.symbolX > 0 {
				boxes = append(boxes, box{sh.symbolX - 3, sh.symbolY - 3, sh.symbolX + symbolSide + 3, sh.symbolY + symbolSide + 3, "QR code"})
			}
			for i, a := range boxes {
				for _, b := range boxes[:i] {
					if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
						t.Errorf("page %d: %q runs into %q", n+1, a.name, b.name)
					}
				}
			}
		}
	}
	for _, s := range people() {
		check(t, s)
		s.Holder, s.CourseTitle = strings.Repeat("W", 200), strings.Repeat("Ẁ", 200)
		check(t, s)
		s.Holder, s.VerifyURL = strings.Repeat("王", 3000), "https://"+strings.Repeat("passerelle.", 40)+"/"+s.Code
		s.Modules = append(s.Modules, SnapshotModule{strings.Repeat("m", 4000), 1 << 40})
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, anySnapshot(t)) })
}

// Two hundred characters is what a name or a title may have; they are never cut short.
func TestLongTextsAreWhole(t *testing.T) {
	press, languages := newPress(t)
	for name, s := range people() {
		for _, wide := range []string{s.Holder, strings.Repeat("W", 200), strings.Repeat("王", 200), strings.Repeat("Ẁ-", 100)} {
			s.Holder = wide
			for _, sh := range press.compose(&s, languages.In(s.Language))[:1] {
				for _, line := range sh.texts {
					if strings.Contains(line.words, "…") {
						t.Errorf("%s: %q is cut short", name, line.words)
					}
				}
			}
		}
	}
}

type box struct {
	left, top, right, bottom float64
	name                     string
}

// The fonts cut for a paper must be as wide for gofpdf, and so in the PDF, as the layout thinks.
func TestCutFontsKeepTheirWidths(t *testing.T) {
	press, _ := newPress(t)
	characters := map[rune]bool{}
	for _, r := range "Łukasz Dvořák-Nguyễn’s 0123456789 (Ĳ) Щербакова Αθανασία 王\uFFFDﬁ\u202f\u0300…" {
		characters[r] = true
	}
	for _, f := range []*face{press.serif, press.italic, press.sans} {
		pdf := gofpdf.New("P", "mm", "A4", "")
		pdf.AddUTF8FontFromBytes(f.name, "", f.cut(characters))
		pdf.SetFont(f.name, "", 12)
		if err := pdf.Error(); err != nil {
			t.Fatal(err)
		}
		for r := range characters {
			want, got := f.width(string(r))*1000, float64(pdf.GetStringSymbolWidth(string(r)))
			if math.Abs(got-want) > 1 {
				t.Errorf("%s: %q is %v wide in the font, %v in the layout", f.name, r, got, want)
			}
		}
	}
}

func TestPaperRefusesWhatProvesNothing(t *testing.T) {
	press, languages := newPress(t)
	for what, spoil := range map[string]func(*Snapshot){
		"holder":     func(s *Snapshot) { s.Holder = "" },
		"number":     func(s *Snapshot) { s.Number = "" },
		"address":    func(s *Snapshot) { s.VerifyURL = "" },
		"code":       func(s *Snapshot) { s.Code = "7kd3m" },
		"course":     func(s *Snapshot) { s.CourseTitle = "" },
		"organiser":  func(s *Snapshot) { s.Organiser.Name = "" },
		"completion": func(s *Snapshot) { s.CompletedOn = time.Time{} },
		"issue":      func(s *Snapshot) { s.IssuedOn = time.Time{} },
		"score":      func(s *Snapshot) { *s.Score = math.NaN() },
		"language":   func(s *Snapshot) { s.Language = "nl" },
		"QR code":    func(s *Snapshot) { s.VerifyURL = strings.Repeat("x", 5000) },
	} {
		s := lukasz()
		spoil(&s)
		if paper, err := press.Paper(s, languages.In("fr")); err == nil || paper != nil {
			t.Errorf("printed without its %s", what)
		}
	}
}

func FuzzPaper(f *testing.F) {
	press, languages := newPress(f)
	f.Add("Łukasz Dvořák-Nguyễn", "Chemsex", "Réseau", int64(1), 70.0, 3)
	f.Add("🌈\xff\u202e", "\u0300\u0300", "\x00", int64(-1<<62), math.Inf(1), -1)
	f.Add(strings.Repeat("W", 300), "{{.}}", ")\\(", int64(1<<40), -0.1, 40)
	f.Fuzz(func(t *testing.T, holder, title, organiser string, when int64, score float64, modules int) {
		s := lukasz()
		s.Holder, s.CourseTitle, s.Organiser.Name, s.Organiser.Address = holder, title, organiser, holder
		s.CompletedOn, s.Score = time.Unix(when, 0), &score
		s.Modules = nil
		for i := range modules % 100 {
			s.Modules = append(s.Modules, SnapshotModule{title, modules * i})
		}
		paper, err := press.Paper(s, languages.In("fr"))
		if err != nil {
			if strings.HasPrefix(err.Error(), "drawing on paper") {
				t.Fatal(err) // gofpdf gave up, or panicked and was caught
			}
			return
		}
		pagesOf(t, paper)
	})
}

func anySnapshot(t *rapid.T) Snapshot {
	words := rapid.OneOf(rapid.StringN(0, 200, -1), rapid.StringMatching(`[A-Za-zÀ-ž' -]{1,200}`), rapid.StringMatching(`W{1,200}`))
	list := rapid.SliceOfN(words, 0, 14)
	s := lukasz()
	s.Holder, s.CourseTitle = words.Draw(t, "holder"), words.Draw(t, "title")
	s.Profession = words.Draw(t, "profession")
	s.CourseSlug = rapid.StringMatching(`[a-z0-9-]{1,60}`).Draw(t, "slug")
	s.Organiser = SnapshotOrganiser{
		words.Draw(t, "organiser"), words.Draw(t, "address"), words.Draw(t, "place"),
		words.Draw(t, "signatory"), words.Draw(t, "role"),
	}
	s.Objectives = list.Draw(t, "objectives")
	s.Modules = nil
	for _, title := range list.Draw(t, "modules") {
		s.Modules = append(s.Modules, SnapshotModule{title, rapid.IntRange(0, 6000).Draw(t, "minutes")})
	}
	s.Language = rapid.SampledFrom([]string{"fr", "nl", "en"}).Draw(t, "language")
	return s
}

// A page is what a PDF draws, read back from its bytes: lines of text and runs of QR modules.
type page struct {
	texts   []string
	modules [][3]int
}

// pagesOf reads the pages of a paper. It knows what our papers are made of, no more: gofpdf writes each
// character as its UTF-16 unit.
func pagesOf(t testing.TB, paper []byte) []page {
	t.Helper()
	var pages []page
	stream := regexp.MustCompile(`<</Filter /FlateDecode /Length (\d+)>>\nstream\n`)
	module := regexp.MustCompile(`(?m)^(\d+) (\d+) (\d+) 1 re$`)
	for _, m := range stream.FindAllSubmatchIndex(paper, -1) {
		size, err := strconv.Atoi(string(paper[m[2]:m[3]]))
		if err != nil {
			t.Fatal(err)
		}
		inflater, err := zlib.NewReader(bytes.NewReader(paper[m[1] : m[1]+size]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(inflater)
		if err != nil {
			t.Fatal(err)
		}
		var p page
		for _, m := range module.FindAllSubmatch(content, -1) {
			var run [3]int
			for i := range run {
				run[i], _ = strconv.Atoi(string(m[i+1]))
			}
			p.modules = append(p.modules, run)
		}
		// A choice of font begins a line; what follows until the next are its kerned runs.
		for part := range bytes.SplitSeq(content, []byte(" Tf ET\n")) {
			line := ""
			for {
				i := bytes.Index(part, []byte(" Td ("))
				if i < 0 {
					break
				}
				said, rest := literal(part[i+5:])
				line, part = line+said, rest
			}
			if line != "" {
				p.texts = append(p.texts, line)
			}
		}
		pages = append(pages, p)
	}
	if len(pages) == 0 {
		t.Fatal("a paper without pages")
	}
	return pages
}

// literal reads a PDF string of UTF-16 from behind its opening parenthesis, and what follows it.
func literal(b []byte) (string, []byte) {
	var units []byte
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case ')':
			var said []uint16
			for j := 0; j+1 < len(units); j += 2 {
				said = append(said, uint16(units[j])<<8|uint16(units[j+1]))
			}
			return string(utf16.Decode(said)), b[i+1:]
		case '\\':
			i++
			if b[i] == 'r' {
				units = append(units, '\r')
				continue
			}
		}
		units = append(units, b[i])
	}
	return "", nil
}
