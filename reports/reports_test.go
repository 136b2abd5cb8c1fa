package reports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/devpg/pgtest"
	"passerelle/i18n"
	"passerelle/models"
	"passerelle/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A house is a database with one course and a question about it.
type house struct {
	t  *testing.T
	db *models.DB
	q  reports.Question
}

func open(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	h := &house{t: t}
	var err error
	h.db, err = models.Open(t.Context(), models.Options{URL: pgtest.URL(t)})
	h.must(err)
	t.Cleanup(func() { h.db.Close() })
	words, err := i18n.Load()
	h.must(err)
	brussels, err := time.LoadLocation("Europe/Brussels")
	h.must(err)
	h.q = reports.Question{Lang: words.In("fr"), Zone: brussels, Title: func(slug string) string {
		return map[string]string{"accueillir": `Accueillir ; « orienter », "suivre"`}[slug]
	}}
	h.exec(`insert into courses (slug, created_at) values ('accueillir', now())`)
	h.exec(`insert into course_versions (course_id, number, sha256, document, published_at) values (1, 3, repeat('0', 64), '{}', now())`)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	_, err := h.db.SQL().ExecContext(h.t.Context(), query, args...)
	h.must(err)
}

// enrol adds a row to the report: not started, under way or, with a certificate, completed.
func (h *house) enrol(name, email, profession, state string) {
	h.t.Helper()
	h.exec(`insert into people (name, email, profession, password_hash, created_at) values ($1, $2, $3, 'x', now())`, name, email, profession)
	begun := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // half past two in Brussels, for the first time that night
	active, progress := begun, 0
	if state != models.NotStarted {
		active, progress = begun.Add(24*time.Hour), 66
	}
	h.exec(`insert into enrolments (person_id, course_id, version, progress, enrolled_at, last_activity_at) select max(id), 1, 3, $1, $2, $3 from people`, progress, begun, active)
	if state == models.Completed {
		h.exec(`insert into completions (enrolment_id, cycle, completed_at) select max(id), 1, $1 from enrolments`, active)
		h.exec(`insert into certificates (enrolment_id, cycle, person_id, number, code, snapshot, pdf, sha256, issued_at)
			select max(e.id), 1, max(e.person_id), 'PAS-2026-' || to_char(max(e.id), 'FM000000'), max(e.id)::text, '{}', '', '', $1 from enrolments e`, active)
	}
}

func (h *house) file(preset reports.Preset) string {
	h.t.Helper()
	report, ok := reports.ByName("completion")
	if !ok {
		h.t.Fatal("there is no completion report")
	}
	var b bytes.Buffer
	h.must(report.CSV(h.t.Context(), h.db, h.q, preset, &b))
	return b.String()
}

// people are called what makes files fail.
func people() []string {
	return []string{
		`=HYPERLINK("https://evil.example";"cliquez")`, `+1+1`, `-1-1`, `@SUM(A1)`, `＝1+1`, `＋1`, `－1`, `＠x`, "'apostrophe", "''deux",
		`O'Brien, Ștefan`, `Dvořák; Łukasz`, `Zoë "Zo" van den Ĳssel`, `x;=1+1`, `x,=1+1`, `x";=1+1;"y`, `x,'y`, `"=1+1"`, "Aline", "Émile\u00a0Ó", "🌉 Nora", "أمينة", `C:\temp`, ";", ",", `"`, "a;-;+",
	}
}

// undo takes away what keeps a spreadsheet from seeing a formula, as the documentation says it: at the
// start of a text and after ; , " tab or a line's end an apostrophe is left out, and what follows it is
// taken as it is.
func undo(cell string) string {
	var b strings.Builder
	border, taken := true, false
	for _, r := range cell {
		if border && !taken && r == '\'' {
			taken = true
			continue
		}
		b.WriteRune(r)
		border, taken = strings.ContainsRune(";,\"\t\r\n", r), false
	}
	return b.String()
}

// inBytes is a file with its rows in the order of their bytes: each ICU sorts names like these its own
// way.
func inBytes(file string) string {
	lines := strings.SplitAfter(file, "\n")
	slices.Sort(lines[1 : len(lines)-1])
	return strings.Join(lines, "")
}

