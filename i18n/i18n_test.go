package i18n

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A message as its file has it: plural form → text. A message without plurals has the form "other".
type message map[string]string

// messages are those of a language: file → key → message.
func messages(t *testing.T, code string) map[string]map[string]message {
	t.Helper()
	names, err := fs.Glob(files, code+"/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no messages in %s: %v", code, err)
	}
	found := map[string]map[string]message{}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		raw := map[string]json.RawMessage{}
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// A map keeps the last of two equal keys; the file has to hold as many as the map.
		if keys := regexp.MustCompile(`(?m)^  "`).FindAllIndex(data, -1); len(keys) != len(raw) {
			t.Errorf("%s: %d keys on %d lines: one stands twice, or a line is not indented by two", name, len(raw), len(keys))
		}
		parsed := map[string]message{}
		for key, text := range raw {
			var plain string
			if err := json.Unmarshal(text, &plain); err == nil {
				parsed[key] = message{"other": plain}
				continue
			}
			forms := message{}
			if err := json.Unmarshal(text, &forms); err != nil {
				t.Fatalf("%s: %s: %v", name, key, err)
			}
			parsed[key] = forms
		}
		found[path.Base(name)] = parsed
	}
	return found
}

// flat are the messages of a language by key alone.
func flat(t *testing.T, code string) map[string]message {
	t.Helper()
	all := map[string]message{}
	for _, file := range messages(t, code) {
		maps.Copy(all, file)
	}
	return all
}

func TestLanguagesSayTheSame(t *testing.T) {
	first := messages(t, Codes()[0])
	plurals := map[string][]string{"fr": {"many", "one", "other"}, "nl": {"one", "other"}, "en": {"one", "other"}}
	placeholder := regexp.MustCompile(`\{\{\.\w+\}\}`)
	names := func(m message) []string {
		found := map[string]bool{}
		for _, text := range m {
			for _, p := range placeholder.FindAllString(text, -1) {
				found[p] = true
			}
		}
		return slices.Sorted(maps.Keys(found))
	}
	for _, code := range Codes() {
		these := messages(t, code)
		for file := range these {
			if first[file] == nil {
				t.Errorf("%s/%s is in no other language", code, file)
			}
		}
		for file, keys := range first {
			for key, want := range keys {
				got, ok := these[file][key]
				if !ok {
					t.Errorf("%s/%s has no %s", code, file, key)
					continue
				}
				forms := slices.Sorted(maps.Keys(got))
				if !slices.Equal(forms, []string{"other"}) && !slices.Equal(forms, plurals[code]) {
					t.Errorf("%s: %s has the forms %v, has to have %v", code, key, forms, plurals[code])
				}
				if (len(got) == 1) != (len(want) == 1) {
					t.Errorf("%s: %s has plurals in one language and none in the other", code, key)
				}
				if !slices.Equal(names(got), names(want)) {
					t.Errorf("%s: %s says %v, in %s it says %v", code, key, names(got), Codes()[0], names(want))
				}
				for _, text := range got {
					if strings.TrimSpace(text) == "" {
						t.Errorf("%s: %s is empty", code, key)
					}
					if strings.Count(text, "{{") != len(placeholder.FindAllString(text, -1)) {
						t.Errorf("%s: %s has a placeholder that is none: %s", code, key, text)
					}
				}
			}
			for key := range these[file] {
				if _, ok := keys[key]; !ok {
					t.Errorf("%s/%s has %s, which %s has not", code, file, key, Codes()[0])
				}
			}
		}
	}
}

func TestKeysStandInOneFile(t *testing.T) {
	in := map[string]string{}
	for file, keys := range messages(t, Codes()[0]) {
		for key := range keys {
			if other, taken := in[key]; taken {
				t.Errorf("%s is in %s and in %s", key, file, other)
			}
			in[key] = file
			if !keyForm.MatchString(key) {
				t.Errorf("%s: %q is no key", file, key)
			}
		}
	}
}

// keyForm is what a key looks like: an area, and a name in it.
var keyForm = regexp.MustCompile(`^[a-z][a-z_]*(\.[a-z0-9_]+)+$`)

