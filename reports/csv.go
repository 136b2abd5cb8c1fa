package reports

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"passerelle/models"
)

// A Preset is a way to write CSV.
type Preset string

const (
	// Plain is for machines: UTF-8, commas, headings that never change, times with their offset.
	Plain Preset = "csv"
	// Excel opens with a double click in a French or Belgian Excel: byte-order mark, semicolons,
	// CRLF, headings in the reader's language, days first.
	Excel Preset = "csv-excel"
)

// CSV writes the report to w as it is read, in constant memory.
func (r Report) CSV(ctx context.Context, db *models.DB, q Question, preset Preset, w io.Writer) error {
	out := csv.NewWriter(w)
	if preset == Excel {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
		out.Comma, out.UseCRLF = ';', true
	}
	head := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		if head[i] = c.Key; preset == Excel {
			head[i] = c.Heading(q.Lang)
		}
	}
	if err := out.Write(head); err != nil {
		return err
	}
	record := make([]string, len(r.Columns))
	err := r.Rows(ctx, db, q, func(cells []any) error {
		for i, cell := range cells {
			record[i] = csvCell(cell, preset)
		}
		return out.Write(record)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func csvCell(cell any, preset Preset) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return inert(v)
	case int:
		return strconv.Itoa(v)
	case time.Time:
		if preset == Excel {
			return v.Format("02/01/2006 15:04")
		}
		return v.Format(time.RFC3339)
	default:
		return inert(fmt.Sprint(v))
	}
}

// What a spreadsheet may take for the beginning of a formula, full width included, and the mark that
// keeps it from doing so.
const formula, mark = "=+-@\t\r\n＝＋－＠", '\''

// borders are where a spreadsheet with other habits than the file's (a French one that opens commas,
// an English one that opens semicolons) may see a new cell begin.
const borders = ";,\"\t\r\n"

// inert keeps a spreadsheet from taking text for a formula: where text begins like one, at its start
// or after a border, it gets an apostrophe before it (OWASP, CSV injection). An apostrophe in such a
// place gets another. So the rule can be undone: at the start of a text and after a border, an
// apostrophe is left out and what follows it is taken as it is.
func inert(s string) string {
	var b strings.Builder
	border := true
	for _, r := range s {
		if border && (r == mark || strings.ContainsRune(formula, r)) {
			b.WriteRune(mark)
		}
		b.WriteRune(r)
		border = strings.ContainsRune(borders, r)
	}
	return b.String()
}
