package devpg_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"passerelle/devpg"
)

// TestMain lets the test binary play the program that runs a server, so that a test can kill it.
func TestMain(m *testing.M) {
	if part := os.Getenv("DEVPG_TEST_PART"); part != "" {
		if err := play(part); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play starts a server, says its address, and waits to be interrupted. It then still writes a last row before it stops.
func play(part string) error {
	interrupted, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	var server *devpg.Server
	var err error
	switch part {
	case "serve":
		server, err = devpg.Start(context.Background(), os.Getenv("DEVPG_TEST_DIR"), devpg.Careless())
	case "throwaway":
		server, err = devpg.Throwaway(context.Background())
	}
	if err != nil {
		return err
	}
	url := server.URL(devpg.Database)
	fmt.Println(url)
	<-interrupted.Done()
	if err := exec1(url, "insert into visits values ('last')"); err != nil {
		return err
	}
	return server.Stop()
}

// child is a test binary that plays a part.
type child struct {
	*exec.Cmd
	url string
	out *bufio.Reader
}

func start(t *testing.T, part, dir string, as *syscall.Credential) *child {
	t.Helper()
	cmd := exec.Command(readableTestBinary(t))
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "DEVPG_TEST_PART="+part, "DEVPG_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	// A group of its own, as a shell gives to what it runs in the foreground.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	c := &child{Cmd: cmd, out: bufio.NewReader(out)}
	line, err := c.out.ReadString('\n')
	if c.url = strings.TrimSpace(line); err != nil || !strings.HasPrefix(c.url, "postgres://") {
		t.Fatalf("the child says %q, %v", line, err)
	}
	return c
}

// readableTestBinary copies the test binary to where every account can run it: go test keeps it to itself. cp does it, since
// a file that we had open for writing could not be run while any other test is just starting a process.
func readableTestBinary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(place(t), "devpg.test")
	if out, err := exec.Command("cp", os.Args[0], path).CombinedOutput(); err != nil {
		t.Fatalf("copying the test binary: %v: %s", err, out)
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// place is a temporary directory that every account can enter, unlike t.TempDir.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "devpg-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustStart(t *testing.T, dir string, options ...devpg.Option) *devpg.Server {
	t.Helper()
	server, err := devpg.Start(t.Context(), dir, append(options, devpg.Careless())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustStop(t, server) })
	return server
}

func mustStop(t *testing.T, server *devpg.Server) {
	t.Helper()
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

func exec1(url, statement string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

func mustExec(t *testing.T, url, statement string) {
	t.Helper()
	if err := exec1(url, statement); err != nil {
		t.Fatal(err)
	}
}

func visits(t *testing.T, url string) string {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var names string
	if err := db.QueryRow("select string_agg(name, ' ') from visits").Scan(&names); err != nil {
		t.Fatal(err)
	}
	return names
}

func count(t *testing.T, url, query string) int {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const makeVisits = "create table visits (name text); insert into visits values ('Zoë')"

// until waits for something that happens in another process; the limit is that of go test.
func until(done func() bool) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		<-tick.C
	}
}

func TestSecondStartKeepsTheData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "new", "passerelle")
	first := mustStart(t, dir)
	mustExec(t, first.URL(devpg.Database), makeVisits)

	if _, err := devpg.Start(t.Context(), dir); !errors.Is(err, devpg.ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("a start beside a running one gives %v, want ErrInUse with the process", err)
	}
	if url, err := devpg.Running(dir, devpg.Database); err != nil || url != first.URL(devpg.Database) {
		t.Errorf("the running server is at %q, %v; want %q", url, err, first.URL(devpg.Database))
	}
	mustStop(t, first)
	if url, err := devpg.Running(dir, devpg.Database); err == nil {
		t.Errorf("a stopped server is running at %q", url)
	}

	second := mustStart(t, dir)
	if got := visits(t, second.URL(devpg.Database)); got != "Zoë" {
		t.Errorf("the second start finds %q", got)
	}
	if count(t, second.URL(devpg.Database), `select count(*) where current_setting('server_encoding') = 'UTF8' and 'Élise' < 'Zoë' collate "und-x-icu"`) != 1 {
		t.Error("the database does not hold UTF-8, or does not sort names")
	}
}

func TestPasswordIsOursAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	url := mustStart(t, dir).URL(devpg.Database)
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the password file has mode %v", info.Mode())
	}
	stranger := strings.Replace(url, ":"+passwordOf(t, url)+"@", ":guess@", 1)
	if err := exec1(stranger, "select 1"); err == nil || !strings.Contains(err.Error(), "password authentication failed") {
		t.Errorf("a wrong password gives %v", err)
	}
}