// Typography is a part of spelling: French has no-break spaces around its high marks, and every
// language has real apostrophes and quotation marks.
func TestMessagesAreWellSet(t *testing.T) {
	placeholder := regexp.MustCompile(`\{\{.*?\}\}`)
	for _, code := range Codes() {
		for key, forms := range flat(t, code) {
			for form, text := range forms {
				if wrong := illSet(code, placeholder.ReplaceAllString(text, "x")); wrong != "" {
					t.Errorf("%s: %s (%s): %s: %s", code, key, form, wrong, text)
				}
			}
		}
	}
	for _, bad := range []struct{ code, text string }{
		{"fr", "Erreur :"}, {"fr", "Erreur\u00a0:"}, {"fr", "Erreur:"}, {"fr", "Vrai?"}, {"fr", "« oui\u202f»"}, {"fr", "«\u202foui »"},
		{"fr", "70 %"}, {"fr", "l'eau"}, {"en", "it's"}, {"nl", "\"ja\""}, {"nl", "zo : ja"}, {"en", "why ?"}, {"fr", "deux  espaces"}, {"fr", "fin "}, {"fr", "et..."},
	} {
		if illSet(bad.code, bad.text) == "" {
			t.Errorf("nothing is said of %q in %s", bad.text, bad.code)
		}
	}
	for _, good := range []struct{ code, text string }{
		{"fr", "Erreur\u202f: l’eau à 70\u202f%, «\u202foui\u202f»\u202f; vrai\u202f?"}, {"fr", "https://exemple.be"}, {"fr", ", votre menu"}, {"nl", "Foto’s: 70%"}, {"en", "Why? “Because”"},
	} {
		if wrong := illSet(good.code, good.text); wrong != "" {
			t.Errorf("%q in %s: %s", good.text, good.code, wrong)
		}
	}
}

func illSet(code, text string) string {
	text = regexp.MustCompile(`https?://\S+`).ReplaceAllString(text, "x")
	switch {
	case strings.ContainsAny(text, "'\""):
		return "a straight apostrophe or quotation mark"
	case strings.Contains(text, "..."):
		return "three dots for an ellipsis"
	case strings.Contains(text, "  ") || strings.TrimSpace(text) != text:
		return "a space too many"
	}
	if code != "fr" {
		if regexp.MustCompile(`[\s\x{00a0}\x{202f}][;:!?%]`).MatchString(text) {
			return "a space before a mark"
		}
		return ""
	}
	if regexp.MustCompile(`[^\x{202f}][;:!?»]|[^\x{202f}(]%`).MatchString(text) || regexp.MustCompile(`^[;:!?»%]`).MatchString(text) {
		return "no narrow no-break space before a mark"
	}
	if regexp.MustCompile(`«[^\x{202f}]`).MatchString(text) {
		return "no narrow no-break space after «"
	}
	return ""
}

