package handlers

import (
	"net/http"
	"slices"
	"strings"

	"passerelle/accounts"
	"passerelle/fault"
	"passerelle/models"
	"passerelle/templates"
)

// keptPrefix marks the fields of a form that found nobody signed in, while they wait in the sign-in
// form.
const keptPrefix = "kept."

func (s *Site) signIn(v *visit) error {
	if v.person != nil {
		return v.go303("/", "")
	}
	return v.show(s.signInPage(v, templates.Form{}))
}

func (s *Site) signInPage(v *visit, form templates.Form) templates.SignIn {
	return templates.SignIn{
		Base: v.base(v.lang.T("sign_in.title")), Form: form, Email: v.r.Form.Get("email"),
		Next: local(v.r.FormValue("next")), DemoPeople: s.DemoPeople,
	}
}

// askToSignIn answers a visit that needs somebody: a page is come back to, a form is kept inside the
// sign-in page until its owner is here again.
func (s *Site) askToSignIn(v *visit) error {
	if !v.changes() {
		return v.go303("/sign-in?next="+escape(v.r.URL.RequestURI()), "")
	}
	page := s.signInPage(v, templates.Form{})
	page.Email, page.Next = "", ""
	page.KeptAction = v.r.URL.Path
	for _, name := range sortedFields(v.r.PostForm) {
		for _, value := range v.r.PostForm[name] {
			page.Kept = append(page.Kept, templates.KeptField{Name: name, Value: value})
		}
	}
	return v.showAs(http.StatusUnauthorized, page)
}

func (s *Site) doSignIn(v *visit) error {
	form := v.r.PostForm
	if !s.limits.allow(s.clientAddress(v.r)) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	kept := keptFields(form)
	token, person, err := s.Accounts.SignIn(v.ctx, form.Get("email"), form.Get("password"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		page := s.signInPage(v, templates.FormOf(v.lang, err))
		page.Kept, page.KeptAction = kept, local(form.Get("kept_action"))
		return v.showAs(status(fault.KindOf(err)), page)
	}
	if err != nil {
		return err
	}
	if err := v.begin(token); err != nil {
		return err
	}
	v.person, v.lang = person, s.Words.In(person.Language)
	if action := local(form.Get("kept_action")); action != "" {
		return v.show(templates.Resume{Base: v.base(v.lang.T("resume.title")), Action: action, Kept: kept})
	}
	if next := local(form.Get("next")); next != "" {
		return v.go303(next, "")
	}
	return v.go303(landing(person), "")
}

// landing is where a person's work is.
func landing(person *models.Person) string {
	if person.Is(models.Learner) {
		return "/progress"
	}
	switch {
	case person.Is(models.Coordinator):
		return "/coordinate"
	case person.Is(models.Trainer):
		return "/teach"
	default:
		return "/admin/people"
	}
}

// keptFields are the fields that a sign-in form carried for another form.
func keptFields(form map[string][]string) []templates.KeptField {
	var kept []templates.KeptField
	for _, name := range sortedFields(form) {
		if original, ok := strings.CutPrefix(name, keptPrefix); ok {
			for _, value := range form[name] {
				kept = append(kept, templates.KeptField{Name: original, Value: value})
			}
		}
	}
	return kept
}

func sortedFields(form map[string][]string) []string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Site) doSignOut(v *visit) error {
	if err := s.Accounts.SignOut(v.ctx, v.token()); err != nil {
		return err
	}
	v.setCookie(s.sessionCookie(), "", -1)
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	return v.go303("/", "")
}

func (s *Site) register(v *visit) error {
	if v.person != nil {
		return v.go303("/", "")
	}
	return v.show(s.registerPage(v, templates.Form{}))
}

func (s *Site) registerPage(v *visit, form templates.Form) templates.Register {
	given := v.r.Form
	return templates.Register{
		Base: v.base(v.lang.T("register.title")), Form: form, Name: given.Get("name"), Email: given.Get("email"),
		Professions: professions(v.lang, accounts.Professions(), given.Get("profession")),
		Language:    given.Get("language"), Next: local(v.r.FormValue("next")),
	}
}

func (s *Site) doRegister(v *visit) error {
	if !s.limits.allow(s.clientAddress(v.r)) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	form := v.r.PostForm
	person, err := s.Accounts.Register(v.ctx, accounts.Registration{
		Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password"),
		Profession: form.Get("profession"), Language: form.Get("language"),
	})
	if fault.Is(err, fault.Invalid) {
		return v.showAs(http.StatusUnprocessableEntity, s.registerPage(v, templates.FormOf(v.lang, err)))
	}
	if err != nil {
		return err
	}
	token, err := s.Accounts.Begin(v.ctx, person)
	if err != nil {
		return err
	}
	if err := v.begin(token); err != nil {
		return err
	}
	next := local(form.Get("next"))
	if next == "" {
		next = "/"
	}
	return v.go303(next, "")
}
