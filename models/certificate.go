package models

import (
	"context"
	"time"
)

// A Certificate is the proof as it was issued: its snapshot is every printed field.
type Certificate struct {
	ID       int64     `db:"id"`
	Number   string    `db:"number"`
	Code     string    `db:"code"`
	Snapshot string    `db:"snapshot"` // JSON
	SHA256   string    `db:"sha256"`   // of the PDF, hexadecimal
	IssuedAt time.Time `db:"issued_at"`
}

const certificateColumns = `id, number, code, snapshot, sha256, issued_at`

// NextCertificateNumber draws the next number; a number drawn in vain stays unused.
func (db *DB) NextCertificateNumber(ctx context.Context) (int64, error) {
	var n int64
	err := db.one(ctx, &n, `select nextval('certificate_number')`)
	return n, err
}

// InsertCertificate keeps a certificate, once per enrolment and cycle.
func (db *DB) InsertCertificate(ctx context.Context, c *Certificate, enrolmentID int64, cycle int, personID int64, pdf []byte) error {
	c.IssuedAt = db.Now()
	return db.one(ctx, &c.ID, `
		insert into certificates (enrolment_id, cycle, person_id, number, code, snapshot, pdf, sha256, issued_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		returning id`,
		enrolmentID, cycle, personID, c.Number, c.Code, c.Snapshot, pdf, c.SHA256, c.IssuedAt)
}

// CertificateOf reads a certificate, if it is the person's.
func (db *DB) CertificateOf(ctx context.Context, personID, id int64) (*Certificate, error) {
	var c Certificate
	err := db.one(ctx, &c, `select `+certificateColumns+` from certificates where id = $1 and person_id = $2`, id, personID)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// CertificatesOf lists a person's certificates, newest first.
func (db *DB) CertificatesOf(ctx context.Context, personID int64) ([]Certificate, error) {
	var list []Certificate
	err := db.all(ctx, &list, `select `+certificateColumns+` from certificates where person_id = $1 order by issued_at desc, id desc`, personID)
	return list, err
}

// CertificatePDF reads the bytes as issued, if they are the person's.
func (db *DB) CertificatePDF(ctx context.Context, personID, id int64) (number string, pdf []byte, err error) {
	var row struct {
		Number string `db:"number"`
		PDF    []byte `db:"pdf"`
	}
	err = db.one(ctx, &row, `select number, pdf from certificates where id = $1 and person_id = $2`, id, personID)
	return row.Number, row.PDF, err
}

// CertificateByCode finds a certificate for whoever holds its code.
func (db *DB) CertificateByCode(ctx context.Context, code string) (*Certificate, error) {
	var c Certificate
	if err := db.one(ctx, &c, `select `+certificateColumns+` from certificates where code = $1`, code); err != nil {
		return nil, err
	}
	return &c, nil
}
