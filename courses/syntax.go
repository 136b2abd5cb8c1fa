package courses

import (
	"html"
	"regexp"
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What our Markdown has besides the ordinary: callouts, sources, figures, and links whose address
// was found good. Callouts and sources have parsers here; arrange.go makes the rest out of what
// goldmark read. A node holds what is written of it; nothing is looked up while writing.

var (
	kindCallout      = ast.NewNodeKind("Callout")
	kindCalloutTitle = ast.NewNodeKind("CalloutTitle")
	kindSourceRef    = ast.NewNodeKind("SourceRef")
	kindFigure       = ast.NewNodeKind("Figure")
	kindAnchor       = ast.NewNodeKind("Anchor")
	kindTableBox     = ast.NewNodeKind("TableBox")
)

// calloutClasses are the words that may begin a quotation, and the class each makes of it.
var calloutClasses = map[string]string{
	"KEY": "key", "PRACTICE": "practice", "WARNING": "warning", "SENSITIVE": "sensitive", "TESTIMONY": "testimony",
}

// A callout is a quotation that begins with a word in brackets. Its first child is its title, where
// the author gave one.
type callout struct {
	ast.BaseBlock
	word  string // as written
	class string // "" where the word is unknown
	name  string // what it is called in the reader's language
}

func (n *callout) titled() bool {
	return n.FirstChild() != nil && n.FirstChild().Kind() == kindCalloutTitle
}

// A calloutTitle is what stands after the word.
type calloutTitle struct{ ast.BaseBlock }

// A sourceRef is the mark of a source.
type sourceRef struct {
	ast.BaseInline
	key    string
	number int    // on the page; 0: shown as it was typed
	id     string // "" inside a link, where no other link may stand
	name   string // what a screen reader says
}

// A figure is an image alone in its paragraph.
type figure struct {
	ast.BaseBlock
	address, alt, caption string
	width, height         int // 0: not known
}

// An anchor is a link whose address was found good.
type anchor struct {
	ast.BaseInline
	address, class, rel string
}

// A tableBox lets a wide table scroll.
type tableBox struct {
	ast.BaseBlock
	name string // what a screen reader says
}

func (*callout) Kind() ast.NodeKind      { return kindCallout }
func (*calloutTitle) Kind() ast.NodeKind { return kindCalloutTitle }
func (*sourceRef) Kind() ast.NodeKind    { return kindSourceRef }
func (*figure) Kind() ast.NodeKind       { return kindFigure }
func (*anchor) Kind() ast.NodeKind       { return kindAnchor }
func (*tableBox) Kind() ast.NodeKind     { return kindTableBox }

// Dump is for whoever debugs goldmark; it prints the tree.
func (n *callout) Dump(source []byte, level int)      { ast.DumpHelper(n, source, level, nil, nil) }
func (n *calloutTitle) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *sourceRef) Dump(source []byte, level int)    { ast.DumpHelper(n, source, level, nil, nil) }
func (n *figure) Dump(source []byte, level int)       { ast.DumpHelper(n, source, level, nil, nil) }
func (n *anchor) Dump(source []byte, level int)       { ast.DumpHelper(n, source, level, nil, nil) }
func (n *tableBox) Dump(source []byte, level int)     { ast.DumpHelper(n, source, level, nil, nil) }

// calloutParser reads a quotation that begins with a word in brackets. All other quotations it leaves
// to goldmark's own parser, which also says how far each goes.
type calloutParser struct{ parser.BlockParser }

var calloutLine = regexp.MustCompile(`^ {0,3}>[ \t]*\[!([A-Za-z]+)\][ \t]*([^\n]*?)[ \t]*\n?$`)

func (calloutParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	m := calloutLine.FindSubmatchIndex(line)
	if m == nil || segment.Padding > 0 {
		return nil, parser.NoChildren
	}
	n := &callout{word: string(line[m[2]:m[3]])}
	n.class = calloutClasses[n.word]
	if m[4] < m[5] {
		title := &calloutTitle{}
		title.Lines().Append(text.NewSegment(segment.Start+m[4], segment.Start+m[5]))
		n.AppendChild(n, title)
	}
	reader.AdvanceToEOL()
	return n, parser.HasChildren
}

