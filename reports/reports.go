// Package reports is what a coordinator takes away: named tables, each defined once and shown as a
// page or written as a file.
package reports

import (
	"context"
	"time"

	"passerelle/i18n"
	"passerelle/models"
)

// A Report is a named table. Its rows are handed over one at a time, so that no report is ever too
// long for the house.
type Report struct {
	Name    string // in addresses and on the command line
	Columns []Column
	rows    func(ctx context.Context, db *models.DB, q Question, each func([]any) error) error
}

// A Column's heading is the message "report.column." + Key; Key heads the plain CSV and never changes.
type Column struct {
	Key     string
	Numeric bool
}

// A Question is what somebody wants a report about.
type Question struct {
	models.CompletionFilter
	Title func(slug string) string // says a course's title
	Lang  *i18n.Language
	Zone  *time.Location // of the days and times in the report
}

// All lists the reports.
func All() []Report {
	return []Report{completion()}
}

// ByName finds a report.
func ByName(name string) (Report, bool) {
	for _, r := range All() {
		if r.Name == name {
			return r, true
		}
	}
	return Report{}, false
}

// Rows hands every row to each. A cell is a string, an int, a time.Time or nil.
func (r Report) Rows(ctx context.Context, db *models.DB, q Question, each func(cells []any) error) error {
	return r.rows(ctx, db, q, each)
}

// Heading says a column's heading.
func (c Column) Heading(l *i18n.Language) string { return l.T("report.column." + c.Key) }
