// Package devpg runs a private local Postgres for whoever gave no DATABASE_URL, keeps its data from one start to the
// next, and leaves behind a database that starts again, however it was ended.
package devpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Database is the database that every new cluster holds, beside Postgres's own.
const Database = "passerelle"

// ErrInUse says that another running process holds the directory.
var ErrInUse = errors.New("the directory is in use")

// Server is a running local Postgres. It belongs to the process that started it and ends with it.
type Server struct {
	dir      string
	settings []string
	initdb   []string // further arguments of initdb
	log      *slog.Logger

	lock     *os.File // held while the server is ours; the kernel gives it back when we are killed
	owner    *owner
	binaries Binaries
	password string
	port     int
	quit     syscall.Signal // what asks postgres to go

	process  *os.Process
	exited   chan struct{}
	exit     error // read after exited is closed
	stopping atomic.Bool
	stop     func() error
}

// Option changes how a server is started.
type Option func(*Server)

// Setting gives postgres one setting, such as Setting("max_connections", "200"); a later one wins.
func Setting(name, value string) Option {
	return func(s *Server) { s.settings = append(s.settings, "-c", name+"="+value) }
}

// Log says where the server tells what it does; slog.Default() otherwise.
func Log(log *slog.Logger) Option {
	return func(s *Server) { s.log = log }
}

// DefaultDir is where the data are kept when nobody says otherwise. For root that is under /var/lib: postgres refuses to
// run as root, and the account it runs as cannot enter root's home.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/passerelle", nil
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "passerelle"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("choosing a data directory: %w", err)
	}
	return filepath.Join(home, ".local", "share", "passerelle"), nil
}

// Start starts Postgres on the data in dir, which it makes where there are none, and returns once it answers. The context
// bounds the start alone, not the server's life: a recovery after a crash takes the time it takes.
func Start(ctx context.Context, dir string, options ...Option) (_ *Server, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("starting postgres: %w", err)
	}
	s := &Server{dir: dir, log: slog.Default(), quit: syscall.SIGINT}
	for _, option := range options {
		option(s)
	}
	s.stop = sync.OnceValue(s.shutdown)
	if err := s.take(); err != nil {
		return nil, err
	}
	defer func() {
		if err == nil {
			return
		}
		s.release()
		// Whatever a cancelled program said last is not what went wrong.
		if cause := context.Cause(ctx); cause != nil {
			err = fmt.Errorf("starting postgres: %w", cause)
		}
	}()
	if s.owner, err = ownerOf(s.data()); err != nil {
		return nil, err
	}
	if s.binaries, err = s.chooseBinaries(ctx); err != nil {
		return nil, err
	}
	if err := s.initialise(ctx); err != nil {
		return nil, err
	}
	if err := s.endOrphan(ctx); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	s.log.Info("local postgres is ready", "version", s.binaries.Version, "port", s.port, "data", s.data(), "binaries", s.binaries.Dir)
	return s, nil
}

// URL is the address of a database of this server, password included, in the form lib/pq takes.
func (s *Server) URL(database string) string {
	return address(strconv.Itoa(s.port), s.password, database)
}

// Running is the address of a database of the server that another process runs on the data in dir: where Start says
// ErrInUse, a command beside the site may still ask its database.
func Running(dir, database string) (string, error) {
	password, err := readPassword(dir)
	if err != nil {
		return "", err
	}
	lines := readPidFile(filepath.Join(dir, "data"))
	if !ready(lines) {
		return "", fmt.Errorf("the postgres in %s is starting or stopping: try again in a moment", dir)
	}
	return address(lines[portLine], password, database), nil
}

func address(port, password, database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, password),
		Host:     net.JoinHostPort("127.0.0.1", port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Binaries says which Postgres runs, for those who want pg_dump or pgbench beside it.
func (s *Server) Binaries() Binaries { return s.binaries }

// Stop ends the server and waits until it is gone. Open transactions are rolled back. A second call changes nothing.
func (s *Server) Stop() error { return s.stop() }

func (s *Server) shutdown() error {
	defer s.release()
	s.stopping.Store(true)
	for _, end := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{s.quit, 30 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}} {
		// A process that went by itself refuses the signal; exited tells.
		_ = s.process.Signal(end.signal)
		select {
		case <-s.exited:
			return nil
		case <-time.After(end.patient):
			s.log.Warn("local postgres is slow to stop", "signal", end.signal.String())
		}
	}
	return fmt.Errorf("stopping postgres: process %d does not go", s.process.Pid)
}

