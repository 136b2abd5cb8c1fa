package models

import (
	"context"
	"time"

	"passerelle/fault"
)

// A Version is a published, frozen course version.
type Version struct {
	CourseID    int64     `db:"course_id"`
	Slug        string    `db:"slug"`
	Number      int       `db:"number"`
	SHA256      string    `db:"sha256"`
	PublishedAt time.Time `db:"published_at"`
	PublishedBy string    `db:"published_by"` // a name, or ""
}

const versionColumns = `v.course_id, c.slug, v.number, v.sha256, v.published_at, coalesce(p.name, '') as published_by`
const versionTables = `course_versions v join courses c on c.id = v.course_id left join people p on p.id = v.published_by`

// LatestVersions lists the newest version of every course, by slug.
func (db *DB) LatestVersions(ctx context.Context) ([]Version, error) {
	var versions []Version
	err := db.all(ctx, &versions, `
		select distinct on (c.slug) `+versionColumns+`
		from `+versionTables+`
		order by c.slug, v.number desc`)
	return versions, err
}

// Versions lists all versions of all courses, newest first within a course.
func (db *DB) Versions(ctx context.Context) ([]Version, error) {
	var versions []Version
	err := db.all(ctx, &versions, `select `+versionColumns+` from `+versionTables+` order by c.slug, v.number desc`)
	return versions, err
}

// VersionBySlug finds a version of a course; number 0 means the newest.
func (db *DB) VersionBySlug(ctx context.Context, slug string, number int) (*Version, error) {
	var v Version
	err := db.one(ctx, &v, `
		select `+versionColumns+`
		from `+versionTables+`
		where c.slug = $1 and ($2 = 0 or v.number = $2)
		order by v.number desc
		limit 1`, slug, number)
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// Document reads the frozen document of a version.
func (db *DB) Document(ctx context.Context, courseID int64, number int) (string, error) {
	var document string
	err := db.one(ctx, &document, `select document from course_versions where course_id = $1 and number = $2`, courseID, number)
	return document, err
}

// LockCourse finds or begins the course with the slug and holds it against other publications. It
// returns its id and the number and checksum of its newest version (0 and "" where there is none).
func (db *DB) LockCourse(ctx context.Context, slug string) (id int64, number int, sha256 string, err error) {
	if _, err := db.exec(ctx, `insert into courses (slug, created_at) values ($1, $2) on conflict (slug) do nothing`, slug, db.Now()); err != nil {
		return 0, 0, "", err
	}
	if err := db.one(ctx, &id, `select id from courses where slug = $1 for update`, slug); err != nil {
		return 0, 0, "", err
	}
	var v struct {
		Number int    `db:"number"`
		SHA256 string `db:"sha256"`
	}
	err = db.one(ctx, &v, `select number, sha256 from course_versions where course_id = $1 order by number desc limit 1`, id)
	if fault.Is(err, fault.NotFound) {
		return id, 0, "", nil
	}
	return id, v.Number, v.SHA256, err
}

// InsertVersion freezes a version. by is nil where the command line published it.
func (db *DB) InsertVersion(ctx context.Context, courseID int64, number int, sha256, document string, by *int64) error {
	_, err := db.exec(ctx, `
		insert into course_versions (course_id, number, sha256, document, published_at, published_by)
		values ($1, $2, $3, $4, $5, $6)`, courseID, number, sha256, document, db.Now(), by)
	return err
}

// InsertMedia keeps a file under the checksum of what is in it.
func (db *DB) InsertMedia(ctx context.Context, sha256, mediaType string, bytes []byte) error {
	_, err := db.exec(ctx, `insert into media (sha256, type, bytes) values ($1, $2, $3) on conflict (sha256) do nothing`, sha256, mediaType, bytes)
	return err
}

// Media reads a file.
func (db *DB) Media(ctx context.Context, sha256 string) (mediaType string, bytes []byte, err error) {
	var row struct {
		Type  string `db:"type"`
		Bytes []byte `db:"bytes"`
	}
	err = db.one(ctx, &row, `select type, bytes from media where sha256 = $1`, sha256)
	return row.Type, row.Bytes, err
}
