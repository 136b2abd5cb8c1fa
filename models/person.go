package models

import (
	"context"
	"time"

	"github.com/lib/pq"

	"passerelle/fault"
)

// The roles; a person may hold several.
const (
	Learner       = "learner"
	Trainer       = "trainer"
	Coordinator   = "coordinator"
	Administrator = "administrator"
)

// Roles are all there are, in the order they are shown.
func Roles() []string { return []string{Learner, Trainer, Coordinator, Administrator} }

// A Person has an account.
type Person struct {
	ID          int64      `db:"id"`
	Email       string     `db:"email"`
	Name        string     `db:"name"`
	Profession  string     `db:"profession"`
	Language    string     `db:"language"`
	Roles       Strings    `db:"roles"`
	CreatedAt   time.Time  `db:"created_at"`
	SuspendedAt *time.Time `db:"suspended_at"`
}

// Is reports whether the person holds the role.
func (p *Person) Is(role string) bool { return p != nil && p.Roles.Has(role) }

const personColumns = `p.id, p.email, p.name, p.profession, p.language, p.roles, p.created_at, p.suspended_at`

// InsertPerson adds a person; an e-mail address that is taken is fault.Conflict.
func (db *DB) InsertPerson(ctx context.Context, p *Person, passwordHash string) error {
	p.CreatedAt = db.Now()
	err := db.one(ctx, &p.ID, `
		insert into people (email, name, password_hash, profession, language, roles, created_at)
		values ($1, $2, $3, $4, $5, $6, $7)
		returning id`,
		p.Email, p.Name, passwordHash, p.Profession, p.Language, pq.Array([]string(p.Roles)), p.CreatedAt)
	if violates(err, "people_email") {
		return fault.Wrap(err, fault.Conflict, "register.error.email_taken")
	}
	return err
}

// PersonByEmail finds a person and their password hash for signing in.
func (db *DB) PersonByEmail(ctx context.Context, email string) (*Person, string, error) {
	var row struct {
		Person
		Hash string `db:"password_hash"`
	}
	err := db.one(ctx, &row, `
		select `+personColumns+`, p.password_hash
		from people p
		where lower(p.email) = lower($1)`, email)
	if err != nil {
		return nil, "", err
	}
	return &row.Person, row.Hash, nil
}

// PersonByID finds a person.
func (db *DB) PersonByID(ctx context.Context, id int64) (*Person, error) {
	var p Person
	if err := db.one(ctx, &p, `select `+personColumns+` from people p where p.id = $1`, id); err != nil {
		return nil, err
	}
	return &p, nil
}

// People lists people whose name or address holds search, by name; offset and limit page through
// them. It serves administrators only.
func (db *DB) People(ctx context.Context, search string, offset, limit int) ([]Person, error) {
	var people []Person
	err := db.all(ctx, &people, `
		select `+personColumns+`
		from people p
		where p.name ilike $1 or p.email ilike $1
		order by p.name collate "und-x-icu", p.id
		offset $2 limit $3`, likePattern(search), offset, limit)
	return people, err
}

// CountPeople counts the people that People lists.
func (db *DB) CountPeople(ctx context.Context, search string) (int, error) {
	var n int
	err := db.one(ctx, &n, `select count(*) from people where name ilike $1 or email ilike $1`, likePattern(search))
	return n, err
}

// LockAdministrators makes changes of roles wait for each other, and says who the administrators are.
func (db *DB) LockAdministrators(ctx context.Context) ([]int64, error) {
	var ids []int64
	err := db.all(ctx, &ids, `select id from people where 'administrator' = any(roles) and suspended_at is null order by id for update`)
	return ids, err
}

// UpdateRoles sets a person's roles.
func (db *DB) UpdateRoles(ctx context.Context, id int64, roles []string) error {
	n, err := db.exec(ctx, `update people set roles = $2 where id = $1`, id, pq.Array(roles))
	if err == nil && n == 0 {
		return fault.Missing()
	}
	return err
}

// UpdateLanguage sets the language a person reads in.
func (db *DB) UpdateLanguage(ctx context.Context, id int64, language string) error {
	_, err := db.exec(ctx, `update people set language = $2 where id = $1`, id, language)
	return err
}

// UpdatePasswordHash sets a person's password.
func (db *DB) UpdatePasswordHash(ctx context.Context, id int64, hash string) error {
	_, err := db.exec(ctx, `update people set password_hash = $2 where id = $1`, id, hash)
	return err
}
