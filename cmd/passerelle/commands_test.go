package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"passerelle/accounts"
	"passerelle/courses"
	"passerelle/devpg/pgtest"
	"passerelle/models"
)

// The test binary is the program itself where the environment says so: commands are tested as they are
// given, with their exit codes.
func TestMain(m *testing.M) {
	if os.Getenv("PASSERELLE_TEST_BE") == "passerelle" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command is the program with arguments and settings; nothing else of our environment reaches it.
func command(t *testing.T, settings map[string]string, arguments ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], arguments...)
	c.Env = []string{"PASSERELLE_TEST_BE=passerelle", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "PASSERELLE_DATA=" + t.TempDir()}
	for name, value := range settings {
		c.Env = append(c.Env, name+"="+value)
	}
	return c
}

// perform gives a command and waits for its end.
func perform(t *testing.T, c *exec.Cmd) (out, err string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	failed := c.Run()
	var exit *exec.ExitError
	if failed != nil && !errors.As(failed, &exit) {
		t.Fatal(failed)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

const accueillir = "testdata/accueillir"

func TestCourseCheck(t *testing.T) {
	t.Parallel()
	out, _, code := perform(t, command(t, nil, "course", "check", accueillir))
	for _, want := range []string{"accueillir: 1 modules, 1 lessons, 1 sources", "fr                     12 words", "en                     11 words", "single_choice           1 questions", "0 errors, 0 warnings"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if code != 0 {
		t.Errorf("exit code %d", code)
	}

	folder := filepath.Join(t.TempDir(), "accueillir")
	must(t, os.CopyFS(folder, os.DirFS(accueillir)))
	spoil := func(file, old, new string) {
		t.Helper()
		path := filepath.Join(folder, file)
		b, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Contains(b, []byte(old)) {
			t.Fatalf("%q is not in %s", old, file)
		}
		must(t, os.WriteFile(path, bytes.Replace(b, []byte(old), []byte(new), 1), 0o644))
	}
	spoil("01-accueillir/02-quiz.quiz.yaml", "pass_mark: 60", "pass_mark: 600")
	spoil("01-accueillir/01-ouvrir.fr.md", "fermées[^R1]", "fermées[^R9]")
	spoil("course.yaml", "written_on: 2026-11-22", "written_on: hier")
	out, _, code = perform(t, command(t, nil, "course", "check", folder))
	for _, want := range []string{`(?m)^error +course\.yaml:13: `, `(?m)^error +01-accueillir/01-ouvrir\.fr\.md:13: .*R9`, `(?m)^error +01-accueillir/02-quiz\.quiz\.yaml:5: `, `(?m)^[3-9] errors, `} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%s is not in:\n%s", want, out)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d of a faulty folder", code)
	}

	out, _, code = perform(t, command(t, nil, "course", "check", "--json", folder))
	var check struct {
		Slug             *string
		Modules          *int
		Lessons          *int
		Words, Questions map[string]int
		Sources          *int
		Errors, Warnings []struct {
			File    string
			Line    int
			Message string
		}
	}
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	must(t, decoder.Decode(&check))
	if code != 1 || check.Slug == nil || *check.Slug != "accueillir" || check.Modules == nil || check.Lessons == nil || check.Sources == nil || len(check.Errors) < 3 || check.Errors[0].File == "" || check.Errors[0].Message == "" || check.Words["fr"] != 12 || check.Questions["single_choice"] != 1 {
		t.Errorf("exit code %d, %s", code, out)
	}

	for _, nowhere := range []string{filepath.Join(folder, "nowhere"), filepath.Join(folder, "course.yaml")} {
		if _, said, code := perform(t, command(t, nil, "course", "check", nowhere)); code != 1 || !strings.HasPrefix(said, "passerelle: ") {
			t.Errorf("checking %s: exit code %d, %s", nowhere, code, said)
		}
	}
}

func TestCourseImportAndExport(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"DATABASE_URL": pgtest.URL(t)}
	say := func(want string, wantCode int, arguments ...string) {
		t.Helper()
		out, said, code := perform(t, command(t, settings, append([]string{"course"}, arguments...)...))
		if !strings.Contains(out+said, want) || code != wantCode {
			t.Errorf("course %s: exit code %d, want %d and %q in\n%s%s", strings.Join(arguments, " "), code, wantCode, want, out, said)
		}
	}
	folder := t.TempDir()
	say("accueillir: would be published as version 1", 0, "import", "--dry-run", accueillir)
	say("there is no such course", 1, "export", "accueillir", filepath.Join(folder, "a"))
	say("nobody has the address zoe@example.org", 1, "import", "--by", "zoe@example.org", accueillir)
	say("accueillir: published as version 1", 0, "import", accueillir)
	say("accueillir: nothing has changed since version 1", 0, "import", accueillir)
	say("written to", 0, "export", "accueillir", filepath.Join(folder, "a"))
	say("accueillir: nothing has changed since version 1", 0, "import", filepath.Join(folder, "a")) // byte for byte
	say("", 1, "export", "accueillir", filepath.Join(folder, "a"))                                  // is no longer empty
	say("there is no such course or version", 1, "export", "--version", "2", "accueillir", filepath.Join(folder, "b"))

	path := filepath.Join(folder, "a", "course.yaml")
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, bytes.Replace(b, []byte("Accueillir"), []byte("Bien accueillir"), 1), 0o644))
	say("accueillir: would be published as version 2", 0, "import", "--dry-run", filepath.Join(folder, "a"))
	must(t, os.WriteFile(path, append(b, "surprise: true\n"...), 0o644))
	say("course.yaml:", 1, "import", filepath.Join(folder, "a"))
}

