package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"passerelle/models"
)

// A coordinator filters on the page; the files follow the filter, and hold what the page has no room
// for.
func TestTheReportAsPageAndFiles(t *testing.T) {
	h := open(t)
	h.member("Cato", models.Coordinator)
	h.certify(h.learner("Aline"))
	bram := h.learner("Bram")
	must(t, h.learning.Read(t.Context(), bram, "accueillir", "lecon"))
	h.learner("Chloé")
	cato := h.enter("Cato")
	for filter, want := range map[string][]string{
		"": {"Aline", "Bram", "Chloé"}, "?course=accueillir": {"Aline", "Bram", "Chloé"},
		"?state=completed": {"Aline"}, "?state=under_way": {"Bram"}, "?state=not_started": {"Chloé"},
		"?from=2020-01-01&to=2020-12-31": nil, "?from=2020-01-01": {"Aline", "Bram", "Chloé"}, "?state=completed&to=2020-12-31": nil,
	} {
		page := cato.get("/coordinate/reports/completion" + filter).want(200).html()
		var names []string
		for _, row := range page.Find("tbody th").EachIter() {
			names = append(names, strings.TrimSpace(row.Text()))
		}
		if fmt.Sprint(names) != fmt.Sprint(want) {
			t.Errorf("the page with %q names %v, want %v", filter, names, want)
		}
		for _, link := range page.Find(`main a[href*="/completion/csv"]`).EachIter() {
			file := cato.get(link.AttrOr("href", "")).want(200)
			if got := strings.Count(file.body, "\n") - 1; got != len(want) {
				t.Errorf("the file %s has %d rows, want %v", link.AttrOr("href", ""), got, want)
			}
			for _, name := range want {
				if !strings.Contains(file.body, name) {
					t.Errorf("the file %s does not name %s", link.AttrOr("href", ""), name)
				}
			}
		}
	}
	day := h.db.Now().Format("2006-01-02")
	for preset, begins := range map[string]string{"csv": "name,email,", "csv-excel": "\ufeffNom;"} {
		p := cato.get("/coordinate/reports/completion/" + preset).want(200)
		if p.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(p.body, begins) ||
			p.header.Get("Content-Disposition") != `attachment; filename="completion-`+day+`.csv"` {
			t.Errorf("%s: %v\n%.200s", preset, p.header, p.body)
		}
	}
	for _, to := range []string{"/coordinate/reports/people", "/coordinate/reports/completion/xls", "/coordinate/reports/completion/", "/coordinate/reports/Completion"} {
		cato.get(to).want(http.StatusNotFound)
	}
	if n := h.count(`select count(*) from audit where action = 'report_exported' and actor = $1 and subject = 'report:completion'`, h.people["Cato"].ID); n < 10 {
		t.Errorf("%d audit lines of what was taken away", n)
	}

	h.manyLearners(600)
	page := cato.get("/coordinate/reports/completion").want(200)
	if n := page.html().Find("tbody tr").Length(); n != 500 || !strings.Contains(page.html().Find("#rows").Text(), "603") {
		t.Errorf("the page shows %d rows under %q", n, page.html().Find("#rows").Text())
	}
	if n := strings.Count(cato.get("/coordinate/reports/completion/csv").body, "\n"); n != 604 {
		t.Errorf("the file has %d lines, want 604", n)
	}
}
