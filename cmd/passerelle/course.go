package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"passerelle/courses"
	"passerelle/fault"
)

// readCourse reads a course folder; nothing outside it is ever read, links included.
func readCourse(dir string) (*courses.Document, *courses.Check, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the course folder: %w", err)
	}
	defer root.Close()
	document, check := courses.ReadFolder(root.FS())
	return document, check, nil
}

type courseCheckCommand struct {
	Dir  string `arg:"" help:"The course folder."`
	JSON bool   `help:"Print it for machines."`
}

func (c courseCheckCommand) Run() error {
	_, check, err := readCourse(c.Dir)
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		if err := out.Encode(check); err != nil {
			return err
		}
	} else {
		printCheck(check)
	}
	if len(check.Errors) > 0 {
		return errFaulty
	}
	return nil
}

func printCheck(check *courses.Check) {
	fmt.Printf("%s: %d modules, %d lessons, %d sources\n", check.Slug, check.Modules, check.Lessons, check.Sources)
	for _, language := range slices.Sorted(maps.Keys(check.Words)) {
		fmt.Printf("  %-18s %6d words\n", language, check.Words[language])
	}
	for _, kind := range slices.Sorted(maps.Keys(check.Questions)) {
		fmt.Printf("  %-18s %6d questions\n", kind, check.Questions[kind])
	}
	for _, p := range check.Errors {
		fmt.Printf("error    %s\n", p)
	}
	for _, p := range check.Warnings {
		fmt.Printf("warning  %s\n", p)
	}
	fmt.Printf("%d errors, %d warnings\n", len(check.Errors), len(check.Warnings))
}

type courseImportCommand struct {
	Dir    string `arg:"" help:"The course folder."`
	By     string `help:"E-mail address of the person who publishes."`
	DryRun bool   `help:"Check and say what would happen; publish nothing."`
}

func (c courseImportCommand) Run(ctx context.Context) error {
	document, check, err := readCourse(c.Dir)
	if err != nil {
		return err
	}
	printCheck(check)
	if document == nil {
		return errFaulty
	}
	return inHouse(ctx, func(h *house) error {
		var by *int64
		if c.By != "" {
			person, _, err := h.db.PersonByEmail(ctx, c.By)
			if fault.Is(err, fault.NotFound) {
				return fmt.Errorf("nobody has the address %s", c.By)
			}
			if err != nil {
				return err
			}
			by = &person.ID
		}
		if c.DryRun {
			return h.rehearse(ctx, document)
		}
		number, published, err := courses.Publish(ctx, h.db, document, by)
		if err != nil {
			return err
		}
		if !published {
			fmt.Printf("%s: nothing has changed since version %d\n", document.Slug, number)
			return nil
		}
		fmt.Printf("%s: published as version %d\n", document.Slug, number)
		return nil
	})
}

// rehearse says what publishing a document would do.
func (h *house) rehearse(ctx context.Context, document *courses.Document) error {
	encoded, err := document.Encode()
	if err != nil {
		return err
	}
	newest, err := h.db.VersionBySlug(ctx, document.Slug, 0)
	switch {
	case fault.Is(err, fault.NotFound):
		fmt.Printf("%s: would be published as version 1\n", document.Slug)
	case err != nil:
		return err
	case newest.SHA256 == courses.Sum(encoded):
		fmt.Printf("%s: nothing has changed since version %d\n", document.Slug, newest.Number)
	default:
		fmt.Printf("%s: would be published as version %d\n", document.Slug, newest.Number+1)
	}
	return nil
}

type courseExportCommand struct {
	Slug    string `arg:"" help:"The course's slug."`
	Dir     string `arg:"" help:"An empty folder, or one that does not exist yet."`
	Version int    `help:"The version; the newest where none is given."`
}

func (c courseExportCommand) Run(ctx context.Context) error {
	return inHouse(ctx, func(h *house) error {
		document, err := courses.Load(ctx, h.db, c.Slug, c.Version)
		if fault.Is(err, fault.NotFound) {
			return fmt.Errorf("there is no such course or version")
		}
		if err != nil {
			return err
		}
		if err := document.WriteFolder(c.Dir); err != nil {
			return err
		}
		fmt.Printf("%s: written to %s\n", c.Slug, c.Dir)
		return nil
	})
}
