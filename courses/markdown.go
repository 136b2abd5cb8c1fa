package courses

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A markdown reads the Markdown of courses and writes it as HTML. Three things keep what it writes
// harmless: no part of it reads HTML, so HTML is shown as text; addresses are written only where
// arrange.go found them good; and what is written goes through a list of what is allowed. It is safe
// for concurrent use. words is that of Prepare.
type markdown struct {
	blocks, inline parser.Parser
	html           renderer.Renderer
	allowed        *bluemonday.Policy
	words          func(lang, key string) string
}

func newMarkdown(words func(lang, key string) string) *markdown {
	spans := parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(sourceParser{}, 150),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
	)
	return &markdown{
		// Neither HTML nor link definitions are read: the first would have to be thrown away, the
		// second let a short text become a huge page. Goldmark's afterthought about escaped bars in
		// code in tables is left out, too: its time grows with the square of their number.
		blocks: parser.NewParser(spans,
			parser.WithBlockParsers(
				util.Prioritized(parser.NewSetextHeadingParser(), 100),
				util.Prioritized(parser.NewThematicBreakParser(), 200),
				util.Prioritized(parser.NewListParser(), 300),
				util.Prioritized(parser.NewListItemParser(), 400),
				util.Prioritized(parser.NewCodeBlockParser(), 500),
				util.Prioritized(parser.NewATXHeadingParser(), 600),
				util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
				util.Prioritized(calloutParser{parser.NewBlockquoteParser()}, 750),
				util.Prioritized(parser.NewBlockquoteParser(), 800),
				util.Prioritized(parser.NewParagraphParser(), 1000),
			),
			parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		),
		inline: parser.NewParser(spans,
			parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
		),
		html: renderer.NewRenderer(renderer.WithNodeRenderers(
			util.Prioritized(ownWriter{}, 100),
			util.Prioritized(gmhtml.NewRenderer(), 1000),
			util.Prioritized(extension.NewTableHTMLRenderer(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)), 500),
			util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		)),
		allowed: allowed(),
		words:   words,
	}
}

// allowed is the list of everything that a text may become.
func allowed() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "h2", "h3", "h4", "h5", "h6",
		"blockquote", "aside", "details", "summary", "figure", "figcaption", "sup", "div",
		"table", "thead", "tbody", "tr", "th", "td")
	is := func(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) }
	p.AllowAttrs("start").Matching(is(`[0-9]{1,9}`)).OnElements("ol")
	p.AllowAttrs("id").Matching(is(`h-[a-z0-9-]{1,80}`)).OnElements("h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("class").Matching(is(`callout callout-(?:key|practice|warning)`)).OnElements("aside")
	p.AllowAttrs("role").Matching(is(`note`)).OnElements("aside")
	p.AllowAttrs("class").Matching(is(`callout callout-sensitive`)).OnElements("details")
	p.AllowAttrs("class").Matching(is(`callout callout-testimony`)).OnElements("blockquote")
	p.AllowAttrs("class").Matching(is(`callout-title`)).OnElements("p")
	p.AllowAttrs("class").Matching(is(`source-ref`)).OnElements("sup")
	p.AllowAttrs("class").Matching(is(`table-scroll`)).OnElements("div")
	p.AllowAttrs("tabindex").Matching(is(`0`)).OnElements("div")
	p.AllowAttrs("role").Matching(is(`region`)).OnElements("div")
	p.AllowAttrs("aria-label").OnElements("a", "aside", "div")
	p.AllowAttrs("class").Matching(is(`align-(?:left|center|right)`)).OnElements("th", "td")
	p.AllowAttrs("scope").Matching(is(`col`)).OnElements("th")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("id").Matching(is(`ref-[0-9]{1,4}(?:-[0-9]{1,4})?`)).OnElements("a")
	p.AllowAttrs("class").Matching(is(`term`)).OnElements("a")
	p.AllowAttrs("rel").Matching(is(`noopener noreferrer`)).OnElements("a")
	p.AllowAttrs("src").Matching(is(`/courses/[a-z0-9-]+/media/[0-9a-f]{64}/[A-Za-z0-9._-]+`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("loading").Matching(is(`lazy`)).OnElements("img")
	p.AllowAttrs("width", "height").Matching(is(`[0-9]{1,5}`)).OnElements("img")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	return p
}

// A reading is a text that was read and arranged, before it is written.
type reading struct {
	root     ast.Node // nil where the text is out of bounds
	source   []byte
	findings []finding
	cited    map[string]int  // sources: key → times
	shown    map[string]bool // media: names
}

// read reads a text. One out of bounds is not read: it has one finding, and is shown as it was typed.
func (m *markdown) read(source string, s *setting) *reading {
	limit := maxShort
	if s.manner == lesson {
		limit = maxBody
	}
	source = strings.ToValidUTF8(source, "\ufffd")
	r := &reading{source: []byte(source)}
	if line, message := excess(source, limit); line > 0 {
		r.findings = []finding{{line: line, message: message}}
		return r
	}
	p := m.blocks
	if s.manner == inline {
		p = m.inline
		lines := strings.Split(source, "\n") // what is indented would not be read as a passage
		for i := range lines {
			lines[i] = strings.TrimLeft(lines[i], " \t")
		}
		r.source = []byte(strings.Join(lines, "\n"))
	}
	r.root = p.Parse(text.NewReader(r.source))
	a := &arranger{
		setting: s, words: m.words, source: r.source,
		headings: map[string]int{}, cited: map[string]int{}, shown: map[string]bool{},
	}
	a.arrange(r.root)
	if s.manner != inline {
		a.definitions()
	}
	r.findings, r.cited, r.shown = a.findings, a.cited, a.shown
	return r
}

// render writes a text as HTML.
func (m *markdown) render(source string, s *setting) template.HTML {
	r := m.read(source, s)
	if r.root == nil {
		return asTyped(source, s)
	}
	if s.manner == inline {
		loosen(r.root)
	}
	var b bytes.Buffer
	if err := m.html.Render(&b, r.source, r.root); err != nil {
		return asTyped(source, s) // a buffer does not fail; a node nobody can write would be shown so
	}
	return template.HTML(strings.TrimSpace(m.allowed.SanitizeReader(&b).String()))
}

// asTyped is a text that was not read.
func asTyped(source string, s *setting) template.HTML {
	typed := html.EscapeString(strings.ToValidUTF8(source, "\ufffd"))
	if s.manner == inline {
		return template.HTML(typed)
	}
	return template.HTML("<pre>" + typed + "</pre>")
}

// loosen takes the passages of an inline text out of their paragraphs, with an empty line between.
func loosen(root ast.Node) {
	for c := root.FirstChild(); c != nil; {
		next := c.NextSibling()
		loose := ast.NewTextBlock()
		for s := c.FirstChild(); s != nil; s = c.FirstChild() {
			loose.AppendChild(loose, s)
		}
		if next != nil {
			gap := ast.NewString([]byte("<br><br>"))
			gap.SetCode(true) // written as it stands
			loose.AppendChild(loose, gap)
		}
		root.ReplaceChild(root, c, loose)
		c = next
	}
}

// words counts the words of a text as it is read: what white space parts and holds a letter or a
// digit. Marks, addresses, sources and the texts behind figures do not count; captions do.
func (r *reading) words() int {
	if r.root == nil {
		return 0
	}
	return wordsIn(plain(r.root, r.source))
}
