package devpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// Careless makes a server quicker, whose data need not survive a crash of the machine.
func Careless() Option {
	return func(s *Server) {
		s.initdb = append(s.initdb, "--no-sync")
		for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
			Setting(name, "off")(s)
		}
	}
}

// Throwaway starts a careless server for tests, on new data in the temporary directory. It is removed when it is stopped
// or when our process ends in any way.
func Throwaway(ctx context.Context, options ...Option) (*Server, error) {
	dir, err := os.MkdirTemp("", "passerelle-pg-")
	if err != nil {
		return nil, fmt.Errorf("making a place for a throw-away postgres: %w", err)
	}
	remove, err := removeWithUs(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	// MkdirTemp closes the directory to all others; for root, postgres is one of them.
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, errors.Join(fmt.Errorf("making a place for a throw-away postgres: %w", err), remove())
	}
	s, err := Start(ctx, dir, append([]Option{
		Careless(),
		Setting("max_connections", "300"), // many packages, each with many tests at once
		Log(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))),
		func(s *Server) { s.quit = syscall.SIGQUIT },
	}, options...)...)
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	stop := s.stop
	s.stop = sync.OnceValue(func() error { return errors.Join(stop(), remove()) })
	return s, nil
}

// removeWithUs removes the directory, and ends the postgres in it, when the returned function is called or when our
// process is gone: a shell waits at the end of a pipe that only we hold open. A test binary has no place to clean up after
// its last test, and kill -9 asks nobody.
func removeWithUs(dir string) (func() error, error) {
	shell := exec.Command("/bin/sh", "-c", `
		cat >/dev/null
		pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
		tries=0
		while [ -e "$1/data/postmaster.pid" ] && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
		rm -rf "$1"`, "sh", dir)
	shell.Dir = "/"
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("seeing to the removal of %s: %w", dir, err)
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("seeing to the removal of %s: %w", dir, err)
	}
	return func() error {
		if err := errors.Join(pipe.Close(), shell.Wait()); err != nil {
			return fmt.Errorf("removing %s: %w", dir, err)
		}
		return nil
	}, nil
}
