package templates

import (
	"html/template"
	"time"

	"passerelle/i18n"
)

// A sight is a page in one state, by a name that tells it.
type sight struct {
	name string
	page Page
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 9, 30, 0, 0, time.UTC)
}

var (
	claire   = &Person{Name: "Claire Dubois", Learner: true}
	everyone = &Person{Name: "Łukasz Dvořák-Nguyễn", Learner: true, Trainer: true, Coordinator: true, Administrator: true}
)

// sights shows every page in every state that its template tells apart.
func sights(l *i18n.Language) []sight {
	base := Base{Lang: l, Path: "/", Person: claire}
	at := func(path, title string) Base {
		b := base
		b.Path, b.Title = path, title
		return b
	}
	visitor := func(b Base) Base { b.Person = nil; return b }
	all := func(b Base) Base { b.Person = everyone; return b }

	courseLink := Link{Text: "Chemsex : comprendre, accueillir, accompagner", URL: "/courses/chemsex-fondamentaux"}
	summary := template.HTML("<p>Une formation de base pour les équipes de première ligne : de quoi l’on parle, comment ouvrir la conversation, vers qui orienter. <em>Sans jugement</em>, et avec des sources.</p>")
	steps := []Step{
		{Title: "Un cadre pour en parler", URL: courseLink.URL + "/avant/cadre", Minutes: 6, State: StepRead},
		{Title: "De quoi parle-t-on ?", URL: courseLink.URL + "/comprendre/definitions", Minutes: 8, State: StepNext, Current: true},
		{Title: "Plaisirs, liens, performance : les motivations", URL: courseLink.URL + "/comprendre/motivations", Minutes: 10},
		{Title: "Pour aller plus loin", URL: courseLink.URL + "/comprendre/plus-loin", Minutes: 65, Optional: true},
		{Title: "Ce que j’ai compris", URL: courseLink.URL + "/comprendre/quiz-comprendre", Minutes: 10, Quiz: true, State: StepTried},
	}
	modules := []Module{
		{Key: "avant", Title: "Avant de commencer", Minutes: 15, Steps: []Step{
			steps[0],
			{Title: "Où en suis-je ?", URL: courseLink.URL + "/avant/pretest", Minutes: 9, Quiz: true, State: StepRead},
		}},
		{Key: "comprendre", Title: "Comprendre le chemsex", Summary: "<p>Les mots, les contextes, les ordres de grandeur et leurs limites.</p>",
			Objectives: []string{"Définir le chemsex et le distinguer d’autres usages", "Citer des ordres de grandeur en nommant leurs limites"},
			Minutes:    99, Steps: steps[1:]},
		{Key: "accueillir", Title: "Accueillir", Minutes: 60, Steps: []Step{{Title: "Ouvrir la conversation", Minutes: 60, State: StepPassed, Quiz: true}}},
	}
	certificate := &CertificateLink{URL: "/certificates/12", Number: "PAS-2026-000012", IssuedOn: day(2026, time.December, 1)}
	requirements := []Requirement{
		LessonsRead(l, 8, 12, &Link{Text: "De quoi parle-t-on ?", URL: steps[1].URL}),
		LessonsRead(l, 1, 1, nil),
		QuizPassed(l, Link{Text: "Ce que j’ai compris", URL: steps[4].URL}, 70, false, 62.5, 1),
		QuizPassed(l, Link{Text: "Ouvrir la conversation", URL: "/x"}, 70, false, 62.5, -1),
		QuizPassed(l, Link{Text: "Orienter", URL: "/x"}, 70, false, -1, 3),
		QuizPassed(l, Link{Text: "Réduire les risques", URL: "/x"}, 70, false, 12, 0),
		QuizPassed(l, Link{Text: "Urgences", URL: "/x"}, 70, true, 85, 2),
	}
	enrolment := &Enrolment{EnrolledOn: day(2026, time.November, 22), Done: 8, Total: 14, Continue: &Link{Text: "De quoi parle-t-on ?", URL: steps[1].URL}, Requirements: requirements}
	completed := &Enrolment{EnrolledOn: day(2026, time.November, 22), CompletedOn: day(2026, time.December, 1), Done: 14, Total: 14, Requirements: requirements[6:], Certificate: certificate}
	waiting := &Enrolment{EnrolledOn: day(2026, time.November, 22), CompletedOn: day(2026, time.December, 1), Done: 14, Total: 14}

	home := Home{Base: base, Courses: []CourseCard{
		{URL: courseLink.URL, Title: courseLink.Text, Summary: summary, Modules: 3, Minutes: 174, Languages: []string{"fr", "nl", "en"}, Enrolled: true, Done: 8, Total: 14},
		{URL: "/courses/urgences", Title: "Reconnaître une urgence", Summary: "<p>Les gestes qui comptent, en attendant les secours.</p>", Modules: 1, Minutes: 60, Languages: []string{"fr"}, Enrolled: true, Completed: true, Done: 5, Total: 5},
		{URL: "/courses/accueil", Title: "Accueillir sans juger", Summary: "<p>Écouter d’abord.</p>", Modules: 2, Minutes: 45, Languages: []string{"fr", "nl"}},
	}}
	open := home
	open.Base = visitor(base)

	signIn := SignIn{Base: visitor(at("/sign-in", ""))}
	kept := signIn
	kept.Form = Form{Fault: l.T("fault.too_many"), Errors: map[string]string{"password": l.T("fault.invalid"), "email": l.T("fault.invalid"), "other": l.T("fault.invalid")}}
	kept.Email, kept.Next, kept.KeptAction, kept.Demo = "claire@example.org", "/progress", "/attempts/41/answers", true
	kept.Kept = []KeptField{{"q1-1", "a"}, {"q1-2", "b"}, {"q1-2", "c"}, {"q1-9", "Écrit\nsur deux lignes \"entre guillemets\""}}
	for _, role := range []string{"learner", "trainer", "coordinator", "administrator"} {
		kept.DemoPeople = append(kept.DemoPeople, DemoPerson{Role: role, Email: role + "@example.org", Password: "demonstration-passerelle"})
	}

	professions := []Option{{"nurse", "Soins infirmiers", true}, {"physician", "Médecine générale", false}, {"social", "Travail social", false}}
	register := Register{Base: visitor(at("/register", "")), Professions: professions}
	mended := register
	mended.Name, mended.Email, mended.Next, mended.Language = "Zoë van den Ĳssel", "zoe@", "/courses/chemsex-fondamentaux", "nl"
	mended.Form = Form{Errors: map[string]string{}}
	for _, field := range []string{"name", "email", "password", "profession", "language"} {
		mended.Errors[field] = l.T("fault.invalid")
	}

	course := Course{Base: at(courseLink.URL, courseLink.Text), URL: courseLink.URL, Summary: summary,
		Audience:   []string{"Médecins généralistes et urgentistes", "Équipes infirmières, sociales et de proximité"},
		Needs:      "Aucun, sinon l’envie d’écouter.",
		Objectives: []string{"Définir le chemsex et situer ses contextes", "Conduire un entretien non jugeant", "Orienter selon l’objectif de la personne"},
		Modules:    modules, Minutes: 174,
		Authors:   []Author{{"Ștefan O’Brien", "Rédaction"}, {"Zoë van den Ĳssel", "Traduction"}},
		Organiser: "Passerelle asbl", WrittenOn: day(2026, time.November, 22), ReviewedOn: day(2026, time.December, 1),
		WrittenIn: []string{"fr", "nl", "en", "de"}, Version: 3, Glossary: courseLink.URL + "/glossary"}
	enrolled, done, noPaper, strange := course, course, course, course
	enrolled.Enrolment, done.Enrolment, noPaper.Enrolment = enrolment, completed, waiting
	strange.Base, strange.Needs, strange.Glossary, strange.ReviewedOn = visitor(course.Base), "", "", time.Time{}
	strange.Discreet = "Formation de base"

	place := Place{Course: courseLink, Module: "Comprendre le chemsex", Position: 2, Count: 5, Contents: steps,
		Previous: &Link{Text: steps[0].Title, URL: steps[0].URL}, Next: &Link{Text: steps[2].Title, URL: steps[2].URL}}
	sources := []Source{
		{Number: 1, Citation: "Stuart D. Chemsex: origins of the word, a history of the phenomenon and a respect to the culture. Drugs and Alcohol Today. 2019;19(1):3-10.", URL: "https://davidstuart.org/what-is-chemsex", Note: "Lu dans une source secondaire."},
		{Number: 2, Citation: "Benyamina A. et al. Rapport chemsex, 2022."},
	}
	lesson := Lesson{Base: at(steps[1].URL, "De quoi parle-t-on ?"), Place: place, URL: steps[1].URL, Minutes: 8,
		ReviewedOn: day(2026, time.November, 22), ReviewBy: day(2027, time.November, 22), Body: lessonBody,
		Objectives: []string{"Définir le chemsex et le distinguer d’autres usages"}, Sources: sources, Enrolled: true}
	read, last, foreign := lesson, lesson, lesson
	read.Read, read.Overdue = true, true
	last.Next = nil
	foreign.Enrolled, foreign.Next, foreign.Previous, foreign.Sources, foreign.Objectives = false, nil, nil, nil, nil
	foreign.Body, foreign.BodyLang, foreign.ReviewedOn, foreign.ReviewBy = "<p>Une page courte.</p>", "fr", time.Time{}, time.Time{}

	quizURL := steps[4].URL
	intro := QuizIntro{Base: at(quizURL, "Ce que j’ai compris"), Place: place, URL: quizURL, Minutes: 10, Purpose: "summative",
		Intro: "<p>Prenez votre temps. Les questions reprennent les quatre leçons du module.</p>", Questions: 10, PassMark: 70, AttemptsAllowed: 3, AttemptsLeft: 3, Enrolled: true}
	again, underWay, exhausted, pretest, stranger := intro, intro, intro, intro, intro
	again.Attempts = []AttemptLine{{"/attempts/40", day(2026, time.November, 25), 62.5, false}, {"/attempts/41", day(2026, time.November, 26), 90, true}}
	again.AttemptsLeft, again.Passed = 1, true
	underWay.Resume, underWay.Purpose, underWay.PassMark, underWay.AttemptsAllowed = "/attempts/42", "formative", 0, 0
	exhausted.AttemptsLeft, exhausted.Attempts = 0, again.Attempts[:1]
	pretest.Purpose, pretest.PassMark, pretest.AttemptsAllowed, pretest.Previous = "pretest", 0, 0, nil
	stranger.Enrolled, stranger.Next = false, nil

	attempt := Attempt{Base: at("/attempts/42", "Ce que j’ai compris"), URL: "/attempts/42", Course: courseLink, Intro: "<p>Prenez votre temps.</p>", Questions: []Question{
		{Key: "q1-1", Number: 1, Total: 3, Kind: "single_choice", Text: "Dans le sens retenu par cette formation, le <em>chemsex</em> désigne…", Options: []Choice{
			{"a", "l’usage intentionnel de certains produits pour vivre, prolonger ou intensifier des rapports sexuels"},
			{"b", "toute relation sexuelle après avoir bu"}, {"c", "la prise de médicaments pour l’érection"}},
			Given: map[string][]string{"": {"a"}}, Sequence: 4, Saved: true},
		{Key: "q1-2", Number: 2, Total: 3, Kind: "multiple_choice", Text: "Quelles motivations les personnes concernées décrivent-elles ?", Options: []Choice{
			{"a", "le plaisir"}, {"b", "le lien aux autres"}, {"c", "la contrainte dans tous les cas"}},
			Given: map[string][]string{"": {"a", "b"}}, Sequence: 2, Saved: true},
		{Key: "q1-3", Number: 3, Total: 3, Kind: "true_false", Text: "Un groupe d’auto-support demande toujours l’abstinence.", Given: map[string][]string{"": {""}}},
	}}

	review := Review{Base: at("/attempts/42/review", "Ce que j’ai compris"), URL: "/attempts/42", Course: courseLink, Questions: []ReviewQuestion{
		{"q1-1", 1, attempt.Questions[0].Text, []template.HTML{attempt.Questions[0].Options[0].Text}},
		{"q1-2", 2, attempt.Questions[1].Text, []template.HTML{"le plaisir", "le lien aux autres"}},
		{"q1-3", 3, attempt.Questions[2].Text, nil}}}
	reviewed := review
	reviewed.Questions = review.Questions[:2]

	result := Result{Base: at("/attempts/42", "Ce que j’ai compris"), URL: "/attempts/42", Course: courseLink, QuizURL: quizURL, SubmittedOn: day(2026, time.November, 26),
		Purpose: "summative", Score: 62.5, PassMark: 70, AttemptsAllowed: 3, AttemptsLeft: 2, MayRetry: true, Requirements: requirements[:3], Next: place.Next,
		Questions: []ResultQuestion{
			{Key: "q1-1", Number: 1, Text: attempt.Questions[0].Text, Verdict: "right", Given: []template.HTML{"l’usage intentionnel de certains produits"}, Right: []template.HTML{"l’usage intentionnel de certains produits"},
				Options: []ResultOption{{"l’usage intentionnel de certains produits", true, true, "C’est le cœur de la définition : l’intention sexuelle, et des produits précis."}}, Sources: sources},
			{Key: "q1-2", Number: 2, Text: attempt.Questions[1].Text, Verdict: "partly", Given: []template.HTML{"le plaisir", "la contrainte dans tous les cas"}, Right: []template.HTML{"le plaisir", "le lien aux autres"},
				Options:  []ResultOption{{"le plaisir", true, true, "Oui, et le nommer aide à en parler."}, {"la contrainte dans tous les cas", true, false, "Des contraintes existent ; elles ne sont pas la règle."}, {"le lien aux autres", false, true, "Il est souvent cité."}, {"sans mot", false, false, ""}},
				Feedback: "Les motivations sont <strong>plurielles</strong>."},
			{Key: "q1-3", Number: 3, Text: attempt.Questions[2].Text, Verdict: "wrong", Given: []template.HTML{"Vrai"}, Right: []template.HTML{"Faux"}, Feedback: "Plusieurs groupes accueillent toute demande."},
			{Key: "q1-4", Number: 4, Text: "Sans réponse", Verdict: "blank"},
		}}
	passed, sent, formative, noneLeft := result, result, result, result
	passed.Passed, passed.Score, passed.MayRetry, passed.Certificate, passed.Next, passed.Requirements = true, 87.5, false, certificate, nil, nil
	sent.Purpose, sent.PassMark, sent.AttemptsAllowed, sent.AttemptsLeft = "pretest", 0, 0, 0
	formative.Purpose, formative.PassMark = "formative", 0
	noneLeft.AttemptsLeft, noneLeft.MayRetry = 0, false

	paper := Paper{Number: "PAS-2026-000012", Code: "7hk4q-2rt9w-xb3mp-d6fjc-8nvzk-gq", Profession: "Infirmière, infirmier", Reference: "chemsex-fondamentaux", Objectives: []string{"Ouvrir le sujet"}, EnrolledOn: day(2026, time.October, 3), PassMark: 70,
		VerifyURL: "https://passerelle.example.org/verify/7hk4q-2rt9w-xb3mp-d6fjc-8nvzk-gq", Holder: "Łukasz Dvořák-Nguyễn",
		Course: courseLink.Text, Version: 3, Modules: []PaperModule{{"Avant de commencer", 15}, {"Comprendre le chemsex", 99}, {"Accueillir", 60}}, Minutes: 174,
		CompletedOn: day(2026, time.December, 1), IssuedOn: day(2026, time.December, 1), Score: 87.5,
		Organiser: "Passerelle asbl", Address: "Rue des Ponts 12, 1000 Bruxelles", Place: "Bruxelles", Signatory: "Ștefan O’Brien", Role: "Responsable pédagogique"}
	plainPaper := paper
	plainPaper.Score, plainPaper.Address, plainPaper.Place, plainPaper.Signatory, plainPaper.Role, plainPaper.Code = -1, "", "", "", "", "7HK4"

	report := Report{Base: all(at("/coordinate/reports/completion", "Qui a terminé")), URL: "/coordinate/reports/completion", About: "Inscriptions, avancement et attestations, par formation.",
		Courses: []Option{{"chemsex-fondamentaux", courseLink.Text, true}}, States: []Option{{"completed", "Terminée", false}},
		From: "2026-11-01", To: "2026-12-31",
		Counts:  []ReportCount{{"Inscriptions", "128"}, {"Terminées", "74"}, {"En cours", "54"}},
		Columns: []ReportColumn{{"name", "Nom", false}, {"email", "E-mail", false}, {"course", "Formation", false}, {"state", "État", false}, {"progress", "Avancement", true}, {"completed", "Terminée le", false}, {"certificate", "Attestation", false}},
		Rows: [][]string{
			{"Claire Dubois", "claire@example.org", courseLink.Text, "Terminée", "100 %", "1er décembre 2026", "PAS-2026-000012"},
			{"Zoë van den Ĳssel", "zoe@example.org", courseLink.Text, "En cours", "57 %", "", ""},
			{"=Łukasz <b>Dvořák</b>", "lukasz@example.org", courseLink.Text, "En cours", "7 %", "", "", "one cell too many"}},
		Total: 128, CSV: "/coordinate/reports/completion.csv?format=excel", PlainCSV: "/coordinate/reports/completion.csv"}
	nobody := report
	nobody.Rows, nobody.Counts, nobody.About, nobody.Total = nil, nil, "", 0
	nobody.Form = Form{Errors: map[string]string{"course": l.T("fault.invalid"), "state": l.T("fault.invalid"), "from": l.T("fault.invalid"), "to": l.T("fault.invalid")}}

	teach := Teach{Base: all(at("/teach", "")), Courses: []TaughtCourse{{Slug: "chemsex-fondamentaux", Title: courseLink.Text, URL: courseLink.URL, Versions: []TaughtVersion{
		{Number: 3, PublishedOn: day(2026, time.December, 1), Words: []WordCount{{"fr", 12480}, {"nl", 2710}, {"en", 1}}, Lessons: 12, Questions: 38, Enrolled: 128},
		{Number: 2, PublishedOn: day(2026, time.November, 22), Words: []WordCount{{"fr", 9000}}, Lessons: 9, Questions: 20, Enrolled: 4}}}},
		Due: []DueLesson{{courseLink.Text, "Interactions médicamenteuses", "/x", day(2026, time.October, 1), true}, {courseLink.Text, "Numéros utiles", "/y", day(2026, time.December, 15), false}}}

	people := People{Base: all(at("/admin/people?q=a", "")), Query: "a", Total: 2, Previous: "/admin/people?page=1", Next: "/admin/people?page=3", People: []PersonLine{
		{URL: "/admin/people/12", Name: "Claire Dubois", Email: "claire@example.org", Profession: "Soins infirmiers", Since: day(2026, time.November, 22), Learner: true},
		{URL: "/admin/people/13", Name: everyone.Name, Email: "lukasz@example.org", Profession: "Médecine générale", Since: day(2026, time.November, 22), Learner: true, Trainer: true, Coordinator: true, Administrator: true, Self: true}}}
	noPeople := People{Base: people.Base, Form: Form{Fault: l.T("fault.conflict")}, Query: "xyz"}

	flashed := home
	flashed.Flash = "Votre compte est ouvert."
	flashedBad := home
	flashedBad.Flash, flashedBad.FlashError, flashedBad.Courses = "Rien n’a été changé.", true, nil

	return []sight{
		{"home", open}, {"home-signed-in", home}, {"home-flash", flashed}, {"home-empty", flashedBad},
		{"sign-in", signIn}, {"sign-in-kept", kept},
		{"resume", Resume{Base: at("/sign-in", ""), Action: "/attempts/41/answers", Kept: kept.Kept}},
		{"register", register}, {"register-failed", mended},
		{"course", course}, {"course-enrolled", enrolled}, {"course-completed", done}, {"course-no-paper", noPaper}, {"course-visitor", strange},
		{"lesson", lesson}, {"lesson-read", read}, {"lesson-last", last}, {"lesson-foreign", foreign},
		{"glossary", Glossary{Base: at(course.Glossary, ""), Course: courseLink, Terms: []Term{
			{"rdr", "réduction des risques (RdR)", "Réduire les dommages <em>sans exiger</em> l’arrêt."}, {"prep", "PrEP", "Un traitement préventif du VIH."}}}},
		{"glossary-empty", Glossary{Base: at(course.Glossary, ""), Course: courseLink}},
		{"quiz-intro", intro}, {"quiz-intro-again", again}, {"quiz-intro-under-way", underWay}, {"quiz-intro-exhausted", exhausted}, {"quiz-intro-pretest", pretest}, {"quiz-intro-stranger", stranger},
		{"attempt", attempt}, {"review", review}, {"review-complete", reviewed},
		{"result", result}, {"result-passed", passed}, {"result-pretest", sent}, {"result-formative", formative}, {"result-none-left", noneLeft},
		{"progress", Progress{Base: at("/progress", ""), Courses: []CourseProgress{{courseLink.Text, courseLink.URL, *enrolment}, {"Reconnaître une urgence", "/courses/urgences", *completed}}}},
		{"progress-empty", Progress{Base: at("/progress", "")}},
		{"certificate", Certificate{Base: at("/certificates/12", ""), Paper: paper, PDF: "/certificates/12/pdf"}},
		{"verify", Verify{Base: visitor(at("/verify", ""))}},
		{"verify-failed", Verify{Base: visitor(at("/verify", "")), Code: "7HK4-", Form: Form{Errors: map[string]string{"code": l.T("fault.invalid")}}}},
		{"verified", Verified{Base: visitor(at("/verify/7HK4", "")), Paper: paper}},
		{"verified-plain", Verified{Base: visitor(at("/verify/7HK4", "")), Paper: plainPaper}},
		{"reports", Reports{Base: all(at("/coordinate", "")), Reports: []ReportCard{{"Qui a terminé", "Inscriptions, avancement et attestations.", report.URL}}}},
		{"report", report}, {"report-empty", nobody},
		{"teach", teach}, {"teach-empty", Teach{Base: teach.Base}},
		{"people", people}, {"people-empty", noPeople},
		{"error-missing", ErrorPage{Base: visitor(at("/nowhere", "")), Status: 404, Message: l.T("fault.not_found"), RequestID: "5f3a9c"}},
		{"error-ours", ErrorPage{Base: at("/", ""), Status: 500, Message: l.T("fault.internal"), RequestID: "5f3a9c"}},
		{"error-other", ErrorPage{Base: at("/", ""), Status: 409, Message: l.T("fault.conflict")}},
		{"privacy", Privacy{Base: visitor(at("/privacy", "")), Contact: "aide@example.org"}},
		{"accessibility", Accessibility{Base: at("/accessibility", "")}},
	}
}

