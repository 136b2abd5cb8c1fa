package templates

import "time"

// SignIn is /sign-in. Posts email, password and next there; with Kept also kept.NAME for each field
// and kept_action, so that what was typed when a session died comes back after signing in.
type SignIn struct {
	Base
	Form
	Email      string
	Next       string      // path to go to afterwards, or ""
	Kept       []KeptField // what was typed in the form that found nobody signed in
	KeptAction string      // path the form was sent to
	DemoPeople []DemoPerson
}

func (SignIn) template() string { return "sign_in" }

// Heading is the page's own.
func (p SignIn) Heading() string { return p.headed("sign_in.title") }

// Summary lists what is to be mended.
func (p SignIn) Summary() []FieldError { return p.inOrder("email", "password") }

// A KeptField is one value of a form that is kept while its owner signs in again. A field with several
// values is several KeptFields.
type KeptField struct {
	Name  string
	Value string
}

// A DemoPerson is somebody one may sign in as in a demonstration.
type DemoPerson struct {
	Role     string // learner, trainer, coordinator or administrator
	Email    string
	Password string // the same for all
}

// Resume is shown after signing in again with kept fields: one button sends the form that was
// interrupted. Its fields have their original names.
type Resume struct {
	Base
	Action string // path the form was sent to
	Kept   []KeptField
}

func (Resume) template() string { return "resume" }

// Heading is the page's own.
func (p Resume) Heading() string { return p.headed("resume.title") }

// Register is /register. Posts name, email, password, profession and language there.
type Register struct {
	Base
	Form
	Name        string
	Email       string
	Professions []Option // profession: its options, the chosen one selected
	Language    string   // code chosen; "": the page's
	Next        string   // path to go to afterwards, or ""
}

func (Register) template() string { return "register" }

// Heading is the page's own.
func (p Register) Heading() string { return p.headed("register.title") }

// Summary lists what is to be mended.
func (p Register) Summary() []FieldError {
	return p.inOrder("name", "email", "password", "profession", "language")
}

// LanguageOptions are the choices of the language field.
func (p Register) LanguageOptions() []Option {
	chosen := p.Language
	if chosen == "" {
		chosen = p.Lang.Code
	}
	var options []Option
	for _, l := range p.Languages() {
		options = append(options, Option{Value: l.Code, Label: l.Name, Selected: l.Code == chosen})
	}
	return options
}

// People is /admin/people: who has an account, and what they may do.
type People struct {
	Base
	Form
	Query    string // what was searched for, in q
	People   []PersonLine
	Total    int    // people found in all
	Previous string // address of the page before, or ""
	Next     string // address of the page after, or ""
}

func (People) template() string { return "people" }

// Heading is the page's own.
func (p People) Heading() string { return p.headed("people.title") }

// Summary lists what is to be mended.
func (p People) Summary() []FieldError { return p.inOrder("q") }

// A PersonLine is somebody in the list. The form of the line posts role=learner&role=trainer… to
// URL + "/roles".
type PersonLine struct {
	URL           string // /admin/people/:id
	Name          string
	Email         string
	Profession    string // already said
	Since         time.Time
	Learner       bool
	Trainer       bool
	Coordinator   bool
	Administrator bool
	Self          bool // is the visitor
}

// Roles are the four roles, and whether this person holds them.
func (l PersonLine) Roles() []RoleChoice {
	return []RoleChoice{
		{"learner", l.Learner}, {"trainer", l.Trainer},
		{"coordinator", l.Coordinator}, {"administrator", l.Administrator},
	}
}

// A RoleChoice is a role one may hold.
type RoleChoice struct {
	Role string // learner, trainer, coordinator, administrator
	Held bool
}

// RoleName says a role.
func (b Base) RoleName(role string) string {
	switch role {
	case "trainer":
		return b.T("role.trainer")
	case "coordinator":
		return b.T("role.coordinator")
	case "administrator":
		return b.T("role.administrator")
	default:
		return b.T("role.learner")
	}
}
