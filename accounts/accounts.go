// Package accounts is who you are and what you may do: registration, sign-in, sessions, roles.
package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/go-playground/validator/v10"
	"golang.org/x/text/unicode/norm"

	"passerelle/fault"
	"passerelle/i18n"
	"passerelle/models"
	"passerelle/templates"
)

const (
	// SessionLife is how long a session lasts at most (NIST SP 800-63B: 12 hours).
	SessionLife = 12 * time.Hour
	// SessionIdle is how long a session lasts unseen.
	SessionIdle = time.Hour
	// seenEvery is how exactly a session remembers when it was seen: not every page is a write.
	seenEvery = 2 * time.Minute

	// failuresAllowed wrong passwords within failureWindow make an account wait.
	failuresAllowed = 10
	failureWindow   = 15 * time.Minute

	passwordMin = 12
	passwordMax = 200
)

// Professions are the keys of those one can choose from; "other" is the last.
func Professions() []string {
	return []string{
		"general_practitioner", "nurse", "emergency_physician", "ambulance", "psychiatrist", "psychologist",
		"sexologist", "social_worker", "outreach_worker", "addiction_worker", "sexual_health", "pharmacist",
		"peer_worker", "student", "other",
	}
}

// Accounts is the wing's verbs.
type Accounts struct {
	db       *models.DB
	letters  *templates.Set
	words    *i18n.Catalogue
	baseURL  string
	validate *validator.Validate
	hashing  chan struct{} // a place for each password that may be hashed at the same time
	nobody   string        // compared with where the address is unknown
	params   *argon2id.Params
}

// New returns the wing. baseURL is where letters lead, without a slash at its end.
func New(db *models.DB, letters *templates.Set, words *i18n.Catalogue, baseURL string) (*Accounts, error) {
	params, _, _, err := argon2id.DecodeHash(nobodysHash)
	if err != nil {
		return nil, fmt.Errorf("reading how passwords are hashed: %w", err)
	}
	return &Accounts{
		db: db, letters: letters, words: words, baseURL: baseURL,
		validate: validator.New(validator.WithRequiredStructEnabled()),
		hashing:  make(chan struct{}, 4), nobody: nobodysHash, params: params,
	}, nil
}

// nobodysHash is of a password that was drawn at random and forgotten, so that unknown addresses take
// as long as known ones. It also says how passwords are hashed: argon2id over 19 MiB, twice.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$Jm4hlQo09GmMrMAkuDoMVg$qebF8A0Ze/kHL3J18E/GnMveBXG2rFoFj66ouosVvUM"

// A Registration is what the form asks.
type Registration struct {
	Name       string `validate:"required,max=200"`
	Email      string `validate:"required,max=254"`
	Password   string `validate:"required"`
	Profession string `validate:"required"`
	Language   string `validate:"required"`
}

// check tidies the registration and says what is wrong with it: field → message key.
func (a *Accounts) check(r *Registration) error {
	readable := utf8.ValidString(r.Name)
	r.Name = tidyName(r.Name)
	r.Email = strings.TrimSpace(r.Email)
	wrong := map[string]string{}
	var invalid validator.ValidationErrors
	if err := a.validate.Struct(r); errors.As(err, &invalid) {
		for _, field := range invalid {
			name := strings.ToLower(field.Field())
			wrong[name] = "register.error." + name
		}
	}
	if !readable || strings.ContainsFunc(r.Name, unicode.IsControl) || !strings.ContainsFunc(r.Name, shows) {
		wrong["name"] = "register.error.name"
	}
	if !validAddress(r.Email) {
		wrong["email"] = "register.error.email"
	}
	if !slices.Contains(Professions(), r.Profession) {
		wrong["profession"] = "register.error.profession"
	}
	if !slices.Contains(i18n.Codes(), r.Language) {
		wrong["language"] = "register.error.language"
	}
	if n := utf8.RuneCountInString(r.Password); n < passwordMin || n > passwordMax ||
		strings.EqualFold(r.Password, r.Email) || strings.EqualFold(r.Password, r.Name) {
		wrong["password"] = "register.error.password"
	}
	if len(wrong) > 0 {
		return fault.Fields(wrong)
	}
	return nil
}

