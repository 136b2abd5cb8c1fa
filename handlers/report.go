package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"passerelle/fault"
	"passerelle/models"
	"passerelle/reports"
	"passerelle/templates"
)

// rowsShown is how many rows of a report its page shows; the files hold all of them.
const rowsShown = 500

func (s *Site) reports(v *visit) error {
	page := templates.Reports{Base: v.base(v.lang.T("reports.title"))}
	for _, r := range reports.All() {
		page.Reports = append(page.Reports, templates.ReportCard{
			Title: v.lang.T("report." + r.Name + ".title"), About: v.lang.T("report." + r.Name + ".about"), URL: "/coordinate/reports/" + r.Name,
		})
	}
	return v.show(page)
}

// question reads the filter of a report. What cannot be read is told at its field and left out.
func (s *Site) question(v *visit, titles map[string]string) (reports.Question, error) {
	given := v.r.URL.Query()
	wrong := map[string]string{}
	q := reports.Question{Lang: v.lang, Zone: s.Zone, Title: func(slug string) string { return titles[slug] }}
	if slug := given.Get("course"); slug != "" {
		if q.Slug = slug; titles[slug] == "" {
			wrong["course"] = "report.error.course"
		}
	}
	if state := given.Get("state"); state != "" {
		if q.State = state; !slices.Contains(models.States(), state) {
			wrong["state"] = "report.error.state"
		}
	}
	for field, at := range map[string]*time.Time{"from": &q.From, "to": &q.To} {
		if typed := given.Get(field); typed != "" {
			t, err := time.ParseInLocation(time.DateOnly, typed, s.Zone)
			if err != nil || t.Year() < 2000 || t.Year() > 9000 {
				wrong[field] = "report.error.date"
				continue
			}
			*at = t
		}
	}
	if !q.To.IsZero() {
		if q.To.Before(q.From) {
			wrong["to"] = "report.error.period"
		}
		q.To = q.To.AddDate(0, 0, 1) // until the end of that day
	}
	if len(wrong) > 0 {
		return q, fault.Fields(wrong)
	}
	return q, nil
}

// titles are the courses' titles in the visitor's language, by slug.
func (s *Site) titles(v *visit) (slugs []string, titles map[string]string, err error) {
	versions, err := s.DB.LatestVersions(v.ctx)
	if err != nil {
		return nil, nil, err
	}
	titles = map[string]string{}
	for _, version := range versions {
		course, err := s.Library.Version(v.ctx, s.DB, version.CourseID, version.Number)
		if err != nil {
			return nil, nil, err
		}
		slugs = append(slugs, version.Slug)
		titles[version.Slug] = said(course, course.Title, v)
	}
	return slugs, titles, nil
}

// report shows a report as a page.
func (s *Site) report(v *visit) error {
	report, ok := reports.ByName(v.param("report"))
	if !ok {
		return fault.Missing()
	}
	slugs, titles, err := s.titles(v)
	if err != nil {
		return err
	}
	q, wrong := s.question(v, titles)
	given := v.r.URL.Query()
	page := templates.Report{
		Base: v.base(v.lang.T("report." + report.Name + ".title")), About: v.lang.T("report." + report.Name + ".about"),
		URL: "/coordinate/reports/" + report.Name, From: given.Get("from"), To: given.Get("to"),
	}
	for _, slug := range slugs {
		page.Courses = append(page.Courses, templates.Option{Value: slug, Label: titles[slug], Selected: slug == q.Slug})
	}
	for _, state := range models.States() {
		page.States = append(page.States, templates.Option{Value: state, Label: v.lang.T("report.state." + state), Selected: state == q.State})
	}
	if wrong != nil {
		page.Form = templates.FormOf(v.lang, wrong)
		return v.showAs(http.StatusUnprocessableEntity, page)
	}
	for _, c := range report.Columns {
		page.Columns = append(page.Columns, templates.ReportColumn{Key: c.Key, Label: c.Heading(v.lang), Numeric: c.Numeric})
	}
	counts := map[string]int{}
	err = report.Rows(v.ctx, s.DB, q, func(cells []any) error {
		page.Total++
		counts[stateCell(report, cells)]++
		if page.Total <= rowsShown {
			page.Rows = append(page.Rows, pageCells(v, cells))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, state := range models.States() {
		label := v.lang.T("report.state." + state)
		page.Counts = append(page.Counts, templates.ReportCount{Label: label, Value: strconv.Itoa(counts[label])})
	}
	filter := url.Values{}
	for _, field := range []string{"course", "state", "from", "to"} {
		if given.Get(field) != "" {
			filter.Set(field, given.Get(field))
		}
	}
	page.CSV = fmt.Sprintf("%s/%s?%s", page.URL, reports.Excel, filter.Encode())
	page.PlainCSV = fmt.Sprintf("%s/%s?%s", page.URL, reports.Plain, filter.Encode())
	return v.show(page)
}

// stateCell is the cell of a row in the column that says its state.
func stateCell(r reports.Report, cells []any) string {
	for i, c := range r.Columns {
		if c.Key == "state" {
			return fmt.Sprint(cells[i])
		}
	}
	return ""
}

// pageCells puts cells into words.
func pageCells(v *visit, cells []any) []string {
	said := make([]string, len(cells))
	for i, cell := range cells {
		switch c := cell.(type) {
		case nil:
			said[i] = "–"
		case time.Time:
			said[i] = c.Format("02/01/2006")
		default:
			said[i] = fmt.Sprint(c)
		}
	}
	return said
}

// reportFile writes a report as a file, as it is read.
func (s *Site) reportFile(v *visit) error {
	report, ok := reports.ByName(v.param("report"))
	preset := reports.Preset(v.param("preset"))
	if !ok || (preset != reports.Plain && preset != reports.Excel) {
		return fault.Missing()
	}
	_, titles, err := s.titles(v)
	if err != nil {
		return err
	}
	q, err := s.question(v, titles)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.csv", report.Name, s.DB.Now().In(s.Zone).Format(time.DateOnly))
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	if err := s.DB.Audit(v.ctx, v.person.ID, "report_exported", "report:"+report.Name, map[string]any{"course": q.Slug, "state": q.State}); err != nil {
		return err
	}
	return report.CSV(v.ctx, s.DB, q, preset, &patient{v.w})
}

// patient gives every write of a long file the time it needs, as long as somebody takes it.
type patient struct{ w http.ResponseWriter }

func (p *patient) Write(b []byte) (int, error) {
	http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(30 * time.Second))
	return p.w.Write(b)
}
