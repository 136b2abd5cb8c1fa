// Package certificates is the proof that a course was completed: its number and code, its paper, its
// verification.
package certificates

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"
)

// A Snapshot is every field printed on a certificate, frozen when it is issued. Texts are plain and
// already in the certificate's language.
type Snapshot struct {
	Language  string `json:"language"`   // fr, nl or en
	Number    string `json:"number"`     // serial number, see Number
	Code      string `json:"code"`       // verification code, not grouped, see NewCode
	VerifyURL string `json:"verify_url"` // whole address, ending in the code

	Holder     string `json:"holder"`
	Profession string `json:"profession,omitempty"` // in words

	CourseTitle   string           `json:"course_title"`
	CourseSlug    string           `json:"course_slug"`
	CourseVersion int              `json:"course_version"`
	Modules       []SnapshotModule `json:"modules,omitempty"`
	Objectives    []string         `json:"objectives,omitempty"`
	Minutes       int              `json:"minutes"` // estimated, of the whole course

	Organiser SnapshotOrganiser `json:"organiser"`

	// Days are printed as they are in the zone of the press.
	EnrolledOn  time.Time `json:"enrolled_on,omitzero"`
	CompletedOn time.Time `json:"completed_on"`
	IssuedOn    time.Time `json:"issued_on"`

	Score    *float64 `json:"score,omitempty"`     // percent; nil where nothing was scored
	PassMark *int     `json:"pass_mark,omitempty"` // percent; nil where nothing had to be reached
}

// A SnapshotModule is a module of the course as the certificate names it.
type SnapshotModule struct {
	Title   string `json:"title"`
	Minutes int    `json:"minutes"` // estimated
}

// A SnapshotOrganiser answers for the course; the signatory signs in its name.
type SnapshotOrganiser struct {
	Name          string `json:"name"`
	Address       string `json:"address,omitempty"`
	Place         string `json:"place,omitempty"` // where certificates are signed
	Signatory     string `json:"signatory,omitempty"`
	SignatoryRole string `json:"signatory_role,omitempty"`
}

// check says what a snapshot lacks to be printed as evidence.
func (s *Snapshot) check() error {
	for _, must := range []struct{ field, value string }{
		{"number", s.Number}, {"verification address", s.VerifyURL}, {"holder", s.Holder},
		{"course title", s.CourseTitle}, {"organiser", s.Organiser.Name},
	} {
		if must.value == "" {
			return errors.New("snapshot without " + must.field)
		}
	}
	if code, ok := NormaliseCode(s.Code); !ok || code != s.Code {
		return errors.New("snapshot without a verification code")
	}
	// gofpdf would print today in their place, and equal snapshots would differ.
	if s.CompletedOn.IsZero() || s.IssuedOn.IsZero() {
		return errors.New("snapshot without its dates")
	}
	if s.Score != nil && (math.IsNaN(*s.Score) || *s.Score < 0 || *s.Score > 100) {
		return fmt.Errorf("snapshot with a score of %v percent", *s.Score)
	}
	return nil
}

// legible is the snapshot with every text fit for print. What must be there is there, were it only as
// the fallback.
func (s *Snapshot) legible() Snapshot {
	print := *s
	for _, field := range []*string{&print.Holder, &print.CourseTitle, &print.Organiser.Name} {
		*field = cmp.Or(legible(*field), string(fallback))
	}
	for _, field := range []*string{
		&print.Number, &print.VerifyURL, &print.Profession, &print.CourseSlug, &print.Organiser.Address,
		&print.Organiser.Place, &print.Organiser.Signatory, &print.Organiser.SignatoryRole,
	} {
		*field = legible(*field)
	}
	print.Modules, print.Objectives = nil, nil
	for _, m := range s.Modules {
		print.Modules = append(print.Modules, SnapshotModule{cmp.Or(legible(m.Title), string(fallback)), m.Minutes})
	}
	for _, o := range s.Objectives {
		if o = legible(o); o != "" {
			print.Objectives = append(print.Objectives, o)
		}
	}
	return print
}