// tidyName is a name as it is kept and printed: composed, with single spaces, without marks that take
// no room and marks that turn around what stands beside it on a list. Those that Arabic, Persian and
// emoji are written with stay.
func tidyName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\u200b' || r == '\ufeff' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// shows reports whether a rune leaves something on paper.
func shows(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) }

// validAddress reports whether s is one plain e-mail address and nothing else.
func validAddress(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s && parsed.Name == "" && !strings.ContainsFunc(s, unicode.IsControl) && !strings.ContainsAny(s, "<>\"")
}

// Register makes an account for a learner, and queues the letter of welcome.
func (a *Accounts) Register(ctx context.Context, r Registration) (*models.Person, error) {
	return a.Add(ctx, r, models.Learner)
}

// Add makes an account with the roles; it serves Register, the command line and the demo.
func (a *Accounts) Add(ctx context.Context, r Registration, roles ...string) (*models.Person, error) {
	if err := a.check(&r); err != nil {
		return nil, err
	}
	hash, err := a.hash(ctx, r.Password)
	if err != nil {
		return nil, err
	}
	person := &models.Person{Name: r.Name, Email: r.Email, Profession: r.Profession, Language: r.Language, Roles: roles}
	err = a.db.Tx(ctx, func(tx *models.DB) error {
		if err := tx.InsertPerson(ctx, person, hash); err != nil {
			return err
		}
		if err := tx.Audit(ctx, person.ID, "registered", models.Subject("person", person.ID), map[string]any{"roles": roles}); err != nil {
			return err
		}
		subject, body, err := a.letters.Letter("welcome", a.words.In(person.Language), templates.WelcomeLetter{Name: person.Name, URL: a.baseURL + "/"})
		if err != nil {
			return err
		}
		return tx.QueueMail(ctx, models.Letter{
			Kind: "welcome", Ref: models.Subject("person", person.ID), Recipient: person.Email, Subject: subject, Body: body,
		})
	})
	if fault.Is(err, fault.Conflict) {
		return nil, fault.Fields(map[string]string{"email": "register.error.email_taken"})
	}
	if err != nil {
		return nil, err
	}
	return person, nil
}

// hash hashes a password. How many are at once is bounded: each takes 19 MiB.
func (a *Accounts) hash(ctx context.Context, password string) (string, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(norm.NFKC.String(password), a.params)
	if err != nil {
		return "", fmt.Errorf("hashing: %w", err)
	}
	return hash, nil
}

// enter waits for a place among those who hash.
func (a *Accounts) enter(ctx context.Context) (leave func(), err error) {
	select {
	case a.hashing <- struct{}{}:
		return func() { <-a.hashing }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "fault.unavailable")
	}
}

// SignIn begins a session for whoever has the address and password, and returns the token that
// proves it. A wrong address and a wrong password are the same fault, after the same time.
func (a *Accounts) SignIn(ctx context.Context, email, password string) (token string, person *models.Person, err error) {
	email = strings.TrimSpace(email)
	account := sha256.Sum256([]byte(strings.ToLower(email)))
	person, err = a.authenticate(ctx, account[:], email, password)
	if err != nil {
		return "", nil, err
	}
	token, err = a.begin(ctx, person, account[:])
	return token, person, err
}

