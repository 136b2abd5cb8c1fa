package handlers

import (
	"fmt"
	"net/http"
	"strconv"

	"passerelle/fault"
	"passerelle/models"
	"passerelle/templates"
)

// peopleShown is how many people a page lists.
const peopleShown = 50

func (s *Site) people(v *visit) error { return s.peoplePage(v, http.StatusOK, templates.Form{}) }

func (s *Site) peoplePage(v *visit, status int, form templates.Form) error {
	given := v.r.URL.Query()
	query := given.Get("q")
	number, err := strconv.Atoi(given.Get("page"))
	if err != nil || number < 1 || number > 1e6 {
		number = 1
	}
	people, err := s.DB.People(v.ctx, query, (number-1)*peopleShown, peopleShown+1)
	if err != nil {
		return err
	}
	total, err := s.DB.CountPeople(v.ctx, query)
	if err != nil {
		return err
	}
	page := templates.People{Base: v.base(v.lang.T("people.title")), Form: form, Query: query, Total: total}
	address := func(n int) string { return fmt.Sprintf("/admin/people?q=%s&page=%d", escape(query), n) }
	if number > 1 {
		page.Previous = address(number - 1)
	}
	if len(people) > peopleShown {
		people, page.Next = people[:peopleShown], address(number+1)
	}
	for i := range people {
		p := &people[i]
		line := templates.PersonLine{
			URL: fmt.Sprintf("/admin/people/%d", p.ID), Name: p.Name, Email: p.Email,
			Since: p.CreatedAt.In(s.Zone), Learner: p.Is(models.Learner), Trainer: p.Is(models.Trainer),
			Coordinator: p.Is(models.Coordinator), Administrator: p.Is(models.Administrator), Self: p.ID == v.person.ID,
		}
		if p.Profession != "" {
			line.Profession = v.lang.T("profession." + p.Profession)
		}
		page.People = append(page.People, line)
	}
	return v.showAs(status, page)
}

func (s *Site) setRoles(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	err = s.Accounts.SetRoles(v.ctx, v.person, id, v.r.PostForm["role"])
	if fault.Is(err, fault.Conflict) {
		return s.peoplePage(v, http.StatusConflict, templates.FormOf(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.go303("/admin/people", "people.saved")
}
