package e2e

import (
	"fmt"
	"testing"

	"passerelle/models"
	"passerelle/templates"
)

// The pages that no journey passes.
func TestTheQuietPages(t *testing.T) {
	onPhoneAndDesk(t, func(t *testing.T, width int64) {
		h := openHouse(t, shipped(t))
		h.site.Demo, h.site.DemoPeople = true, []templates.DemoPerson{{Role: models.Learner, Email: "apprenante@example.org", Password: password}}
		b := h.browser(t, width)
		for name, path := range map[string]string{
			"confidentialite": "/privacy", "accessibilite": "/accessibility", "verifier": "/verify", "demonstration": "/sign-in",
			"formation-en-visite": "/courses/" + slug,
		} {
			b.open(path)
			b.look(name)
		}
		for name, refused := range map[string]struct {
			status int
			path   string
		}{
			"introuvable": {404, "/nulle-part"}, "code-inconnu": {404, "/verify/p33vr-pdcgj-jjq76-sw923-kk8ht-qr"}, "code-mal-lu": {422, "/verify?code=aeiou"},
		} {
			b.allow(refused.status, refused.path)
			b.open(refused.path)
			b.look(name)
		}
		b.allow(422, "/sign-in")
		b.open("/sign-in")
		b.write("#email", address("Aline"))
		b.write("#password", "pas le bon")
		b.follow(`form[action="/sign-in"] button`)
		b.look("connexion-refusee")
	})
}

// Dutch words are long; a phone is narrow.
func TestThreeLanguages(t *testing.T) {
	for _, lang := range []string{"nl", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := openHouse(t, shipped(t))
			aline := h.person("Aline", models.Learner)
			h.completes(aline)
			b := h.browser(t, phone)
			signIn(b, aline)
			b.lang = lang
			b.follow(`footer .languages button[value="` + lang + `"]`)
			paths := []string{"/", "/courses/" + slug, "/courses/" + slug + "/glossary", "/progress", "/certificates/1", "/attempts/1", "/privacy", "/accessibility"}
			for _, step := range h.steps() {
				paths = append(paths, h.path(step.Key))
			}
			for i, path := range paths {
				b.open(path)
				b.look(fmt.Sprintf("%s-%02d", lang, i+1))
			}
		})
	}
}

// A lesson is light enough for a bad connection: everything it needs the first time, figures too.
func TestALessonWeighsLessThanFortyKilobytes(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shipped(t))
	aline := h.person("Aline", models.Learner)
	must(t, h.learning.Enrol(t.Context(), aline, slug))
	b := h.browser(t, phone)
	signIn(b, aline)
	for _, step := range h.steps() {
		if step.Lesson == nil {
			continue
		}
		bytes := b.weigh(h.path(step.Key))
		t.Logf("%s: %d bytes", step.Key, bytes)
		if bytes < 4_000 || bytes >= 40_000 {
			t.Errorf("the lesson %s weighs %d bytes, want less than 40 kB", step.Key, bytes)
		}
	}
}
