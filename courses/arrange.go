package courses

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// A manner is how a text is written.
type manner int

const (
	inline manner = iota // one passage, no blocks: questions, options, definitions
	blocks               // a short text: summaries, introductions
	lesson               // blocks with sources and figures
)

// A setting is where a text stands: how it is written, and what it can lead to.
type setting struct {
	manner  manner
	places  *places
	module  string         // key; figures are looked up beside it
	sources map[string]int // the lesson's: key → number on the page
	lang    string
}

// places are what the texts of a course can lead to.
type places struct {
	slug  string
	terms map[string]bool
	steps map[string]string // key → key of its module
	media map[string]*Media // by name
}

func placesOf(d *Document) *places {
	p := &places{slug: d.Slug, terms: map[string]bool{}, steps: map[string]string{}, media: map[string]*Media{}}
	for i := range d.Glossary {
		p.terms[d.Glossary[i].Key] = true
	}
	for i := range d.Modules {
		for j := range d.Modules[i].Steps {
			p.steps[d.Modules[i].Steps[j].Key] = d.Modules[i].Key
		}
	}
	for i := range d.Media {
		p.media[d.Media[i].Name] = &d.Media[i]
	}
	return p
}

// A finding is something in a text that its author has to mend.
type finding struct {
	line      int // of the text, from 1
	message   string
	warning   bool
	reference bool // something named is not there
}

// An arranger turns what goldmark read into what we show: it resolves links, figures and sources, and
// notes what cannot be resolved. What is not good is never shown as a link: its text stays.
type arranger struct {
	*setting
	words  func(lang, key string) string
	source []byte

	findings []finding
	headings map[string]int  // slug → how many there are
	level    int             // of the last heading
	cited    map[string]int  // sources: key → times
	shown    map[string]bool // media: names
	tables   int
}

func (a *arranger) find(n ast.Node, format string, args ...any) {
	a.findings = append(a.findings, finding{line: a.line(n), message: fmt.Sprintf(format, args...)})
}

func (a *arranger) warn(n ast.Node, format string, args ...any) {
	a.find(n, format, args...)
	a.findings[len(a.findings)-1].warning = true
}

func (a *arranger) miss(n ast.Node, format string, args ...any) {
	a.find(n, format, args...)
	a.findings[len(a.findings)-1].reference = true
}

// line is the line a node stands on, as near as the tree knows.
func (a *arranger) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		at := n.Pos()
		if at < 0 && n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			at = n.Lines().At(0).Start
		}
		if at >= 0 && at <= len(a.source) && n.Kind() != ast.KindDocument {
			return 1 + bytes.Count(a.source[:at], []byte{'\n'})
		}
	}
	return 1
}

// arrange goes through the whole tree.
func (a *arranger) arrange(root ast.Node) {
	a.name(root)
	a.below(root, false)
}

// name gives headings their addresses, before any link is resolved.
func (a *arranger) name(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		h, ok := c.(*ast.Heading)
		if !ok {
			a.name(c)
			continue
		}
		if a.manner != lesson {
			a.warn(h, "headings belong in lessons")
			h.Level = max(h.Level, 3)
			continue
		}
		switch {
		case h.Level == 1:
			a.find(h, "headings begin at ##: the lesson's title is the page's #")
			h.Level = 2
		case h.Level > max(a.level, 1)+1:
			a.warn(h, "the heading skips a level: from %s to %s", strings.Repeat("#", max(a.level, 1)), strings.Repeat("#", h.Level))
		}
		a.level = h.Level
		slug := slugOf(plain(h, a.source))
		for base := slug; a.headings[slug] > 0; {
			a.headings[base]++
			slug = fmt.Sprintf("%s-%d", base, a.headings[base])
		}
		a.headings[slug] = 1
		h.SetAttributeString("id", headingID(slug))
	}
}

// headingID keeps headings apart from everything else on the page that has an id.
func headingID(slug string) string { return "h-" + slug }

func (a *arranger) below(n ast.Node, linked bool) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		a.node(c, linked)
		c = next
	}
}

