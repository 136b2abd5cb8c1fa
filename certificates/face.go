package certificates

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fallback stands for a character that cannot be in a gofpdf text at all: it panics above U+FFFF.
const fallback = '\uFFFD'

// legible prepares a text from outside for the page. What has no place in a line of print (controls,
// invisible and direction-changing characters) goes, spaces become single, characters above U+FFFF and
// those of private use become the fallback. What merely has no glyph stays: its face draws the fallback glyph for it, and
// the text under the picture remains the true one. A text longer than anybody means ends in an ellipsis.
func legible(s string) string {
	const longest = 1000
	var b strings.Builder
	last, n := rune(' '), 0
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s[:min(len(s), 16*longest)], string(fallback))) {
		switch {
		case r == '\u00a0' || r == narrowSpace:
		case unicode.IsSpace(r):
			r = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
			continue
		case last == fallback && (unicode.Is(unicode.M, r) || '\U0001F3FB' <= r && r <= '\U0001F3FF'):
			continue // marks and skin tones belong to what is already a fallback
		case r >= 0xFFFE || unicode.Is(unicode.Co, r):
			r = fallback
		}
		if r == ' ' && last == ' ' {
			continue
		}
		if n++; n > longest {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
		last = r
	}
	return strings.TrimRight(b.String(), " ")
}

// narrowSpace is the no-break space of French punctuation.
const narrowSpace = '\u202f'

// A face is a TrueType face read once: enough to measure text, and to cut for each paper a font of
// just its glyphs. gofpdf parses a font anew for every document, keeps hinting that no printer needs
// and writes into the bytes it was given; a small font of its own for each paper answers all three.
// Nothing in a face changes after parseFace, so it is safe for concurrent use.
type face struct {
	name   string
	units  float64           // per em
	tables map[string][]byte // the tables that go into every font as they are
	glyphs []glyph
	index  map[rune]int // into glyphs
	kerns  map[[2]int]int
}

type glyph struct {
	advance int
	bearing int
	outline []byte // without instructions
	parts   []part // of a composite
}

// A part is a glyph that a composite draws.
type part struct {
	at    int // where in the outline its number stands
	glyph int
}

// parseFace reads a TrueType file of the usual kind: format 4 character map.
func parseFace(name string, file []byte) (*face, error) {
	tables := map[string][]byte{}
	for i := range u16(file[4:]) {
		record := file[12+16*i:]
		start, size := u32(record[8:]), u32(record[12:])
		tables[string(record[:4])] = slices.Clone(file[start : start+size])
	}
	for _, needed := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap", "post", "OS/2", "kern"} {
		if tables[needed] == nil {
			return nil, fmt.Errorf("reading face %s: no table %q", name, needed)
		}
	}
	f := &face{name: name, units: float64(u16(tables["head"][18:])), tables: map[string][]byte{}}
	for _, kept := range []string{"head", "hhea", "maxp", "OS/2"} {
		f.tables[kept] = tables[kept]
	}
	f.tables["post"] = tables["post"][:32]
	f.tables["name"] = []byte{0, 0, 0, 0, 0, 6} // none; gofpdf does not do without the table
	f.readGlyphs(tables)
	if err := f.readIndex(tables["cmap"]); err != nil {
		return nil, fmt.Errorf("reading face %s: %w", name, err)
	}
	f.readKerns(tables["kern"])
	return f, nil
}

func (f *face) readGlyphs(tables map[string][]byte) {
	count, metrics := u16(tables["maxp"][4:]), u16(tables["hhea"][34:])
	hmtx, loca, long := tables["hmtx"], tables["loca"], u16(tables["head"][50:]) == 1
	offset := func(i int) int {
		if long {
			return u32(loca[4*i:])
		}
		return 2 * u16(loca[2*i:])
	}
	f.glyphs = make([]glyph, count)
	for i := range f.glyphs {
		g := &f.glyphs[i]
		g.advance = u16(hmtx[4*min(i, metrics-1):])
		if i < metrics {
			g.bearing = u16(hmtx[4*i+2:])
		} else {
			g.bearing = u16(hmtx[4*metrics+2*(i-metrics):])
		}
		g.readOutline(tables["glyf"][offset(i):offset(i+1)])
	}
}

