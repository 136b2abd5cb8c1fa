package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"passerelle/models"
	"passerelle/reports"
)

type reportCommand struct {
	Report   string `arg:"" help:"completion"`
	Course   string `help:"Only this course (its slug)."`
	State    string `help:"Only this state: not_started, under_way or completed."`
	From     string `help:"Enrolled or completed on this day or later (2026-12-01)."`
	To       string `help:"… on this day or earlier."`
	Format   string `help:"csv (for machines) or csv-excel (for a French or Belgian Excel)." default:"csv" enum:"csv,csv-excel"`
	Language string `help:"fr, nl or en." default:"fr" enum:"fr,nl,en"`
}

func (c reportCommand) Run(ctx context.Context) error {
	report, ok := reports.ByName(c.Report)
	if !ok {
		return fmt.Errorf("there is no report %q; there are: %s", c.Report, names())
	}
	return inHouse(ctx, func(h *house) error {
		q, err := c.question(ctx, h)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		return errors.Join(report.CSV(ctx, h.db, q, reports.Preset(c.Format), out), out.Flush())
	})
}

func names() string {
	var said []string
	for _, r := range reports.All() {
		said = append(said, r.Name)
	}
	return strings.Join(said, ", ")
}

// question is the report's filter, with the titles of the courses as they are now.
func (c reportCommand) question(ctx context.Context, h *house) (reports.Question, error) {
	titles := map[string]string{}
	versions, err := h.db.LatestVersions(ctx)
	if err != nil {
		return reports.Question{}, err
	}
	for _, v := range versions {
		course, err := h.site.Library.Version(ctx, h.db, v.CourseID, v.Number)
		if err != nil {
			return reports.Question{}, err
		}
		titles[v.Slug] = course.Title.In(c.Language, course.Languages[0])
	}
	q := reports.Question{
		CompletionFilter: models.CompletionFilter{Slug: c.Course, State: c.State},
		Lang:             h.words.In(c.Language), Zone: h.settings.zone, Title: func(slug string) string { return titles[slug] },
	}
	if c.Course != "" && titles[c.Course] == "" {
		return q, fmt.Errorf("there is no course %q", c.Course)
	}
	if c.State != "" && !slices.Contains(models.States(), c.State) {
		return q, fmt.Errorf("there is no state %q: not_started, under_way, completed", c.State)
	}
	if c.From != "" {
		if q.From, err = time.ParseInLocation(time.DateOnly, c.From, q.Zone); err != nil {
			return q, fmt.Errorf("--from: %q is no day such as 2026-12-01", c.From)
		}
	}
	if c.To != "" {
		if q.To, err = time.ParseInLocation(time.DateOnly, c.To, q.Zone); err != nil {
			return q, fmt.Errorf("--to: %q is no day such as 2026-12-01", c.To)
		}
		if q.To.Before(q.From) {
			return q, fmt.Errorf("--to: %s is before --from", c.To)
		}
		q.To = q.To.AddDate(0, 0, 1) // until the end of that day
	}
	return q, nil
}
