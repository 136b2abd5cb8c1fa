package templates

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func fetch(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Result()
}

func TestStaticFilesAreKeptForAYear(t *testing.T) {
	set, _ := load(t)
	h := set.Static()
	for name, kind := range map[string]string{"app.css": "text/css", "quiz.js": "text/javascript", "icon.svg": "image/svg+xml"} {
		path := set.asset(name)
		if !regexp.MustCompile(`^/static/\w+-[0-9a-f]{64}\.\w+$`).MatchString(path) {
			t.Errorf("%s has no hash in its name: %s", name, path)
		}
		r := fetch(t, h, path)
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %s, %s", path, r.Status, r.Header.Get("Content-Type"))
		}
		if got := r.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", path, got)
		}
		if got := fetch(t, h, "/static/"+name).Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("without its hash %s is kept: %q", name, got)
		}
	}
	old := strings.Replace(set.asset("app.css"), "-", "-0", 1)
	for _, path := range []string{old, "/static/nothing.css", "/static/../templates.go", "/static/"} {
		r := fetch(t, h, path)
		if r.StatusCode == http.StatusOK || strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %s, Cache-Control %q", path, r.Status, r.Header.Get("Cache-Control"))
		}
	}
}

func zipped(t *testing.T, data []byte) int {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// A lesson of 1,500 words, its styles and its icon come to far less than the 40 kB a first visit may
// cost.
func TestALessonIsLight(t *testing.T) {
	set, catalogue := load(t)
	total := 0
	for _, name := range []string{"app.css", "icon.svg"} {
		data, err := files.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		n := zipped(t, data)
		t.Logf("%s: %d bytes compressed", name, n)
		total += n
		if name == "app.css" && n > 6*1024 {
			t.Errorf("app.css is %d bytes compressed", n)
		}
	}
	for _, s := range sights(catalogue.In("fr")) {
		if s.name == "lesson" {
			_, page := render(t, set, s.page)
			n := zipped(t, []byte(page))
			t.Logf("lesson: %d bytes, %d compressed", len(page), n)
			total += n
		}
	}
	// Room for the figures and the words of a real lesson.
	if total > 16*1024 {
		t.Errorf("a lesson is %d bytes on first visit, before its figures", total)
	}
}

// Every class of the style sheet is used somewhere, and every class used is one that somebody meant:
// in the style sheet, or for a script.
func TestClassesAreUsedAndStyled(t *testing.T) {
	css := read(t, "static/app.css")
	css = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(css, "")
	styled := map[string]bool{}
	for _, rule := range regexp.MustCompile(`(?s)([^{}]+)\{`).FindAllStringSubmatch(css, -1) {
		for _, class := range regexp.MustCompile(`\.([a-z][\w-]*)`).FindAllStringSubmatch(rule[1], -1) {
			styled[class[1]] = true
		}
	}
	// Rendered Markdown, which the courses room makes.
	used := map[string]bool{}
	for _, class := range strings.Fields("source-ref term callout callout-key callout-practice callout-warning callout-sensitive callout-testimony callout-title table-scroll") {
		used[class] = true
	}
	action := regexp.MustCompile(`\{\{[^}]*\}\}`)
	for _, pattern := range []string{"parts/*.html", "pages/*.html", "questions/*.html"} {
		if err := each(pattern, func(_, text string) error {
			for _, attribute := range regexp.MustCompile(`class="((?:[^"{]|\{\{[^}]*\}\})*)"`).FindAllStringSubmatch(text, -1) {
				for class := range strings.FieldsSeq(action.ReplaceAllString(attribute[1], " ")) {
					used[class] = true
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	// States and verdicts, which come out of data, and what the script says.
	for _, class := range strings.Fields("read passed tried next right partly wrong waiting trouble") {
		used[class] = true
	}
	for class := range styled {
		if !used[class] {
			t.Errorf("the style sheet knows .%s, nothing else does", class)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The colours are the style sheet's own properties; the pairs are those it sets on one another.
func TestContrastIsEnough(t *testing.T) {
	css := read(t, "static/app.css")
	light := colours(t, css, `(?s):root \{(.*?)\n\}`)
	dark := colours(t, css, `(?s)prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}`)
	if len(light) < 15 || len(light) != len(dark) {
		t.Fatalf("%d colours in light, %d in dark", len(light), len(dark))
	}
	text := map[string][]string{
		"ink":           {"paper", "sheet", "accent-paper", "good-paper", "warn-paper", "bad-paper"},
		"soft":          {"paper", "sheet", "accent-paper", "warn-paper"},
		"accent":        {"paper", "sheet", "accent-paper", "good-paper", "warn-paper"},
		"accent-strong": {"paper", "sheet", "accent-paper", "good-paper", "warn-paper"},
		"on-accent":     {"accent", "accent-strong"},
		"good":          {"paper", "sheet", "good-paper"},
		"warn":          {"paper", "sheet", "warn-paper"},
		"bad":           {"paper", "sheet", "bad-paper"},
	}
	shapes := map[string][]string{
		"edge":  {"paper", "sheet", "accent-paper"},
		"ochre": {"paper", "sheet"},
		"focus": {"paper", "sheet", "accent-paper", "good-paper", "warn-paper", "bad-paper"},
		"bad":   {"paper", "sheet"},
	}
	for scheme, palette := range map[string]map[string]colour{"light": light, "dark": dark} {
		for _, kind := range []struct {
			name  string
			pairs map[string][]string
			least float64
		}{{"text", text, 4.5}, {"shapes", shapes, 3}} {
			for front, grounds := range kind.pairs {
				for _, ground := range grounds {
					f, ok := palette[front]
					g, known := palette[ground]
					if !ok || !known {
						t.Errorf("%s: --%s or --%s is not a colour", scheme, front, ground)
						continue
					}
					if ratio := contrast(f, g); ratio < kind.least {
						t.Errorf("%s, %s: --%s on --%s is %.2f to 1, has to be %.1f", scheme, kind.name, front, ground, ratio, kind.least)
					}
				}
			}
		}
	}
	if got := fmt.Sprintf("%.2f", contrast(colour{255, 255, 255}, colour{0x76, 0x76, 0x76})); got != "4.54" {
		t.Errorf("#767676 on white is 4.54 to 1, not %s", got)
	}
}

// Colours stand in the properties and nowhere else, or the test above would not see them.
func TestColoursAreProperties(t *testing.T) {
	css := read(t, "static/app.css")
	_, rules, ok := strings.Cut(css, "/* Ground */")
	if !ok {
		t.Fatal("the rules are not where they were")
	}
	rules = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(rules, "")
	for _, rule := range regexp.MustCompile(`(?:#[0-9a-f]{3,8}\b|rgba?\(|hsl)[^;]*;`).FindAllString(rules, -1) {
		t.Errorf("a colour by itself: %s", rule)
	}
	defined := map[string]bool{}
	for _, m := range regexp.MustCompile(`(--[\w-]+):`).FindAllStringSubmatch(css, -1) {
		defined[m[1]] = true
	}
	var used []string
	for _, m := range regexp.MustCompile(`var\((--[\w-]+)\)`).FindAllStringSubmatch(css, -1) {
		used = append(used, m[1])
		if !defined[m[1]] {
			t.Errorf("%s is used and not defined", m[1])
		}
	}
	for property := range defined {
		if !slices.Contains(used, property) {
			t.Errorf("%s is defined and not used", property)
		}
	}
}

type colour [3]uint8

func colours(t *testing.T, css, block string) map[string]colour {
	t.Helper()
	found := regexp.MustCompile(block).FindStringSubmatch(css)
	if found == nil {
		t.Fatalf("no %s in the style sheet", block)
	}
	palette := map[string]colour{}
	for _, m := range regexp.MustCompile(`--([\w-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(found[1], -1) {
		n, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		palette[m[1]] = colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}
	}
	return palette
}

// contrast is the ratio of WCAG 2.
func contrast(a, b colour) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c colour) float64 {
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, v := range c {
		s := float64(v) / 255
		if s <= 0.04045 {
			s /= 12.92
		} else {
			s = math.Pow((s+0.055)/1.055, 2.4)
		}
		sum += weights[i] * s
	}
	return sum
}
