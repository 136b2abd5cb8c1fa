package devpg

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const superuser = "passerelle"

// owner is the account that the data belong to and that postgres runs as; without a credential it is our own.
type owner struct {
	name       string
	credential *syscall.Credential
}

// ownerOf says whose the data are. Postgres refuses to run as root, so root lends it the account of whoever has the data
// already, else "postgres", else "nobody".
func ownerOf(data string) (*owner, error) {
	if os.Geteuid() != 0 {
		return &owner{}, nil
	}
	if info, err := os.Stat(data); err == nil {
		if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 0 {
			return &owner{name: fmt.Sprint("number ", stat.Uid), credential: &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, fmt.Errorf("reading the account %s: %w", name, err)
		}
		return &owner{name: name, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return nil, errors.New("postgres does not run as root, and this machine has neither an account postgres nor nobody")
}

// shutOut returns the directory on the way to path that the owner cannot enter, or nothing.
func (o *owner) shutOut(path string) string {
	if o.credential == nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for ; ; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err == nil {
			stat := info.Sys().(*syscall.Stat_t)
			enter := os.FileMode(0o001)
			switch {
			case stat.Uid == o.credential.Uid:
				enter = 0o100
			case stat.Gid == o.credential.Gid:
				enter = 0o010
			}
			if info.Mode()&enter == 0 {
				return path
			}
		}
		if path == filepath.Dir(path) {
			return ""
		}
	}
}

func (o *owner) give(path string) error {
	if o.credential == nil {
		return nil
	}
	return os.Chown(path, int(o.credential.Uid), int(o.credential.Gid))
}

// take makes the directory and locks it, so that two starts never meet on the same data.
func (s *Server) take() error {
	if _, err := os.Stat(s.dir); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(s.dir, 0o755); err != nil {
			return fmt.Errorf("making the directory for postgres: %w", err)
		}
		// Others may pass through, whatever the umask: for root, postgres is one of them. What lies in it is closed.
		if err := os.Chmod(s.dir, 0o711); err != nil {
			return fmt.Errorf("making the directory for postgres: %w", err)
		}
	}
	lock, err := os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("locking the directory for postgres: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer lock.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("locking %s: %w", s.dir, err)
		}
		holder := make([]byte, 20)
		n, _ := lock.Read(holder)
		return fmt.Errorf("%w: process %s runs its postgres in %s: stop it, or choose another directory (PASSERELLE_DATA)",
			ErrInUse, strings.TrimSpace(string(holder[:n])), s.dir)
	}
	s.lock = lock
	if err := errors.Join(lock.Truncate(0), write(lock, strconv.Itoa(os.Getpid()))); err != nil {
		lock.Close()
		return fmt.Errorf("locking %s: %w", s.dir, err)
	}
	return nil
}

// release gives the lock back by its name and not by closing alone: a child that is just being started holds a copy of the
// file for a moment.
func (s *Server) release() {
	_ = syscall.Flock(int(s.lock.Fd()), syscall.LOCK_UN)
	s.lock.Close()
}

