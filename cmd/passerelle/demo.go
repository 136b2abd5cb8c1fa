package main

import (
	"context"

	"passerelle/accounts"
	"passerelle/fault"
	"passerelle/models"
	"passerelle/templates"
)

// demoPassword is every demonstration person's. It is no secret: the sign-in page says it.
const demoPassword = "demonstration-passerelle"

type demoPerson struct {
	name, email, profession, role string
}

func demoPeople() []demoPerson {
	return []demoPerson{
		{"Aline Apprenante", "apprenante@example.org", "nurse", models.Learner},
		{"Fadila Formatrice", "formatrice@example.org", "psychologist", models.Trainer},
		{"Colette Coordination", "coordination@example.org", "social_worker", models.Coordinator},
		{"Ada Administration", "admin@example.org", "other", models.Administrator},
	}
}

// makeDemo makes the demonstration people where they are missing, and has the sign-in page say so.
func (h *house) makeDemo(ctx context.Context) error {
	h.site.Demo = true
	for _, p := range demoPeople() {
		_, _, err := h.db.PersonByEmail(ctx, p.email)
		if fault.Is(err, fault.NotFound) {
			roles := []string{models.Learner}
			if p.role != models.Learner {
				roles = append(roles, p.role)
			}
			_, err = h.accounts.Add(ctx, accounts.Registration{
				Name: p.name, Email: p.email, Password: demoPassword, Profession: p.profession, Language: "fr",
			}, roles...)
		}
		if err != nil {
			return err
		}
		h.site.DemoPeople = append(h.site.DemoPeople, templates.DemoPerson{Role: p.role, Email: p.email, Password: demoPassword})
	}
	return nil
}
