package certificates

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"strings"
	"time"

	// The days on a certificate need the zone also where the system has no list of them.

	"github.com/boombuler/barcode/qr"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/jung-kurt/gofpdf"

	"passerelle/i18n"
)

// A Press draws certificates. It is safe for concurrent use.
type Press struct {
	serif, italic, sans *face
	zone                *time.Location
}

// NewPress reads the faces; do it once. zone is where the printed days begin.
func NewPress(zone *time.Location) (*Press, error) {
	p := &Press{zone: zone}
	for _, f := range []struct {
		face **face
		name string
		file []byte
	}{
		{&p.serif, "serif", liberationserifregular.TTF},
		{&p.italic, "italic", liberationserifitalic.TTF},
		{&p.sans, "sans", liberationsansregular.TTF},
	} {
		var err error
		if *f.face, err = parseFace(f.name, f.file); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Paper draws a certificate as a PDF. Equal snapshots give the same bytes.
func (p *Press) Paper(s Snapshot, l *i18n.Language) (paper []byte, err error) {
	// A certificate is drawn inside the transaction that completes a course: whatever gofpdf makes of a
	// text must not take the process with it.
	defer func() {
		if r := recover(); r != nil {
			paper, err = nil, fmt.Errorf("drawing on paper: %v", r)
		}
	}()
	if err := s.check(); err != nil {
		return nil, err
	}
	if l.Code != s.Language {
		return nil, fmt.Errorf("setting a snapshot in %q in %q", s.Language, l.Code)
	}
	sheets := p.compose(&s, l)
	symbol, err := encodeSymbol(s.VerifyURL)
	if err != nil {
		return nil, err
	}

	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(s.IssuedOn.UTC())
	pdf.SetModificationDate(s.IssuedOn.UTC())
	pdf.SetProducer("Passerelle", true)
	pdf.SetCreator("Passerelle", true)
	// The title shows in window bars and lists of files: neither the course nor the holder is named.
	pdf.SetTitle(l.T("certificate.paper.title")+" "+legible(s.Number), true)
	pdf.SetAuthor(legible(s.Organiser.Name), true)
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	p.addFonts(pdf, sheets)
	for _, sh := range sheets {
		pdf.AddPage()
		drawFrame(pdf)
		if sh.emblem {
			drawEmblem(pdf)
		}
		for _, r := range sh.rules {
			setDraw(pdf, r.colour)
			pdf.SetLineWidth(r.thick)
			pdf.Line(r.x1, r.y1, r.x2, r.y2)
		}
		for _, t := range sh.texts {
			drawText(pdf, t)
		}
		if sh.symbolX > 0 {
			drawSymbol(pdf, symbol, sh.symbolX, sh.symbolY)
			if strings.HasPrefix(s.VerifyURL, "https://") || strings.HasPrefix(s.VerifyURL, "http://") {
				pdf.LinkString(sh.symbolX, sh.symbolY, symbolSide, symbolSide, s.VerifyURL)
			}
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("drawing on paper: %w", err)
	}
	return out.Bytes(), nil
}

// addFonts gives the document a font of just the glyphs it needs from each face.
func (p *Press) addFonts(pdf *gofpdf.Fpdf, sheets []*sheet) {
	used := map[*face]map[rune]bool{}
	for _, sh := range sheets {
		for _, t := range sh.texts {
			if used[t.style.face] == nil {
				used[t.style.face] = map[rune]bool{}
			}
			for _, r := range t.words {
				used[t.style.face][r] = true
			}
		}
	}
	for _, f := range []*face{p.serif, p.italic, p.sans} {
		if used[f] != nil {
			pdf.AddUTF8FontFromBytes(f.name, "", f.cut(used[f]))
		}
	}
}

func setDraw(pdf *gofpdf.Fpdf, c colour) { pdf.SetDrawColor(int(c>>16), int(c>>8&0xff), int(c&0xff)) }

func drawText(pdf *gofpdf.Fpdf, t text) {
	st := t.style
	pdf.SetFont(st.face.name, "", st.size)
	pdf.SetTextColor(int(st.colour>>16), int(st.colour>>8&0xff), int(st.colour&0xff))
	if !st.display {
		pdf.Text(t.x, t.y, t.words)
		return
	}
	runs, _ := st.face.runs(t.words)
	for _, r := range runs {
		pdf.Text(t.x+r.start*st.size*point, t.y, r.text)
	}
}

// drawFrame draws two fine lines around the page.
func drawFrame(pdf *gofpdf.Fpdf) {
	for _, f := range []struct {
		inset, thick float64
		colour       colour
	}{{frameInset, 0.35, teal}, {frameInset + 1.5, 0.15, sand}} {
		setDraw(pdf, f.colour)
		pdf.SetLineWidth(f.thick)
		pdf.Rect(f.inset, f.inset, pageWidth-2*f.inset, pageHeight-2*f.inset, "D")
	}
}

// drawEmblem draws the footbridge at the head of the page, and the path that it carries on.
func drawEmblem(pdf *gofpdf.Fpdf) {
	const left, right, ground, rise = middle - 23.0, middle + 23.0, 36.0, 8.0
	// deck is the height of the deck's axis at x: a parabola, which is also what Curve draws.
	deck := func(x float64) float64 {
		t := (x - left) / (right - left)
		return ground - 4*rise*t*(1-t)
	}
	pdf.SetLineCapStyle("round")
	setDraw(pdf, teal)
	pdf.SetLineWidth(0.3)
	pdf.Line(margin, ground, left, ground)
	pdf.Line(right, ground, pageWidth-margin, ground)
	const rail, posts = 3.2, 9
	for i := range posts {
		x := left + (right-left)*(float64(i)+1)/(posts+1)
		pdf.Line(x, deck(x), x, deck(x)-rail)
	}
	first, last := left+(right-left)/(posts+1), right-(right-left)/(posts+1)
	pdf.SetLineWidth(0.4)
	pdf.Curve(first, deck(first)-rail, middle, 2*(deck(middle)-rail)-(deck(first)-rail), last, deck(last)-rail, "D")
	pdf.SetLineWidth(1)
	pdf.Curve(left, ground, middle, ground-2*rise, right, ground, "D")
	setDraw(pdf, ochre)
	pdf.SetLineWidth(0.35)
	for i, half := range []float64{11, 7, 3} {
		y := ground + 0.2 + 1.5*float64(i)
		pdf.Line(middle-half, y, middle+half, y)
	}
	pdf.SetLineCapStyle("butt")
}

// A symbol is the modules of a QR code, row by row: true is dark.
type symbol [][]bool

func encodeSymbol(address string) (symbol, error) {
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("drawing the QR code: %w", err)
	}
	size := code.Bounds()
	if size.Dx() != size.Dy() || size.Dx() == 0 {
		return nil, errors.New("drawing the QR code: not a square")
	}
	modules := make(symbol, size.Dy())
	for y := range modules {
		modules[y] = make([]bool, size.Dx())
		for x := range modules[y] {
			modules[y][x] = code.At(x, y) == color.Black
		}
	}
	return modules, nil
}

// drawSymbol draws a QR code as one path of rectangles, so that no viewer shows seams between them.
// The empty border that readers ask for, four modules or about 3 mm, is left by what stands around it.
func drawSymbol(pdf *gofpdf.Fpdf, modules symbol, x, y float64) {
	side := symbolSide / point / float64(len(modules))
	var path strings.Builder
	fmt.Fprintf(&path, "q %d %d %d rg\n", 0, 0, 0)
	fmt.Fprintf(&path, "%.4f 0 0 %.4f %.2f %.2f cm\n", side, -side, x/point, (pageHeight-y)/point)
	for row, line := range modules {
		for from := 0; from < len(line); from++ {
			to := from
			for to < len(line) && line[to] {
				to++
			}
			if to > from {
				fmt.Fprintf(&path, "%d %d %d 1 re\n", from, row, to-from)
				from = to
			}
		}
	}
	path.WriteString("f Q")
	pdf.RawWriteStr(path.String())
}
