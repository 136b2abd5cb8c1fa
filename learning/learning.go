// Package learning is a learner's way through a course: enrol, read, attempt, mark, complete.
//
// It owns the most valuable sequence of the house: mark, pass, complete, certificate, letter, audit.
// Whatever door that is entered by, it is one transaction.
package learning

import (
	"context"

	"passerelle/certificates"
	"passerelle/courses"
	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/models"
	"passerelle/templates"
)

// Learning is the verbs of a learner.
type Learning struct {
	db      *models.DB
	library *courses.Library
	press   *certificates.Press
	letters *templates.Set
	words   *i18n.Catalogue
	baseURL string
}

// New returns the verbs. baseURL is where certificates and letters lead, without a slash at its end.
func New(db *models.DB, library *courses.Library, press *certificates.Press, letters *templates.Set, words *i18n.Catalogue, baseURL string) *Learning {
	return &Learning{db: db, library: library, press: press, letters: letters, words: words, baseURL: baseURL}
}

// Enrol enrols a person in the newest version of a course; once is enough.
func (l *Learning) Enrol(ctx context.Context, person *models.Person, slug string) error {
	return l.db.Tx(ctx, func(tx *models.DB) error {
		version, err := tx.VersionBySlug(ctx, slug, 0)
		if err != nil {
			return err
		}
		id, created, err := tx.InsertEnrolment(ctx, person.ID, version.CourseID, version.Number)
		if err != nil || !created {
			return err
		}
		return tx.Audit(ctx, person.ID, "enrolled", models.Subject("enrolment", id), map[string]any{"version": version.Number})
	})
}

// Read notes that a person has read a lesson, and completes the course if that was the last rule.
func (l *Learning) Read(ctx context.Context, person *models.Person, slug, step string) error {
	return l.db.Tx(ctx, func(tx *models.DB) error {
		if err := tx.LockEnrolment(ctx, person.ID, slug); err != nil {
			return err
		}
		journey, err := tx.JourneyIn(ctx, person.ID, slug)
		if err != nil {
			return err
		}
		course, err := l.library.Version(ctx, tx, journey.CourseID, journey.Version)
		if err != nil {
			return err
		}
		if s := course.Step(step); s == nil || s.Lesson == nil {
			return fault.Missing()
		}
		if journey.HasRead(step) {
			return nil
		}
		if err := tx.InsertReading(ctx, journey.EnrolmentID, journey.Cycle, step); err != nil {
			return err
		}
		return l.settle(ctx, tx, person, slug)
	})
}
