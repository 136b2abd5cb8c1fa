package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/lib/pq"

	"passerelle/accounts"
	"passerelle/courses"
	"passerelle/devpg"
)

// A bare program shows the same lesson and saves the same answers with Gin, html/template and lib/pq,
// as one would write it who knew only this course in French: no faults, no headers, no languages, no
// figures for operators, nothing compressed. Its connections are as many as ours and send a question in
// one round trip, like ours; it prepares nothing.
type bare struct {
	db   *sql.DB
	page *template.Template
	show barePage // without what depends on the person
}

// The session's statement is models/session.go's, the answer's models/attempt.go's.
const (
	selectSession = `
		select s.created_at, s.seen_at, s.expires_at,
			p.id, p.email, p.name, p.profession, p.language, p.roles, p.created_at, p.suspended_at
		from sessions s
		join people p on p.id = s.person_id
		where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and p.suspended_at is null`
	selectEnrolment = `
		select e.id, e.version, e.cycle, e.progress
		from enrolments e join courses c on c.id = e.course_id
		where e.person_id = $1 and c.slug = $2`
	selectReadings = `select step from readings where enrolment_id = $1 and cycle = $2`
	saveAnswer     = `
		with visitor as materialized (
			select p.id, s.seen_at
			from sessions s join people p on p.id = s.person_id
			where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and p.suspended_at is null
		), ` + upsertAnswer
	// The part of it that pgbench runs: the writing, for a visitor who is known.
	upsertAnswer = `attempt as (
			select a.id, a.submitted_at is null as open, visitor.seen_at
			from visitor
			join enrolments e on e.person_id = visitor.id
			join attempts a on a.enrolment_id = e.id
			where a.id = $4 and $5::text = any(a.questions)
			for share of a
		), saved as (
			insert into answers (attempt_id, question, given, sequence, saved_at)
			select id, $5, $6, $7, $2 from attempt where open
			on conflict (attempt_id, question) do update
				set given = excluded.given, sequence = excluded.sequence, saved_at = excluded.saved_at
				where answers.sequence < excluded.sequence
			returning sequence
		)
		select open, seen_at, (select sequence from saved) as saved,
			(select sequence from answers where attempt_id = $4 and question = $5) as kept
		from attempt`
)

// A barePage is what the bare lesson page is made from.
type barePage struct {
	Title, Name, Course, Module, ReviewedOn string
	Minutes                                 int
	Steps                                   []bareStep
	Objectives                              []string
	Body                                    template.HTML
	Sources                                 []courses.Source
}

type bareStep struct {
	Key, Title, URL string
	Minutes         int
	Read            bool
}

const barePageText = `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>{{.Title}} – Passerelle</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/app.css">
</head>
<body>
<header><a href="/">Passerelle</a>
<nav aria-label="Navigation principale"><ul><li><a href="/">Formations</a></li><li><a href="/progress">Mon parcours</a></li></ul></nav>
<p>{{.Name}}</p><form method="post" action="/sign-out"><button>Se déconnecter</button></form>
</header>
<main>
<nav aria-label="Sommaire"><p>{{.Module}}</p><ol>
{{range .Steps}}<li class="{{if .Read}}read{{else}}todo{{end}}"><a href="{{.URL}}">{{.Title}}</a> <small>{{.Minutes}} min</small></li>
{{end}}</ol></nav>
<article>
<p><a href="/">Formations</a> <a href="/courses/chemsex-fondamentaux">{{.Course}}</a></p>
<h1>{{.Title}}</h1>
<p>{{.Minutes}} min · relu le {{.ReviewedOn}}</p>
<ul>
{{range .Objectives}}<li>{{.}}</li>
{{end}}</ul>
{{.Body}}
<ol>
{{range $i, $s := .Sources}}<li id="source-{{$i}}">{{if .URL}}<a href="{{.URL}}" rel="noreferrer">{{.Citation}}</a>{{else}}{{.Citation}}{{end}}</li>
{{end}}</ol>
</article>
</main>
<footer>%s</footer>
</body>
</html>
`

