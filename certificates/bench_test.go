package certificates

import (
	"bytes"
	"image/color"
	"slices"
	"testing"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/jung-kurt/gofpdf"
)

// BenchmarkPaper compares a certificate with the library alone: the same type in the same faces at
// the same places and the same QR code, on a bare gofpdf document. Rounds take turns; the figure is
// the ratio of the medians, library over ours, so that more is better and 1 is as fast.
func BenchmarkPaper(b *testing.B) {
	press, languages := newPress(b)
	s, l := lukasz(), languages.In("fr")
	sheets := press.compose(&s, l)
	const rounds, papers = 5, 8
	var ours, bare []time.Duration
	for b.Loop() {
		for range rounds {
			start := time.Now()
			for range papers {
				if _, err := press.Paper(s, l); err != nil {
					b.Fatal(err)
				}
			}
			ours = append(ours, time.Since(start))
			start = time.Now()
			for range papers {
				drawBare(b, sheets, s.VerifyURL)
			}
			bare = append(bare, time.Since(start))
		}
	}
	slices.Sort(ours)
	slices.Sort(bare)
	b.ReportMetric(float64(bare[len(bare)/2])/float64(ours[len(ours)/2]), "library/ours")
	b.ReportMetric(0, "ns/op")
}

// drawBare draws sheets as one would without a press.
func drawBare(b *testing.B, sheets []*sheet, address string) {
	pdf := gofpdf.New("P", "mm", "A4", "")
	for name, file := range map[string][]byte{
		"serif": liberationserifregular.TTF, "italic": liberationserifitalic.TTF, "sans": liberationsansregular.TTF,
	} {
		pdf.AddUTF8FontFromBytes(name, "", bytes.Clone(file)) // gofpdf writes into them
	}
	for _, sh := range sheets {
		pdf.AddPage()
		for _, t := range sh.texts {
			pdf.SetFont(t.style.face.name, "", t.style.size)
			pdf.Text(t.x, t.y, t.words)
		}
		code, err := qr.Encode(address, qr.M, qr.Auto)
		if err != nil {
			b.Fatal(err)
		}
		side := symbolSide / float64(code.Bounds().Dx())
		for y := range code.Bounds().Dy() {
			for x := range code.Bounds().Dx() {
				if code.At(x, y) == color.Black {
					pdf.Rect(sh.symbolX+float64(x)*side, sh.symbolY+float64(y)*side, side, side, "F")
				}
			}
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		b.Fatal(err)
	}
}
