package courses

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/quiz"
)

// A Fault is something that a document's author has to mend before it can be published, or, where it
// is a warning, may want to. Path leads to it from the document, in the words of course files:
// "modules[0].steps[1].quiz.questions[2].options[0].text.nl".
type Fault struct {
	Path    string
	Line    int // of the text at Path, from 1; 0: all of it
	Message string
	Warning bool

	reference bool   // what is missing may stand in another file
	other     string // path of what it is in conflict with
}

// Limits that no course in earnest comes near.
const (
	maxTitle    = 300   // characters of a title, a name
	maxPlain    = 5_000 // characters of another plain text
	maxMinutes  = 600   // of a step
	longModule  = 120   // minutes: the longest e-learning module that Belgian accreditation takes
	maxItems    = 1_000 // of any list
	maxAttempts = 100
)

// Faults checks the whole document: what is missing, what is named and not there, what cannot be
// shown. It has no clock: whether a review is overdue is not its to say.
func (d *Document) Faults() []Fault {
	c := &checker{
		d: d, markdown: newMarkdown(func(_, key string) string { return key }), places: placesOf(d),
		keys: map[string]map[string]string{}, listed: map[string]bool{}, shown: map[string]bool{},
	}
	c.course()
	for i := range d.Modules {
		c.module(fmt.Sprintf("modules[%d]", i), &d.Modules[i])
	}
	c.media()
	for i := range d.Sources {
		if !c.listed[d.Sources[i].Key] {
			c.idle(fmt.Sprintf("sources[%d]", i), "no lesson and no question lists the source %s", d.Sources[i].Key)
		}
	}
	return c.faults
}

type checker struct {
	d        *Document
	markdown *markdown
	places   *places
	faults   []Fault
	keys     map[string]map[string]string // what it is the key of → key → path
	listed   map[string]bool              // sources
	shown    map[string]bool              // media
}

func (c *checker) find(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...), Warning: true})
}

func (c *checker) miss(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...), reference: true})
}

// idle warns of what is there and not used, or not continued.
func (c *checker) idle(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...), Warning: true, reference: true})
}

// A demand is what a text has to be.
type demand struct {
	optional bool
	oneLine  bool // plain, a line, not long: titles and names
	plain    bool // no Markdown
	setting  setting

	languages []string // in which it should exist; nil: in the course's
}

func (c *checker) course() {
	d := c.d
	if d.Format != Format {
		c.find("format", "the document is of form %d, not %d", d.Format, Format)
	}
	c.key("slug", d.Slug, "course")
	if len(d.Languages) == 0 {
		c.find("languages", "missing")
	}
	for i, lang := range d.Languages {
		path := fmt.Sprintf("languages[%d]", i)
		if !languageCode.MatchString(lang) {
			c.find(path, "%q is not the code of a language, like fr", lang)
		}
		if slices.Contains(d.Languages[:i], lang) {
			c.find(path, "%s stands here twice", lang)
		}
	}
	c.text("title", d.Title, demand{oneLine: true})
	c.text("discreet_title", d.DiscreetTitle, demand{oneLine: true, optional: true})
	c.text("summary", d.Summary, demand{setting: setting{manner: blocks}})
	c.count("audience", len(d.Audience))
	for i, text := range d.Audience {
		c.text(fmt.Sprintf("audience[%d]", i), text, demand{plain: true})
	}
	c.text("prerequisites", d.Prerequisites, demand{plain: true, optional: true})
	if len(d.Objectives) == 0 {
		c.find("objectives", "missing: say what people can do afterwards")
	}
	c.objectives("objectives", d.Objectives)
	if len(d.Authors) == 0 {
		c.find("authors", "missing: say who wrote the course")
	}
	c.count("authors", len(d.Authors))
	for i := range d.Authors {
		path := fmt.Sprintf("authors[%d]", i)
		c.line(path+".name", d.Authors[i].Name, true)
		c.text(path+".role", d.Authors[i].Role, demand{oneLine: true})
	}
	c.line("organiser.name", d.Organiser.Name, true)
	c.string("organiser.address", d.Organiser.Address)
	c.line("organiser.place", d.Organiser.Place, false)
	c.line("organiser.signatory", d.Organiser.Signatory, false)
	c.text("organiser.role", d.Organiser.Role, demand{oneLine: true, optional: true})
	written, ok := c.date("written_on", d.WrittenOn, true)
	if reviewed, too := c.date("reviewed_on", d.ReviewedOn, false); ok && too && reviewed.Before(written) {
		c.find("reviewed_on", "reviewed before it was written")
	}
	c.sources()
	c.glossary()
	if len(d.Modules) == 0 {
		c.find("modules", "the course has no module: a folder named NN-name with a module.yaml in it")
	}
	c.count("modules", len(d.Modules))
}

