package learning

import (
	"context"

	"passerelle/certificates"
	"passerelle/courses"
	"passerelle/models"
	"passerelle/templates"
)

// Rules is everything that completion of a course asks for, and how far a journey has come: the one
// place that decides, and that explains.
type Rules struct {
	Lessons     int           // that have to be read …
	LessonsRead int           // … and those that were
	NextLesson  *courses.Step // first one not read; nil where all are
	Quizzes     []QuizRule
}

// A QuizRule asks for one quiz: passed where it has a pass mark, submitted where it has none.
type QuizRule struct {
	Step *courses.Step
	Met  bool
	Best float64 // best score so far in percent; -1 where nothing was submitted
	Left int     // attempts left; -1 is as many as one likes
}

// Done and Total count the steps that completion asks for.
func (r *Rules) Done() int {
	n := r.LessonsRead
	for _, q := range r.Quizzes {
		if q.Met {
			n++
		}
	}
	return n
}

// Total is the number of steps that completion asks for.
func (r *Rules) Total() int { return r.Lessons + len(r.Quizzes) }

// Met reports whether nothing is left to do.
func (r *Rules) Met() bool { return r.Done() == r.Total() }

// Percent is how far the journey is, rounded down.
func (r *Rules) Percent() int {
	if r.Total() == 0 {
		return 100
	}
	return 100 * r.Done() / r.Total()
}

// Score is the mean of the best scores at the quizzes that have a pass mark, in percent; nil where
// there are none.
func (r *Rules) Score() *float64 {
	sum, n := 0.0, 0
	for _, q := range r.Quizzes {
		if q.Step.Quiz.PassMark > 0 {
			sum, n = sum+max(0, q.Best), n+1
		}
	}
	if n == 0 {
		return nil
	}
	mean := sum / float64(n)
	return &mean
}

// PassMark is what each quiz with a pass mark asks for, in percent; nil where there are none, or where
// they ask for different things.
func (r *Rules) PassMark() *int {
	var mark *int
	for _, q := range r.Quizzes {
		asks := q.Step.Quiz.PassMark
		switch {
		case asks == 0:
		case mark == nil:
			mark = &asks
		case *mark != asks:
			return nil
		}
	}
	return mark
}

// RulesOf holds a journey against a course. Steps that are optional are not asked for.
func RulesOf(d *courses.Document, j *models.Journey) *Rules {
	r := &Rules{}
	for m := range d.Modules {
		for s := range d.Modules[m].Steps {
			step := &d.Modules[m].Steps[s]
			switch {
			case step.Optional:
			case step.Lesson != nil:
				r.Lessons++
				if j.HasRead(step.Key) {
					r.LessonsRead++
				} else if r.NextLesson == nil {
					r.NextLesson = step
				}
			case step.Quiz != nil:
				r.Quizzes = append(r.Quizzes, quizRule(step, j))
			}
		}
	}
	return r
}

func quizRule(step *courses.Step, j *models.Journey) QuizRule {
	rule := QuizRule{Step: step, Best: -1, Left: AttemptsLeft(step.Quiz, j.AttemptsAt(step.Key))}
	if best := j.Best(step.Key); best != nil {
		rule.Best = best.Score
	}
	for _, a := range j.AttemptsAt(step.Key) {
		if a.SubmittedAt != nil && (a.Passed || step.Quiz.PassMark == 0) {
			rule.Met = true
		}
	}
	return rule
}

// settle writes how far an enrolment has come and, where the last rule is met, the completion, the
// certificate, the letter and the audit lines. The caller has locked the enrolment.
func (l *Learning) settle(ctx context.Context, tx *models.DB, person *models.Person, slug string) error {
	journey, err := tx.JourneyIn(ctx, person.ID, slug)
	if err != nil {
		return err
	}
	course, err := l.library.Version(ctx, tx, journey.CourseID, journey.Version)
	if err != nil {
		return err
	}
	rules := RulesOf(course.Document, journey)
	if err := tx.UpdateProgress(ctx, journey.EnrolmentID, rules.Percent()); err != nil {
		return err
	}
	if !rules.Met() {
		return nil
	}
	first, err := tx.InsertCompletion(ctx, journey.EnrolmentID, journey.Cycle, rules.Score())
	if err != nil || !first {
		return err
	}
	if err := tx.Audit(ctx, person.ID, "completed", models.Subject("enrolment", journey.EnrolmentID), map[string]any{"cycle": journey.Cycle}); err != nil {
		return err
	}
	return l.certify(ctx, tx, person, journey, course.Document, rules)
}

// certify issues the certificate of a completion and queues the letter that says so.
func (l *Learning) certify(ctx context.Context, tx *models.DB, person *models.Person, j *models.Journey, d *courses.Document, rules *Rules) error {
	words := l.words.In(person.Language)
	text := func(t courses.Text) string { return t.In(words.Code, d.Languages[0]) }
	snapshot := certificates.Snapshot{
		Holder: person.Name, Language: words.Code, CourseTitle: text(d.Title), CourseSlug: d.Slug, CourseVersion: j.Version,
		Organiser: certificates.SnapshotOrganiser{
			Name: d.Organiser.Name, Address: d.Organiser.Address, Place: d.Organiser.Place,
			Signatory: d.Organiser.Signatory, SignatoryRole: text(d.Organiser.Role),
		},
		EnrolledOn: j.EnrolledAt, CompletedOn: tx.Now(), Score: rules.Score(), PassMark: rules.PassMark(),
	}
	if person.Profession != "" && person.Profession != "other" {
		snapshot.Profession = words.T("profession." + person.Profession)
	}
	for i := range d.Modules {
		m := &d.Modules[i]
		snapshot.Modules = append(snapshot.Modules, certificates.SnapshotModule{Title: text(m.Title), Minutes: m.Minutes()})
		snapshot.Minutes += m.Minutes()
	}
	for _, o := range d.Objectives {
		snapshot.Objectives = append(snapshot.Objectives, text(o.Text))
	}
	issued, err := certificates.Issue(ctx, tx, l.press, words, snapshot, certificates.For{
		Enrolment: j.EnrolmentID, Cycle: j.Cycle, Person: person.ID, BaseURL: l.baseURL,
	})
	if err != nil {
		return err
	}
	about := models.Subject("certificate", issued.ID)
	if err := tx.Audit(ctx, person.ID, "certificate_issued", about, map[string]any{"number": issued.Number}); err != nil {
		return err
	}
	subject, body, err := l.letters.Letter("certificate", words, templates.CertificateLetter{
		Name: person.Name, Number: issued.Number, URL: l.baseURL + certificates.Path(issued.ID),
	})
	if err != nil {
		return err
	}
	return tx.QueueMail(ctx, models.Letter{Kind: "certificate", Ref: about, Recipient: person.Email, Subject: subject, Body: body})
}
