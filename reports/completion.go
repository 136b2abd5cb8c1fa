package reports

import (
	"context"
	"time"

	"passerelle/models"
)

// completion is who is enrolled, how far they are, and what proves that they completed: no answers
// and no scores.
func completion() Report {
	return Report{
		Name: "completion",
		Columns: []Column{
			{Key: "name"}, {Key: "email"}, {Key: "profession"}, {Key: "course"}, {Key: "version", Numeric: true},
			{Key: "state"}, {Key: "progress", Numeric: true}, {Key: "enrolled_at"}, {Key: "last_activity_at"},
			{Key: "completed_at"}, {Key: "certificate_no"}, {Key: "issued_at"},
		},
		rows: func(ctx context.Context, db *models.DB, q Question, each func([]any) error) error {
			return db.CompletionRows(ctx, q.CompletionFilter, func(row *models.CompletionRow) error {
				profession := ""
				if row.Profession != "" {
					profession = q.Lang.T("profession." + row.Profession)
				}
				return each([]any{
					row.Name, row.Email, profession, q.Title(row.Slug), row.Version,
					q.Lang.T("report.state." + row.State), row.Progress, row.EnrolledAt.In(q.Zone), row.ActiveAt.In(q.Zone),
					moment(row.CompletedAt, q.Zone), text(row.Number), moment(row.IssuedAt, q.Zone),
				})
			})
		},
	}
}

func moment(t *time.Time, zone *time.Location) any {
	if t == nil {
		return nil
	}
	return t.In(zone)
}

func text(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}
