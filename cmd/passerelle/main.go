// Command passerelle serves the training platform and does what is done from a terminal.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = ""

type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the site. Without DATABASE_URL: with a private local Postgres, the shipped course and demonstration people."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema to the newest version."`
	Course  struct {
		Check  courseCheckCommand  `cmd:"" help:"Check a course folder: what is in it, and every fault with file and line."`
		Import courseImportCommand `cmd:"" help:"Check a course folder and publish it as a new version."`
		Export courseExportCommand `cmd:"" help:"Write a published version as a course folder."`
	} `cmd:"" help:"Check, publish and export courses."`
	User struct {
		Add userAddCommand `cmd:"" help:"Add a person."`
	} `cmd:"" help:"People."`
	Report  reportCommand  `cmd:"" help:"Print a report."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("passerelle"),
		kong.Description("Training on chemsex for health and addiction professionals."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		exit(err)
	}
	chosen, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	exit(chosen.Run())
}

// errFaulty ends a command whose own output has said what is wrong.
var errFaulty = errors.New("faulty")

func exit(err error) {
	switch {
	case err == nil:
		os.Exit(0)
	case errors.Is(err, errFaulty):
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, "passerelle: "+strings.ReplaceAll(err.Error(), "\n", "\n            "))
	os.Exit(1)
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println(versionText())
	return nil
}

func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return "dev-" + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "dev"
}
