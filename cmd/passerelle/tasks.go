package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"passerelle/models"
)

// A task is something that happens by itself, again and again. Of several instances on one database
// one does it at a time.
type task struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// run does the tasks until ctx ends; the channel is closed once all have come to rest.
func run(ctx context.Context, db *models.DB, tasks []task) <-chan struct{} {
	var group sync.WaitGroup
	for _, t := range tasks {
		group.Go(func() {
			tick := time.NewTicker(t.every)
			defer tick.Stop()
			for {
				if err := db.Alone(ctx, t.name, t.do); err != nil && ctx.Err() == nil {
					slog.Error("a task went wrong", "task", t.name, "err", err)
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	return done
}
