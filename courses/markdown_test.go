package courses

import (
	"bufio"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// zoesPlaces are what the texts of these tests can lead to.
func zoesPlaces() *places {
	return &places{
		slug: "zoe", terms: map[string]bool{"ecoute": true}, steps: map[string]string{"pretest": "commencer"},
		media: map[string]*Media{"suite/cycle.svg": {Name: "suite/cycle.svg", SHA256: strings.Repeat("ab", 32), Width: 640, Height: 360},
			"suite/b.png": {Name: "suite/b.png", SHA256: strings.Repeat("cd", 32)}},
	}
}

func zoesLesson() *setting {
	return &setting{manner: lesson, places: zoesPlaces(), module: "suite", sources: map[string]int{"R6": 1, "R7": 2, "e-1": 3}, lang: "fr"}
}

func zoesText(m manner) *setting { return &setting{manner: m, places: zoesPlaces(), lang: "fr"} }

func TestRender(t *testing.T) {
	m := newMarkdown(inWords)
	cycle := "/courses/zoe/media/" + strings.Repeat("ab", 32) + "/cycle.svg"
	for _, c := range []struct{ name, text, want string }{
		{"ordinary", "Un *mot*, **deux**, ~~trois~~ et `code`.  \nFin.", "<p>Un <em>mot</em>, <strong>deux</strong>, <del>trois</del> et <code>code</code>.<br>\nFin.</p>"},
		{"lists", "- a\n- b\n\n3. c\n4. d", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>"},
		{"quotation", "> Oui.\n> Non.\n\nAprès", "<blockquote>\n<p>Oui.\nNon.</p>\n</blockquote>\n<p>Après</p>"},
		{"rule and code", "---\n\n    <b>\n\n```js onclick\n<i>\n```", "<hr>\n<pre><code>&lt;b&gt;\n</code></pre>\n<pre><code>&lt;i&gt;\n</code></pre>"},
		{"headings", "## Où l’été — « œuvre » ?\n\n### L’été\n\n### L’été\n\n## Ελλάς\n\n## 1. *En* [gras](https://example.org)",
			"<h2 id=\"h-ou-l-ete-oeuvre\">Où l’été — « œuvre » ?</h2>\n<h3 id=\"h-l-ete\">L’été</h3>\n<h3 id=\"h-l-ete-2\">L’été</h3>\n<h2 id=\"h-section\">Ελλάς</h2>\n<h2 id=\"h-1-en-gras\">1. <em>En</em> <a href=\"https://example.org\" rel=\"noopener noreferrer\">gras</a></h2>"},
		{"heading of the first level", "# Titre\n\nAutre\n===", "<h2 id=\"h-titre\">Titre</h2>\n<h2 id=\"h-autre\">Autre</h2>"},
		{"way to a heading", "## L’été\n\n[plus haut](#l-ete) [aussi](#h-l-ete) [été](#L’été) [non](#hiver)",
			"<h2 id=\"h-l-ete\">L’été</h2>\n<p><a href=\"#h-l-ete\">plus haut</a> <a href=\"#h-l-ete\">aussi</a> <a href=\"#h-l-ete\">été</a> non</p>"},
		{"sources", "5 %[^R6], deux[^R7][^R6], rien[^R9].",
			`<p>5 %<sup class="source-ref"><a href="#source-1" id="ref-1" aria-label="fr source 1">1</a></sup>, deux<sup class="source-ref"><a href="#source-2" id="ref-2" aria-label="fr source 2">2</a></sup><sup class="source-ref">,` + "\u202f" + `<a href="#source-1" id="ref-1-2" aria-label="fr source 1">1</a></sup>, rien[^R9].</p>`},
		{"source in a link", "[voir[^R6]](https://example.org)", `<p><a href="https://example.org" rel="noopener noreferrer">voir<sup class="source-ref">1</sup></a></p>`},
		{"glossary and step", "[écoute *active*](glossary:ecoute), [test](step:pretest), [rien](glossary:nul), [rien](step:nul)",
			`<p><a href="/courses/zoe/glossary#ecoute" class="term">écoute <em>active</em></a>, <a href="/courses/zoe/commencer/pretest">test</a>, rien, rien</p>`},
		{"links outside", "[a](https://example.org/é?q=1&r=2#x) <https://example.org> <zoe@example.org> [b](mailto:zoe@example.org) [c](tel:+32%202%20736)",
			`<p><a href="https://example.org/%C3%A9?q=1&amp;r=2#x" rel="noopener noreferrer">a</a> <a href="https://example.org" rel="noopener noreferrer">https://example.org</a> <a href="mailto:zoe@example.org">zoe@example.org</a> <a href="mailto:zoe@example.org">b</a> <a href="tel:+32%202%20736">c</a></p>`},
		{"a link's title is not shown", `[a](https://example.org "titre")`, `<p><a href="https://example.org" rel="noopener noreferrer">a</a></p>`},
		{"link in a link", "[un <https://example.net> deux](https://example.org)", `<p><a href="https://example.org" rel="noopener noreferrer">un https://example.net deux</a></p>`},
		{"bad links", "[a](javascript:alert(1)) [b](/courses) [c](autre.md) [d](//evil.example) [e](https://zoe@evil.example) [f](data:text/html,x) [g]() [h](ftp://a) <javascript:alert(1)>", "<p>a b c d e f g h javascript:alert(1)</p>"},
		{"figure", "![Un \"cycle\" *en* trois & plus](cycle.svg \"Le *cycle* & co\")",
			`<figure><img src="` + cycle + `" alt="Un &#34;cycle&#34; en trois &amp; plus" loading="lazy" width="640" height="360"><figcaption>Le *cycle* &amp; co</figcaption></figure>`},
		{"figure of unknown size, no caption", "![b](b.png)", `<figure><img src="/courses/zoe/media/` + strings.Repeat("cd", 32) + `/b.png" alt="b" loading="lazy"></figure>`},
		{"figures not there", "![a](autre.svg)\n\nvoir ![b](cycle.svg) ici\n\n![c](https://example.org/x.png)", "<p>a</p>\n<p>voir b ici</p>\n<p>c</p>"},
		{"image in a link", "[![b](b.png)](https://example.org)", `<p><a href="https://example.org" rel="noopener noreferrer">b</a></p>`},
		{"key point", "> [!KEY]\n> Un **point**.\n>\n> - deux", "<aside class=\"callout callout-key\" role=\"note\">\n<p class=\"callout-title\">fr key</p>\n<p>Un <strong>point</strong>.</p>\n<ul>\n<li>deux</li>\n</ul>\n</aside>"},
		{"titled", ">[!PRACTICE] À *dire*[^R6]\n> Oui.\n\n> [!WARNING]   Attention  \n", "<aside class=\"callout callout-practice\" role=\"note\" aria-label=\"fr practice\">\n<p class=\"callout-title\">À <em>dire</em><sup class=\"source-ref\"><a href=\"#source-1\" id=\"ref-1\" aria-label=\"fr source 1\">1</a></sup></p>\n<p>Oui.</p>\n</aside>\n<aside class=\"callout callout-warning\" role=\"note\" aria-label=\"fr warning\">\n<p class=\"callout-title\">Attention</p>\n</aside>"},
		{"sensitive", "> [!SENSITIVE] Violences\n> Un récit.\n\n> [!SENSITIVE]\n> Autre.", "<details class=\"callout callout-sensitive\">\n<summary>Violences</summary>\n<p>Un récit.</p>\n</details>\n<details class=\"callout callout-sensitive\">\n<summary>fr sensitive</summary>\n<p>Autre.</p>\n</details>"},
		{"testimony", "> [!TESTIMONY] Marc, 34 ans (inventé)\n> « Oui. »", "<blockquote class=\"callout callout-testimony\">\n<p class=\"callout-title\">Marc, 34 ans (inventé)</p>\n<p>« Oui. »</p>\n</blockquote>"},
		{"unknown callout", "> [!NOTE] Titre\n> Oui.\n\n> [!note]\n> Non.", "<blockquote>\n<p class=\"callout-title\">Titre</p>\n<p>Oui.</p>\n</blockquote>\n<blockquote>\n<p>note</p>\n<p>Non.</p>\n</blockquote>"},
		{"callout in a callout, in a list", "- > [!KEY]\n  > a\n  > > [!WARNING]\n  > > b", "<ul>\n<li>\n<aside class=\"callout callout-key\" role=\"note\">\n<p class=\"callout-title\">fr key</p>\n<p>a</p>\n<aside class=\"callout callout-warning\" role=\"note\">\n<p class=\"callout-title\">fr warning</p>\n<p>b</p>\n</aside>\n</aside>\n</li>\n</ul>"},
		{"a callout ends", "> [!KEY]\nSuite", "<aside class=\"callout callout-key\" role=\"note\">\n<p class=\"callout-title\">fr key</p>\n</aside>\n<p>Suite</p>"},
		{"table", "| a | b | c |\n|---|:-:|--:|\n| 1 | [é](glossary:ecoute) | [^R6] |", "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"fr table 1\">\n<table>\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n<th class=\"align-center\" scope=\"col\">b</th>\n<th class=\"align-right\" scope=\"col\">c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td class=\"align-center\"><a href=\"/courses/zoe/glossary#ecoute\" class=\"term\">é</a></td>\n<td class=\"align-right\"><sup class=\"source-ref\"><a href=\"#source-1\" id=\"ref-1\" aria-label=\"fr source 1\">1</a></sup></td>\n</tr>\n</tbody>\n</table>\n</div>"},
		{"HTML is text", "<script>alert(1)</script> & <b onclick=x>b</b>\n\n<div>\n*a*\n</div>\n\n<!-- rien -->", "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n<p>&lt;div&gt;\n<em>a</em>\n&lt;/div&gt;</p>\n<p>&lt;!-- rien --&gt;</p>"},
		{"definitions are text", "[a]\n\n[a]: https://example.org\n\n[^R6]: note", `<p>[a]</p>` + "\n" + `<p>[a]: https://example.org</p>` + "\n" + `<p><sup class="source-ref"><a href="#source-1" id="ref-1" aria-label="fr source 1">1</a></sup>: note</p>`},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(m.render(c.text, zoesLesson()))
			got = strings.ReplaceAll(got, "&#39;", "'")
			if got != c.want {
				t.Errorf("%q is written as\n%s\nwant\n%s", c.text, got, c.want)
			}
			harmless(t, c.text, got)
		})
	}
}

