package certificates

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/i18n"
)

// A sheet is a page as it will be drawn: everything on it has its place already. Lengths are in
// millimetres from the upper left corner, sizes of type in points.
type sheet struct {
	texts   []text
	rules   []rule
	emblem  bool
	symbolX float64 // of the QR code; 0 where there is none
	symbolY float64
}

// A text is one line of type; x is its left end, y its baseline.
type text struct {
	x, y  float64
	words string
	style style
}

// A rule is a straight line.
type rule struct {
	x1, y1, x2, y2, thick float64
	colour                colour
}

// A colour is red, green and blue, a byte each.
type colour uint32

const (
	ink   colour = 0x1f2a33
	teal  colour = 0x0f5257
	ochre colour = 0xb0761c
	muted colour = 0x56626b
	sand  colour = 0xd8cfbd
)

// The A4 page and its measures.
const (
	pageWidth, pageHeight = 210.0, 297.0
	frameInset            = 9.0
	margin                = 27.0 // of type, left and right
	middle                = pageWidth / 2
	measure               = pageWidth - 2*margin
	headY                 = 49.0 // where type begins under the emblem
	footY                 = 279.0
	symbolSide            = 27.0
	point                 = 25.4 / 72
)

// A style is how a line is set. Display lines are kerned.
type style struct {
	face    *face
	size    float64
	colour  colour
	display bool
}

// at is the style in another size.
func (st style) at(size float64) style { st.size = size; return st }

// in is the style in another colour.
func (st style) in(c colour) style { st.colour = c; return st }

// lead is the distance from line to line.
func (st style) lead() float64 {
	if st.display {
		return st.size * point * 1.18
	}
	return st.size * point * 1.36
}

func (st style) width(s string) float64 {
	if st.display {
		_, w := st.face.runs(s)
		return w * st.size * point
	}
	return st.face.width(s) * st.size * point
}

// put sets a line with its left end at x.
func (sh *sheet) put(x, y float64, st style, s string) {
	if s != "" {
		sh.texts = append(sh.texts, text{x, y, s, st})
	}
}

// centre sets a line around x.
func (sh *sheet) centre(x, y float64, st style, s string) { sh.put(x-st.width(s)/2, y, st, s) }

// right sets a line with its right end at x.
func (sh *sheet) right(x, y float64, st style, s string) { sh.put(x-st.width(s), y, st, s) }

func (sh *sheet) rule(x1, x2, y, thick float64, c colour) {
	sh.rules = append(sh.rules, rule{x1, y, x2, y, thick, c})
}

// wrap breaks s into lines no wider than width, after spaces and hyphens, and within a word where the
// word alone is too wide. No-break spaces hold.
func (st style) wrap(s string, width float64) []string {
	var lines []string
	em := width / (st.size * point)
	begin, breakAt, x, sinceBreak := 0, 0, 0.0, 0.0
	for i, r := range s {
		w := float64(st.face.glyphs[st.face.glyphOf(r)].advance) / st.face.units
		for x+w > em && i > begin && r != ' ' {
			end := breakAt
			if end <= begin {
				end, sinceBreak = i, 0
			}
			lines = append(lines, strings.TrimRight(s[begin:end], " "))
			begin, breakAt, x = end, end, sinceBreak
		}
		x += w
		sinceBreak += w
		if r == ' ' || r == '-' || r == '\u2013' || r == '/' {
			breakAt, sinceBreak = i+utf8.RuneLen(r), 0
		}
	}
	return append(lines, strings.TrimRight(s[begin:], " "))
}

// clip is wrap, ending in an ellipsis where there would be more than most lines.
func (st style) clip(s string, width float64, most int) []string {
	lines := st.wrap(s, width)
	if len(lines) <= most {
		return lines
	}
	last := []rune(lines[most-1])
	for len(last) > 0 && st.width(string(last)+"…") > width {
		last = last[:len(last)-1]
	}
	return append(lines[:most-1], strings.TrimRight(string(last), " ")+"…")
}

