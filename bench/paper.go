package main

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"io"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/jung-kurt/gofpdf"

	"passerelle/certificates"
)

// paperLimit is how large a certificate may be, in bytes.
const paperLimit = 30_000

// certificate compares the press with the library alone, on one processor.
func (b *bench) certificate(ctx context.Context, aside io.Writer) ([]ratio, error) {
	s := b.snapshot()
	french := b.words.In("fr")
	paper, err := b.press.Paper(s, french)
	if err != nil {
		return nil, err
	}
	bare, err := barePaper(&s)
	if err != nil {
		return nil, err
	}
	fmt.Printf("certificate: ours %d bytes (at most %d), bare %d bytes\n", len(paper), paperLimit, len(bare))
	if len(paper) > paperLimit {
		return nil, fmt.Errorf("a certificate of %d bytes: %w", len(paper), errBelow)
	}
	figures, err := takeTurns(ctx, aside,
		side{"certificate, ours", draw(func() error { _, err := b.press.Paper(s, french); return err })},
		side{"certificate, bare", draw(func() error { _, err := barePaper(&s); return err })})
	if err != nil {
		return nil, err
	}
	return []ratio{beside("certificate, library alone", 0.8, figures[0], figures[1])}, nil
}

// draw draws again and again.
func draw(paper func() error) func(context.Context, time.Duration) (float64, error) {
	return func(ctx context.Context, length time.Duration) (float64, error) {
		begun, n := time.Now(), 0
		for ; time.Since(begun) < length && ctx.Err() == nil; n++ {
			if err := paper(); err != nil {
				return 0, err
			}
		}
		return float64(n) / time.Since(begun).Seconds(), ctx.Err()
	}
}

// snapshot is Łukasz's certificate of the shipped course.
func (b *bench) snapshot() certificates.Snapshot {
	score, passMark := 87.5, b.quiz.Quiz.PassMark
	code := "7kd3mnw4q9xhb2vcz8rtpj6fgs5"
	day := time.Date(2026, time.December, 1, 10, 0, 0, 0, time.UTC)
	s := certificates.Snapshot{
		Language: "fr", Number: "PAS-2026-000042", Code: code,
		VerifyURL: "https://passerelle.example.org/verify/" + certificates.GroupCode(code),
		Holder:    "Łukasz Dvořák-Nguyễn", Profession: "Infirmier en addictologie",
		CourseTitle: b.course.Title["fr"], CourseSlug: b.course.Slug, CourseVersion: 1, Minutes: b.course.Minutes(),
		Organiser: certificates.SnapshotOrganiser{
			Name: b.course.Organiser.Name, Place: "Bruxelles", Signatory: "Fadila Formatrice", SignatoryRole: "Responsable de la formation",
		},
		EnrolledOn: day.AddDate(0, -1, 0), CompletedOn: day, IssuedOn: day, Score: &score, PassMark: &passMark,
	}
	for i := range b.course.Modules {
		m := &b.course.Modules[i]
		s.Modules = append(s.Modules, certificates.SnapshotModule{Title: m.Title["fr"], Minutes: m.Minutes()})
	}
	for _, o := range b.course.Objectives {
		s.Objectives = append(s.Objectives, o.Text["fr"])
	}
	return s
}

// barePaper draws the same snapshot as one would with the library's manual open: the same faces and
// about the same lines, each where it falls, and the QR code square by square.
func barePaper(s *certificates.Snapshot) ([]byte, error) {
	pdf := gofpdf.New("P", "mm", "A4", "")
	for name, file := range map[string][]byte{
		"serif": liberationserifregular.TTF, "italic": liberationserifitalic.TTF, "sans": liberationsansregular.TTF,
	} {
		pdf.AddUTF8FontFromBytes(name, "", bytes.Clone(file)) // gofpdf writes into them
	}
	pdf.AddPage()
	pdf.Rect(9, 9, 192, 279, "D")
	pdf.Rect(10.5, 10.5, 189, 276, "D")
	y := 40.0
	line := func(face string, size float64, words string) {
		pdf.SetFont(face, "", size)
		y += size * 0.5
		pdf.Text(105-pdf.GetStringWidth(words)/2, y, words)
	}
	line("serif", 28, "Attestation de formation")
	line("italic", 12.5, s.Organiser.Name+" atteste que")
	line("serif", 36, s.Holder)
	line("italic", 11.5, s.Profession)
	line("italic", 12.5, "a suivi en ligne et réussi la formation")
	line("serif", 21, s.CourseTitle)
	line("sans", 7.6, fmt.Sprintf("Référence %s, version %d", s.CourseSlug, s.CourseVersion))
	line("sans", 7.6, "Durée estimée, terminée le, résultat")
	line("serif", 14.5, fmt.Sprintf("%d min, %s, %.0f %%", s.Minutes, s.CompletedOn.Format(time.DateOnly), *s.Score))
	line("sans", 7.6, fmt.Sprintf("en %d modules, commencée le %s, seuil de réussite : %d %%", len(s.Modules), s.EnrolledOn.Format(time.DateOnly), *s.PassMark))
	line("sans", 8, "Modules suivis")
	for _, m := range s.Modules {
		line("sans", 9, fmt.Sprintf("%s, %d min", m.Title, m.Minutes))
	}
	line("sans", 8, "Objectifs de la formation")
	for _, o := range s.Objectives {
		line("sans", 9, o)
	}
	line("sans", 9, "Fait à "+s.Organiser.Place+", le "+s.IssuedOn.Format(time.DateOnly))
	line("sans", 9, s.Organiser.Signatory)
	line("sans", 7.6, s.Organiser.SignatoryRole)
	line("sans", 9, "N° "+s.Number)
	line("sans", 7.6, "Pour vérifier cette attestation")
	line("sans", 7.6, s.VerifyURL)
	line("sans", 7, "La personne nommée a rempli toutes les conditions d’achèvement de cette version de la formation.")
	line("sans", 7, "La durée est le temps estimé pour réaliser les activités.")
	line("sans", 7, "Cette attestation n’est ni un diplôme ni un titre professionnel.")
	code, err := qr.Encode(s.VerifyURL, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	square := 27 / float64(code.Bounds().Dx())
	for row := range code.Bounds().Dy() {
		for column := range code.Bounds().Dx() {
			if code.At(column, row) == color.Black {
				pdf.Rect(156+float64(column)*square, 240+float64(row)*square, square, square, "F")
			}
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
