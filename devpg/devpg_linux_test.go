package devpg_test

import (
	"path/filepath"
	"testing"

	"passerelle/devpg"
)

// TestKilledProgramTakesPostgresWithIt: the kernel tells postgres, before any next start could.
func TestKilledProgramTakesPostgresWithIt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), "passerelle")
	program := start(t, "serve", dir, nil)
	mustExec(t, program.url, makeVisits)
	ended := make(chan error)
	go func() { ended <- exec1(program.url, "insert into visits values ('asleep'); select pg_sleep(86400)") }()
	until(func() bool {
		return count(t, program.url, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'") > 0
	})
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("a statement of a day ended well")
	}
	program.Wait()
	if got := visits(t, mustStart(t, dir, devpg.Careless()).URL(devpg.Database)); got != "Zoë" {
		t.Errorf("an unfinished transaction left %q", got)
	}
}
