package pgtest_test

import (
	"database/sql"
	"os"
	"os/exec"
	"strings"
	"testing"

	"passerelle/devpg/pgtest"
	"passerelle/migrations"
)

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestDatabaseIsMigratedAndOnlyOurs(t *testing.T) {
	t.Parallel()
	amina, bram := open(t, pgtest.URL(t)), open(t, pgtest.URL(t))
	if _, err := amina.Exec("create table amina_was_here ()"); err != nil {
		t.Fatal(err)
	}
	var seen bool
	if err := bram.QueryRow("select to_regclass('amina_was_here') is not null").Scan(&seen); err != nil {
		t.Fatal(err)
	}
	if seen {
		t.Error("one test's table is in another test's database")
	}

	var applied int
	if err := bram.QueryRow("select count(distinct version_id) from goose_db_version where version_id > 0").Scan(&applied); err != nil {
		t.Fatal(err)
	}
	files, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	if applied != len(files) {
		t.Errorf("%d migrations are applied, of %d", applied, len(files))
	}
}

func TestDatabaseIsDroppedAfterTheTest(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.URL(t))
	var name string
	t.Run("a visit", func(t *testing.T) {
		if err := open(t, pgtest.URL(t)).QueryRow("select current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var stays bool
	if err := db.QueryRow("select exists (select from pg_database where datname = $1)", name).Scan(&stays); err != nil {
		t.Fatal(err)
	}
	if name == "" || stays {
		t.Errorf("the database %q of a test that has ended is still there", name)
	}
}

// TestNoPostgresIsAFailure runs a test of this package where no Postgres can be found: it must fail, not be skipped.
func TestNoPostgresIsAFailure(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDatabaseIsDroppedAfterTheTest$", "-test.v")
	cmd.Env = append(os.Environ(), "PASSERELLE_TEST_DATABASE_URL=", "PG_BIN="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the test passed without Postgres:\n%s", out)
	}
	for _, want := range []string{"--- FAIL: TestDatabaseIsDroppedAfterTheTest", "apt install postgresql"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
}
