package templates

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jba/templatecheck"

	"passerelle/i18n"
)

var update = flag.Bool("update", false, "write the letters as they are now into testdata")

func TestLetters(t *testing.T) {
	set, catalogue := load(t)
	letters := map[string]any{
		"certificate": CertificateLetter{Name: "Zoë van den Ĳssel", URL: "https://passerelle.example.org/certificates/12", Number: "PAS-2026-000012"},
		"welcome":     WelcomeLetter{Name: "Ștefan O’Brien", URL: "https://passerelle.example.org/"},
	}
	for name := range set.letters {
		if letters[name] == nil {
			t.Errorf("mail/%s.txt is written by no test", name)
		}
	}
	for name, data := range letters {
		for _, code := range i18n.Codes() {
			subject, body, err := set.Letter(name, catalogue.In(code), data)
			if err != nil {
				t.Fatal(err)
			}
			got := subject + "\n\n" + body
			golden := filepath.Join("testdata", name+"."+code+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", name, code, diff)
			}
			for line := range strings.Lines(body) {
				if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 76 {
					t.Errorf("%s in %s: a line of %d", name, code, n)
				}
			}
		}
	}
}

func TestLettersFitTheirData(t *testing.T) {
	set, _ := load(t)
	if err := templatecheck.CheckTextStrict(set.letters["certificate"], sheet[CertificateLetter]{}); err != nil {
		t.Error(err)
	}
	if err := templatecheck.CheckTextStrict(set.letters["welcome"], sheet[WelcomeLetter]{}); err != nil {
		t.Error(err)
	}
}

// A mailbox may be read over a shoulder.
func TestLettersAreDiscreet(t *testing.T) {
	set, catalogue := load(t)
	for _, code := range i18n.Codes() {
		subject, body, err := set.Letter("certificate", catalogue.In(code), CertificateLetter{Name: "Claire Dubois", URL: "https://passerelle.example.org/certificates/12", Number: "PAS-2026-000012"})
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"chemse", "drog", "drug", "sex", "verslav", "assuétude", "addict"} {
			if strings.Contains(strings.ToLower(subject+body), word) {
				t.Errorf("the letter in %s says %q", code, word)
			}
		}
	}
}

func TestANameMakesNoLinesOfItsOwn(t *testing.T) {
	set, catalogue := load(t)
	name := "Claire\r\nBcc: everybody@example.org\n\nDubois {{.Language}} <b>"
	subject, body, err := set.Letter("welcome", catalogue.In("en"), WelcomeLetter{Name: name, URL: "https://passerelle.example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(subject, "\r\n") || strings.Contains(body, "\r") || strings.Contains(body, "\nBcc") {
		t.Errorf("subject %q, body:\n%s", subject, body)
	}
	if !strings.HasPrefix(body, "Hello Claire Bcc: everybody@example.org Dubois {{.Language}} <b>,") {
		t.Errorf("the name is not said as it was typed:\n%s", body)
	}
}

func TestALetterNeedsItsData(t *testing.T) {
	set, catalogue := load(t)
	fr := catalogue.In("fr")
	if _, _, err := set.Letter("reminder", fr, WelcomeLetter{}); err == nil {
		t.Error("a letter that is not there was written")
	}
	if _, _, err := set.Letter("certificate", fr, WelcomeLetter{}); err == nil {
		t.Error("a letter was written from another one's data")
	}
	if _, _, err := set.Letter("certificate", fr, "Claire"); err == nil {
		t.Error("a letter was written from a word")
	}
}

func TestParagraphsBreakAtOrdinarySpaces(t *testing.T) {
	got := wrap("un deux\u00a0trois quatre https://passerelle.example.org/ cinq", 12)
	want := []string{"un", "deux\u00a0trois", "quatre", "https://passerelle.example.org/", "cinq"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