// readOutline keeps the outline and leaves its hinting instructions behind.
func (g *glyph) readOutline(data []byte) {
	if len(data) == 0 {
		return
	}
	if contours := s16(data); contours >= 0 {
		end := 10 + 2*contours
		skip := u16(data[end:])
		g.outline = slices.Concat(data[:end], []byte{0, 0}, data[end+2+skip:])
		return
	}
	const (
		words, scale, more, scales, matrix, instructions = 1 << 0, 1 << 3, 1 << 5, 1 << 6, 1 << 7, 1 << 8
	)
	g.outline = slices.Clone(data)
	for at, flags := 10, more; flags&more != 0; {
		flags = u16(g.outline[at:])
		set16(g.outline[at:], flags&^instructions)
		g.parts = append(g.parts, part{at: at + 2, glyph: u16(g.outline[at+2:])})
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&scales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			g.outline = g.outline[:at]
		}
	}
}

// readIndex reads which glyph draws which character.
func (f *face) readIndex(cmap []byte) error {
	var table []byte
	for i := range u16(cmap[2:]) {
		record := cmap[4+8*i:]
		if t := cmap[u32(record[4:]):]; u32(record) == 3<<16|1 && u16(t) == 4 {
			table = t
		}
	}
	if table == nil {
		return errors.New("no character map of format 4")
	}
	f.index = map[rune]int{}
	segments := u16(table[6:]) / 2
	ends, starts := table[14:], table[16+2*segments:]
	deltas, offsets := table[16+4*segments:], table[16+6*segments:]
	for i := range segments {
		first, last := rune(u16(starts[2*i:])), rune(u16(ends[2*i:]))
		delta, offset := u16(deltas[2*i:]), u16(offsets[2*i:])
		for r := first; r <= last && r < 0xFFFE; r++ {
			g := int(r)
			if offset != 0 {
				if g = u16(offsets[2*i+offset+2*int(r-first):]); g == 0 {
					continue
				}
			}
			// Set from left to right without shaping, these scripts would be wrong, not merely plain.
			if g = (g + delta) & 0xFFFF; g != 0 && !unicode.In(r, unicode.Hebrew, unicode.Arabic) {
				f.index[r] = g
			}
		}
	}
	if _, ok := f.index[narrowSpace]; !ok {
		f.index[narrowSpace] = len(f.glyphs)
		f.glyphs = append(f.glyphs, glyph{advance: f.glyphs[f.index[' ']].advance * 3 / 4})
	}
	box, ok := f.index['□']
	if !ok {
		return errors.New("no glyph to fall back on")
	}
	f.index[fallback] = box
	return nil
}

// readKerns reads the pairs that stand closer, or wider, than their advances say.
func (f *face) readKerns(kern []byte) {
	f.kerns = map[[2]int]int{}
	for i := range u16(kern[10:]) {
		pair := kern[18+6*i:]
		f.kerns[[2]int{u16(pair), u16(pair[2:])}] = s16(pair[4:])
	}
}

// glyphOf is the glyph that draws a character: its own, or the fallback's.
func (f *face) glyphOf(r rune) int {
	if g, ok := f.index[r]; ok {
		return g
	}
	return f.index[fallback]
}

// width is how far a text reaches, in ems, set without kerning.
func (f *face) width(s string) float64 {
	sum := 0
	for _, r := range s {
		sum += f.glyphs[f.glyphOf(r)].advance
	}
	return float64(sum) / f.units
}

// A run is a stretch of text that is set without kerning, and where it begins, in ems.
type run struct {
	text  string
	start float64
}