func (s *Server) data() string    { return filepath.Join(s.dir, "data") }
func (s *Server) logPath() string { return filepath.Join(s.dir, "postgres.log") }

// run starts postgres and waits until it answers. It begins again where another program took the port between our choosing
// it and postgres listening on it, and where the last children of a postgres that was killed have not gone yet.
func (s *Server) run(ctx context.Context) error {
	for try := 1; ; try++ {
		err := s.launch(ctx)
		var early *earlyExit
		if err == nil || try == 20 || !errors.As(err, &early) || !early.passing() {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (s *Server) launch(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	log, err := openLog(s.logPath())
	if err != nil {
		return err
	}
	defer log.Close()
	begin, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("reading the log of postgres: %w", err)
	}
	cmd := exec.Command(filepath.Join(s.binaries.Dir, "postgres"), append([]string{
		"-D", s.data(),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "port=" + strconv.Itoa(port),
		"-c", "unix_socket_directories=",
	}, s.settings...)...)
	s.dress(cmd)
	cmd.Stdout, cmd.Stderr = log, log
	endWithParent(cmd.SysProcAttr, s.quit)
	s.port = port
	if err := s.spawn(cmd); err != nil {
		return fmt.Errorf("starting postgres: %w", err)
	}
	if err := s.awaitReady(ctx); err != nil {
		if ctx.Err() != nil {
			_ = s.process.Signal(syscall.SIGQUIT)
			<-s.exited
			return err
		}
		return &earlyExit{log: s.logPath(), said: readFrom(s.logPath(), begin)}
	}
	go func() {
		<-s.exited
		if !s.stopping.Load() {
			s.log.Error("local postgres ended by itself", "log", s.logPath(), "error", s.exit)
		}
	}()
	return nil
}

// dress makes a command run as the owner of the data, in the directory, and in a process group of its own: Ctrl-C at a
// terminal goes to the whole foreground group, and the application must be able to finish its work before postgres goes.
func (s *Server) dress(cmd *exec.Cmd) {
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.owner.credential}
	for _, entry := range os.Environ() {
		// What is set for a client (PGPORT …) or for a person's language must not steer the server.
		if !strings.HasPrefix(entry, "PG") && !strings.HasPrefix(entry, "LC_") && !strings.HasPrefix(entry, "LANG") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	cmd.WaitDelay = 5 * time.Second
}

// spawn starts a process and waits for its end on one locked thread: Linux sends Pdeathsig when the thread that started
// the child ends, so that thread must live as long as the child does.
func (s *Server) spawn(cmd *exec.Cmd) error {
	started := make(chan error)
	s.exited = make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		s.process = cmd.Process
		started <- err
		if err == nil {
			s.exit = cmd.Wait()
			close(s.exited)
		}
	}()
	return <-started
}

var errEnded = errors.New("postgres ended before it was ready")

// awaitReady waits until postgres itself writes that it takes connections; a port that accepts one says less: postgres
// listens before it has recovered.
func (s *Server) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if lines := readPidFile(s.data()); ready(lines) && lines[0] == strconv.Itoa(s.process.Pid) {
			return nil
		}
		select {
		case <-s.exited:
			return errEnded
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("choosing a port for postgres: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// earlyExit is a postgres that ended before it was ready, and what it said.
type earlyExit struct{ log, said string }

func (e *earlyExit) passing() bool {
	return strings.Contains(e.said, "could not bind") || strings.Contains(e.said, "shared memory block")
}

func (e *earlyExit) Error() string {
	reason := "it says nothing"
	for line := range strings.Lines(e.said) {
		if _, fatal, found := strings.Cut(line, "FATAL:"); found {
			reason = strings.TrimSpace(fatal)
		}
	}
	return fmt.Sprintf("starting postgres: %s (more in %s)", reason, e.log)
}
