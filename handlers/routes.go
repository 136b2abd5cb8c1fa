package handlers

import "passerelle/models"

// access says who may come in. What is then theirs, the queries say.
type access string

const (
	public        access = "public" // nobody is even asked who they are
	anyone        access = "anyone"
	signedIn      access = "signed_in"
	itself        access = "itself" // signed in; the query that does the work sees to it by itself
	trainer       access = models.Trainer
	coordinator   access = models.Coordinator
	administrator access = models.Administrator
)

// A route is a line of the site map.
type route struct {
	method  string
	path    string
	access  access
	show    func(*visit) error
	indexed bool // search engines may know of it
	long    bool // may take longer than a page
}

// routes is the whole site map. GET never changes anything.
func (s *Site) routes() []route {
	return []route{
		// The front door
		{"GET", "/", anyone, s.home, true, false},
		{"GET", "/privacy", anyone, s.privacy, true, false},
		{"GET", "/accessibility", anyone, s.accessibility, true, false},
		{"POST", "/language", anyone, s.chooseLanguage, false, false},

		// People
		{"GET", "/sign-in", anyone, s.signIn, false, false},
		{"POST", "/sign-in", anyone, s.doSignIn, false, false},
		{"POST", "/sign-out", anyone, s.doSignOut, false, false},
		{"GET", "/register", anyone, s.register, false, false},
		{"POST", "/register", anyone, s.doRegister, false, false},

		// A course and a learner's way through it
		{"GET", "/courses/:course", anyone, s.course, false, false},
		{"POST", "/courses/:course/enrolments", signedIn, s.enrol, false, false},
		{"GET", "/courses/:course/glossary", signedIn, s.glossary, false, false},
		{"GET", "/courses/:course/media/:sum/:file", signedIn, s.media, false, false},
		{"GET", "/courses/:course/:module/:step", signedIn, s.step, false, false},
		{"POST", "/courses/:course/:module/:step/reading", signedIn, s.read, false, false},
		{"POST", "/courses/:course/:module/:step/attempts", signedIn, s.start, false, false},
		{"GET", "/attempts/:id", signedIn, s.attempt, false, false},
		{"GET", "/attempts/:id/review", signedIn, s.review, false, false},
		{"POST", "/attempts/:id/answers", signedIn, s.savePage, false, false},
		{"POST", "/attempts/:id/answers/:question", itself, s.saveAnswer, false, false},
		{"POST", "/attempts/:id/submission", signedIn, s.submit, false, false},
		{"GET", "/progress", signedIn, s.progress, false, false},

		// The proof
		{"GET", "/certificates/:id", signedIn, s.certificate, false, false},
		{"GET", "/certificates/:id/pdf", signedIn, s.certificatePDF, false, false},
		{"GET", "/verify", anyone, s.verify, false, false},
		{"GET", "/verify/:code", anyone, s.verified, false, false},

		// Coordinators
		{"GET", "/coordinate", coordinator, s.reports, false, false},
		{"GET", "/coordinate/reports/:report", coordinator, s.report, false, false},
		{"GET", "/coordinate/reports/:report/:preset", coordinator, s.reportFile, false, true},

		// Trainers
		{"GET", "/teach", trainer, s.teach, false, false},

		// Administrators
		{"GET", "/admin/people", administrator, s.people, false, false},
		{"POST", "/admin/people/:id/roles", administrator, s.setRoles, false, false},

		// Operators
		{"GET", "/healthz", public, s.healthz, false, false},
		{"GET", "/readyz", public, s.readyz, false, false},
		{"GET", "/metrics", public, s.showMetrics, false, false},
		{"GET", "/robots.txt", public, s.robots, false, false},
	}
}
