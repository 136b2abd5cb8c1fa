// Package pgtest gives each test a fresh Postgres database with the schema of the house.
package pgtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"testing"

	_ "github.com/lib/pq" // the driver that pgtestdb opens by its name
	"github.com/peterldowns/pgtestdb"

	"passerelle/devpg"
	"passerelle/migrations"
)

// URL returns the address of a migrated database made for this test alone, and dropped when the test has passed; close
// every connection to it before. A failed test's database stays until its server goes. Where there is no Postgres to make
// it on, the test fails.
func URL(t testing.TB) string {
	t.Helper()
	config, err := serverConfig()
	if err != nil {
		t.Fatalf("no Postgres for this test: %v", err)
	}
	return pgtestdb.Custom(t, config, schema{}).URL()
}

// serverConfig names the server that make test has started for the whole run, in PASSERELLE_TEST_DATABASE_URL, or else
// starts one for this process. One per process is what is wanted here, hence the variable of the package.
var serverConfig = sync.OnceValues(func() (pgtestdb.Config, error) {
	address := os.Getenv("PASSERELLE_TEST_DATABASE_URL")
	if address == "" {
		server, err := devpg.Throwaway(context.Background())
		if err != nil {
			return pgtestdb.Config{}, err
		}
		address = server.URL(devpg.Database)
	}
	u, err := url.Parse(address)
	if err != nil {
		return pgtestdb.Config{}, fmt.Errorf("reading PASSERELLE_TEST_DATABASE_URL: %w", err)
	}
	query := u.Query()
	if !query.Has("sslmode") {
		query.Set("sslmode", "disable")
	}
	port := u.Port()
	if port == "" {
		port = "5432"
	}
	password, _ := u.User.Password()
	return pgtestdb.Config{
		DriverName: "postgres",
		Host:       u.Hostname(),
		Port:       port,
		User:       url.PathEscape(u.User.Username()),
		Password:   url.PathEscape(password),
		Database:   u.Path[min(1, len(u.Path)):],
		Options:    query.Encode(),
	}, nil
})

// schema migrates the template that the databases are copied from.
type schema struct{}

// Hash tells one state of the migrations from another, so that an edited one gets a new template.
func (schema) Hash() (string, error) {
	hash := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", fmt.Errorf("listing the migrations: %w", err)
	}
	for _, name := range names {
		text, err := migrations.FS.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("reading a migration: %w", err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Migrate implements pgtestdb.Migrator.
func (schema) Migrate(ctx context.Context, db *sql.DB, _ pgtestdb.Config) error {
	return migrations.Up(ctx, db)
}