func TestFilesAreAsTheyWere(t *testing.T) {
	h := open(t)
	states := models.States()
	for i, name := range people() {
		h.enrol(name, fmt.Sprintf("p%02d@example.org", i), []string{"nurse", "other", ""}[i%3], states[i%3])
	}
	h.exec(`update people set email = '=1+1@example.org' where name = 'Aline'`)
	for preset, golden := range map[reports.Preset]string{reports.Plain: "completion.golden.csv", reports.Excel: "completion-excel.golden.csv"} {
		got, path := h.file(preset), filepath.Join("testdata", golden)
		if *update {
			h.must(os.WriteFile(path, []byte(inBytes(got)), 0o644))
		}
		want, err := os.ReadFile(path)
		h.must(err)
		if diff := cmp.Diff(string(want), inBytes(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}

		// Read again, every value is what it was.
		text, excel := got, preset == reports.Excel
		if bom := strings.HasPrefix(text, "\ufeff"); bom != excel {
			t.Errorf("%s: a byte-order mark: %v", golden, bom)
		}
		if crlf := strings.Count(text, "\r\n"); excel && crlf != len(people())+1 || !excel && crlf != 0 || strings.Count(text, "\n") != len(people())+1 {
			t.Errorf("%s: %d lines end with CRLF, of %d", golden, crlf, strings.Count(text, "\n"))
		}
		read := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		if excel {
			read.Comma = ';'
		}
		records, err := read.ReadAll()
		h.must(err)
		names := map[string]int{}
		for _, record := range records[1:] {
			names[undo(record[0])]++
			if len(record) != len(records[0]) || undo(record[3]) != h.q.Title("accueillir") {
				t.Errorf("%s: a record %q", golden, record)
			}
		}
		for _, name := range people() {
			if names[name] != 1 {
				t.Errorf("%s: %q is there %d times", golden, name, names[name])
			}
		}
	}
}

// Whatever a text holds: no cell begins a formula, by whatever separator a spreadsheet cuts the file,
// and the text can be had back.
func TestNoTextIsAFormula(t *testing.T) {
	t.Parallel()
	const dangerous = "=+-@\t\r\n＝＋－＠"
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(strings.Split("=|+|-|@|＝|＋|－|＠|'|;|,|\"|\t|\n|\r|a|1| |(|é|🌉|\\", "|"))).Draw(t, "text"), "")
		cell := reports.Inert(text)
		if back := undo(cell); back != text {
			t.Fatalf("%q is written %q and read %q", text, cell, back)
		}
		for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";,\"\t\r\n", r) }) {
			if strings.ContainsRune(dangerous, []rune(part)[0]) {
				t.Fatalf("%q is written %q, in which %q begins a formula", text, cell, part)
			}
		}
		if cell != "" && strings.ContainsRune(dangerous, []rune(cell)[0]) {
			t.Fatalf("%q is written %q", text, cell)
		}
	})
	for _, plain := range []string{"", "Aline", "O'Brien", "Jean-Paul", "a+b@example.org", "1-2", "Dvořák, Łukasz", "« = »"} {
		if got := reports.Inert(plain); got != plain {
			t.Errorf("%q becomes %q", plain, got)
		}
	}
}

// A report is written while it is read: who stops taking it stops the reading, and nothing is kept.
func TestReportsAreWrittenAsTheyAreRead(t *testing.T) {
	h := open(t)
	const many = 20_000
	h.exec(`with these as (
			insert into people (email, name, password_hash, created_at) select 'p' || i || '@example.org', 'Somebody ' || lpad(i::text, 6, '0'), 'x', now() from generate_series(1, $1::int) i returning id
		) insert into enrolments (person_id, course_id, version, enrolled_at, last_activity_at) select id, 1, 3, now(), now() from these`, many)
	report, _ := reports.ByName("completion")

	whole := &counter{}
	h.must(report.CSV(t.Context(), h.db, h.q, reports.Plain, whole))
	if whole.lines != many+1 {
		t.Fatalf("the whole file has %d lines", whole.lines)
	}
	for range 6 { // more often than there are connections for exports: each has to be given back
		ctx, cancel := context.WithCancel(t.Context())
		gone := &counter{then: cancel}
		if err := report.CSV(ctx, h.db, h.q, reports.Plain, gone); err == nil || gone.lines > many/2 {
			t.Errorf("after its reader was gone %d lines were written (%v): it had been collected before", gone.lines, err)
		}
		full := errors.New("no room")
		if err := report.CSV(t.Context(), h.db, h.q, reports.Excel, &counter{err: full}); !errors.Is(err, full) {
			t.Errorf("the error is %v", err)
		}
	}
}

// A counter counts the lines that are written to it; then is called at the first of them.
type counter struct {
	lines int
	then  func()
	err   error
}

func (c *counter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	if c.lines += bytes.Count(b, []byte("\n")); c.then != nil {
		c.then()
	}
	return len(b), nil
}

// A file that nobody is in has its headings, and every heading its words in every language.
func TestEveryReportHasItsWords(t *testing.T) {
	h := open(t)
	words, err := i18n.Load()
	h.must(err)
	for _, report := range reports.All() {
		if found, ok := reports.ByName(report.Name); !ok || found.Name != report.Name {
			t.Errorf("the report %s is not found by its name", report.Name)
		}
		for _, code := range i18n.Codes() {
			h.q.Lang = words.In(code)
			seen := map[string]bool{}
			for _, column := range report.Columns {
				heading := column.Heading(h.q.Lang)
				if strings.HasPrefix(heading, "report.") || seen[heading] {
					t.Errorf("%s: the column %s is headed %q", code, column.Key, heading)
				}
				seen[heading] = true
			}
			for _, key := range []string{"report." + report.Name + ".title", "report." + report.Name + ".about", "report.state.completed", "report.state.under_way", "report.state.not_started"} {
				if h.q.Lang.T(key) == key {
					t.Errorf("%s has no word for %s", code, key)
				}
			}
			if file := h.file(reports.Excel); strings.Count(file, "\r\n") != 1 {
				t.Errorf("%s: a file of nobody is %q", code, file)
			}
		}
	}
	if file := h.file(reports.Plain); file != "name,email,profession,course,version,state,progress,enrolled_at,last_activity_at,completed_at,certificate_no,issued_at\n" {
		t.Errorf("the plain headings, which never change, are %q", file)
	}
	if _, ok := reports.ByName("people"); ok {
		t.Error("a report that does not exist is found")
	}
}