// sourceParser reads [^key].
type sourceParser struct{}

var sourceMark = regexp.MustCompile(`^\[\^([A-Za-z0-9-]{1,60})\]`)

func (sourceParser) Trigger() []byte { return []byte{'['} }

func (sourceParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	m := sourceMark.FindSubmatch(line)
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	return &sourceRef{key: string(m[1])}
}

// ownWriter writes our nodes as HTML.
type ownWriter struct{}

func (ownWriter) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindCallout, pair(writeCallout))
	r.Register(kindCalloutTitle, pair(writeCalloutTitle))
	r.Register(kindSourceRef, pair(writeSourceRef))
	r.Register(kindFigure, pair(writeFigure))
	r.Register(kindAnchor, pair(writeAnchor))
	r.Register(kindTableBox, pair(writeTableBox))
}

// pair makes a goldmark writer of a function that gives what stands before and after the children.
func pair[N ast.Node](tags func(N) (before, after string)) renderer.NodeRendererFunc {
	return func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		before, after := tags(n.(N))
		if !entering {
			before = after
		}
		_, err := w.WriteString(before)
		return ast.WalkContinue, err
	}
}

func writeCallout(n *callout) (before, after string) {
	name := html.EscapeString(n.name)
	switch n.class {
	case "":
		before, after = "<blockquote>\n", "</blockquote>\n"
		if n.titled() {
			return before, after
		}
		return before + "<p>" + html.EscapeString(n.word) + "</p>\n", after
	case "sensitive":
		before, after = "<details class=\"callout callout-sensitive\">\n", "</details>\n"
		if !n.titled() {
			before += "<summary>" + name + "</summary>\n"
		}
		return before, after
	case "testimony":
		before, after = "<blockquote class=\"callout callout-testimony\">\n", "</blockquote>\n"
	default:
		// The role: several unnamed asides would be landmarks that nobody can tell apart.
		label := ""
		if n.titled() && name != "" {
			label = ` aria-label="` + name + `"`
		}
		before, after = `<aside class="callout callout-`+n.class+`" role="note"`+label+">\n", "</aside>\n"
	}
	if !n.titled() {
		before += `<p class="callout-title">` + name + "</p>\n"
	}
	return before, after
}

func writeCalloutTitle(n *calloutTitle) (before, after string) {
	if c, ok := n.Parent().(*callout); ok && c.class == "sensitive" {
		return "<summary>", "</summary>\n"
	}
	return `<p class="callout-title">`, "</p>\n"
}

func writeSourceRef(n *sourceRef) (before, after string) {
	if n.number == 0 {
		return html.EscapeString("[^" + n.key + "]"), ""
	}
	number := strconv.Itoa(n.number)
	before = `<sup class="source-ref">`
	if last, ok := n.PreviousSibling().(*sourceRef); ok && last.number > 0 {
		before += ",\u202f" // 1 and 2 are not 12
	}
	if n.id == "" {
		return before + number + "</sup>", ""
	}
	return before + `<a href="#source-` + number + `" id="` + n.id + `" aria-label="` + html.EscapeString(n.name) + `">` + number + "</a></sup>", ""
}

func writeFigure(n *figure) (before, after string) {
	size := ""
	if n.width > 0 && n.height > 0 {
		size = ` width="` + strconv.Itoa(n.width) + `" height="` + strconv.Itoa(n.height) + `"`
	}
	before = `<figure><img src="` + html.EscapeString(n.address) + `" alt="` + html.EscapeString(n.alt) + `" loading="lazy"` + size + ">"
	if n.caption != "" {
		before += "<figcaption>" + html.EscapeString(n.caption) + "</figcaption>"
	}
	return before, "</figure>\n"
}

func writeAnchor(n *anchor) (before, after string) {
	before = `<a href="` + html.EscapeString(n.address) + `"`
	if n.class != "" {
		before += ` class="` + n.class + `"`
	}
	if n.rel != "" {
		before += ` rel="` + n.rel + `"`
	}
	return before + ">", "</a>"
}

func writeTableBox(n *tableBox) (before, after string) {
	return `<div class="table-scroll" tabindex="0" role="region" aria-label="` + html.EscapeString(n.name) + "\">\n", "</div>\n"
}
