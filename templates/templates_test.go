package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jba/templatecheck"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"passerelle/i18n"
)

func load(t testing.TB) (*Set, *i18n.Catalogue) {
	t.Helper()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	set, err := New(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	return set, catalogue
}

func TestEveryPageFitsItsStruct(t *testing.T) {
	set, catalogue := load(t)
	shown := map[string]bool{}
	for _, s := range sights(catalogue.In("fr")) {
		name := s.page.template()
		if shown[name] {
			continue
		}
		shown[name] = true
		page, ok := set.spoken["fr"].pages[name]
		if !ok {
			t.Errorf("%T names the page %s, which is not there", s.page, name)
			continue
		}
		if err := templatecheck.CheckHTMLStrict(page.Lookup("layout"), s.page); err != nil {
			t.Errorf("pages/%s.html does not fit %T: %v", name, s.page, err)
		}
	}
	for name := range set.spoken["fr"].pages {
		if !shown[name] {
			t.Errorf("pages/%s.html is shown by no test", name)
		}
	}
	for kind, question := range set.spoken["fr"].questions {
		if err := templatecheck.CheckHTMLStrict(question, Asked{}); err != nil {
			t.Errorf("questions/%s.html does not fit Asked: %v", kind, err)
		}
	}
}

// The layout and the parts ask every page for the methods of Base: a field of the same name in a page
// would take their place.
func TestNoPageHidesItsBase(t *testing.T) {
	_, catalogue := load(t)
	base := reflect.TypeFor[Base]()
	for _, s := range sights(catalogue.In("fr")) {
		page := reflect.TypeOf(s.page)
		for field := range page.Fields() {
			if field.Anonymous {
				continue
			}
			if _, taken := base.MethodByName(field.Name); taken {
				t.Errorf("%v.%s hides Base.%s", page, field.Name, field.Name)
			}
			if _, taken := base.FieldByName(field.Name); taken {
				t.Errorf("%v.%s hides Base.%s", page, field.Name, field.Name)
			}
		}
	}
}

// Every page, in every state and language, is sound HTML that a strict content security policy and a
// screen reader can live with. With PASSERELLE_PREVIEW=DIR the pages are also written there, to be
// looked at.
func TestEveryPageIsSound(t *testing.T) {
	set, catalogue := load(t)
	preview := os.Getenv("PASSERELLE_PREVIEW")
	for _, code := range i18n.Codes() {
		for _, s := range sights(catalogue.In(code)) {
			t.Run(code+"/"+s.name, func(t *testing.T) {
				var page bytes.Buffer
				if err := set.Page(&page, s.page); err != nil {
					t.Fatal(err)
				}
				for _, fault := range faults(page.String(), code) {
					t.Error(fault)
				}
				if preview != "" {
					file := filepath.Join(preview, s.name+"."+code+".html")
					if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
	if preview != "" {
		for _, name := range []string{"app.css", "quiz.js", "icon.svg"} {
			data, err := files.ReadFile("static/" + name)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(preview, set.asset(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheSoundnessTestHears(t *testing.T) {
	for _, wrong := range []string{
		`<p id="a"></p><p id="a"></p>`, `<input name="x">`, `<p style="color:red">x</p>`, `<script>x()</script>`,
		`<p onclick="x()">x</p>`, `<a href="#nowhere">x</a>`, `<h3>x</h3>`, `<h1>twice</h1>`, `<p>home.title</p>`,
		`<button></button>`, `<p>&lt;no value&gt;</p>`, `<p><div>x</div></p>`, `<img src="/x.svg">`,
		`<input type="hidden" aria-describedby="gone">`, `<form action="" method="post"></form>`, `<p>{{.X}}</p>`,
		`<b>x</p>`, `<a href="javascript:x()">x</a>`, `<table><tr><th>x</th></tr></table>`,
	} {
		page := `<!doctype html><html lang="fr"><head><title>x – Passerelle</title></head><body><h1>x</h1>` + wrong + `</body></html>`
		if len(faults(page, "fr")) == 0 {
			t.Errorf("nothing is said of %s", wrong)
		}
	}
}

var (
	keyLike = regexp.MustCompile(`\b(nav|footer|form|duration|role|home|sign_in|resume|register|course|step|requirement|lesson|glossary|quiz|attempt|review|result|progress|certificate|verify|verified|reports|report|teach|people|error|privacy|contact|accessibility|fault)\.[a-z_]+\b`)
	void    = []atom.Atom{atom.Input, atom.Meta, atom.Link, atom.Br, atom.Img, atom.Hr}
)

// faults lists what is wrong with a page.
func faults(page, code string) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }

	// Tags are balanced, and the parser had nothing to add or to move.
	written := map[string]int{}
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.StartTagToken:
			written[token.Data]++
			if !slices.Contains(void, token.DataAtom) {
				open = append(open, token.Data)
			}
		case html.SelfClosingTagToken:
			written[token.Data]++
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				say("</%s> closes nothing (open: %v)", token.Data, open)
				return found
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		say("never closed: %v", open)
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		say("cannot be parsed: %v", err)
		return found
	}
	parsed := map[string]int{}
	ids := map[string]*html.Node{}
	labels := map[string]bool{}
	var nodes []*html.Node
	for n := range root.Descendants() {
		nodes = append(nodes, n)
		if n.Type != html.ElementNode {
			continue
		}
		parsed[n.Data]++
		if id := attribute(n, "id"); id != "" {
			if ids[id] != nil {
				say("id %q twice", id)
			}
			ids[id] = n
		}
		if n.DataAtom == atom.Label {
			labels[attribute(n, "for")] = true
		}
	}
	for element, n := range parsed {
		if written[element] != n {
			say("<%s> written %d times, parsed %d times", element, written[element], n)
		}
	}

	level, headings := 0, 0
	for _, n := range nodes {
		if n.Type == html.TextNode {
			if key := keyLike.FindString(n.Data); key != "" && n.Parent.DataAtom != atom.Code && !strings.Contains(n.Data, "@") {
				say("says the key %s", key)
			}
			if strings.Contains(n.Data, "<no value>") || strings.Contains(n.Data, "{{") {
				say("says %q", n.Data)
			}
		}
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				say("<%s %s> is refused by the content security policy", n.Data, a.Key)
			case strings.Contains(a.Val, "ZgotmplZ"):
				say("<%s %s> was refused by html/template", n.Data, a.Key)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				if ids[a.Val[1:]] == nil && !strings.HasPrefix(a.Val, "#other") {
					say("link to %s, which is not there", a.Val)
				}
			case a.Key == "href" && strings.HasPrefix(a.Val, "javascript:"):
				say("link runs a script: %s", a.Val)
			case a.Key == "aria-describedby" || a.Key == "aria-labelledby" || a.Key == "popovertarget":
				for id := range strings.FieldsSeq(a.Val) {
					if ids[id] == nil {
						say("%s names %q, which is not there", a.Key, id)
					}
				}
			case a.Key == "aria-label" && (strings.TrimSpace(a.Val) == "" || keyLike.MatchString(a.Val)):
				say("<%s> is labelled %q", n.Data, a.Val)
			case strings.HasPrefix(a.Key, "data-") && keyLike.MatchString(a.Val):
				say("%s says the key %q", a.Key, a.Val)
			}
		}
		switch n.DataAtom {
		case atom.Html:
			if attribute(n, "lang") != code {
				say("the language is %q", attribute(n, "lang"))
			}
		case atom.Title:
			if title := text(n); !strings.HasSuffix(title, "Passerelle") || strings.HasPrefix(title, " ") {
				say("the title is %q", title)
			}
		case atom.Script:
			if attribute(n, "src") == "" {
				say("a script in the page")
			}
		case atom.H1, atom.H2, atom.H3, atom.H4:
			next := int(n.Data[1] - '0')
			if next == 1 {
				headings++
			}
			if next > level+1 {
				say("<%s> %q comes after a heading of level %d", n.Data, text(n), level)
			}
			level = next
		case atom.Input, atom.Select, atom.Textarea:
			if attribute(n, "type") != "hidden" && !labels[attribute(n, "id")] && above(n, atom.Label) == nil {
				say("no label: %s %s", n.Data, attribute(n, "name"))
			}
		case atom.A, atom.Button:
			if strings.TrimSpace(text(n)) == "" {
				say("<%s %s> says nothing", n.Data, attribute(n, "href"))
			}
			if n.DataAtom == atom.A && (attribute(n, "href") == "" || above(n, atom.A) != nil) {
				say("<a> %q leads nowhere, or stands in another", text(n))
			}
			if n.DataAtom == atom.Button && above(n, atom.Form) == nil && attribute(n, "type") != "button" {
				say("button %q belongs to no form", text(n))
			}
		case atom.Form:
			if attribute(n, "action") == "" || (attribute(n, "method") != "post" && attribute(n, "method") != "get") {
				say("a form without address or method")
			}
		case atom.Img:
			if attribute(n, "alt") == "" {
				say("an image without words: %s", attribute(n, "src"))
			}
		case atom.Fieldset:
			if first := firstElement(n); first == nil || first.DataAtom != atom.Legend {
				say("a fieldset without legend")
			}
		case atom.Th:
			if attribute(n, "scope") == "" && above(n, atom.Article) == nil { // Markdown's tables have no scope
				say("<th> %q without scope", text(n))
			}
		case atom.Table:
			if box := n.Parent; attribute(box, "class") != "table-scroll" || attribute(box, "tabindex") != "0" {
				say("a table that cannot be scrolled")
			}
		}
	}
	if headings != 1 {
		say("%d headings of level 1", headings)
	}
	return found
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func above(n *html.Node, kind atom.Atom) *html.Node {
	for p := range n.Ancestors() {
		if p.DataAtom == kind {
			return p
		}
	}
	return nil
}

func firstElement(n *html.Node) *html.Node {
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode {
			return child
		}
	}
	return nil
}

func text(n *html.Node) string {
	var said strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			said.WriteString(d.Data)
		}
	}
	return said.String()
}

// render makes a page and reads it back.
func render(t testing.TB, set *Set, p Page) (*html.Node, string) {
	t.Helper()
	var page bytes.Buffer
	if err := set.Page(&page, p); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(page.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return root, page.String()
}

// elements are those of a kind whose attribute has a value.
func elements(root *html.Node, kind atom.Atom, key, value string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.DataAtom == kind && (key == "" || attribute(n, key) == value) {
			found = append(found, n)
		}
	}
	return found
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func TestWhatPeopleTypeStaysInert(t *testing.T) {
	set, catalogue := load(t)
	hostile := `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.Lang}}`
	fr := catalogue.In("fr")
	base := Base{Lang: fr, Title: hostile, Path: hostile, Flash: hostile, Person: &Person{Name: hostile, Learner: true}}
	for _, p := range []Page{
		SignIn{Base: base, Email: hostile, Next: "javascript:alert(1)", KeptAction: hostile, Kept: []KeptField{{hostile, hostile}}},
		Resume{Base: base, Action: "javascript:alert(1)", Kept: []KeptField{{hostile, hostile}}},
		Register{Base: base, Name: hostile, Email: hostile, Next: hostile},
		People{Base: base, Query: hostile, Total: 1, People: []PersonLine{{URL: "/admin/people/1", Name: hostile, Email: hostile, Profession: hostile}}},
		Verified{Base: base, Paper: Paper{Holder: hostile, Course: hostile, VerifyURL: "javascript:alert(1)"}},
		Report{Base: base, Columns: []ReportColumn{{Label: hostile}}, Rows: [][]string{{hostile}}},
		Attempt{Base: base, Questions: []Question{{Key: hostile, Kind: "single_choice", Options: []Choice{{Key: hostile}}}}},
	} {
		root, page := render(t, set, p)
		for _, script := range elements(root, atom.Script, "", "") {
			if !strings.HasPrefix(attribute(script, "src"), "/static/") {
				t.Errorf("%T runs %s", p, text(script))
			}
		}
		for n := range root.Descendants() {
			if has(n, "onerror") || n.DataAtom == atom.Img {
				t.Errorf("%T has an element that somebody typed", p)
			}
			for _, address := range []string{"href", "action", "src"} {
				if strings.HasPrefix(attribute(n, address), "javascript:") {
					t.Errorf("%T leads to %s", p, attribute(n, address))
				}
			}
		}
		if !strings.Contains(page, "{{.Lang}}") {
			t.Errorf("%T does not say the name as it was typed", p)
		}
	}
}

func TestTheWindowMayBeDiscreet(t *testing.T) {
	set, catalogue := load(t)
	base := Base{Lang: catalogue.In("fr"), Title: "Chemsex\u202f: comprendre"}
	for discreet, want := range map[string]string{"": "Chemsex\u202f: comprendre – Passerelle", "Formation de base": "Formation de base – Passerelle"} {
		base.Discreet = discreet
		root, _ := render(t, set, Course{Base: base})
		if got := text(elements(root, atom.Title, "", "")[0]); got != want {
			t.Errorf("the window's title is %q, has to be %q", got, want)
		}
		if got := text(elements(root, atom.H1, "", "")[0]); got != base.Title {
			t.Errorf("the heading is %q", got)
		}
	}
	root, _ := render(t, set, Home{Base: Base{Lang: catalogue.In("fr")}})
	if got := text(elements(root, atom.Title, "", "")[0]); got != "Passerelle" {
		t.Errorf("the front door's title is %q", got)
	}
}

func TestAPageThatFailsWritesNothing(t *testing.T) {
	set, catalogue := load(t)
	base := Base{Lang: catalogue.In("fr"), Title: "Ce que j’ai compris"}
	var out bytes.Buffer
	err := set.Page(&out, Attempt{Base: base, Questions: []Question{{Key: "q1-1", Kind: "hotspot"}}})
	if err == nil || out.Len() > 0 {
		t.Errorf("a question of an unknown kind: %d bytes, error %v", out.Len(), err)
	}
	// The buffer that held the half-made page must not leak into the next one.
	if err := set.Page(&out, Progress{Base: base}); err != nil || strings.Count(out.String(), "<!doctype") != 1 {
		t.Errorf("the page after it: %v\n%s", err, out.String())
	}
}

// Pages of all languages are made at the same time, from the same templates.
func TestPagesAreMadeTogether(t *testing.T) {
	set, catalogue := load(t)
	var together sync.WaitGroup
	for _, code := range i18n.Codes() {
		for range 4 {
			together.Go(func() {
				l := catalogue.In(code)
				for _, s := range sights(l) {
					var page bytes.Buffer
					if err := set.Page(&page, s.page); err != nil {
						t.Error(err)
						return
					}
					if !strings.Contains(page.String(), `<html lang="`+code+`">`) || !strings.Contains(page.String(), template.HTMLEscapeString(l.T("footer.verify"))) {
						t.Errorf("%s is not in %s", s.name, code)
					}
				}
			})
		}
	}
	together.Wait()
}

func TestAFormComesBackFilledIn(t *testing.T) {
	set, catalogue := load(t)
	fr := catalogue.In("fr")
	root, _ := render(t, set, Register{
		Base: Base{Lang: fr, Path: "/register"}, Form: Form{Errors: map[string]string{"email": "Il manque la fin de l’adresse."}},
		Name: "Zoë van den Ĳssel", Email: "zoe@", Professions: []Option{{"nurse", "Soins infirmiers", true}}, Language: "nl",
	})
	if v := attribute(elements(root, atom.Input, "name", "name")[0], "value"); v != "Zoë van den Ĳssel" {
		t.Errorf("the name came back as %q", v)
	}
	email := elements(root, atom.Input, "name", "email")[0]
	if attribute(email, "value") != "zoe@" || attribute(email, "aria-invalid") != "true" {
		t.Errorf("the address came back as %v", email.Attr)
	}
	if !strings.Contains(attribute(email, "aria-describedby"), "email-error") {
		t.Errorf("the error does not belong to its field: %v", email.Attr)
	}
	if v := attribute(elements(root, atom.Input, "name", "password")[0], "value"); v != "" {
		t.Errorf("the password came back: %q", v)
	}
	if !has(elements(root, atom.Option, "value", "nl")[0], "selected") || !has(elements(root, atom.Option, "value", "nurse")[0], "selected") {
		t.Error("what was chosen came back unchosen")
	}
	if links := elements(root, atom.A, "href", "#email"); len(links) != 1 || text(links[0]) != "Il manque la fin de l’adresse." {
		t.Error("the summary does not lead to the field")
	}
	if title := text(elements(root, atom.Title, "", "")[0]); !strings.HasPrefix(title, fr.T("form.error")) {
		t.Errorf("the title %q does not say that something is to be mended", title)
	}
}

func TestAnAttemptAsksWhatWasGiven(t *testing.T) {
	set, catalogue := load(t)
	root, _ := render(t, set, Attempt{Base: Base{Lang: catalogue.In("fr"), Title: "Ce que j’ai compris"}, URL: "/attempts/42", Questions: []Question{
		{Key: "q1-1", Kind: "single_choice", Options: []Choice{{"a", "oui"}, {"b", "non"}}, Given: map[string][]string{"": {"b"}}, Sequence: 7},
		{Key: "q1-2", Kind: "multiple_choice", Options: []Choice{{"a", "oui"}, {"b", "non"}}, Given: map[string][]string{"": {"a", "b"}}},
		{Key: "q1-3", Kind: "true_false", Given: map[string][]string{"": {"false"}}},
	}})
	var checked []string
	for _, input := range elements(root, atom.Input, "", "") {
		if has(input, "checked") {
			checked = append(checked, attribute(input, "name")+"="+attribute(input, "value"))
		}
	}
	if want := []string{"q1-1=b", "q1-2=a", "q1-2=b", "q1-3=false"}; !slices.Equal(checked, want) {
		t.Errorf("checked: %v, want %v", checked, want)
	}
	if v := attribute(elements(root, atom.Input, "name", "sequence.q1-1")[0], "value"); v != "7" {
		t.Errorf("sequence.q1-1 = %q", v)
	}
	if len(elements(root, atom.Form, "action", "/attempts/42/answers")) != 1 {
		t.Error("the answers have nowhere to go")
	}
	var then []string
	for _, button := range elements(root, atom.Button, "name", "then") {
		then = append(then, attribute(button, "value"))
	}
	if !slices.Contains(then, "stay") || !slices.Contains(then, "review") {
		t.Errorf("then: %v", then)
	}
}

func TestAnInterruptedFormIsSentAsItWas(t *testing.T) {
	set, catalogue := load(t)
	root, _ := render(t, set, Resume{Base: Base{Lang: catalogue.In("fr")}, Action: "/attempts/42/answers",
		Kept: []KeptField{{"q1-2", "a"}, {"q1-2", "b"}, {"note", "une ligne\nune autre"}}})
	form := elements(root, atom.Form, "action", "/attempts/42/answers")[0]
	var sent []string
	for _, input := range elements(form, atom.Input, "type", "hidden") {
		sent = append(sent, attribute(input, "name")+"="+attribute(input, "value"))
	}
	if want := []string{"q1-2=a", "q1-2=b", "note=une ligne\nune autre"}; !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestAMissingKeyIsFoundAtStart(t *testing.T) {
	_, catalogue := load(t)
	for _, text := range []string{
		`{{range .Courses}}{{$.T "home.never_written"}}{{end}}`,
		`{{if .T "home.never_written" "Count" 1}}{{else}}x{{end}}`,
		`{{with .X}}{{template "y" (.Z (.T "home.never_written"))}}{{end}}{{define "y"}}{{end}}`,
	} {
		page := template.Must(template.New("new").Parse(text))
		err := settlement{language: catalogue.In("nl")}.all(page)
		if err == nil || !strings.Contains(err.Error(), "home.never_written") {
			t.Errorf("nothing is said of the key in %s: %v", text, err)
		}
	}
}

func TestWhatIsSettledIsSaidTheSame(t *testing.T) {
	_, catalogue := load(t)
	for _, code := range i18n.Codes() {
		l := catalogue.In(code)
		for key := range map[string]bool{"report.plain_csv": true, "requirement.met": true, "privacy.who_text": true} {
			text := `<p title="{{.T "` + key + `"}}">{{$.T "` + key + `"}} {{.T "home.modules" "Count" 2}} {{len (.T "` + key + `")}}</p>`
			plain := template.Must(template.New("p").Parse(text))
			settled := template.Must(plain.Clone())
			if err := (settlement{language: l}).all(settled); err != nil {
				t.Fatal(err)
			}
			var want, got strings.Builder
			if err := plain.Execute(&want, Base{Lang: l}); err != nil {
				t.Fatal(err)
			}
			if err := settled.Execute(&got, Base{Lang: l}); err != nil {
				t.Fatal(err)
			}
			if want.String() != got.String() {
				t.Errorf("settled: %s\nat once: %s", got.String(), want.String())
			}
		}
	}
}

func TestDurations(t *testing.T) {
	_, catalogue := load(t)
	for _, c := range []struct {
		code    string
		minutes int
		want    string
	}{
		{"fr", 45, "45\u00a0min"}, {"fr", 60, "1\u00a0h"}, {"fr", 65, "1\u00a0h\u00a005"}, {"fr", 75, "1\u00a0h\u00a015"},
		{"nl", 75, "1\u00a0u\u00a015"}, {"en", 75, "1\u00a0h\u00a015\u00a0min"}, {"fr", 0, "0\u00a0min"},
	} {
		if got := (Base{Lang: catalogue.In(c.code)}).Duration(c.minutes); got != c.want {
			t.Errorf("%d minutes in %s: %q, want %q", c.minutes, c.code, got, c.want)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Claire Dubois": "CD", "Łukasz Dvořák-Nguyễn": "ŁD", "zoë van den ĳssel": "ZĲ", "Madonna": "M", " ": "?"} {
		if got := (&Person{Name: name}).Initials(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestRequirementsSayWhatIsLeft(t *testing.T) {
	_, catalogue := load(t)
	fr := catalogue.In("fr")
	quiz := Link{Text: "Ce que j’ai compris", URL: "/q"}
	for _, c := range []struct {
		name    string
		is      Requirement
		met     bool
		leads   bool
		contain string
	}{
		{"lessons left", LessonsRead(fr, 3, 4, &quiz), false, true, "3 sur 4"},
		{"lessons read", LessonsRead(fr, 4, 4, &quiz), true, false, "4 sur 4"},
		{"quiz untried", QuizPassed(fr, quiz, 70, false, -1, 3), false, true, "Pas encore"},
		{"quiz tried", QuizPassed(fr, quiz, 70, false, 69.9, 1), false, true, "69\u202f%. Il reste 1 essai."},
		{"quiz tried, no limit", QuizPassed(fr, quiz, 70, false, 50, -1), false, true, "50\u202f%"},
		{"no attempts left", QuizPassed(fr, quiz, 70, false, 50, 0), false, false, "coordonne"},
		{"quiz passed", QuizPassed(fr, quiz, 70, true, 80, 0), true, false, "80\u202f%"},
	} {
		if c.is.Met != c.met || (c.is.Link != nil) != c.leads || !strings.Contains(c.is.How, c.contain) {
			t.Errorf("%s: %+v", c.name, c.is)
		}
	}
}

func BenchmarkLesson(b *testing.B) {
	set, catalogue := load(b)
	for _, s := range sights(catalogue.In("fr")) {
		if s.name == "lesson" {
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				if err := set.Page(&out, s.page); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(out.Len()))
		}
	}
}
