package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/pprof"
	"time"

	"passerelle/accounts"
	"passerelle/certificates"
	"passerelle/courses"
	"passerelle/devpg"
	"passerelle/handlers"
	"passerelle/i18n"
	"passerelle/learning"
	"passerelle/migrations"
	"passerelle/models"
	"passerelle/templates"
)

const (
	learners    = 32 // each with a connection of their own
	connections = 32 // to Postgres, as shipped
	shipped     = "chemsex-fondamentaux"
	quizStep    = "quiz-comprendre"
)

// A bench is the product and the bare program, on the same database with the same people.
type bench struct {
	server  *devpg.Server
	words   *i18n.Catalogue
	press   *certificates.Press
	course  *courses.Published
	step    *courses.Step // the lesson that is read
	quiz    *courses.Step
	people  [learners]learner
	ours    string // address of the product
	bare    string // address of the bare program
	closers []func() error
}

// A learner is signed in, enrolled, and in the middle of the quiz.
type learner struct {
	person   *models.Person
	token    string
	attempt  int64
	sequence int64 // of the last answer sent
}

func open(ctx context.Context) (_ *bench, err error) {
	b := &bench{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	// Thrown away afterwards, but as durable meanwhile as one that is kept: an answer is on the disk.
	b.server, err = devpg.Throwaway(ctx,
		devpg.Setting("fsync", "on"), devpg.Setting("full_page_writes", "on"), devpg.Setting("synchronous_commit", "on"))
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, b.server.Stop)
	db, err := models.Open(ctx, models.Options{URL: b.server.URL(devpg.Database), Connections: connections})
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, db.Close)
	if err := migrations.Up(ctx, db.SQL()); err != nil {
		return nil, err
	}
	site, err := b.furnish(db)
	if err != nil {
		return nil, err
	}
	if err := b.publish(ctx, db, site.Library); err != nil {
		return nil, err
	}
	for i := range b.people {
		if b.people[i], err = b.learner(ctx, site, i); err != nil {
			return nil, fmt.Errorf("preparing learner %d: %w", i, err)
		}
	}
	// People have just come in; what autovacuum would do about that should not fall into some round.
	if _, err := db.SQL().ExecContext(ctx, `vacuum analyze`); err != nil {
		return nil, err
	}
	return b, b.serve(ctx, site)
}

// furnish puts the rooms together, as the command does.
func (b *bench) furnish(db *models.DB) (*handlers.Site, error) {
	const base = "http://127.0.0.1"
	var err error
	if b.words, err = i18n.Load(); err != nil {
		return nil, err
	}
	if b.press, err = certificates.NewPress(time.UTC); err != nil {
		return nil, err
	}
	pages, err := templates.New(b.words)
	if err != nil {
		return nil, err
	}
	who, err := accounts.New(db, pages, b.words, base)
	if err != nil {
		return nil, err
	}
	library := courses.NewLibrary(func(lang, key string) string { return b.words.In(lang).T(key) })
	return &handlers.Site{
		DB: db, Accounts: who, Library: library, Pages: pages, Words: b.words,
		Learning: learning.New(db, library, b.press, pages, b.words, base), BaseURL: base, Zone: time.UTC,
	}, nil
}

// publish publishes the shipped course and chooses what is read: the first lesson of the quiz's module.
func (b *bench) publish(ctx context.Context, db *models.DB, library *courses.Library) error {
	folders, err := courses.ShippedFolders()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		document, check := courses.ReadFolder(folder)
		if document == nil {
			return fmt.Errorf("the shipped course %s: %v", check.Slug, check.Errors[0])
		}
		if _, _, err := courses.Publish(ctx, db, document, nil); err != nil {
			return err
		}
	}
	version, err := db.VersionBySlug(ctx, shipped, 0)
	if err != nil {
		return err
	}
	if b.course, err = library.Version(ctx, db, version.CourseID, version.Number); err != nil {
		return err
	}
	if b.quiz = b.course.Step(quizStep); b.quiz == nil || b.quiz.Quiz == nil {
		return fmt.Errorf("the course %s has no quiz %s", shipped, quizStep)
	}
	for i := range b.course.ModuleOf(quizStep).Steps {
		if step := &b.course.ModuleOf(quizStep).Steps[i]; step.Lesson != nil {
			b.step = step
			return nil
		}
	}
	return fmt.Errorf("the module of %s has no lesson", quizStep)
}

// learner makes a person who has read a lesson and begun the quiz. Nobody signs in with a password, so
// there is none.
func (b *bench) learner(ctx context.Context, site *handlers.Site, i int) (l learner, err error) {
	l.person = &models.Person{
		Email: fmt.Sprintf("aline.%d@example.org", i), Name: fmt.Sprintf("Aline Apprenante %02d", i),
		Profession: "nurse", Language: "fr", Roles: models.Strings{models.Learner},
	}
	if err := site.DB.InsertPerson(ctx, l.person, "none"); err != nil {
		return l, err
	}
	if l.token, err = site.Accounts.Begin(ctx, l.person); err != nil {
		return l, err
	}
	if err := site.Learning.Enrol(ctx, l.person, shipped); err != nil {
		return l, err
	}
	if err := site.Learning.Read(ctx, l.person, shipped, b.step.Key); err != nil {
		return l, err
	}
	l.attempt, err = site.Learning.Start(ctx, l.person, shipped, quizStep)
	return l, err
}

// serve has the product and the bare program listen, each on an address of its own.
func (b *bench) serve(ctx context.Context, site *handlers.Site) error {
	handler, err := site.Handler()
	if err != nil {
		return err
	}
	// The limits are those of the command.
	b.ours, err = b.listen(ctx, "ours", &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	})
	if err != nil {
		return err
	}
	page, err := b.fetch(ctx, b.ours)
	if err != nil {
		return err
	}
	bare, err := b.newBare(len(page))
	if err != nil {
		return err
	}
	b.bare, err = b.listen(ctx, "bare", &http.Server{Handler: bare})
	return err
}

func (b *bench) listen(ctx context.Context, side string, server *http.Server) (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	b.closers = append(b.closers, server.Close)
	// What the server starts bears the label in a profile.
	go pprof.Do(ctx, pprof.Labels("side", side), func(context.Context) {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("a server ended by itself", "side", side, "err", err)
		}
	})
	return listener.Addr().String(), nil
}

// close ends everything, last in first out.
func (b *bench) close() error {
	var failed []error
	for i := len(b.closers) - 1; i >= 0; i-- {
		failed = append(failed, b.closers[i]())
	}
	return errors.Join(failed...)
}