func TestUserAdd(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	add := func(secret string, arguments ...string) (string, int) {
		c := command(t, map[string]string{"DATABASE_URL": address}, append([]string{"user", "add"}, arguments...)...)
		c.Stdin = strings.NewReader(secret)
		out, said, code := perform(t, c)
		return out + said, code
	}
	for _, try := range []struct {
		secret    string
		arguments []string
		code      int
		want      string
	}{
		{"un mot de passe assez long\n", []string{"--role", "trainer,administrator", "fadila@example.org", "Fadila Ó"}, 0, "Fadila Ó (fadila@example.org) is added: trainer, administrator"},
		{"un mot de passe assez long\r\n", []string{"bram@example.org", "Bram", "--language", "nl"}, 0, "is added: learner"},
		{"un mot de passe assez long", []string{"FADILA@example.org", "Encore"}, 1, "email: "},
		{"court\n", []string{"nora", ""}, 1, "password: "},
		{"", []string{"nora@example.org", "Nora"}, 1, "reading the password"},
		{"un mot de passe assez long\n", []string{"--role", "root", "nora@example.org", "Nora"}, 1, `"root" is no role`},
	} {
		if said, code := add(try.secret, try.arguments...); code != try.code || !strings.Contains(said, try.want) {
			t.Errorf("user add %q: exit code %d, %s", try.arguments, code, said)
		}
	}
	h := houseAt(t, address)
	for email, roles := range map[string][]string{"fadila@example.org": {"trainer", "administrator"}, "bram@example.org": {"learner"}} {
		_, person, err := h.accounts.SignIn(t.Context(), email, "un mot de passe assez long")
		if err != nil || !slices.Equal(person.Roles, models.Strings(roles)) {
			t.Errorf("%s signs in as %+v, %v", email, person, err)
		}
	}
}

