package e2e

import (
	"slices"
	"strings"
	"testing"

	"passerelle/models"
)

func TestACoordinatorTakesTheReportAway(t *testing.T) {
	onPhoneAndDesk(t, func(t *testing.T, width int64) {
		h := openHouse(t, shipped(t))
		h.completes(h.person("Aline", models.Learner))
		must(t, h.learning.Enrol(t.Context(), h.person("Basile", models.Learner), slug))
		b := h.browser(t, width)
		signIn(b, h.person("Colette", models.Coordinator))
		b.look("rapports")
		b.follow(`.cards a`)
		b.look("rapport")
		names := func() []string {
			return eval[[]string](b, `[...document.querySelectorAll("tbody th")].map(th => th.textContent)`)
		}
		everybody := names()
		if len(everybody) != 2 {
			t.Fatalf("the report names %q", everybody)
		}
		b.follow(`form.filter button`)
		if found := names(); !slices.Equal(found, everybody) {
			t.Errorf("filtering by nothing leaves %q of %q", found, everybody)
		}
		b.choose("#state", models.Completed)
		b.follow(`form.filter button`)
		b.look("rapport-filtre")
		if found := names(); !slices.Equal(found, []string{"Aline"}) {
			t.Errorf("who has completed the course: %q, want Aline", found)
		}
		link := func(css string) string {
			return eval[string](b, `(a => a.pathname + a.search)(document.querySelector("`+css+`"))`)
		}
		file, csv := h.get(b.client(), link("a[href*='/csv-excel?']"))
		lines := strings.Split(strings.TrimPrefix(csv, "\ufeff"), "\r\n")
		switch {
		case file.StatusCode != 200 || !strings.Contains(file.Header.Get("Content-Disposition"), "attachment"):
			t.Errorf("the file for a spreadsheet: %s %v", file.Status, file.Header)
		case !strings.HasPrefix(csv, "\ufeff"):
			t.Errorf("the file for a spreadsheet begins with %q", clip(csv))
		case len(lines) != 3 || lines[2] != "" || strings.Contains(strings.Join(lines, ""), "\n"):
			t.Errorf("the lines of the file for a spreadsheet: %q", lines)
		case !strings.HasPrefix(lines[1], "Aline;"+address("Aline")+";") || strings.Count(lines[0], ";") != strings.Count(lines[1], ";"):
			t.Errorf("the file for a spreadsheet says %q", lines)
		}
		if _, csv := h.get(b.client(), link("a[href*='/csv?']")); !strings.HasPrefix(csv, "name,email,") {
			t.Errorf("the plain file begins with %q", clip(csv))
		}
		b.allow(422, "/coordinate/reports/completion?")
		b.choose("#from", "2026-11-22")
		b.choose("#to", "2026-11-01")
		b.follow(`form.filter button`)
		b.look("rapport-periode-impossible")
	})
}

func TestATrainerSeesWhatIsPublished(t *testing.T) {
	onPhoneAndDesk(t, func(t *testing.T, width int64) {
		h := openHouse(t, shipped(t))
		b := h.browser(t, width)
		signIn(b, h.person("Fadila", models.Trainer))
		b.look("enseigner")
		b.follow(`main a[href="/courses/` + slug + `"]`)
		if at := eval[string](b, `location.pathname`); at != "/courses/"+slug {
			t.Errorf("the course's name leads to %s", at)
		}
	})
}

func TestAnAdministratorChangesARole(t *testing.T) {
	onPhoneAndDesk(t, func(t *testing.T, width int64) {
		h := openHouse(t, shipped(t))
		basile := h.person("Basile", models.Learner)
		ada := h.person("Ada", models.Administrator)
		b := h.browser(t, width)
		signIn(b, ada)
		b.look("personnes")
		b.write("#q", "basile")
		b.follow(`form[role="search"] button`)
		b.look("personnes-trouvees")
		b.click(`tbody input[value="trainer"]`)
		b.follow(`tbody button`)
		b.look("personnes-enregistrees")
		if now, err := h.db.PersonByID(t.Context(), basile.ID); err != nil || !now.Is(models.Trainer) || !now.Is(models.Learner) {
			t.Errorf("Basile is %v (%v)", now.Roles, err)
		}
		if !eval[bool](b, `document.querySelector(".flash") !== null`) {
			t.Error("nothing says that the roles are saved")
		}
		b.write("#q", "ada@")
		b.follow(`form[role="search"] button`)
		b.click(`tbody input[value="administrator"]`)
		b.allow(409, "/admin/people/")
		b.follow(`tbody button`)
		b.look("personnes-derniere-administratrice")
		if now, err := h.db.PersonByID(t.Context(), ada.ID); err != nil || !now.Is(models.Administrator) {
			t.Errorf("the last administrator is %v (%v)", now.Roles, err)
		}
	})
}