// balance is clip with lines of nearly the same length, for centred type.
func (st style) balance(s string, width float64, most int) []string {
	lines := st.clip(s, width, most)
	if len(lines) == 1 {
		return lines
	}
	narrow, wide := width/2, width
	for wide-narrow > 1 {
		if tried := (narrow + wide) / 2; len(st.wrap(s, tried)) <= len(lines) {
			wide = tried
		} else {
			narrow = tried
		}
	}
	return st.clip(s, wide, most)
}

// fit is the largest style, from its own size down to least, in which s fits one line; below that it
// takes several, together no higher than high. Only what does not even fit so is clipped.
func (st style) fit(s string, width, oneLine, least, high float64) (style, []string) {
	for size := st.size; size >= oneLine; size -= 0.5 {
		if try := st.at(size); try.width(s) <= width {
			return try, []string{s}
		}
	}
	for size := oneLine; size > least; size -= 0.5 {
		try := st.at(size)
		if lines := try.balance(s, width, math.MaxInt); float64(len(lines))*try.lead() <= high {
			return try, lines
		}
	}
	try := st.at(least)
	return try, try.balance(s, width, max(1, int(high/try.lead())))
}

// A block is a part of a column of type: how high it is, how much space it wants above it at least,
// its share of the space that is left over, and how to set it once its top is known.
type block struct {
	high, above, share float64
	set                func(sh *sheet, top float64)
}

// A composer sets one certificate.
type composer struct {
	press *Press
	s     Snapshot // every text legible
	l     *i18n.Language

	// The styles of the paper.
	heading, lead, name, title, value, body, label, small style
}

func (p *Press) compose(s *Snapshot, l *i18n.Language) []*sheet {
	c := &composer{
		press: p, s: s.legible(), l: l,
		heading: style{p.serif, 28, teal, true},
		lead:    style{p.italic, 12.5, muted, false},
		name:    style{p.serif, 36, ink, true},
		title:   style{p.serif, 21, teal, true},
		value:   style{p.serif, 14.5, ink, true},
		body:    style{p.sans, 9, ink, false},
		label:   style{p.sans, 7.6, muted, false},
		small:   style{p.sans, 7, muted, false},
	}
	// The foot is measured first but comes last, as it is read.
	front, foot := &sheet{emblem: true}, &sheet{}
	bottom := c.foot(foot)
	column, rest := c.head(), []*sheet(nil)
	lists, fits := c.columns(bottom - headY - height(column))
	if !fits {
		// They move to an annex, whole and in a size that reads well.
		lists = c.lines(5, 1, c.label, c.label.wrap(c.l.T("certificate.paper.overleaf"), measure))
		rest = c.annex()
	}
	set(front, append(column, lists), headY, bottom)
	front.texts, front.rules = append(front.texts, foot.texts...), append(front.rules, foot.rules...)
	front.symbolX, front.symbolY = foot.symbolX, foot.symbolY
	return append([]*sheet{front}, rest...)
}

// height is what a column of blocks needs.
func height(column []block) float64 {
	sum := 0.0
	for _, b := range column {
		sum += b.above + b.high
	}
	return sum
}

// set sets a column between top and bottom, sharing out the space that is left over.
func set(sh *sheet, column []block, top, bottom float64) {
	free, shares := bottom-top-height(column), 0.0
	for _, b := range column {
		shares += b.share
	}
	shares += 3 // below the last block
	for _, b := range column {
		top += b.above + max(0, free)*b.share/shares
		b.set(sh, top)
		top += b.high
	}
}

// lines is a block of centred lines.
func (c *composer) lines(above, share float64, st style, lines []string) block {
	set := texts(st, lines)
	return block{high: stack(set), above: above, share: share, set: func(sh *sheet, top float64) {
		stackAt(sh, set, top, func(t text) float64 { return middle - st.width(t.words)/2 })
	}}
}

