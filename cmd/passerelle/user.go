package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"passerelle/accounts"
	"passerelle/fault"
	"passerelle/models"
)

type userAddCommand struct {
	Email      string   `arg:"" help:"E-mail address."`
	Name       string   `arg:"" help:"Name, as it is printed on certificates."`
	Role       []string `help:"learner, trainer, coordinator or administrator; several are separated by commas." default:"learner"`
	Profession string   `help:"Key of a profession." default:"other"`
	Language   string   `help:"fr, nl or en." default:"fr"`
}

// Run reads the password from the first line of standard input, so that it stands in no history.
func (c userAddCommand) Run(ctx context.Context) error {
	for _, role := range c.Role {
		if !slices.Contains(models.Roles(), role) {
			return fmt.Errorf("%q is no role: learner, trainer, coordinator, administrator", role)
		}
	}
	fmt.Fprint(os.Stderr, "Password (at least 12 characters): ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return fmt.Errorf("reading the password from standard input: %w", err)
	}
	return inHouse(ctx, func(h *house) error {
		person, err := h.accounts.Add(ctx, accounts.Registration{
			Name: c.Name, Email: c.Email, Password: strings.TrimRight(line, "\r\n"), Profession: c.Profession, Language: c.Language,
		}, c.Role...)
		var f *fault.Error
		if errors.As(err, &f) && f.Kind == fault.Invalid {
			var wrong []error
			for field, key := range f.Fields {
				wrong = append(wrong, fmt.Errorf("%s: %s", field, h.words.In("en").T(key)))
			}
			return errors.Join(wrong...)
		}
		if err != nil {
			return err
		}
		fmt.Printf("%s (%s) is added: %s\n", person.Name, person.Email, strings.Join(person.Roles, ", "))
		return nil
	})
}
