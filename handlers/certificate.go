package handlers

import (
	"fmt"
	"net/http"

	"passerelle/certificates"
	"passerelle/fault"
	"passerelle/models"
	"passerelle/templates"
)

func (s *Site) certificateLink(c *models.Certificate) *templates.CertificateLink {
	return &templates.CertificateLink{URL: certificates.Path(c.ID), Number: c.Number, IssuedOn: c.IssuedAt.In(s.Zone)}
}

// certificate is the accessible twin of the paper, for its holder.
func (s *Site) certificate(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	c, err := s.DB.CertificateOf(v.ctx, v.person.ID, id)
	if err != nil {
		return err
	}
	paper, err := s.paper(c)
	if err != nil {
		return err
	}
	return v.show(templates.Certificate{
		Base: v.base(v.lang.T("certificate.title")), Paper: paper, PDF: certificates.Path(id) + "/pdf",
	})
}

// paper is everything that is printed on a certificate.
func (s *Site) paper(c *models.Certificate) (templates.Paper, error) {
	frozen, err := certificates.Frozen(c)
	if err != nil {
		return templates.Paper{}, err
	}
	p := templates.Paper{
		Number: frozen.Number, Code: certificates.GroupCode(frozen.Code), VerifyURL: frozen.VerifyURL, Holder: frozen.Holder, Profession: frozen.Profession,
		Course: frozen.CourseTitle, Reference: frozen.CourseSlug, Objectives: frozen.Objectives, Version: frozen.CourseVersion, Minutes: frozen.Minutes,
		CompletedOn: frozen.CompletedOn.In(s.Zone), IssuedOn: frozen.IssuedOn.In(s.Zone), Score: -1,
		Organiser: frozen.Organiser.Name, Address: frozen.Organiser.Address, Place: frozen.Organiser.Place,
		Signatory: frozen.Organiser.Signatory, Role: frozen.Organiser.SignatoryRole,
	}
	if frozen.Score != nil {
		p.Score = *frozen.Score
	}
	if !frozen.EnrolledOn.IsZero() {
		p.EnrolledOn = frozen.EnrolledOn.In(s.Zone)
	}
	if frozen.PassMark != nil {
		p.PassMark = *frozen.PassMark
	}
	for _, m := range frozen.Modules {
		p.Modules = append(p.Modules, templates.PaperModule{Title: m.Title, Minutes: m.Minutes})
	}
	return p, nil
}

// certificatePDF gives the bytes as they were issued.
func (s *Site) certificatePDF(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	number, pdf, err := s.DB.CertificatePDF(v.ctx, v.person.ID, id)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/pdf")
	v.w.Header().Set("Content-Disposition", fmt.Sprintf(`inline; filename="attestation-%s.pdf"`, number))
	v.w.Header().Set("Content-Length", fmt.Sprint(len(pdf)))
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(pdf)
	return err
}

// verify asks for a code, and leads a typed one to its page.
func (s *Site) verify(v *visit) error {
	page := templates.Verify{Base: v.base(v.lang.T("verify.title")), Code: v.r.FormValue("code")}
	if page.Code == "" {
		return v.show(page)
	}
	code, ok := certificates.NormaliseCode(page.Code)
	if !ok {
		page.Form = templates.FormOf(v.lang, fault.Fields(map[string]string{"code": "verify.error.code"}))
		return v.showAs(http.StatusUnprocessableEntity, page)
	}
	return v.go303("/verify/"+certificates.GroupCode(code), "")
}

// verified shows what is printed on the certificate with the code. Every wrong code looks the same.
func (s *Site) verified(v *visit) error {
	if !s.limits.allow(s.clientAddress(v.r)) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	code, ok := certificates.NormaliseCode(v.param("code"))
	if !ok {
		return fault.Missing()
	}
	c, err := s.DB.CertificateByCode(v.ctx, code)
	if err != nil {
		return err
	}
	paper, err := s.paper(c)
	if err != nil {
		return err
	}
	return v.show(templates.Verified{Base: v.base(v.lang.T("verified.title")), Paper: paper})
}