// head is what the certificate says: who, what, and the three facts.
func (c *composer) head() []block {
	s, l := &c.s, c.l
	did := l.T("certificate.paper.completed")
	if s.PassMark != nil {
		did = l.T("certificate.paper.passed")
	}
	attests, attestsLines := c.lead.fit(l.T("certificate.paper.attests", "Organiser", s.Organiser.Name), measure, 10.5, 8, 14)
	name, nameLines := c.name.fit(s.Holder, measure, 19, 8, 26)
	title, titleLines := c.title.fit(s.CourseTitle, measure, 15, 8, 26)
	column := []block{
		c.lines(0, 0, c.heading, []string{l.T("certificate.paper.title")}),
		{high: 0, above: 4, set: func(sh *sheet, top float64) { sh.rule(middle-11, middle+11, top, 0.5, ochre) }},
		c.lines(6, 3, attests, attestsLines),
		c.lines(3, 2, name, nameLines),
	}
	if s.Profession != "" {
		profession, lines := c.lead.at(11.5).fit(s.Profession, measure, 10, 7, 9)
		column = append(column, c.lines(1.5, 0.5, profession, lines))
	}
	return append(column,
		c.lines(4, 2, c.lead, c.lead.balance(did, measure, 2)),
		c.lines(3, 2, title, titleLines),
		c.lines(1.5, 0.5, c.label, c.label.clip(l.T("certificate.paper.reference", "Slug", s.CourseSlug, "Version", s.CourseVersion), measure, 2)),
		c.facts(),
	)
}

// A fact is a value with what it is above it and a remark below.
type fact struct{ label, value, remark string }

// facts is the band of time, date and result.
func (c *composer) facts() block {
	s, l := &c.s, c.l
	facts := []fact{
		{l.T("certificate.paper.time"), c.duration(s.Minutes), ""},
		{l.T("certificate.paper.completed_on"), c.date(s.CompletedOn), ""},
	}
	if len(s.Modules) > 0 {
		facts[0].remark = l.T("certificate.paper.in_modules", "Count", len(s.Modules))
	}
	if !s.EnrolledOn.IsZero() {
		facts[1].remark = l.T("certificate.paper.started_on", "Date", c.date(s.EnrolledOn))
	}
	if s.Score != nil {
		result := fact{label: l.T("certificate.paper.result"), value: l.Percent(*s.Score)}
		if s.PassMark != nil {
			result.remark = l.T("certificate.paper.pass_mark", "Percent", l.Percent(float64(*s.PassMark)))
		}
		facts = append(facts, result)
	}
	const high = 21.0
	return block{high: high, above: 6, share: 3, set: func(sh *sheet, top float64) {
		sh.rule(margin, pageWidth-margin, top, 0.2, sand)
		sh.rule(margin, pageWidth-margin, top+high, 0.2, sand)
		width := measure / float64(len(facts))
		for i, f := range facts {
			x := margin + (float64(i)+0.5)*width
			if i > 0 {
				sh.rules = append(sh.rules, rule{x - width/2, top + 4, x - width/2, top + high - 4, 0.2, sand})
			}
			value, lines := c.value.fit(f.value, width-4, 6, 6, 1)
			sh.centre(x, top+6, c.label, f.label)
			sh.centre(x, top+12.4, value, lines[0])
			remark, lines := c.label.fit(f.remark, width-4, 5, 5, 1)
			sh.centre(x, top+17, remark, lines[0])
		}
	}}
}

// A list is modules or objectives under a heading.
type list struct {
	heading string
	rows    []row
}

// A row is a module with its time, or an objective.
type row struct{ words, time string }

// lines breaks a row for a column. The limit is for texts that nobody wrote for a certificate.
func (r row) lines(st style, width float64) []string {
	if r.time != "" {
		width -= st.width(r.time) + 4
	}
	return st.clip(r.words, width, 20)
}

// high is how much a row takes: its lines and the air around its rule.
func (r row) high(st style, width float64) float64 {
	return float64(len(r.lines(st, width)))*st.lead() + st.size*point*0.6
}

// listHead is how much the heading of a list takes.
const listHead = 5.0

func (l list) high(st style, width float64) float64 {
	high := listHead
	for _, r := range l.rows {
		high += r.high(st, width)
	}
	return high
}