// lessonBody has every element that rendered Markdown may have.
const lessonBody = template.HTML(`<p>Le mot <em>chemsex</em> réunit <em>chemicals</em> et <em>sex</em>. Il désigne l’usage intentionnel de certains produits pour vivre, prolonger ou intensifier des rapports sexuels, le plus souvent entre hommes<sup class="source-ref"><a href="#source-1">1</a></sup>. La définition compte : elle dit une <strong>intention</strong>, un <strong>contexte</strong> et des <strong>produits</strong>, et elle évite de confondre ce qui ne se ressemble pas.</p>
<aside class="callout callout-key"><p class="callout-title">À retenir</p><p>On parle de chemsex quand les produits sont pris <em>pour</em> la sexualité, et non quand sexualité et produits se croisent par hasard.</p></aside>
<h2 id="ce-que-le-mot-recouvre">Ce que le mot recouvre</h2>
<p>Les produits les plus cités sont la 3-MMC, le GHB et la GBL, la méthamphétamine et la kétamine. Leur place change d’une ville à l’autre, et d’une année à l’autre<sup class="source-ref"><a href="#source-1">1</a></sup><sup class="source-ref"><a href="#source-2">2</a></sup>.</p>
<ul><li>Un usage n’est pas une dépendance.</li><li>Une pratique n’est pas un diagnostic.</li><li>La <a class="term" href="/courses/chemsex-fondamentaux/glossary#rdr">réduction des risques</a> commence par une conversation.</li></ul>
<h3 id="ordres-de-grandeur">Des ordres de grandeur</h3>
<div class="table-scroll" role="region" aria-label="Enquêtes" tabindex="0"><table><thead><tr><th>Enquête</th><th>Public</th><th>Part</th></tr></thead><tbody><tr><td>EMIS 2017, Belgique</td><td>hommes ayant des rapports avec des hommes</td><td>5 %</td></tr><tr><td>Centres de santé sexuelle</td><td>personnes sous PrEP</td><td>de 15 à 30 %</td></tr></tbody></table></div>
<figure><img src="/media/cycle.svg" alt="Un cercle en quatre temps : attente, session, descente, reprise." width="640" height="200"><figcaption>Un cycle en quatre temps, tel que des personnes concernées le décrivent.</figcaption></figure>
<aside class="callout callout-practice"><p class="callout-title">En pratique</p><p>« Certaines personnes prennent des produits pendant le sexe. Est-ce que cela vous arrive ? » La question est simple, ouverte, et elle ne préjuge de rien.</p></aside>
<aside class="callout callout-warning"><p class="callout-title">Attention</p><p>Une somnolence qui ne cède pas après du GHB est une urgence : appelez le 112.</p></aside>
<details class="callout callout-sensitive"><summary>Ce passage évoque des violences sexuelles</summary><p>Le consentement se discute avant, et il se retire à tout moment.</p></details>
<figure class="callout callout-testimony"><blockquote><p>La première fois qu’une infirmière m’a posé la question sans baisser les yeux, j’ai su que je pouvais revenir.</p></blockquote><figcaption>Témoignage inventé pour cette formation</figcaption></figure>
<h2 id="et-ensuite">Et ensuite ?</h2>
<ol><li>Nommer.</li><li>Écouter.</li><li>Orienter selon l’objectif de la personne.</li></ol>`)