func (a *arranger) node(n ast.Node, linked bool) {
	switch n := n.(type) {
	case *ast.Paragraph:
		if image := alone(n); image != nil && a.manner == lesson {
			if f := a.figure(image); f != nil {
				n.Parent().ReplaceChild(n.Parent(), n, f)
				return
			}
		}
	case *ast.Image:
		a.image(n)
		a.below(n, linked)
		unwrap(n)
		return
	case *ast.Link:
		a.link(n, resolve(n.Destination))
		return
	case *ast.AutoLink:
		a.autoLink(n, linked)
		return
	case *sourceRef:
		a.sourceRef(n, linked)
	case *callout:
		a.callout(n)
	case *extast.Table:
		a.tables++
		box := &tableBox{name: fmt.Sprintf("%s %d", a.words(a.lang, "callout.table"), a.tables)}
		n.Parent().ReplaceChild(n.Parent(), n, box)
		box.AppendChild(box, n)
	case *extast.TableCell:
		if n.Alignment >= extast.AlignLeft && n.Alignment < extast.AlignNone {
			n.SetAttributeString("class", "align-"+n.Alignment.String())
		}
		if n.Parent().Kind() == extast.KindTableHeader {
			n.SetAttributeString("scope", "col")
		}
	case *ast.Text:
		if !n.IsRaw() && htmlTag.Match(n.Segment.Value(a.source)) {
			a.warn(n, "HTML is shown as text")
		}
	}
	a.below(n, linked)
}

var htmlTag = regexp.MustCompile(`</?[A-Za-z][A-Za-z0-9-]*(\s[^<>]*)?/?>|<!--`)

// alone is the image that is all a paragraph holds.
func alone(p *ast.Paragraph) *ast.Image {
	image, ok := p.FirstChild().(*ast.Image)
	if !ok || image.NextSibling() != nil {
		return nil
	}
	return image
}

// figure is what an image alone in its paragraph becomes; nil where there is nothing to show.
func (a *arranger) figure(n *ast.Image) *figure {
	alt := strings.TrimSpace(plain(n, a.source))
	if alt == "" {
		a.find(n, "the figure has no text for who does not see it: ![text](file)")
	}
	name := resolve(n.Destination)
	m := a.places.media[a.module+"/"+name]
	if m == nil || strings.Contains(name, "/") {
		a.miss(n, "there is no figure %q beside the lesson", name)
		return nil
	}
	a.shown[m.Name] = true
	return &figure{
		address: mediaPath(a.places.slug, m), alt: alt, caption: unescape(n.Title), width: m.Width, height: m.Height,
	}
}

// mediaPath is the address of a media file.
func mediaPath(slug string, m *Media) string {
	_, file, _ := strings.Cut(m.Name, "/")
	return "/courses/" + slug + "/media/" + m.SHA256 + "/" + file
}

// image finds fault with an image that cannot be a figure; its text is shown in its place.
func (a *arranger) image(n *ast.Image) {
	switch p, _ := n.Parent().(*ast.Paragraph); {
	case a.manner != lesson:
		a.find(n, "figures belong in lessons")
	case p == nil || alone(p) == nil:
		a.find(n, "a figure stands alone in its paragraph")
	}
}

// link replaces a link by an anchor, or by its text.
func (a *arranger) link(n *ast.Link, address string) {
	to := a.address(n, address)
	if to != nil && strings.TrimSpace(plain(n, a.source)) == "" && !imageIn(n) {
		a.find(n, "the link has no text")
		to = nil
	}
	a.below(n, to != nil)
	if to == nil {
		unwrap(n)
		return
	}
	n.Parent().ReplaceChild(n.Parent(), n, to)
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		to.AppendChild(to, c)
	}
}

// imageIn reports whether a link holds an image, which is a fault of its own.
func imageIn(n ast.Node) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() == ast.KindImage || imageIn(c) {
			return true
		}
	}
	return false
}

func (a *arranger) autoLink(n *ast.AutoLink, linked bool) {
	address, label := string(n.URL(a.source)), ast.NewString(n.Label(a.source))
	label.SetRaw(true)
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	to := a.address(n, address)
	if to == nil || linked { // a link in a link is none
		n.Parent().ReplaceChild(n.Parent(), n, label)
		return
	}
	n.Parent().ReplaceChild(n.Parent(), n, to)
	to.AppendChild(to, label)
}