// runs cuts a text where a pair is kerned; the second value is the width of the whole.
func (f *face) runs(s string) ([]run, float64) {
	var runs []run
	begin, start, x, previous := 0, 0, 0, -1
	for i, r := range s {
		g := f.glyphOf(r)
		if kern := f.kerns[[2]int{previous, g}]; kern != 0 {
			runs = append(runs, run{s[begin:i], float64(start) / f.units})
			x += kern
			begin, start = i, x
		}
		x += f.glyphs[g].advance
		previous = g
	}
	return append(runs, run{s[begin:], float64(start) / f.units}), float64(x) / f.units
}

// cut is a TrueType font with a glyph for each of the characters, which are below U+FFFF. Checksums
// are left out: gofpdf writes the font anew.
func (f *face) cut(characters map[rune]bool) []byte {
	runes := slices.Sorted(maps.Keys(characters))
	// Glyph 0, then one for each character in their order, then the parts of composites.
	order := []int{0}
	for _, r := range runes {
		order = append(order, f.glyphOf(r))
	}
	place := map[int]int{}
	for i, g := range order {
		place[g] = i
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(order); i++ {
		g := &f.glyphs[order[i]]
		loca = add32(loca, len(glyf))
		hmtx = add16(add16(hmtx, g.advance), g.bearing)
		outline := g.outline
		if len(g.parts) > 0 {
			outline = slices.Clone(outline)
			for _, p := range g.parts {
				if _, ok := place[p.glyph]; !ok {
					place[p.glyph] = len(order)
					order = append(order, p.glyph)
				}
				set16(outline[p.at:], place[p.glyph])
			}
		}
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = add32(loca, len(glyf))

	tables := maps.Clone(f.tables)
	tables["glyf"], tables["loca"], tables["hmtx"], tables["cmap"] = glyf, loca, hmtx, characterMap(runes)
	for _, number := range []struct {
		table string
		at    int
		value int
	}{{"head", 50, 1}, {"hhea", 34, len(order)}, {"maxp", 4, len(order)}} {
		tables[number.table] = slices.Clone(tables[number.table])
		set16(tables[number.table][number.at:], number.value)
	}
	return assemble(tables)
}

// characterMap is a table of format 4 that gives the i-th character glyph i+1.
func characterMap(runes []rune) []byte {
	type segment struct{ first, last, glyph int }
	var segments []segment
	for i, r := range runes {
		if n := len(segments); n > 0 && segments[n-1].last+1 == int(r) {
			segments[n-1].last++
		} else {
			segments = append(segments, segment{int(r), int(r), i + 1})
		}
	}
	segments = append(segments, segment{0xFFFF, 0xFFFF, 0x10000}) // the end; delta 1 makes it glyph 0
	n := len(segments)
	table := make([]byte, 12+16+8*n)
	copy(table, []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12, 0, 4})
	set16(table[14:], 16+8*n)
	set16(table[18:], 2*n)
	for i, s := range segments {
		set16(table[26+2*i:], s.last)
		set16(table[28+2*n+2*i:], s.first)
		set16(table[28+4*n+2*i:], s.glyph-s.first)
	}
	return table
}

// assemble writes the tables behind their directory.
func assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	font := make([]byte, 12, 12+16*len(names))
	font[1] = 1
	set16(font[4:], len(names))
	at := 12 + 16*len(names)
	for _, name := range names {
		font = append(font, name...)
		font = add32(font, 0)
		font = add32(font, at)
		font = add32(font, len(tables[name]))
		at += (len(tables[name]) + 3) &^ 3
	}
	for _, name := range names {
		font = append(font, tables[name]...)
		for len(font)%4 != 0 {
			font = append(font, 0)
		}
	}
	return font
}

// TrueType is big-endian throughout.
func u16(b []byte) int             { return int(binary.BigEndian.Uint16(b)) }
func s16(b []byte) int             { return int(int16(binary.BigEndian.Uint16(b))) }
func u32(b []byte) int             { return int(binary.BigEndian.Uint32(b)) }
func set16(b []byte, v int)        { binary.BigEndian.PutUint16(b, uint16(v)) }
func add16(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }
func add32(b []byte, v int) []byte { return binary.BigEndian.AppendUint32(b, uint32(v)) }