// set sets a row with its upper left corner at x and top, under a rule.
func (r row) set(sh *sheet, st style, x, top, width float64) {
	sh.rule(x, x+width, top, 0.15, sand)
	y := top + st.size*point*1.27
	for i, line := range r.lines(st, width) {
		sh.put(x, y+float64(i)*st.lead(), st, line)
	}
	sh.right(x+width, y, st.in(muted), r.time)
}

func (c *composer) modules() list {
	l := list{heading: c.l.T("certificate.paper.modules")}
	for _, m := range c.s.Modules {
		l.rows = append(l.rows, row{m.Title, c.duration(m.Minutes)})
	}
	return l
}

func (c *composer) objectives() list {
	l := list{heading: c.l.T("certificate.paper.objectives")}
	for _, o := range c.s.Objectives {
		l.rows = append(l.rows, row{words: o})
	}
	return l
}

// columns are the modules and the objectives, side by side, in the largest size for which there is
// room; false where there is none. One list alone stands in the middle, or is spread over both columns.
func (c *composer) columns(room float64) (block, bool) {
	const gutter, above = 10.0, 6.0
	const half = (measure - gutter) / 2
	var columns []list
	for _, l := range []list{c.modules(), c.objectives()} {
		if len(l.rows) > 0 {
			columns = append(columns, l)
		}
	}
	left, width := margin, half
	if len(columns) == 1 {
		if l := columns[0]; len(l.rows) < 5 {
			left, width = middle-50, 100
		} else {
			n := (len(l.rows) + 1) / 2
			columns = []list{{l.heading, l.rows[:n]}, {"", l.rows[n:]}}
		}
	}
	st := c.body
	high := func() float64 {
		high := 0.0
		for _, l := range columns {
			high = max(high, l.high(st, width))
		}
		return high
	}
	for above+high() > room {
		if st = st.at(st.size - 0.5); st.size < 7 {
			return block{}, false
		}
	}
	return block{high: high(), above: above, share: 2, set: func(sh *sheet, top float64) {
		for i, l := range columns {
			x, y := left+float64(i)*(width+gutter), top
			sh.put(x, y+c.label.size*point, c.label.at(8).in(teal), l.heading)
			y += listHead
			for _, r := range l.rows {
				r.set(sh, st, x, y, width)
				y += r.high(st, width)
			}
		}
	}}, true
}

// annex is the pages that carry the lists where the first has no room for them.
func (c *composer) annex() []*sheet {
	const bottom = 262.0
	var pages []*sheet
	y := bottom
	room := func(high float64) *sheet {
		if len(pages) == 0 || y+high > bottom {
			pages = append(pages, c.annexPage())
			y = 70
		}
		y += high
		return pages[len(pages)-1]
	}
	for _, l := range []list{c.modules(), c.objectives()} {
		for i, r := range l.rows {
			high, head := r.high(c.body, measure), 0.0
			if i == 0 {
				head = listHead + 5
			}
			sh := room(head + high)
			if i == 0 {
				sh.put(margin, y-high-2, c.label.at(8).in(teal), l.heading)
			}
			r.set(sh, c.body, margin, y-high, measure)
		}
	}
	for i, sh := range pages {
		sh.centre(middle, footY+4, c.small, c.l.T("certificate.paper.page", "Page", i+2, "Pages", len(pages)+1))
	}
	return pages
}

// annexPage is an empty page that says which certificate it belongs to.
func (c *composer) annexPage() *sheet {
	sh := &sheet{emblem: true}
	for _, b := range []block{
		c.lines(0, 0, c.title.at(15), c.title.at(15).clip(c.l.T("certificate.paper.annex"), measure, 1)),
		c.lines(8, 0, c.label, c.label.clip(c.l.T("certificate.paper.number", "Number", c.s.Number)+" · "+c.s.Holder, measure, 2)),
	} {
		b.set(sh, headY+b.above)
	}
	return sh
}