// authenticate is the person with the address and password. Failures are counted and noted while
// the place among those who hash is held, so that many guesses at once are not all too early to be
// counted.
func (a *Accounts) authenticate(ctx context.Context, account []byte, email, password string) (*models.Person, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	failures, err := a.db.SignInFailures(ctx, account, a.db.Now().Add(-failureWindow))
	if err != nil {
		return nil, err
	}
	if failures >= failuresAllowed {
		return nil, fault.New(fault.TooMany, "fault.too_many")
	}
	person, hash, err := a.db.PersonByEmail(ctx, email)
	known := err == nil
	if err != nil {
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) { // Invalid: no text at all
			return nil, err
		}
		hash = a.nobody
	}
	if utf8.RuneCountInString(password) > passwordMax {
		password = "" // longer than any password that could have been set
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
	if err != nil {
		return nil, fmt.Errorf("comparing passwords: %w", err)
	}
	if !ok || !known || person.SuspendedAt != nil {
		if err := a.db.InsertSignInFailure(ctx, account); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.Invalid, "sign_in.error.wrong")
	}
	return person, nil
}

// begin writes the session.
func (a *Accounts) begin(ctx context.Context, person *models.Person, account []byte) (string, error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	token := base64.RawURLEncoding.EncodeToString(secret)
	err := a.db.Tx(ctx, func(tx *models.DB) error {
		if err := tx.DeleteSignInFailures(ctx, account); err != nil {
			return err
		}
		if err := tx.InsertSession(ctx, HashToken(token), person.ID, tx.Now().Add(SessionLife)); err != nil {
			return err
		}
		return tx.Audit(ctx, person.ID, "signed_in", models.Subject("person", person.ID), nil)
	})
	return token, err
}

// Begin signs a person in who has just registered.
func (a *Accounts) Begin(ctx context.Context, person *models.Person) (string, error) {
	account := sha256.Sum256([]byte(strings.ToLower(person.Email)))
	return a.begin(ctx, person, account[:])
}

// Visitor is the person whose live session has the token: one question to Postgres. Nobody is
// fault.NotFound.
func (a *Accounts) Visitor(ctx context.Context, token string) (*models.Person, error) {
	if token == "" {
		return nil, fault.Missing()
	}
	session, err := a.db.SessionByToken(ctx, HashToken(token), SessionIdle)
	if err != nil {
		return nil, err
	}
	return &session.Person, a.Seen(ctx, token, session.SeenAt)
}

// Seen notes that the session of the token is in use, if what it remembers, before, is some minutes old.
func (a *Accounts) Seen(ctx context.Context, token string, before time.Time) error {
	if a.db.Now().Sub(before) <= seenEvery {
		return nil
	}
	return a.db.TouchSession(ctx, HashToken(token))
}

// SignOut ends the session of the token.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.db.DeleteSession(ctx, HashToken(token))
}

// Sweep removes expired sessions and forgotten failures.
func (a *Accounts) Sweep(ctx context.Context) error {
	return a.db.SweepSessions(ctx, a.db.Now().Add(-failureWindow))
}

// HashToken is what a session is known by: the token itself is kept nowhere.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// SetRoles gives a person exactly the roles. The last administrator stays one. The person's sessions
// go on: rights are read anew at every request.
func (a *Accounts) SetRoles(ctx context.Context, actor *models.Person, personID int64, roles []string) error {
	var kept []string
	for _, role := range models.Roles() {
		if slices.Contains(roles, role) {
			kept = append(kept, role)
		}
	}
	if len(kept) == 0 {
		kept = []string{models.Learner}
	}
	return a.db.Tx(ctx, func(tx *models.DB) error {
		administrators, err := tx.LockAdministrators(ctx)
		if err != nil {
			return err
		}
		if len(administrators) == 1 && administrators[0] == personID && !slices.Contains(kept, models.Administrator) {
			return fault.New(fault.Conflict, "people.error.last_administrator")
		}
		if err := tx.UpdateRoles(ctx, personID, kept); err != nil {
			return err
		}
		return tx.Audit(ctx, actor.ID, "roles_set", models.Subject("person", personID), map[string]any{"roles": kept})
	})
}

// SetLanguage sets the language a person reads in.
func (a *Accounts) SetLanguage(ctx context.Context, person *models.Person, code string) error {
	if !slices.Contains(i18n.Codes(), code) {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	return a.db.UpdateLanguage(ctx, person.ID, code)
}