// houseAt is the house that the program would open with the database, in this process.
func houseAt(t *testing.T, address string) *house {
	t.Helper()
	settings, err := readSettings(map[string]string{"DATABASE_URL": address})
	must(t, err)
	h := &house{settings: settings}
	h.db, err = models.Open(t.Context(), models.Options{URL: address})
	must(t, err)
	t.Cleanup(func() { h.db.Close() })
	must(t, h.furnish())
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The command prints what the page's plain file holds, byte for byte.
func TestReportPrintsWhatThePageGives(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	h := houseAt(t, address)
	document, check, err := readCourse(accueillir)
	must(t, err)
	if document == nil {
		t.Fatal(check.Errors)
	}
	_, _, err = courses.Publish(t.Context(), h.db, document, nil)
	must(t, err)
	add := func(name string, roles ...string) *models.Person {
		p, err := h.accounts.Add(t.Context(), accounts.Registration{Name: name, Email: strings.ToLower(name) + "@example.org", Password: "un mot de passe assez long", Profession: "nurse", Language: "fr"}, roles...)
		must(t, err)
		return p
	}
	for _, name := range []string{"Aline", "Émile"} {
		must(t, h.site.Learning.Enrol(t.Context(), add(name, models.Learner), "accueillir"))
	}
	must(t, h.site.Learning.Read(t.Context(), &models.Person{ID: 1, Language: "fr"}, "accueillir", "ouvrir-le-sujet"))
	token, err := h.accounts.Begin(t.Context(), add("Cato", models.Coordinator))
	must(t, err)
	site, err := h.site.Handler()
	must(t, err)
	page := func(preset, filter string) string {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/coordinate/reports/completion/"+preset+"?"+filter, nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("the page's file: status %d\n%s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	settings := map[string]string{"DATABASE_URL": address}
	for _, same := range []struct {
		preset, filter string
		lines          int
		arguments      []string
	}{
		{"csv", "", 3, nil},
		{"csv", "course=accueillir&state=under_way", 2, []string{"--course", "accueillir", "--format", "csv", "--state", "under_way"}},
		{"csv-excel", "from=2020-01-01&to=2020-12-31", 1, []string{"--format", "csv-excel", "--from", "2020-01-01", "--to", "2020-12-31"}},
	} {
		out, said, code := perform(t, command(t, settings, append([]string{"report", "completion"}, same.arguments...)...))
		if want := page(same.preset, same.filter); out != want || code != 0 || strings.Count(out, "\n") != same.lines {
			t.Errorf("report %v: exit code %d %s\n%s\nthe page gives\n%s", same.arguments, code, said, out, want)
		}
	}
	for want, arguments := range map[string][]string{
		`there is no report "people"; there are: completion`: {"people"},
		`there is no course "autre"`:                         {"completion", "--course", "autre"},
		`there is no state "parti"`:                          {"completion", "--state", "parti"},
		`"hier" is no day`:                                   {"completion", "--from", "hier"},
		`2026-01-01 is before --from`:                        {"completion", "--from", "2026-12-01", "--to", "2026-01-01"},
		`--format must be one of`:                            {"completion", "--format", "pdf"},
		`--language must be one of`:                          {"completion", "--language", "de"},
	} {
		if out, said, code := perform(t, command(t, settings, append([]string{"report"}, arguments...)...)); code == 0 || !strings.Contains(said, want) || strings.Contains(out, "name,") {
			t.Errorf("report %v: exit code %d, want %q in\n%s", arguments, code, want, said)
		}
	}
}

func TestWrongSettingsEndEveryCommand(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"DATABASE_URL": "mysql://u:geheim@localhost/x", "PASSERELLE_TIME_ZONE": "Bruxelles", "PASSERELLE_DB_CONNECTIONS": "many"}
	for _, arguments := range [][]string{{"serve"}, {"migrate"}} {
		out, said, code := perform(t, command(t, settings, arguments...))
		for _, name := range []string{"DATABASE_URL: ", "PASSERELLE_TIME_ZONE: ", "PASSERELLE_DB_CONNECTIONS: "} {
			if strings.Count(said, name) != 1 {
				t.Errorf("%v does not tell %s once:\n%s", arguments, name, said)
			}
		}
		if code != 1 || out != "" || strings.Contains(said, "geheim") {
			t.Errorf("%v: exit code %d\n%s%s", arguments, code, out, said)
		}
	}
	if _, said, code := perform(t, command(t, map[string]string{"DATABASE_URL": "postgres://u:geheim@127.0.0.1:1/x"}, "migrate")); code != 1 || !strings.Contains(said, "reaching the database") || strings.Contains(said, "geheim") {
		t.Errorf("a database that is not there: exit code %d\n%s", code, said)
	}
	if out, _, code := perform(t, command(t, nil, "version")); code != 0 || !strings.HasPrefix(out, "dev") {
		t.Errorf("version: exit code %d, %s", code, out)
	}
	if _, said, code := perform(t, command(t, nil, "dance")); code == 0 || !strings.Contains(said, "unexpected argument dance") {
		t.Errorf("an unknown command: exit code %d\n%s", code, said)
	}
}

// The program serves on a database of somebody's, publishes what it ships, ends politely when it is
// asked to, and comes back after kill -9 with everything still there.
func TestServe(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"DATABASE_URL": pgtest.URL(t), "PASSERELLE_LISTEN": "127.0.0.1:0", "PASSERELLE_BASE_URL": "http://passerelle.example"}
	for _, end := range []os.Signal{syscall.SIGKILL, syscall.SIGTERM, os.Interrupt} {
		c := command(t, settings, "serve")
		out, err := c.StdoutPipe()
		must(t, err)
		c.Stderr = io.Discard
		c.WaitDelay = time.Minute
		must(t, c.Start())
		address := listensOn(t, out)
		for to, want := range map[string]string{"/healthz": `"ok"`, "/readyz": `"ok"`, "/": "/courses/chemsex-fondamentaux"} {
			if body := get(t, "http://"+address+to); !strings.Contains(body, want) {
				t.Errorf("%s answers %s", to, body)
			}
		}
		if body := get(t, "http://"+address+"/sign-in"); strings.Contains(body, demoPassword) {
			t.Error("the demonstration's password is told where there is no demonstration")
		}
		must(t, c.Process.Signal(end))
		go io.Copy(io.Discard, out)
		if err := c.Wait(); end != syscall.SIGKILL && err != nil {
			t.Errorf("after %v: %v", end, err)
		}
	}
	h := houseAt(t, settings["DATABASE_URL"])
	versions, err := h.db.Versions(t.Context())
	must(t, err)
	if len(versions) != 1 || versions[0].Number != 1 {
		t.Errorf("three starts published %+v", versions)
	}
}

