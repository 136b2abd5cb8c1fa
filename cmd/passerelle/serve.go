package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"passerelle/courses"
	"passerelle/mail"
)

const (
	migrationPatience = 10 * time.Minute
	// drain is how long requests under way may take once we are asked to go.
	drain = 8 * time.Second
)

type serveCommand struct {
	Demo bool `help:"Make demonstration people, also on a database given by DATABASE_URL."`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(ctx context.Context) error {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		// The heap is small beside the machine's memory: collecting it four times less often serves
		// more pages. Near the limit it is collected as often as it takes.
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(180 << 20)
	}
	return inHouse(ctx, func(h *house) error {
		if err := h.publishShipped(ctx); err != nil {
			return err
		}
		if h.local || c.Demo {
			if err := h.makeDemo(ctx); err != nil {
				return err
			}
		}
		handler, err := h.site.Handler()
		if err != nil {
			return err
		}
		listener, err := net.Listen("tcp", h.settings.Listen)
		if err != nil {
			return fmt.Errorf("PASSERELLE_LISTEN: %w", err)
		}
		server := &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       15 * time.Second,
			WriteTimeout:      30 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    64 << 10,
			ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
		}
		background, cancel := context.WithCancel(ctx)
		defer cancel()
		tasks, err := h.tasks()
		if err != nil {
			listener.Close()
			return err
		}
		done := run(background, h.db, tasks)

		h.greet(listener.Addr())
		failed := make(chan error, 1)
		go func() { failed <- server.Serve(listener) }()
		select {
		case err = <-failed:
		case <-ctx.Done():
			slog.Info("stopping")
			patience, enough := context.WithTimeout(context.WithoutCancel(ctx), drain)
			defer enough()
			err = server.Shutdown(patience)
		}
		cancel()
		<-done
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	})
}

// publishShipped publishes the courses that come with the product, where they are new or have changed.
func (h *house) publishShipped(ctx context.Context) error {
	shipped, err := courses.ShippedFolders()
	if err != nil {
		return err
	}
	for _, folder := range shipped {
		document, check := courses.ReadFolder(folder)
		if document == nil {
			return fmt.Errorf("the shipped course %s: %s", check.Slug, check.Errors[0])
		}
		number, published, err := courses.Publish(ctx, h.db, document, nil)
		if err != nil {
			return err
		}
		if published {
			slog.Info("published a shipped course", "course", document.Slug, "version", number)
		}
	}
	return nil
}

// greet tells whoever started the server where to go.
func (h *house) greet(address net.Addr) {
	fmt.Printf("\nPasserelle %s\n\n  %s\n", versionText(), h.settings.BaseURL)
	if h.settings.BaseURL != "http://"+address.String() {
		fmt.Printf("  (listening on %s)\n", address)
	}
	if len(h.site.DemoPeople) > 0 {
		fmt.Printf("\n  Demonstration people, all with the password %s:\n", demoPassword)
		for _, p := range h.site.DemoPeople {
			fmt.Printf("    %s\n", p.Email)
		}
	}
	fmt.Printf("\n  Ctrl-C stops it.\n\n")
}

// tasks are what happens by itself.
func (h *house) tasks() ([]task, error) {
	list := []task{{name: "sweep sessions", every: 10 * time.Minute, do: h.accounts.Sweep}}
	if h.settings.SMTPURL == "" {
		slog.Info("no PASSERELLE_SMTP_URL: letters wait in the outbox")
		return list, nil
	}
	post, err := mail.New(h.settings.SMTPURL, h.settings.MailFrom)
	if err != nil {
		return nil, err
	}
	deliver := func(ctx context.Context) error { return post.Deliver(ctx, h.db) }
	return append(list, task{name: "deliver letters", every: 5 * time.Second, do: deliver}), nil
}
