package certificates

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"passerelle/i18n"
	"passerelle/models"
)

// For says what a certificate is issued for.
type For struct {
	Enrolment int64
	Cycle     int
	Person    int64
	BaseURL   string // where /verify is, without a slash at its end
}

// Issue numbers, draws and keeps a certificate in the transaction of the completion it proves. The
// snapshot's number, code, address and date of issue are filled in here.
func Issue(ctx context.Context, tx *models.DB, press *Press, l *i18n.Language, s Snapshot, to For) (*models.Certificate, error) {
	n, err := tx.NextCertificateNumber(ctx)
	if err != nil {
		return nil, err
	}
	code, err := NewCode(rand.Reader)
	if err != nil {
		return nil, err
	}
	s.IssuedOn = tx.Now()
	s.Number, s.Code = Number(s.IssuedOn.In(press.zone).Year(), n), code
	s.VerifyURL = to.BaseURL + "/verify/" + GroupCode(code)
	pdf, err := press.Paper(s, l)
	if err != nil {
		return nil, fmt.Errorf("drawing certificate %s: %w", s.Number, err)
	}
	snapshot, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("freezing certificate %s: %w", s.Number, err)
	}
	sum := sha256.Sum256(pdf)
	c := &models.Certificate{Number: s.Number, Code: code, Snapshot: string(snapshot), SHA256: hex.EncodeToString(sum[:])}
	if err := tx.InsertCertificate(ctx, c, to.Enrolment, to.Cycle, to.Person, pdf); err != nil {
		return nil, err
	}
	return c, nil
}

// Frozen is what a certificate said when it was issued.
func Frozen(c *models.Certificate) (*Snapshot, error) {
	var s Snapshot
	if err := json.Unmarshal([]byte(c.Snapshot), &s); err != nil {
		return nil, fmt.Errorf("reading certificate %s: %w", c.Number, err)
	}
	return &s, nil
}

// Path is a certificate's address on the site.
func Path(id int64) string { return fmt.Sprintf("/certificates/%d", id) }