// listensOn reads the greeting up to where the program listens.
func listensOn(t *testing.T, out io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "(listening on "); ok {
			return strings.TrimSuffix(address, ")")
		}
	}
	t.Fatal("the program does not say where it listens")
	return ""
}

func get(t *testing.T, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	must(t, err)
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	return string(body)
}

// The demonstration's people are made once, whatever became of them since.
func TestDemo(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	for range 2 {
		h := houseAt(t, address)
		must(t, h.makeDemo(t.Context()))
		if len(h.site.DemoPeople) != 4 || !h.site.Demo {
			t.Errorf("the sign-in page names %v", h.site.DemoPeople)
		}
	}
	h := houseAt(t, address)
	for _, p := range demoPeople() {
		_, person, err := h.accounts.SignIn(t.Context(), p.email, demoPassword)
		if err != nil || !person.Is(p.role) {
			t.Errorf("%s signs in as %+v, %v", p.email, person, err)
		}
	}
}

// Each task runs at once and then again and again, a failure notwithstanding, until it is time to go.
func TestTasks(t *testing.T) {
	t.Parallel()
	db, err := models.Open(t.Context(), models.Options{URL: pgtest.URL(t)})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan int, 100)
	n := 0
	done := run(ctx, db, []task{{name: "count", every: time.Millisecond, do: func(context.Context) error {
		n++
		ran <- n
		return errors.New("stumbled")
	}}})
	for want := 1; want <= 3; want++ {
		if got := <-ran; got != want {
			t.Errorf("run %d, want %d", got, want)
		}
	}
	stop()
	for range done {
	}
}