func passwordOf(t *testing.T, url string) string {
	t.Helper()
	_, rest, _ := strings.Cut(strings.TrimPrefix(url, "postgres://"), ":")
	password, _, found := strings.Cut(rest, "@")
	if !found || len(password) < 32 {
		t.Fatalf("%q holds no password of 32 characters or more", url)
	}
	return password
}

func TestKilledProgramLeavesADatabaseThatStarts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	program := start(t, "serve", dir, nil)
	mustExec(t, program.url, makeVisits)
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	program.Wait()

	// Careless data survive this too: postgres is killed or stopped, the machine is not.
	if got := visits(t, mustStart(t, dir).URL(devpg.Database)); got != "Zoë" {
		t.Errorf("after kill -9 the next start finds %q", got)
	}
}

func TestInterruptLeavesPostgresToTheProgram(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	program := start(t, "serve", dir, nil)
	mustExec(t, program.url, makeVisits)
	// What a terminal does on Ctrl-C: the signal goes to the whole group.
	if err := syscall.Kill(-program.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(program.out)
	if err := errors.Join(err, program.Wait()); err != nil {
		t.Fatalf("the interrupted program: %v: %s", err, said)
	}

	if got := visits(t, mustStart(t, dir).URL(devpg.Database)); got != "Zoë last" {
		t.Errorf("after Ctrl-C the next start finds %q", got)
	}
}

// TestOrphanIsEnded: where no Pdeathsig exists, a killed program leaves its postgres running.
func TestOrphanIsEnded(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	first := mustStart(t, dir)
	mustExec(t, first.URL(devpg.Database), makeVisits)
	mustStop(t, first)

	other, port := listen(t)
	other.Close()
	orphan := exec.Command(filepath.Join(first.Binaries().Dir, "postgres"), "-D", filepath.Join(dir, "data"),
		"-c", "listen_addresses=127.0.0.1", "-c", "port="+port, "-c", "unix_socket_directories=")
	orphan.Dir = dir
	orphan.SysProcAttr = &syscall.SysProcAttr{Credential: ownerOfData(t, dir)}
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	until(func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		return err == nil && strings.Contains(string(text), "ready") || len(ended) > 0
	})

	if got := visits(t, mustStart(t, dir).URL(devpg.Database)); got != "Zoë" {
		t.Errorf("the start after an orphan finds %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the orphan did not end in order: %v", err)
	}
}

func ownerOfData(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}

// TestRemainsOfAKilledPostgres: postmaster.pid stays, and another program may have that number by now.
func TestRemainsOfAKilledPostgres(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	first := mustStart(t, dir)
	mustExec(t, first.URL(devpg.Database), makeVisits)
	pidFile := filepath.Join(dir, "data", "postmaster.pid")
	remains, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	mustStop(t, first)

	bystander := exec.Command("cat")
	bystander.SysProcAttr = &syscall.SysProcAttr{Credential: ownerOfData(t, dir)}
	stdin, err := bystander.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(remains), "\n")
	for name, text := range map[string]string{
		"the number of another program": strconv.Itoa(bystander.Process.Pid) + "\n" + rest,
		"nothing":                       "",
	} {
		if err := os.WriteFile(pidFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if cred := ownerOfData(t, dir); cred != nil {
			if err := os.Chown(pidFile, int(cred.Uid), int(cred.Gid)); err != nil {
				t.Fatal(err)
			}
		}
		server := mustStart(t, dir)
		if got := visits(t, server.URL(devpg.Database)); got != "Zoë" {
			t.Errorf("a start on a pid file that holds %s finds %q", name, got)
		}
		mustStop(t, server)
	}
	if err := errors.Join(stdin.Close(), bystander.Wait()); err != nil {
		t.Errorf("the program with the number of the killed postgres was disturbed: %v", err)
	}
}

func TestOtherMajorVersionIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	first := mustStart(t, dir)
	mustExec(t, first.URL(devpg.Database), makeVisits)
	mustStop(t, first)
	versionFile := filepath.Join(dir, "data", "PG_VERSION")
	right, err := os.ReadFile(versionFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(versionFile, []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := devpg.Start(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "made by PostgreSQL 9 ") {
		t.Errorf("data of PostgreSQL 9 give %v", err)
	}

	if err := os.WriteFile(versionFile, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := visits(t, mustStart(t, dir).URL(devpg.Database)); got != "Zoë" {
		t.Errorf("after a refused start the data hold %q", got)
	}
}

func TestUnfinishedStartIsDoneAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	half := filepath.Join(dir, "data.init12345", "base")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	mustExec(t, mustStart(t, dir).URL(devpg.Database), makeVisits)
	if left, err := filepath.Glob(filepath.Join(dir, "data.init*")); err != nil || len(left) > 0 {
		t.Errorf("left of the unfinished start: %v, %v", left, err)
	}
}

func TestCancelledStartIsDoneAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		until(func() bool {
			begun, err := filepath.Glob(filepath.Join(dir, "data*"))
			return err == nil && len(begun) > 0
		})
		cancel()
	}()
	if _, err := devpg.Start(ctx, dir, devpg.Careless()); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled start gives %v", err)
	}
	if _, err := devpg.Start(ctx, dir, devpg.Careless()); !errors.Is(err, context.Canceled) || errors.Is(err, devpg.ErrNoBinaries) {
		t.Errorf("a start that was cancelled before it began gives %v", err)
	}
	mustExec(t, mustStart(t, dir).URL(devpg.Database), makeVisits)
}

// TestOrdinaryUser runs a server from an account that is not root, on data of its own.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	home := place(t)
	var as *syscall.Credential
	if os.Geteuid() == 0 {
		as = &syscall.Credential{Uid: 65534, Gid: 65534}
		if err := os.Chown(home, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(home, "passerelle")
	program := start(t, "serve", dir, as)
	mustExec(t, program.url, makeVisits)
	if err := program.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(program.out)
	if err := errors.Join(err, program.Wait()); err != nil {
		t.Fatalf("the program of an ordinary user: %v: %s", err, said)
	}
	again := start(t, "serve", dir, as)
	if got := visits(t, again.url); got != "Zoë last" {
		t.Errorf("an ordinary user's second start finds %q", got)
	}
}

func TestClosedDirectoryIsNamed(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(place(t), "closed")
	if err := os.Mkdir(closed, 0o000); err != nil {
		t.Fatal(err)
	}
	if _, err := devpg.Start(t.Context(), filepath.Join(closed, "passerelle")); err == nil || !strings.Contains(err.Error(), closed) {
		t.Errorf("a directory that postgres cannot enter gives %v", err)
	}
}

func listen(t *testing.T) (net.Listener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return l, port
}

func TestTakenPortIsTriedAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	mustStop(t, mustStart(t, dir))
	other, port := listen(t)
	go func() {
		until(func() bool {
			text, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
			return err == nil && strings.Contains(string(text), "could not bind")
		})
		other.Close()
	}()
	mustStart(t, dir, devpg.Setting("port", port))
	if log, err := os.ReadFile(filepath.Join(dir, "postgres.log")); err != nil || !strings.Contains(string(log), "could not bind") {
		t.Errorf("the port was never taken: %v", err)
	}
}

func TestWrongSettingIsSaid(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	_, err := devpg.Start(t.Context(), dir, devpg.Setting("max_connections", "many"))
	if err == nil || !strings.Contains(err.Error(), `"max_connections"`) {
		t.Errorf("a wrong setting gives %v", err)
	}
	mustStart(t, dir)
}

func TestNoBinaries(t *testing.T) {
	t.Setenv("PG_BIN", t.TempDir())
	if _, err := devpg.Start(t.Context(), filepath.Join(place(t), "passerelle")); !errors.Is(err, devpg.ErrNoBinaries) {
		t.Errorf("no binaries give %v", err)
	}
}

func TestThrowawayIsRemoved(t *testing.T) {
	t.Parallel()
	server, err := devpg.Throwaway(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := dirOf(t, server.URL(devpg.Database))
	mustStop(t, server)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s of a stopped throw-away server: %v", dir, err)
	}
}

func TestThrowawayGoesWithAKilledProgram(t *testing.T) {
	t.Parallel()
	program := start(t, "throwaway", "", nil)
	dir := dirOf(t, program.url)
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	program.Wait()
	until(func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, os.ErrNotExist)
	})
	if err := exec1(program.url, "select 1"); err == nil {
		t.Error("the postgres of a killed program still answers")
	}
}

// dirOf asks a server where it lives.
func dirOf(t *testing.T, url string) string {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var data string
	if err := db.QueryRow("show data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(data); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(data)
}