// newBare is the bare program, with a lesson page of pageSize bytes.
func (b *bench) newBare(pageSize int) (http.Handler, error) {
	address, err := url.Parse(b.server.URL(devpg.Database))
	if err != nil {
		return nil, err
	}
	query := address.Query()
	query.Set("binary_parameters", "yes")
	address.RawQuery = query.Encode()
	db, err := sql.Open("postgres", address.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	b.closers = append(b.closers, db.Close)

	p := &bare{db: db, show: b.barePage()}
	if err := p.pad(pageSize, b.people[0].person.Name); err != nil {
		return nil, err
	}
	engine := gin.New()
	engine.GET("/courses/:course/:module/:step", p.lesson)
	engine.POST("/attempts/:id/answers/:question", p.save)
	return engine, nil
}

// barePage is the lesson in French.
func (b *bench) barePage() barePage {
	fr := func(t courses.Text) string { return t["fr"] }
	m := b.course.ModuleOf(b.step.Key)
	page := barePage{
		Title: fr(b.step.Title), Course: fr(b.course.Title), Module: fr(m.Title),
		Minutes: b.step.Minutes, ReviewedOn: b.step.Lesson.ReviewedOn,
	}
	page.Body, _ = b.course.Lesson(b.step.Key, "fr")
	for _, step := range m.Steps {
		page.Steps = append(page.Steps, bareStep{step.Key, fr(step.Title), "/courses/" + shipped + "/" + m.Key + "/" + step.Key, step.Minutes, false})
	}
	for _, key := range b.step.Lesson.Objectives {
		page.Objectives = append(page.Objectives, fr(b.course.Objective(key).Text))
	}
	for _, key := range b.step.Lesson.Sources {
		page.Sources = append(page.Sources, *b.course.Source(key))
	}
	return page
}

// pad makes the page as long as ours: what ours has more of, it has as one piece of text.
func (p *bare) pad(size int, name string) (err error) {
	show := p.show
	show.Name = name
	padding := ""
	for range 2 {
		if p.page, err = template.New("lesson").Parse(fmt.Sprintf(barePageText, padding)); err != nil {
			return err
		}
		var page bytes.Buffer
		if err := p.page.Execute(&page, show); err != nil {
			return err
		}
		padding = strings.Repeat("x", max(0, size-page.Len()))
	}
	return nil
}

type barePerson struct {
	created, seen, expires, joined    time.Time
	id                                int64
	email, name, profession, language string
	roles                             []string
	suspended                         *time.Time
}

func (p *bare) visitor(r *http.Request) (*barePerson, error) {
	cookie, err := r.Cookie("session")
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(cookie.Value))
	now := time.Now()
	var v barePerson
	err = p.db.QueryRowContext(r.Context(), selectSession, hash[:], now, now.Add(-accounts.SessionIdle)).Scan(
		&v.created, &v.seen, &v.expires, &v.id, &v.email, &v.name, &v.profession, &v.language, pq.Array(&v.roles), &v.joined, &v.suspended)
	return &v, err
}

func (p *bare) lesson(c *gin.Context) {
	person, err := p.visitor(c.Request)
	if err != nil {
		c.String(http.StatusUnauthorized, err.Error())
		return
	}
	read, err := p.readings(c.Request, person.id, c.Param("course"))
	if err != nil {
		c.String(http.StatusInternalServerError, err.Error())
		return
	}
	show := p.show
	show.Name = person.name
	show.Steps = append([]bareStep(nil), p.show.Steps...)
	for i := range show.Steps {
		show.Steps[i].Read = read[show.Steps[i].Key]
	}
	var page bytes.Buffer
	if err := p.page.Execute(&page, show); err != nil {
		c.String(http.StatusInternalServerError, err.Error())
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
}

func (p *bare) readings(r *http.Request, person int64, course string) (map[string]bool, error) {
	var enrolment int64
	var version, cycle, progress int
	err := p.db.QueryRowContext(r.Context(), selectEnrolment, person, course).Scan(&enrolment, &version, &cycle, &progress)
	if err != nil {
		return nil, err
	}
	rows, err := p.db.QueryContext(r.Context(), selectReadings, enrolment, cycle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	read := map[string]bool{}
	for rows.Next() {
		var step string
		if err := rows.Scan(&step); err != nil {
			return nil, err
		}
		read[step] = true
	}
	return read, rows.Err()
}

func (p *bare) save(c *gin.Context) {
	cookie, cookieErr := c.Request.Cookie("session")
	attempt, idErr := strconv.ParseInt(c.Param("id"), 10, 64)
	sequence, sequenceErr := strconv.ParseInt(c.PostForm("sequence"), 10, 64)
	given, jsonErr := json.Marshal(map[string][]string{"": c.PostFormArray(c.Param("question"))})
	if cookieErr != nil || idErr != nil || sequenceErr != nil || jsonErr != nil {
		c.String(http.StatusUnprocessableEntity, "refused")
		return
	}
	var open bool
	var seen time.Time
	var saved, kept *int64
	hash, now := sha256.Sum256([]byte(cookie.Value)), time.Now()
	err := p.db.QueryRowContext(c.Request.Context(), saveAnswer, hash[:], now, now.Add(-accounts.SessionIdle),
		attempt, c.Param("question"), string(given), sequence).Scan(&open, &seen, &saved, &kept)
	switch {
	case err != nil:
		c.String(http.StatusInternalServerError, err.Error())
	case saved == nil:
		c.JSON(http.StatusConflict, gin.H{"state": "stale"})
	default:
		c.JSON(http.StatusOK, gin.H{"state": "saved", "sequence": *saved})
	}
}
