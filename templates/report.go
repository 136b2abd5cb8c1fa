package templates

// Reports is /coordinate: what there is to take away.
type Reports struct {
	Base
	Reports []ReportCard
}

func (Reports) template() string { return "reports" }

// Heading is the page's own.
func (p Reports) Heading() string { return p.headed("reports.title") }

// A ReportCard is a report in the list.
type ReportCard struct {
	Title string // already said
	About string // already said
	URL   string // /coordinate/reports/:report
}

// Report is /coordinate/reports/:report. Its filter gets course, state, from and to.
type Report struct {
	Base // Title: the report's
	Form
	URL      string
	About    string   // already said; may be empty
	Courses  []Option // without the line for all of them, which the page has
	States   []Option // likewise
	From     string   // as typed, 2026-12-01
	To       string
	Counts   []ReportCount
	Columns  []ReportColumn
	Rows     [][]string // cells, as many as there are columns, already said
	Total    int        // rows in the whole report; the page may show fewer
	CSV      string     // address of the file for spreadsheets (BOM, ;)
	PlainCSV string     // address of the plain one
}

func (Report) template() string { return "report" }

// Summary lists what is to be mended.
func (p Report) Summary() []FieldError { return p.inOrder("course", "state", "from", "to") }

// Cells pairs the cells of a row with their columns.
func (p Report) Cells(row []string) []ReportCell {
	cells := make([]ReportCell, 0, len(row))
	for i, text := range row {
		if i < len(p.Columns) {
			cells = append(cells, ReportCell{Text: text, Head: i == 0, Column: p.Columns[i]})
		}
	}
	return cells
}

// A ReportCount is a number at the head of a report.
type ReportCount struct {
	Label string // already said
	Value string // already said
}

// A ReportColumn is a column of a report.
type ReportColumn struct {
	Key     string
	Label   string // already said
	Numeric bool
}

// A ReportCell is a cell and its column.
type ReportCell struct {
	Text   string
	Head   bool // names the row
	Column ReportColumn
}