var (
	languageCode = regexp.MustCompile(`^[a-z]{2,3}$`)
	sha256Hex    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	sourceKey    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,59}$`)
)

func (c *checker) sources() {
	c.count("sources", len(c.d.Sources))
	for i := range c.d.Sources {
		s, path := &c.d.Sources[i], fmt.Sprintf("sources[%d]", i)
		switch {
		case s.Key == "":
			c.find(path+".key", "missing")
		case !sourceKey.MatchString(s.Key):
			c.find(path+".key", "%q is not a key: use letters, digits and hyphens, a letter or digit first, at most 60 characters", s.Key)
		default:
			c.unique(path+".key", s.Key, "source")
		}
		if s.Citation == "" {
			c.find(path+".citation", "missing")
		}
		c.string(path+".citation", s.Citation)
		if s.URL != "" {
			u, err := url.Parse(s.URL)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(s.URL) > maxAddress {
				c.find(path+".url", "%q is not an address of the web (https://…)", shorten(s.URL))
			}
		}
		c.text(path+".note", s.Note, demand{plain: true, optional: true})
	}
}

func (c *checker) glossary() {
	c.count("glossary", len(c.d.Glossary))
	for i := range c.d.Glossary {
		t, path := &c.d.Glossary[i], fmt.Sprintf("glossary[%d]", i)
		c.key(path+".key", t.Key, "term")
		c.text(path+".term", t.Term, demand{oneLine: true})
		c.text(path+".definition", t.Definition, demand{})
	}
}

func (c *checker) objectives(path string, objectives []Objective) {
	c.count(path, len(objectives))
	for i := range objectives {
		below := fmt.Sprintf("%s[%d]", path, i)
		c.key(below+".key", objectives[i].Key, "objective")
		c.text(below+".text", objectives[i].Text, demand{plain: true})
	}
}

// reservedModules are words that stand where a module's key would in addresses.
var reservedModules = []string{"enrolments", "glossary", "media", "versions"}

func (c *checker) module(path string, m *Module) {
	c.key(path+".key", m.Key, "module")
	if slices.Contains(reservedModules, m.Key) {
		c.find(path+".key", "no module may have the key %q: its address is taken", m.Key)
	}
	c.text(path+".title", m.Title, demand{oneLine: true})
	c.text(path+".summary", m.Summary, demand{optional: true, setting: setting{manner: blocks}})
	c.objectives(path+".objectives", m.Objectives)
	if len(m.Steps) == 0 {
		c.find(path, "the module has neither lesson nor quiz")
	}
	c.count(path+".steps", len(m.Steps))
	if n := m.Minutes(); n > longModule {
		c.warn(path, "the module takes %d minutes; accreditation in Belgium takes e-learning modules of at most %d", n, longModule)
	}
	for i := range m.Steps {
		c.step(fmt.Sprintf("%s.steps[%d]", path, i), m, &m.Steps[i])
	}
}

func (c *checker) step(path string, m *Module, s *Step) {
	c.key(path+".key", s.Key, "step")
	switch {
	case s.Minutes == 0:
		c.find(path+".minutes", "missing: say about how many minutes it takes")
	case s.Minutes < 0 || s.Minutes > maxMinutes:
		c.find(path+".minutes", "%d is not from 1 to %d", s.Minutes, maxMinutes)
	}
	switch {
	case s.Lesson != nil && s.Quiz == nil:
		c.lesson(path, m, s)
	case s.Quiz != nil && s.Lesson == nil:
		c.text(path+".title", s.Title, demand{oneLine: true})
		c.quiz(path+".quiz", m, s.Quiz)
	default:
		c.find(path, "a step is either a lesson or a quiz")
	}
}

func (c *checker) lesson(path string, m *Module, s *Step) {
	languages := c.translations(path, s)
	c.text(path+".title", s.Title, demand{oneLine: true, languages: languages})
	l, below := s.Lesson, path+".lesson"
	for i, key := range l.Objectives {
		c.objective(fmt.Sprintf("%s.objectives[%d]", below, i), m, key)
	}
	numbers := c.list(below+".sources", l.Sources)
	reviewed, ok := c.date(below+".reviewed_on", l.ReviewedOn, true)
	if again, too := c.date(below+".review_by", l.ReviewBy, true); ok && too && !again.After(reviewed) {
		c.find(below+".review_by", "the next review has to come after the last one")
	}
	readings := c.text(below+".body", l.Body, demand{
		languages: languages, setting: setting{manner: lesson, module: m.Key, sources: numbers},
	})
	source := readings[c.sourceLanguage()]
	if source == nil {
		return
	}
	for i, key := range l.Sources {
		if source.cited[key] == 0 && numbers[key] > 0 {
			c.warn(fmt.Sprintf("%s.sources[%d]", below, i), "the source %s is listed and never cited in the text", key)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(readings)) {
		var missing []string
		for _, key := range l.Sources {
			if source.cited[key] > 0 && readings[lang].cited[key] == 0 {
				missing = append(missing, key)
			}
		}
		if len(missing) > 0 {
			c.warn(below+".body."+lang, "%s does not cite %s; %s does", lang, strings.Join(missing, ", "), c.sourceLanguage())
		}
	}
}

// translations are the languages a lesson exists in or should: those it is not translated into at all
// have one warning together, not one for each of its texts.
func (c *checker) translations(path string, s *Step) []string {
	var languages []string
	for i, lang := range c.d.Languages {
		if i > 0 && s.Title[lang] == "" && s.Lesson.Body[lang] == "" {
			c.idle(path, "not translated into %s: no file of that language has the key %s", lang, s.Key)
			continue
		}
		languages = append(languages, lang)
	}
	return languages
}

// list checks a list of sources and numbers it.
func (c *checker) list(path string, keys []string) map[string]int {
	numbers := map[string]int{}
	c.count(path, len(keys))
	for i, key := range keys {
		below := fmt.Sprintf("%s[%d]", path, i)
		if numbers[key] > 0 {
			c.find(below, "the source %s stands in the list twice", key)
			continue
		}
		numbers[key] = i + 1
		c.listed[key] = true
		if _, ok := c.keys["source"][key]; !ok {
			c.miss(below, "there is no source %q in sources.yaml", key)
		}
	}
	return numbers
}

func (c *checker) objective(path string, m *Module, key string) {
	has := func(list []Objective) bool {
		return slices.ContainsFunc(list, func(o Objective) bool { return o.Key == key })
	}
	if !has(m.Objectives) && !has(c.d.Objectives) {
		c.miss(path, "there is no objective %q in this module or the course", key)
	}
}

func (c *checker) quiz(path string, m *Module, q *Quiz) {
	switch q.Purpose {
	case Summative:
		if q.PassMark < 1 || q.PassMark > 100 {
			c.find(path+".pass_mark", "a summative quiz has a pass mark from 1 to 100 (percent)")
		}
	case Pretest, Formative:
		if q.PassMark != 0 {
			c.find(path+".pass_mark", "a %s quiz has no pass mark", q.Purpose)
		}
	default:
		c.find(path+".purpose", "%q is none of %s, %s and %s", q.Purpose, Summative, Formative, Pretest)
	}
	if q.Attempts < 0 || q.Attempts > maxAttempts {
		c.find(path+".attempts", "%d is not from 1 to %d; leave it out for as many as one likes", q.Attempts, maxAttempts)
	}
	c.text(path+".intro", q.Intro, demand{optional: true, setting: setting{manner: blocks}})
	if len(q.Questions) == 0 {
		c.find(path+".questions", "the quiz has no question")
	}
	c.count(path+".questions", len(q.Questions))
	for i := range q.Questions {
		c.question(fmt.Sprintf("%s.questions[%d]", path, i), m, &q.Questions[i])
	}
}

func (c *checker) question(path string, m *Module, q *quiz.Question) {
	for _, f := range quiz.Check(q, c.d.Languages) {
		c.faults = append(c.faults, Fault{Path: path + "." + f.Path, Message: f.Message, Warning: f.Warning})
	}
	c.unique(path+".key", q.Key, "question")
	if q.Objective != "" {
		c.objective(path+".objective", m, q.Objective)
	}
	c.list(path+".sources", q.Sources)
	for below, text := range q.Texts() {
		c.content(path+"."+below, text, demand{})
	}
}

func (c *checker) media() {
	c.count("media", len(c.d.Media))
	all, folded := 0, map[string]string{}
	for i := range c.d.Media {
		m, path := &c.d.Media[i], fmt.Sprintf("media[%d]", i)
		module, file, _ := strings.Cut(m.Name, "/")
		ofModule := slices.ContainsFunc(c.d.Modules, func(m Module) bool { return m.Key == module })
		if !ofModule || !mediaFile.MatchString(file) {
			c.find(path, "%q is not the key of a module, a slash and a file name of letters, digits, dots, hyphens and underscores", m.Name)
		}
		if i > 0 && m.Name <= c.d.Media[i-1].Name {
			c.find(path, "media are not sorted by name")
		}
		if other, seen := folded[strings.ToLower(m.Name)]; seen {
			c.find(path, "%s and %s differ in nothing but small and capital letters", other, m.Name)
		}
		folded[strings.ToLower(m.Name)] = m.Name
		if all += len(m.Bytes); all > maxAllMedia && all-len(m.Bytes) <= maxAllMedia {
			c.find(path, "all media together have more than %d bytes", maxAllMedia)
		}
		if !slices.Contains(slices.Collect(maps.Values(mediaTypes)), m.Type) || !sha256Hex.MatchString(m.SHA256) {
			c.find(path, "%s has no known type, or no SHA-256", m.Name)
		}
		if m.Bytes != nil { // a document out of the database comes without
			c.figure(path, m)
		}
		if !c.shown[m.Name] {
			c.idle(path, "no lesson shows this figure")
		}
	}
}

func (c *checker) figure(path string, m *Media) {
	kind, width, height, f := inspect(m.Name, m.Bytes)
	switch {
	case f != nil:
		c.faults = append(c.faults, Fault{Path: path, Line: f.line, Message: f.message})
	case kind != m.Type || width != m.Width || height != m.Height || Sum(m.Bytes) != m.SHA256:
		c.find(path, "what is said of %s is not what it holds", m.Name)
	}
}

// key checks a key and that nothing else of its sort has it.
func (c *checker) key(path, key, what string) {
	switch {
	case key == "":
		c.find(path, "missing")
	case !quiz.ValidKey(key):
		c.find(path, "%q is not a key: use small letters, digits and hyphens, a letter or digit first, at most 60 characters", shorten(key))
	default:
		c.unique(path, key, what)
	}
}

func (c *checker) unique(path, key, what string) {
	if key == "" {
		return
	}
	if c.keys[what] == nil {
		c.keys[what] = map[string]string{}
	}
	if other, taken := c.keys[what][key]; taken {
		c.faults = append(c.faults, Fault{Path: path, other: other, Message: fmt.Sprintf("another %s of the course has the key %q", what, key)})
		return
	}
	c.keys[what][key] = path
}

func (c *checker) count(path string, n int) {
	if n > maxItems {
		c.find(path, "%d items; at most %d are allowed", n, maxItems)
	}
}

func (c *checker) date(path, s string, wanted bool) (time.Time, bool) {
	if s == "" {
		if wanted {
			c.find(path, "missing")
		}
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		c.find(path, "%q is not a day of the calendar written YYYY-MM-DD", shorten(s))
	}
	return day, err == nil
}

func (c *checker) sourceLanguage() string {
	if len(c.d.Languages) == 0 {
		return ""
	}
	return c.d.Languages[0]
}

// text checks a text in all its languages and returns how its Markdown was read in each.
func (c *checker) text(path string, t Text, want demand) map[string]*reading {
	if len(t) == 0 {
		if !want.optional {
			c.find(path, "missing")
		}
		return nil
	}
	if want.languages == nil {
		want.languages = c.d.Languages
	}
	for _, f := range quiz.CheckText(path, t, want.languages) {
		c.faults = append(c.faults, Fault{Path: f.Path, Message: f.Message, Warning: f.Warning})
	}
	return c.content(path, t, want)
}

// content checks what a text holds.
func (c *checker) content(path string, t Text, want demand) map[string]*reading {
	readings := map[string]*reading{}
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		s, below := t[lang], path+"."+lang
		if s == "" {
			c.find(below, "an empty text has to be left out")
			continue
		}
		switch {
		case want.oneLine:
			c.line(below, s, true)
		case want.plain:
			c.string(below, s)
		case c.storable(below, s):
			at := want.setting
			at.places, at.lang = c.places, lang
			readings[lang] = c.markdown.read(s, &at)
		}
		if r := readings[lang]; r != nil {
			for _, f := range r.findings {
				c.faults = append(c.faults, Fault{Path: below, Line: f.line, Message: f.message, Warning: f.warning, reference: f.reference})
			}
			for name := range r.shown {
				c.shown[name] = true
			}
		}
	}
	return readings
}

// line checks a plain text of one line.
func (c *checker) line(path, s string, wanted bool) {
	switch {
	case s == "":
		if wanted {
			c.find(path, "missing")
		}
	case !c.storable(path, s):
	case strings.ContainsAny(s, "\n\v\f\u0085\u2028\u2029"):
		c.find(path, "has to be one line")
	case strings.TrimSpace(s) == "":
		c.find(path, "is blank")
	case utf8.RuneCountInString(s) > maxTitle:
		c.find(path, "has %d characters; at most %d are allowed", utf8.RuneCountInString(s), maxTitle)
	}
}

// string checks a plain text.
func (c *checker) string(path, s string) {
	if c.storable(path, s) && utf8.RuneCountInString(s) > maxPlain {
		c.find(path, "has %d characters; at most %d are allowed", utf8.RuneCountInString(s), maxPlain)
	}
}

// storable reports whether a text survives being written to a file or a database and read again.
func (c *checker) storable(path, s string) bool {
	message := cmp.Or(
		when(!utf8.ValidString(s), "is not UTF-8"),
		when(strings.ContainsAny(s, "\x00\r"), "holds a NUL or a carriage return"),
		when(strings.HasPrefix(s, "\n") || strings.HasSuffix(s, "\n"), "begins or ends with an empty line"),
	)
	if message != "" {
		c.find(path, "%s", message)
	}
	return message == ""
}

func when(is bool, message string) string {
	if is {
		return message
	}
	return ""
}