// address is the anchor for what an author wrote as an address; nil where it may not be one.
func (a *arranger) address(n ast.Node, written string) *anchor {
	if len(written) > maxAddress {
		a.find(n, "the link's address has %d bytes; at most %d are allowed", len(written), maxAddress)
		return nil
	}
	scheme, rest, _ := strings.Cut(written, ":")
	switch scheme = strings.ToLower(scheme); {
	case strings.HasPrefix(written, "#"):
		slug := slugOf(strings.TrimPrefix(written[1:], "h-"))
		if a.headings[slug] == 0 {
			a.find(n, "there is no heading %q in this text", written[1:])
			return nil
		}
		return &anchor{address: "#" + headingID(slug)}
	case scheme == "glossary" && rest != "":
		if !a.places.terms[rest] {
			a.miss(n, "there is no term %q in glossary.yaml", rest)
			return nil
		}
		return &anchor{address: "/courses/" + a.places.slug + "/glossary#" + rest, class: "term"}
	case scheme == "step" && rest != "":
		module, ok := a.places.steps[rest]
		if !ok {
			a.miss(n, "there is no step with the key %q", rest)
			return nil
		}
		return &anchor{address: "/courses/" + a.places.slug + "/" + module + "/" + rest}
	case scheme == "http" || scheme == "https":
		u, err := url.Parse(written)
		if err != nil || u.Host == "" || u.User != nil {
			a.find(n, "%q is not an address of the web", written)
			return nil
		}
		return &anchor{address: u.String(), rel: "noopener noreferrer"}
	case scheme == "mailto" || scheme == "tel":
		u, err := url.Parse(strings.ReplaceAll(written, " ", ""))
		if err != nil || u.Opaque == "" {
			a.find(n, "%q is not an address", written)
			return nil
		}
		return &anchor{address: u.String()}
	default:
		a.find(n, "a link leads to a website (https:), a mail address (mailto:), a telephone (tel:), a term (glossary:), a step (step:) or a heading (#); not to %q", written)
		return nil
	}
}

func (a *arranger) sourceRef(n *sourceRef, linked bool) {
	number, ok := a.sources[n.key]
	switch {
	case a.manner != lesson:
		a.find(n, "sources are cited in the text of lessons only; a question has its list of sources")
		return
	case !ok:
		a.miss(n, "the source %q is not in the lesson's list of sources", n.key)
		return
	}
	a.cited[n.key]++
	n.number, n.name = number, fmt.Sprintf("%s %d", a.words(a.lang, "callout.source"), number)
	switch times := a.cited[n.key]; {
	case linked:
	case times == 1:
		n.id = fmt.Sprintf("ref-%d", number)
	default:
		n.id = fmt.Sprintf("ref-%d-%d", number, times)
	}
}

func (a *arranger) callout(n *callout) {
	if n.class == "" {
		a.find(n, "unknown word [!%s]; there are [!KEY], [!PRACTICE], [!WARNING], [!SENSITIVE] and [!TESTIMONY]", n.word)
		return
	}
	n.name = a.words(a.lang, "callout."+n.class)
}

// unwrap puts a node's children in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}

// resolve is a link's destination without its escapes.
func resolve(destination []byte) string { return strings.TrimSpace(unescape(destination)) }

// unescape is Markdown's text without backslashes and entities.
func unescape(b []byte) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b))))
}

// plain is the text below a node as one reads it: without marks, sources and figures.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	appendPlain(&b, n, source)
	return b.String()
}

func appendPlain(b *strings.Builder, n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.Text:
		if n.IsRaw() {
			b.Write(n.Segment.Value(source))
		} else {
			b.WriteString(unescape(n.Segment.Value(source)))
		}
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte('\n')
		}
		return
	case *ast.String:
		b.Write(n.Value)
		return
	case *figure:
		b.WriteString(n.caption + "\n")
		return
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			b.Write(line.Value(source))
		}
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		appendPlain(b, c, source)
	}
	if n.Type() == ast.TypeBlock {
		b.WriteByte('\n')
	}
}

// wordsIn counts the words of a text: what white space parts and holds a letter or a digit.
func wordsIn(s string) int {
	n := 0
	for _, field := range strings.Fields(s) {
		if strings.ContainsFunc(field, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// letters are those that do not come apart into a plain letter and its accent.
var letters = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ĳ", "ij")

// slugOf makes an address of a heading: small letters without accents, digits and hyphens.
func slugOf(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(strings.ToLower(s))) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	if slug := strings.Trim(b.String(), "-"); slug != "" {
		return slug
	}
	return "section"
}

// definitions finds lines that other Markdowns read as definitions of links or footnotes; ours shows
// them as text.
func (a *arranger) definitions() {
	for i, line := range bytes.Split(a.source, []byte{'\n'}) {
		if definition.Match(line) {
			a.findings = append(a.findings, finding{line: i + 1, warning: true,
				message: "this line is shown as text: links are written in place, sources are defined in sources.yaml"})
		}
	}
}

var definition = regexp.MustCompile(`^ {0,3}\[[^\]]{1,200}\]:\s*\S`)
