// Command throwaway runs another command while a throw-away Postgres stands ready for its tests, named by
// PASSERELLE_TEST_DATABASE_URL. With -find it only says which Postgres that would be.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"passerelle/devpg"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "throwaway:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	if len(args) == 0 {
		return errors.New("say which command to run, or -find")
	}
	if args[0] == "-find" {
		found, err := devpg.Find(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("PostgreSQL %s in %s\n", found.Version, found.Dir)
		return nil
	}
	server, err := devpg.Throwaway(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()

	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "PASSERELLE_TEST_DATABASE_URL="+server.URL(devpg.Database))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return nil
}