func TestRenderShortTexts(t *testing.T) {
	m := newMarkdown(inWords)
	for _, c := range []struct {
		manner     manner
		text, want string
	}{
		{inline, "Que *faire* ?", "Que <em>faire</em> ?"},
		{inline, "1. pas une liste", "1. pas une liste"},
		{inline, "# pas un titre", "# pas un titre"},
		{inline, "- un\n- deux", "- un\n- deux"},
		{inline, "    pas du code", "pas du code"},
		{inline, "> [!KEY] non", "&gt; [!KEY] non"},
		{inline, "Marc, 34 ans.\n\n  Que faire ?\n\n\nOui", "Marc, 34 ans.<br><br>\nQue faire ?<br><br>\nOui"},
		{inline, "[écoute](glossary:ecoute)[^R6] ![a](cycle.svg)", `<a href="/courses/zoe/glossary#ecoute" class="term">écoute</a>[^R6] a`},
		{inline, "5 < 6 & <b>", "5 &lt; 6 &amp; &lt;b&gt;"},
		{inline, "| a |\n|---|", "| a |\n|---|"},
		{inline, " \n ", ""},
		{blocks, "Un.\n\nDeux[^R6].", "<p>Un.</p>\n<p>Deux[^R6].</p>"},
		{blocks, "# Titre\n\n## Autre", "<h3>Titre</h3>\n<h3>Autre</h3>"},
		{blocks, "![a](cycle.svg)", "<p>a</p>"},
	} {
		if got := string(m.render(c.text, zoesText(c.manner))); got != c.want {
			t.Errorf("%q is written as\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// allowedElements is what may come out, said a second time and in other words than the policy's.
var allowedElements = strings.Fields("html head body p br hr em strong del code pre ul ol li h2 h3 h4 h5 h6 blockquote aside details summary figure figcaption sup div table thead tbody tr th td a img")

var allowedAttributes = map[string]*regexp.Regexp{
	"href":       regexp.MustCompile(`^(https?://[^/]|mailto:|tel:|#(h-|source-\d)|/courses/zoe/)`),
	"src":        regexp.MustCompile(`^/courses/zoe/media/[0-9a-f]{64}/[A-Za-z0-9._-]+$`),
	"id":         regexp.MustCompile(`^(h-[a-z0-9-]+|ref-\d+(-\d+)?)$`),
	"class":      regexp.MustCompile(`^(callout callout-(key|practice|warning|sensitive|testimony)|callout-title|source-ref|term|table-scroll|align-(left|center|right))$`),
	"rel":        regexp.MustCompile(`^noopener noreferrer$`),
	"start":      regexp.MustCompile(`^\d+$`),
	"width":      regexp.MustCompile(`^\d+$`),
	"height":     regexp.MustCompile(`^\d+$`),
	"role":       regexp.MustCompile(`^(note|region)$`),
	"scope":      regexp.MustCompile(`^col$`),
	"loading":    regexp.MustCompile(`^lazy$`),
	"tabindex":   regexp.MustCompile(`^0$`),
	"aria-label": regexp.MustCompile(``),
	"alt":        regexp.MustCompile(``),
}

// harmless parses what was written as a browser would and looks for anything that is not ours.
func harmless(t testing.TB, text, written string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(written))
	if err != nil {
		t.Fatalf("parsing what %q is written as: %v", text, err)
	}
	ids, depth := map[string]bool{}, 0
	var walk func(n *html.Node, links int)
	walk = func(n *html.Node, links int) {
		depth = max(depth, links)
		switch n.Type {
		case html.CommentNode, html.DoctypeNode:
			t.Errorf("%q is written with %q", text, n.Data)
		case html.ElementNode:
			if !slices.Contains(allowedElements, n.Data) || n.Namespace != "" {
				t.Errorf("%q is written with <%s>:\n%s", text, n.Data, written)
			}
			if n.Data == "a" {
				links++
			}
			for _, a := range n.Attr {
				pattern := allowedAttributes[a.Key]
				if pattern == nil || a.Namespace != "" || !pattern.MatchString(a.Val) {
					t.Errorf("%q is written with %s=%q:\n%s", text, a.Key, a.Val, written)
				}
				if a.Key == "id" {
					if ids[a.Val] {
						t.Errorf("%q is written with the id %q twice", text, a.Val)
					}
					ids[a.Val] = true
				}
				if a.Key == "href" || a.Key == "src" {
					if u, err := url.Parse(a.Val); err != nil || !slices.Contains([]string{"", "http", "https", "mailto", "tel"}, u.Scheme) {
						t.Errorf("%q is written with the address %q", text, a.Val)
					}
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, links)
		}
	}
	walk(root, 0)
	if depth > 1 {
		t.Errorf("%q is written with a link in a link:\n%s", text, written)
	}
}

// everyWay renders a text wherever a text can stand, and looks at what comes out.
func everyWay(t testing.TB, m *markdown, text string) {
	t.Helper()
	for _, s := range []*setting{zoesLesson(), zoesText(blocks), zoesText(inline)} {
		r := m.read(text, s)
		for _, f := range r.findings {
			if f.line < 1 || f.line > 1+strings.Count(text, "\n") || f.message == "" {
				t.Errorf("%q has the finding %+v", text, f)
			}
		}
		written := string(m.render(text, s))
		harmless(t, text, written)
		if len(written) > 500+110*len(text) {
			t.Errorf("%d bytes are written as %d", len(text), len(written))
		}
		if r.root == nil {
			continue
		}
		nodes := 0
		err := ast.Walk(r.root, func(_ ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering {
				nodes++
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Error(err)
		}
		if nodes > 10+3*len(text)+maxCells {
			t.Errorf("%d bytes are read as %d nodes", len(text), nodes)
		}
	}
}

// hostile are texts that have run in somebody's browser, or were meant to.
var hostile = []string{
	`<script>alert(1)</script>`,
	`<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
	`<img src=x onerror=alert(1)>`,
	`<svg/onload=alert(1)>`,
	`<svg><script>alert(1)</script></svg>`,
	`<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<iframe srcdoc="<script>alert(1)</script>">`,
	`<a href="javascript:alert(1)">x</a>`,
	`<div style="background:url(javascript:alert(1))">x</div>`,
	`<body onload=alert(1)>`,
	`<input autofocus onfocus=alert(1)>`,
	`<details open ontoggle=alert(1)>`,
	`<object data="data:text/html,<script>alert(1)</script>">`,
	`<meta http-equiv=refresh content="0;url=javascript:alert(1)">`,
	`<base href="//evil.example/">`,
	`<form action=//evil.example><button>x`,
	`<!--><img src=x onerror=alert(1)>-->`,
	`<![CDATA[<script>alert(1)</script>]]>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`[x](javascript:alert(1))`,
	`[x](JaVaScRiPt:alert(1))`,
	"[x](java\tscript:alert(1))",
	"[x](java&Tab;script:alert(1))",
	`[x](javascript&colon;alert(1))`,
	`[x](&#106;avascript:alert(1))`,
	`[x](&#x6A;avascript:alert&lpar;1&rpar;)`,
	`[x](\javascript:alert(1))`,
	"[x](\x01javascript:alert(1))",
	"[x](\u00a0javascript:alert(1))",
	`[x](<javascript:alert(1)>)`,
	`[x](< javascript:alert(1)>)`,
	`[x](vbscript:msgbox(1))`,
	`[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)`,
	`[x](file:///etc/passwd)`,
	`[x](https://example.org" onmouseover="alert(1))`,
	`[x](https://example.org/'onmouseover='alert(1))`,
	`[x](https://example.org "title" onclick=alert(1))`,
	`[x](https://example.org 'x" onclick="alert(1)')`,
	`[x](//evil.example)`,
	`[x](\\evil.example)`,
	`[x](https:evil.example)`,
	`[x](https:///evil.example)`,
	`[x](https://example.org@evil.example)`,
	`[x](glossary:ecoute" onclick="alert(1))`,
	`[x](step:../../sign-out)`,
	`[x](mailto:a@b.c?body=<script>)`,
	`[x](tel:" onclick="alert(1))`,
	`[x](#" onclick="alert(1))`,
	`![x](javascript:alert(1))`,
	`![x" onerror="alert(1)](cycle.svg)`,
	`![x](cycle.svg "y\" onerror=\"alert(1)")`,
	`![<script>alert(1)</script>](cycle.svg "<script>alert(1)</script>")`,
	`![x](../suite/cycle.svg)`,
	`![x](cycle.svg?" onerror="alert(1))`,
	`<javascript:alert(1)>`,
	`<https://example.org/"onmouseover="alert(1)>`,
	`<zoe@example.org"onclick="alert(1)>`,
	"## <img src=x onerror=alert(1)> {#x onclick=alert(1)}",
	"## x {onclick=alert(1) style=color:red}",
	"## source-1\n\n## main\n\n[^R6]",
	"> [!KEY] <script>alert(1)</script>\n> <img src=x onerror=alert(1)>",
	"> [!KEY\" onclick=\"alert(1)] x",
	"> [!SENSITIVE] </summary></details><script>alert(1)</script>",
	"| <script>alert(1)</script> | b |\n|---|---|\n| <td onclick=x> | `</td><script>` |",
	"```\"><script>alert(1)</script>\nx\n```",
	"``` js\" onclick=\"alert(1)\nx\n```",
	"[^R6\" onclick=\"alert(1)] [^<script>] [^../R6]",
	"[a]: javascript:alert(1)\n\n[a]",
	"`<script>alert(1)</script>`",
	"&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
	"\u2028<script>\u2029alert(1)</script>",
	"\xff<scr\x00ipt>alert(1)</scr\x00ipt>\xc0\xbcscript>",
	"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
	"<scr<script>ipt>alert(1)</scr</script>ipt>",
	"[[x](https://a.example)](https://b.example)",
	"[<https://a.example>](https://b.example)",
	"[![x](cycle.svg)](javascript:alert(1))",
	"*[x](javascript:alert(1)*)_<b>_",
	"\\<script\\>alert(1)\\</script\\>",
	"{{.Secret}} {{template \"main\"}} ${alert(1)}",
}

func TestHostileMarkdownStaysInert(t *testing.T) {
	m := newMarkdown(inWords)
	for _, text := range hostile {
		everyWay(t, m, text)
		everyWay(t, m, "Oui.\n\n"+text+"\n\n"+text)
		everyWay(t, m, "> [!KEY] "+text+"\n> "+strings.ReplaceAll(text, "\n", "\n> ")+"\n\n- "+text)
	}
}

// Words of a hostile language, too, are only words.
func TestHostileWords(t *testing.T) {
	m := newMarkdown(func(string, string) string { return `"><script>alert(1)</script>` })
	text := "> [!KEY]\n> a[^R6]\n\n> [!KEY] t\n> a\n\n> [!SENSITIVE]\n> a\n\n| a |\n|---|\n"
	harmless(t, text, string(m.render(text, zoesLesson())))
}

// The corpora are files by others, which are not kept here: PASSERELLE_CORPORA names their folder.
func TestCorpora(t *testing.T) {
	m := newMarkdown(inWords)
	folder := os.Getenv("PASSERELLE_CORPORA")
	if folder == "" {
		t.Log("PASSERELLE_CORPORA names no folder: only the texts of this file were tried")
		return
	}
	tried := 0
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		in := func(name string) bool {
			return strings.Contains(path, string(filepath.Separator)+name+string(filepath.Separator))
		}
		if err != nil || !entry.Type().IsRegular() || !in("markdown") && !in("naughty-strings") {
			return err
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tried++
		texts := strings.SplitAfter(string(file), "\n\n")
		lines := bufio.NewScanner(strings.NewReader(string(file)))
		for lines.Scan() {
			texts = append(texts, lines.Text())
		}
		for _, example := range strings.Split(string(file), "```````````````````````````````` example\n")[1:] {
			example, _, _ = strings.Cut(example, "\n.\n")
			texts = append(texts, strings.ReplaceAll(example, "→", "\t"))
		}
		for _, text := range texts {
			everyWay(t, m, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if tried == 0 {
		t.Errorf("%s holds neither markdown nor naughty-strings", folder)
	}
}

// What takes long to read is not read, but shown as it was typed. What is within the bounds becomes a
// tree and a page that grow no faster than the text; everyWay counts both.
func TestPathologicalTextsAreBounded(t *testing.T) {
	m := newMarkdown(inWords)
	nested := ""
	for i := range 500 {
		nested += strings.Repeat("  ", i) + "- a\n"
	}
	for _, text := range []string{
		strings.Repeat("*", 50_000), strings.Repeat("[", 50_000), strings.Repeat(">", 50_000), strings.Repeat("(", 50_000),
		strings.Repeat("_a", 25_000), strings.Repeat("- ", 25_000), strings.Repeat("1) ", 17_000), nested,
		strings.Repeat("[a](", 12_000), strings.Repeat("![", 25_000), strings.Repeat("<a", 25_000), strings.Repeat("`a``", 12_000),
		strings.Repeat("*a _b\n", 8_000), strings.Repeat("a|", 25_000) + "\n" + strings.Repeat("-|", 25_000),
		strings.Repeat("|a", 20) + "\n" + strings.Repeat("|-", 20) + "\n" + strings.Repeat("a\n", 900),
		strings.Repeat("a\n", maxPassage+1), strings.Repeat("a", maxBody+1), strings.Repeat(" ", maxIndent+1) + "a", strings.Repeat("\t", 20) + "a",
	} {
		r := m.read(text, zoesLesson())
		if r.root != nil || len(r.findings) != 1 {
			t.Errorf("%.20q… (%d bytes) is read", text, len(text))
		}
		if got := string(m.render(text, zoesLesson())); !strings.HasPrefix(got, "<pre>") || !strings.HasSuffix(got, "</pre>") {
			t.Errorf("%.20q… is written as %.40q…", text, got)
		}
	}
	// As much of each as is allowed in a passage.
	for _, piece := range []string{
		"*", "[", "]", "![", "a*", "*a ", "**a *b ", "a_", "`a``", "~~a", "<a@", "[a](", "[a](b", "](", "*_", "[[]", "[a](glossary:ecoute)", "[^R6]", "<https://a.b>", "![a](b) ", "[a](<b",
		"\n- a", "\n# a", "\n1. ", "\n> a", "\n> [!KEY] a", "\n## é\n", "\n```", "\n---", "\n|", "\na|b\n-|-\n", "&amp;", "\\*",
	} {
		marks := 0
		for _, r := range piece {
			if strings.ContainsRune(specials, r) {
				marks++
			}
		}
		n := min(maxLine/len(piece), maxSpecials/max(marks, 1), (maxPassage-2)/max(strings.Count(piece, "\n"), 1))
		if strings.Contains(piece, "|") {
			n = min(n, maxBars/2)
		}
		text := strings.Repeat(piece, n)
		if line, message := excess(text, maxShort); line > 0 {
			t.Errorf("%q: line %d: %s", piece, line, message)
		}
		everyWay(t, m, text)
	}
}

// No word of a text without marks is ever lost.
func TestNoWordIsLost(t *testing.T) {
	m := newMarkdown(inWords)
	word := rapid.OneOf(rapid.StringMatching(`[a-zé]{1,8}`), rapid.SampledFrom([]string{"5", "%", "<", "&", "1.", "-", "#", "«", "»", "😀", "\n", "\n\n", "\n    ", "\t", ">"}))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, "words"), " ")
		for _, s := range []*setting{zoesLesson(), zoesText(blocks), zoesText(inline)} {
			written := textOf(string(m.render(text, s)))
			for _, w := range regexp.MustCompile(`[a-zé]+`).FindAllString(text, -1) {
				if !strings.Contains(written, w) {
					t.Fatalf("%q of %q is not in %q", w, text, written)
				}
			}
		}
	})
}

func textOf(written string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(written))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(z.Token().Data)
		}
	}
}

func TestWords(t *testing.T) {
	m := newMarkdown(inWords)
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 0},
		{"Un mot, deux — trois.", 4},
		{"L’été, c’est peut-être loin.", 4},
		{"5\u00a0% de 22\u202f289 personnes[^R6]", 5},
		{"## Titre\n\nbon*jour* [trois mots ici](glossary:ecoute) <https://example.org>", 6},
		{"> [!KEY] Deux mots\n> un", 3},
		{"> [!KEY]\n> un", 1},
		{"![pas compté du tout](cycle.svg \"Deux mots\")", 2},
		{"| a | b |\n|---|---|\n| c | d e |", 5},
		{"un  \ndeux\\\ntrois", 3},
		{"    code un\n\n```js\ncode deux\n```", 4},
		{"&lt; &amp; a&nbsp;b", 2},
	} {
		if got := m.read(c.text, zoesLesson()).words(); got != c.want {
			t.Errorf("%q has %d words, want %d", c.text, got, c.want)
		}
	}
}

func TestSlug(t *testing.T) {
	for heading, want := range map[string]string{
		"Où appeler ?": "ou-appeler", "  À l’Œuvre — déjà ": "a-l-oeuvre-deja", "Łukasz & Ștefan, Zoë van den Ĳssel": "lukasz-stefan-zoe-van-den-ijssel",
		"ﬁn 2\u202f000 m²": "fin-2-000-m2", "": "section", "!!!": "section", "日本": "section", strings.Repeat("é", 100): strings.Repeat("e", 60),
	} {
		if got := slugOf(heading); got != want {
			t.Errorf("slug of %q = %q, want %q", heading, got, want)
		}
	}
}

// A year of headings with the same words is named in one pass.
func TestManyHeadingsOfTheSameName(t *testing.T) {
	m := newMarkdown(inWords)
	text := strings.Repeat("## a\n\n## a 2\n\n", 1000)
	written := string(m.render(text, zoesLesson()))
	harmless(t, "a year of headings", written)
	if n := strings.Count(written, "<h2 "); n != 2000 {
		t.Errorf("%d headings", n)
	}
}

// FuzzMarkdown: whatever is typed, what comes out is ours and no larger than it may be.
func FuzzMarkdown(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	for name, text := range zoe {
		if strings.HasSuffix(name, ".md") {
			f.Add(text)
		}
	}
	f.Add("a|b\n-|-\n`\\|`|\n> - 1) ```\n")
	m := newMarkdown(inWords)
	f.Fuzz(func(t *testing.T, text string) {
		everyWay(t, m, text)
		if strings.Contains(text, "\r") || strings.Contains(text, "\x00") {
			return
		}
		if a, b := m.render(text, zoesLesson()), m.render(text, zoesLesson()); a != b {
			t.Errorf("%q is written in two ways", text)
		}
	})
}

func ExampleDocument_Words() {
	d := &Document{Languages: []string{"fr"}, Modules: []Module{{Key: "m", Steps: []Step{
		{Key: "s", Lesson: &Lesson{Body: Text{"fr": "## Trois mots ici\n\nEt **deux**."}}},
	}}}}
	fmt.Println(d.Words()["fr"])
	// Output: 5
}