// Every key that the house says is among the messages, and every message is said by somebody. Keys
// are written out where they are said; a string that ends in a dot ("profession.") stands for all
// keys that begin so.
func TestKeysAreSaidAndSayable(t *testing.T) {
	known := flat(t, Codes()[0])
	said := map[string]string{} // key, or beginning of keys → a place that says it
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "content") {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".go":
			if strings.HasSuffix(path, "_test.go") {
				return nil
			}
			return inGo(path, func(key string, certain bool) {
				if _, ok := known[key]; certain && !ok {
					t.Errorf("%s says %s, which is not among the messages", path, key)
				}
				said[key] = path
			})
		case ".html", ".txt":
			if !strings.Contains(path, "templates") {
				return nil
			}
			return inTemplate(path, func(key string) {
				if _, ok := known[key]; !ok {
					t.Errorf("%s says %s, which is not among the messages", path, key)
				}
				said[key] = path
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range known {
		if !isSaid(key, said) {
			t.Errorf("nobody says %s", key)
		}
	}
	if len(said) < 100 {
		t.Errorf("only %d keys were found: nobody looked", len(said))
	}
}

func isSaid(key string, said map[string]string) bool {
	if said[key] != "" {
		return true
	}
	for i := range key {
		if key[i] == '.' && said[key[:i+1]] != "" {
			return true
		}
	}
	return false
}

// inGo hands on the strings of a Go file that may be keys. They certainly are where they are passed to
// T or to a fault, and where they are an error's.
func inGo(path string, say func(key string, certain bool)) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return fmt.Errorf("parsing %s: %w", path, err)
	}
	certain := map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			function, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			owner, _ := function.X.(*ast.Ident)
			switch name := function.Sel.Name; {
			case name == "T" || name == "headed":
				if len(n.Args) > 0 {
					certain[n.Args[0]] = true
				}
			case owner != nil && owner.Name == "fault" && (name == "New" || name == "Wrap"):
				for _, argument := range n.Args[:min(3, len(n.Args))] {
					certain[argument] = true
				}
			case owner != nil && owner.Name == "fault" && name == "Fields":
				for _, argument := range n.Args {
					ast.Inspect(argument, func(n ast.Node) bool {
						if pair, ok := n.(*ast.KeyValueExpr); ok {
							certain[pair.Value] = true
						}
						return true
					})
				}
			}
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(n.Value)
			if err != nil {
				return true
			}
			switch {
			case keyForm.MatchString(text):
				say(text, certain[n] || strings.HasPrefix(text, "fault.") || strings.Contains(text, ".error."))
			case keyForm.MatchString(text + "x"):
				say(text, false)
			}
		}
		return true
	})
	return nil
}

var passedToT = regexp.MustCompile(`\.T "([^"]*)"`)

// inTemplate hands on the keys that a template says.
func inTemplate(path string, say func(key string)) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	for _, found := range passedToT.FindAllSubmatch(data, -1) {
		say(string(found[1]))
	}
	return nil
}

func TestMessagesAreSaid(t *testing.T) {
	catalogue, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	// Through the library, every message of every language is found, in each of its forms.
	for _, code := range Codes() {
		l := catalogue.In(code)
		for key, forms := range flat(t, code) {
			if len(forms) == 1 {
				if got := l.T(key); got == key || got == "" {
					t.Errorf("%s: %s is said as %q", code, key, got)
				}
				continue
			}
			for form, count := range map[string]int{"one": 1, "many": 1_000_000, "other": 5} {
				want, ok := forms[form]
				if !ok {
					want = forms["other"]
				}
				want = strings.ReplaceAll(want, "{{.Count}}", strconv.Itoa(count))
				got := l.T(key, "Count", count)
				// What else the message names was not given here.
				want = regexp.MustCompile(`\{\{\.\w+\}\}`).ReplaceAllString(want, "<no value>")
				if got != want {
					t.Errorf("%s: %s for %d is %q, has to be %q", code, key, count, got, want)
				}
			}
		}
	}
	if got := catalogue.In("fr").T("nobody.ever_wrote_this"); got != "nobody.ever_wrote_this" {
		t.Errorf("a key that is not there is said as %q", got)
	}
}

func TestALanguageIsChosen(t *testing.T) {
	catalogue, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]string{
		"": "fr", "de": "fr", "nl-BE,nl;q=0.9,en;q=0.8": "nl", "en-GB": "en", "de-DE,nl;q=0.5": "nl", "fr-BE,fr": "fr", ";;;": "fr", "*": "fr",
	} {
		if got := catalogue.Match(accept).Code; got != want {
			t.Errorf("Accept-Language %q: %s, want %s", accept, got, want)
		}
	}
	if got := catalogue.In("xx").Code; got != "fr" {
		t.Errorf("an unknown language is %s", got)
	}
}

func TestNumbersAndDates(t *testing.T) {
	catalogue, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string][4]string{
		"fr": {"1er\u00a0décembre\u00a02026", "22\u00a0novembre\u00a02026", "69\u202f%", "2,5"},
		"nl": {"1\u00a0december\u00a02026", "22\u00a0november\u00a02026", "69%", "2,5"},
		"en": {"1\u00a0December\u00a02026", "22\u00a0November\u00a02026", "69%", "2.5"},
	} {
		l := catalogue.In(code)
		got := [4]string{
			l.Date(time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)), l.Date(time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)),
			l.Percent(69.9), l.Number(2.5, 1),
		}
		if got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