// foot sets what stands at the bottom: place, date and signature on the left, number, address and QR
// code on the right, what all this means below. It says where it begins.
func (c *composer) foot(sh *sheet) float64 {
	s, l := &c.s, c.l
	const leftWidth, signing, gap = 68.0, 17.0, 4.0
	const rightWidth = measure - leftWidth - symbolSide - 2*gap

	meaning := c.small.balance(l.T("certificate.paper.meaning"), measure, 4)
	done := l.T("certificate.paper.done_on", "Date", c.date(s.IssuedOn))
	if s.Organiser.Place != "" {
		done = l.T("certificate.paper.done_at", "Place", s.Organiser.Place, "Date", c.date(s.IssuedOn))
	}
	dated := spread(text{words: done, style: c.body}, leftWidth, 8)
	var signed []text
	for _, line := range []text{
		{words: s.Organiser.Signatory, style: c.body},
		{words: s.Organiser.SignatoryRole, style: c.label},
		{words: s.Organiser.Name, style: c.label.in(ink)},
		{words: s.Organiser.Address, style: c.label},
	} {
		if line.words != "" {
			signed = append(signed, spread(line, leftWidth, 9)...)
		}
	}
	checked := spread(text{words: l.T("certificate.paper.number", "Number", s.Number), style: c.body}, rightWidth, 6)
	for _, line := range []text{
		{words: l.T("certificate.paper.verify"), style: c.label},
		{words: c.address(), style: c.label},
		{words: GroupCode(s.Code), style: c.label.in(ink)},
	} {
		checked = append(checked, spread(line, rightWidth, 6)...)
	}

	high := stack(dated) + signing + 1 + stack(signed)
	bottom := footY - float64(len(meaning))*c.small.lead() - 7
	top := bottom - max(high, symbolSide)
	y := stackAt(sh, dated, bottom-high, func(t text) float64 { return margin }) + signing
	sh.rule(margin, margin+62, y, 0.25, ink)
	stackAt(sh, signed, y+1, func(t text) float64 { return margin })
	right := pageWidth - margin - symbolSide
	sh.symbolX, sh.symbolY = right, bottom-symbolSide
	stackAt(sh, checked, bottom-stack(checked), func(t text) float64 { return right - gap - t.style.width(t.words) })
	stackAt(sh, texts(c.small, meaning), bottom+7, func(t text) float64 { return middle - t.style.width(t.words)/2 })
	return top - 7
}

// spread breaks a text into the lines it needs, in a smaller size where that keeps it low.
func spread(t text, width, high float64) []text {
	return texts(t.style.fit(t.words, width, t.style.size-1, 5, high))
}

func texts(st style, lines []string) []text {
	var texts []text
	for _, line := range lines {
		texts = append(texts, text{words: line, style: st})
	}
	return texts
}

// stack is the height of lines set one under another.
func stack(lines []text) float64 {
	high := 0.0
	for _, line := range lines {
		high += line.style.lead()
	}
	return high
}

// stackAt sets lines one under another, each with its left end where x says. It says where they end.
func stackAt(sh *sheet, lines []text, y float64, x func(text) float64) float64 {
	for _, line := range lines {
		sh.put(x(line), y+line.style.size*point, line.style, line.words)
		y += line.style.lead()
	}
	return y
}

// address is where the code is typed in: the verification address without the code.
func (c *composer) address() string {
	address := strings.TrimSuffix(strings.TrimSuffix(c.s.VerifyURL, c.s.Code), GroupCode(c.s.Code))
	return strings.TrimRight(address, "/")
}

// date is the day it is in the press’s zone.
func (c *composer) date(t time.Time) string { return c.l.Date(t.In(c.press.zone)) }

// duration says minutes as hours and minutes.
func (c *composer) duration(minutes int) string {
	switch hours, rest := minutes/60, minutes%60; {
	case minutes < 60:
		return c.l.T("certificate.paper.minutes", "Minutes", minutes)
	case rest == 0:
		return c.l.T("certificate.paper.hours", "Hours", hours)
	default:
		return c.l.T("certificate.paper.hours_minutes", "Hours", hours, "Minutes", fmt.Sprintf("%02d", rest))
	}
}
