package templates

import "time"

// A Paper is everything that is printed on a certificate, as it was issued.
type Paper struct {
	Number      string // serial number
	Code        string // verification code, grouped as it is printed
	VerifyURL   string // full address of /verify/:code
	Holder      string
	Profession  string // may be empty
	Course      string // title
	Reference   string // of the course: its slug
	Version     int
	Objectives  []string
	Modules     []PaperModule
	Minutes     int
	EnrolledOn  time.Time // zero: not printed
	CompletedOn time.Time
	IssuedOn    time.Time
	Score       float64 // percent; below 0: none
	PassMark    int     // percent; 0: none
	Organiser   string
	Address     string // organiser's; may be empty
	Place       string // where it is signed; may be empty
	Signatory   string // may be empty
	Role        string // of the signatory; may be empty
}

// A PaperModule is a module named on a certificate.
type PaperModule struct {
	Title   string
	Minutes int
}

// HasScore reports whether a score is printed.
func (p Paper) HasScore() bool { return p.Score >= 0 }

// Certificate is /certificates/:id: the accessible twin of the paper, for its holder.
type Certificate struct {
	Base
	Paper Paper
	PDF   string // address of the PDF
}

func (Certificate) template() string { return "certificate" }

// Heading is the page's own.
func (p Certificate) Heading() string { return p.headed("certificate.title") }

// Verify is /verify: a code to type. Its form gets /verify?code=…
type Verify struct {
	Base
	Form
	Code string // as it was typed
}

func (Verify) template() string { return "verify" }

// Heading is the page's own.
func (p Verify) Heading() string { return p.headed("verify.title") }

// Summary lists what is to be mended.
func (p Verify) Summary() []FieldError { return p.inOrder("code") }

// Verified is /verify/:code: what is printed on the certificate with the code.
type Verified struct {
	Base
	Paper Paper
}

func (Verified) template() string { return "verified" }

// Heading is the page's own.
func (p Verified) Heading() string { return p.headed("verified.title") }
