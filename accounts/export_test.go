package accounts

import "github.com/alexedwards/argon2id"

// Hurry makes hashing cheap: what tests are about is not how long it takes.
func (a *Accounts) Hurry() (err error) {
	a.params = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	a.nobody, err = argon2id.CreateHash("nobody", a.params)
	return err
}
