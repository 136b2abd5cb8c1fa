// Package mail sends the letters that wait in the outbox.
package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"passerelle/fault"
	"passerelle/models"
)

// A Post sends letters through an SMTP server.
type Post struct {
	client *gomail.Client
	from   string
	host   string // in message ids
}

// New reads an address such as smtp://user:password@host:587 (STARTTLS where offered),
// smtps://host:465 (TLS from the start) or smtp://localhost:2525?tls=none. from is the sender's
// address.
func New(address, from string) (*Post, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("the mail server's address must look like smtp://user:password@host:587")
	}
	options := []gomail.Option{gomail.WithTimeout(10 * time.Second), gomail.WithoutRset()}
	switch tls := u.Query().Get("tls"); {
	case u.Scheme == "smtps":
		options = append(options, gomail.WithSSL())
	case tls == "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case tls == "required":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case tls == "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		return nil, fmt.Errorf("the mail server's address: tls=%s is neither none nor required", tls)
	}
	if u.Port() == "" && u.Scheme == "smtps" {
		options = append(options, gomail.WithPort(gomail.DefaultPortSSL))
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, fmt.Errorf("the mail server's port: %w", err)
		}
		options = append(options, gomail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("the mail server's address: %w", err)
	}
	if err := gomail.NewMsg().From(from); err != nil {
		return nil, fmt.Errorf("the sender's address: %w", err)
	}
	return &Post{client: client, from: from, host: u.Hostname()}, nil
}

// goodbye is how long a letter in hand may take once we are asked to stop: most have left by then,
// and a server that hangs is not waited for.
const goodbye = 2 * time.Second

// Deliver sends the letters that are due, one after the other, until ctx ends. A letter that does not
// leave is tried again later, each time after a longer while; that it failed is in its row and in the
// log.
func (p *Post) Deliver(ctx context.Context, db *models.DB) error {
	// What became of a letter is written down even when we are asked to stop meanwhile: else it would
	// be sent again.
	whole := context.WithoutCancel(ctx)
	for ctx.Err() == nil {
		err := db.Tx(whole, func(tx *models.DB) error {
			letter, err := tx.TakeLetter(whole)
			if err != nil {
				return err
			}
			if err := p.send(ctx, letter); err != nil {
				// Why stands in the row only: servers like to repeat the address in what they say.
				slog.Warn("a letter did not leave", "letter", letter.ID, "kind", letter.Kind, "tries", letter.Tries+1)
				return tx.LetterFailed(whole, letter.ID, why(err), tx.Now().Add(wait(letter.Tries)))
			}
			return tx.LetterSent(whole, letter.ID)
		})
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// why is what a server said, as Postgres can keep it: a server may say anything.
func why(err error) string {
	said := []rune(strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\ufffd"), "\x00", "\ufffd"))
	return string(said[:min(len(said), 1000)])
}

// wait is 1, 2, 4 … minutes, at most 12 hours.
func wait(tries int) time.Duration {
	return min(time.Minute<<min(tries, 10), 12*time.Hour)
}

func (p *Post) send(ctx context.Context, l *models.Letter) error {
	message, err := p.message(l)
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() { sent <- p.hand(message) }()
	select {
	case err = <-sent:
		return err
	case <-ctx.Done():
	}
	select {
	case err = <-sent:
		return err
	case <-time.After(goodbye):
		return fmt.Errorf("sending: %w", ctx.Err())
	}
}

// hand gives a message to the server. What comes after the server took it does not matter: a goodbye
// that fails must not make us send it again.
func (p *Post) hand(message *gomail.Msg) error {
	connection, err := p.client.DialToSMTPClientWithContext(context.Background())
	if err != nil {
		return fmt.Errorf("reaching the mail server: %w", err)
	}
	defer p.client.CloseWithSMTPClient(connection)
	if err := p.client.SendWithSMTPClient(connection, message); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	return nil
}

// message is a letter in the form that servers take.
func (p *Post) message(l *models.Letter) (*gomail.Msg, error) {
	message := gomail.NewMsg()
	if err := message.From(p.from); err != nil {
		return nil, err
	}
	if err := message.To(l.Recipient); err != nil {
		return nil, err
	}
	message.Subject(l.Subject)
	// The same letter always has the same id, so that a server that took it and did not say so, and
	// is asked again, can tell.
	message.SetMessageIDWithValue(fmt.Sprintf("%d.%s@%s", l.ID, l.Kind, p.host))
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, l.Body)
	return message, nil
}
