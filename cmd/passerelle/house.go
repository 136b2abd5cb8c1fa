package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

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

// A house is everything, put together.
type house struct {
	settings *Settings
	local    bool // on a Postgres of our own
	db       *models.DB
	words    *i18n.Catalogue
	accounts *accounts.Accounts
	site     *handlers.Site
	closers  []func() error
}

// open reads the settings, reaches the database (where none is given, a local one is started, or the
// one that a running server has started is used), migrates it and puts the rooms together.
func open(ctx context.Context) (_ *house, err error) {
	settings, err := readSettings(environment())
	if err != nil {
		return nil, err
	}
	h := &house{settings: settings}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	address := settings.DatabaseURL
	if address == "" {
		h.local = true
		if address, err = h.localDatabase(ctx); err != nil {
			return nil, err
		}
	}
	if err := migrate(ctx, address); err != nil {
		return nil, err
	}
	if h.db, err = models.Open(ctx, models.Options{URL: address, Connections: settings.Connections, Unprepared: settings.Unprepared}); err != nil {
		return nil, err
	}
	h.closers = append(h.closers, h.db.Close)
	return h, h.furnish()
}

// localDatabase starts the local Postgres; where a running server holds it, it is shared.
func (h *house) localDatabase(ctx context.Context) (string, error) {
	server, err := devpg.Start(ctx, h.settings.Data)
	if errors.Is(err, devpg.ErrInUse) {
		return devpg.Running(h.settings.Data, devpg.Database)
	}
	if err != nil {
		return "", err
	}
	h.closers = append(h.closers, server.Stop)
	return server.URL(devpg.Database), nil
}

// migrate uses a connection of its own, without the limits of those that serve pages.
func migrate(ctx context.Context, address string) error {
	db, err := models.Open(ctx, models.Options{URL: address, Connections: 2, StatementTimeout: migrationPatience})
	if err != nil {
		return err
	}
	defer db.Close()
	return migrations.Up(ctx, db.SQL())
}

// furnish puts the rooms together.
func (h *house) furnish() error {
	var err error
	if h.words, err = i18n.Load(); err != nil {
		return err
	}
	pages, err := templates.New(h.words)
	if err != nil {
		return err
	}
	press, err := certificates.NewPress(h.settings.zone)
	if err != nil {
		return err
	}
	library := courses.NewLibrary(func(lang, key string) string { return h.words.In(lang).T(key) })
	base := h.settings.BaseURL
	if h.accounts, err = accounts.New(h.db, pages, h.words, base); err != nil {
		return err
	}
	h.site = &handlers.Site{
		DB: h.db, Accounts: h.accounts, Library: library, Pages: pages, Words: h.words,
		Learning: learning.New(h.db, library, press, pages, h.words, base),
		BaseURL:  base, Zone: h.settings.zone, Contact: h.settings.Contact, TrustedProxies: h.settings.proxies,
	}
	return nil
}

// close leaves the house, last in first out.
func (h *house) close() error {
	var failed []error
	for i := len(h.closers) - 1; i >= 0; i-- {
		if err := h.closers[i](); err != nil {
			failed = append(failed, err)
		}
	}
	h.closers = nil
	return errors.Join(failed...)
}

// inHouse opens the house for one command.
func inHouse(ctx context.Context, do func(*house) error) (err error) {
	h, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return do(h)
}

func environment() map[string]string {
	all := map[string]string{}
	for _, line := range os.Environ() {
		if name, value, ok := strings.Cut(line, "="); ok {
			all[name] = value
		}
	}
	return all
}

type migrateCommand struct{}

func (migrateCommand) Run(ctx context.Context) error {
	return inHouse(ctx, func(*house) error {
		fmt.Println("The schema is up to date.")
		return nil
	})
}
