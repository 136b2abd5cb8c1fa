package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"passerelle/devpg"
)

// A pgbench saves answers with Postgres's own tool: the statement alone, prepared, no HTTP, no session,
// no Go. As many clients, each of them a learner.
type pgbench struct {
	program  string
	script   string
	address  *url.URL
	sequence int64
}

func (b *bench) newPgbench(question string) (*pgbench, error) {
	p := &pgbench{program: filepath.Join(b.server.Binaries().Dir, "pgbench"), sequence: 1 << 40}
	if _, err := exec.LookPath(p.program); err != nil {
		return nil, fmt.Errorf("no pgbench beside postgres: on Debian it is in postgresql, on others in a package of contributions: %w", err)
	}
	var err error
	if p.address, err = url.Parse(b.server.URL(devpg.Database)); err != nil {
		return nil, err
	}
	// Clients are numbered from 0, learners and their attempts from the first's; people came in one by one.
	first, last := b.people[0], b.people[learners-1]
	if last.person.ID-first.person.ID != learners-1 || last.attempt-first.attempt != learners-1 {
		return nil, fmt.Errorf("learners or attempts are not numbered in a row")
	}
	statement := strings.NewReplacer(
		"$4", ":attempt", "$5", "'"+question+"'", "$6", `'{"":["`+given+`"]}'`, "$7", ":sequence", "$2", "now()",
	).Replace("with visitor as (select :person::bigint as id, now() as seen_at), " + upsertAnswer)
	script := fmt.Sprintf("\\set person %d + :client_id\n\\set attempt %d + :client_id\n\\set sequence :sequence + 1\n%s;\n",
		first.person.ID, first.attempt, strings.Join(strings.Fields(statement), " "))
	file, err := os.CreateTemp("", "passerelle-pgbench-")
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, func() error { return os.Remove(file.Name()) })
	defer file.Close()
	p.script = file.Name()
	_, err = file.WriteString(script)
	return p, err
}

var tps = regexp.MustCompile(`tps = ([0-9.]+) \(without initial`)

func (p *pgbench) work(ctx context.Context, length time.Duration) (perSecond float64, err error) {
	password, _ := p.address.User.Password()
	p.sequence += 1 << 30 // beyond all that any client has sent
	clients := strconv.Itoa(learners)
	// Its time runs while the clients still connect, which its figure leaves out: hence a second more.
	command := exec.CommandContext(ctx, p.program,
		"-h", p.address.Hostname(), "-p", p.address.Port(), "-U", p.address.User.Username(),
		"-M", "prepared", "-c", clients, "-j", "2", "-n", "-T", strconv.Itoa(int(length.Seconds())+1),
		"-D", fmt.Sprint("sequence=", p.sequence), "-f", p.script, strings.TrimPrefix(p.address.Path, "/"))
	command.Env = append(os.Environ(), "PGPASSWORD="+password)
	out, err := command.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	match := tps.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("pgbench does not say what it did: %s", out)
	}
	return strconv.ParseFloat(string(match[1]), 64)
}
