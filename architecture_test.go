// Package passerelle holds the house to its plan.
package passerelle

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A room is a package: what of the house it may import, and why it may be there.
type room struct {
	imports []string
	why     string
}

// wings, and the ground they stand on.
var (
	ground = []string{"fault", "i18n", "migrations"}
	layers = append([]string{"models", "quiz", "templates"}, ground...)
	wings  = append([]string{"accounts", "certificates", "courses", "mail", "reports"}, layers...)
	all    = append([]string{"handlers", "learning", "devpg"}, wings...)
)

// rooms is the plan: imports run one way only. A package without a line fails.
var rooms = map[string]room{
	"fault":                   {nil, "the few ways something goes wrong; everybody may say so"},
	"i18n":                    {nil, "says a key in a language; knows nobody"},
	"migrations":              {nil, "the schema's history"},
	"quiz":                    {nil, "pure: how questions are asked and marked"},
	"models":                  {[]string{"fault"}, "the only SQL; tells a missing row and a lost database from other errors"},
	"templates":               {[]string{"i18n", "fault"}, "pages say keys, forms say faults; knows no model"},
	"courses":                 {[]string{"models", "quiz", "fault"}, "wing: the document holds questions and is kept as versions"},
	"accounts":                {[]string{"models", "templates", "i18n", "fault"}, "wing: writes the letter of welcome"},
	"certificates":            {[]string{"models", "i18n", "fault"}, "wing: the paper is in a language"},
	"reports":                 {[]string{"models", "i18n", "fault"}, "wing: headings are in a language"},
	"mail":                    {[]string{"models", "fault"}, "wing: empties the outbox"},
	"learning":                {wings, "owns mark → complete → certificate → letter → audit, above the wings"},
	"handlers":                {append([]string{"learning"}, wings...), "the site"},
	"cmd/passerelle":          {all, "starts things"},
	"devpg":                   {nil, "a local Postgres; knows nothing of the house"},
	"devpg/pgtest":            {[]string{"devpg", "migrations"}, "a fresh database per test"},
	"devpg/throwaway":         {[]string{"devpg"}, "a cluster for the length of a test run"},
	"e2e":                     {all, "people in real browsers"},
	"bench":                   {all, "ratios against bare programs"},
	"certificates/glyphs":     {nil, "faces cut down once, at build"},
	"courses/content":         {nil, "the shipped courses"},
	"templates/static":        {nil, "styles and scripts"},
	"passerelle architecture": {nil, "this file"},
}

// keepers are libraries that only some rooms know, so that each can be changed in one place.
var keepers = map[string][]string{
	"github.com/gin-gonic/gin":    {"handlers", "bench"},
	"github.com/jmoiron/sqlx":     {"models"},
	"github.com/lib/pq":           {"models", "devpg/pgtest", "bench"},
	"github.com/jung-kurt/gofpdf": {"certificates", "reports", "bench"},
}

type source struct {
	room string
	path string
	test bool
	file *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || path == "architecture_test.go" {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		list = append(list, source{filepath.ToSlash(filepath.Dir(path)), path, strings.HasSuffix(path, "_test.go"), file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("only %d files found: is this the top of the house?", len(list))
	}
	return list
}

func imports(s source) []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

func TestImportsRunOneWay(t *testing.T) {
	for _, s := range sources(t) {
		plan, ok := rooms[s.room]
		if !ok {
			t.Errorf("%s: the room %q is not in the plan", s.path, s.room)
			continue
		}
		for _, path := range imports(s) {
			name, ours := strings.CutPrefix(path, "passerelle/")
			if !ours || slices.Contains(plan.imports, name) || name == s.room {
				continue
			}
			// Tests may look at anything that stands lower, and need a database.
			if s.test && (name == "devpg/pgtest" || !slices.Contains(rooms[name].imports, s.room)) {
				continue
			}
			t.Errorf("%s: %s may not import %s (%s)", s.path, s.room, name, plan.why)
		}
	}
}

func TestLibrariesHaveKeepers(t *testing.T) {
	for _, s := range sources(t) {
		for _, path := range imports(s) {
			for library, keep := range keepers {
				if (path == library || strings.HasPrefix(path, library+"/")) && !s.test && !slices.Contains(keep, s.room) {
					t.Errorf("%s: only %v know %s", s.path, keep, library)
				}
			}
		}
	}
}

func TestNothingHappensBeforeMain(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: no init: settings are read in cmd and passed as values", s.path)
			}
		}
	}
}

func TestNoRoomsWithoutAThought(t *testing.T) {
	for _, s := range sources(t) {
		for _, word := range []string{"util", "utils", "helper", "helpers", "common", "manager", "service", "base", "misc"} {
			if filepath.Base(s.room) == word || strings.TrimSuffix(strings.TrimSuffix(filepath.Base(s.path), ".go"), "_test") == word {
				t.Errorf("%s: %q says nothing of what is in it", s.path, word)
			}
		}
	}
}

// Queries are answered with the request's own context; Gin uses its context again for the next one.
func TestGinStaysInTheDoorway(t *testing.T) {
	for _, s := range sources(t) {
		if s.room != "handlers" || s.test || filepath.Base(s.path) == "site.go" {
			continue
		}
		if slices.Contains(imports(s), "github.com/gin-gonic/gin") {
			t.Errorf("%s: pages see the visit, only site.go sees Gin", s.path)
		}
	}
}