func write(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// initialise makes the data where there are none, and learns the password. The data come into being under another name and
// are renamed last, so that a start that was interrupted leaves no half-made cluster.
func (s *Server) initialise(ctx context.Context) error {
	if shut := s.owner.shutOut(s.dir); shut != "" {
		return fmt.Errorf("postgres runs as the account %s, which cannot enter %s: choose a directory elsewhere (PASSERELLE_DATA)",
			s.owner.name, shut)
	}
	passwordPath := filepath.Join(s.dir, "password")
	if _, err := os.Stat(s.data()); err == nil {
		s.password, err = readPassword(s.dir)
		return err
	}
	random := make([]byte, 24)
	rand.Read(random)
	s.password = hex.EncodeToString(random)
	if err := os.WriteFile(passwordPath, []byte(s.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing the password of the local postgres: %w", err)
	}
	if err := s.owner.give(passwordPath); err != nil {
		return fmt.Errorf("writing the password of the local postgres: %w", err)
	}

	// An initdb of a killed start may still be writing, so the name is new every time.
	leftovers, err := filepath.Glob(filepath.Join(s.dir, "data.init*"))
	if err != nil {
		return fmt.Errorf("looking for an unfinished start: %w", err)
	}
	for _, leftover := range leftovers {
		if err := os.RemoveAll(leftover); err != nil {
			return fmt.Errorf("removing an unfinished start: %w", err)
		}
	}
	fresh, err := os.MkdirTemp(s.dir, "data.init")
	if err != nil {
		return fmt.Errorf("making the data directory of postgres: %w", err)
	}
	if err := s.owner.give(fresh); err != nil {
		return fmt.Errorf("making the data directory of postgres: %w", err)
	}
	s.log.Info("making a local postgres", "version", s.binaries.Version, "data", s.data())
	if err := s.makeCluster(ctx, fresh, passwordPath); err != nil {
		return err
	}
	create := exec.CommandContext(ctx, filepath.Join(s.binaries.Dir, "postgres"), "--single", "-D", fresh, "postgres")
	s.dress(create)
	create.Stdin = strings.NewReader("create database " + Database + "\n")
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("creating the database %s: %w: %s", Database, err, out)
	}
	if err := os.Rename(fresh, s.data()); err != nil {
		return fmt.Errorf("naming the data directory of postgres: %w", err)
	}
	return nil
}

func readPassword(dir string) (string, error) {
	password, err := os.ReadFile(filepath.Join(dir, "password"))
	if err != nil {
		return "", fmt.Errorf("reading the password of the local postgres: %w", err)
	}
	return strings.TrimSpace(string(password)), nil
}

// makeCluster prefers C.UTF-8, which not every system knows (macOS before 15); with C the texts are UTF-8 all the same and only
// upper and lower case stop at ASCII.
func (s *Server) makeCluster(ctx context.Context, data, passwordPath string) error {
	var out []byte
	var err error
	for _, locale := range []string{"C.UTF-8", "C"} {
		initdb := exec.CommandContext(ctx, filepath.Join(s.binaries.Dir, "initdb"), append([]string{
			"-D", data, "-U", superuser, "-A", "scram-sha-256", "--pwfile", passwordPath,
			"--locale=" + locale, "-E", "UTF8", "--no-instructions"}, s.initdb...)...)
		s.dress(initdb)
		if out, err = initdb.CombinedOutput(); err == nil {
			return nil
		}
		if !strings.Contains(string(out), "invalid locale name") {
			break
		}
	}
	return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
}

// endOrphan deals with what a killed start has left in postmaster.pid. We hold the lock, so a postgres that still runs on
// these data has lost its parent: it is asked to go, and waited for. A process that took over its number is left alone.
func (s *Server) endOrphan(ctx context.Context) error {
	lines := readPidFile(s.data())
	if len(lines) == 0 {
		return nil
	}
	path := filepath.Join(s.data(), "postmaster.pid")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		// Cut off while it was being written. Postgres refuses to start beside such a file, and it holds nothing.
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("clearing an empty %s: %w", path, err)
		}
		return nil
	}
	if s.runs(pid) {
		s.log.Warn("stopping the postgres that an earlier start left behind", "process", pid)
		if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping the postgres that an earlier start left behind: %w", err)
		}
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for s.runs(pid) {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-tick.C:
			}
		}
		return nil
	}
	// Postgres would refuse to start for as long as any process has that number. It looks past its own parent's, so ours is
	// written there; removing the file would also remove its check for children of the old one that still touch the data.
	lines[0] = strconv.Itoa(os.Getpid())
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return fmt.Errorf("clearing %s: %w", path, err)
	}
	return nil
}

// runs says whether the process is a postgres on our data.
func (s *Server) runs(pid int) bool {
	command := commandLine(pid)
	return strings.Contains(command, "postgres") && strings.Contains(command, s.data())
}

// readPidFile returns the lines of postmaster.pid: number of the process, data, start, port, socket, address, memory, state.
func readPidFile(data string) []string {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return nil // most often: not there
	}
	return strings.Split(string(text), "\n")
}

// portLine and stateLine are where postmaster.pid tells the port and what postgres is about.
const portLine, stateLine = 3, 7

// ready says whether the lines tell of a postgres that takes connections.
func ready(lines []string) bool {
	return len(lines) > stateLine && strings.TrimSpace(lines[stateLine]) == "ready"
}

// openLog opens the log to write at its end. A long one is put aside as .old, over the one before.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > 10<<20 {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("putting the old log of postgres aside: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log of postgres: %w", err)
	}
	return f, nil
}

// readFrom returns what a log gained since offset; what cannot be read is not said.
func readFrom(path string, offset int64) string {
	text, err := os.ReadFile(path)
	if err != nil || offset > int64(len(text)) {
		return ""
	}
	return string(text[offset:])
}
