package accounts

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

// Hurry makes hashing cheap: what most tests are about is not how long it takes.
func (a *Accounts) Hurry() (err error) {
	a.params = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	a.nobody, err = argon2id.CreateHash("nobody", a.params)
	return err
}

// Hardness is how passwords are hashed.
func Hardness(t *testing.T) (memory, iterations, salt, key uint32) {
	t.Helper()
	a, err := New(nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := a.hash(t.Context(), "un mot de passe")
	if err != nil {
		t.Fatal(err)
	}
	made, _, _, err := argon2id.DecodeHash(hash)
	if err != nil {
		t.Fatal(err)
	}
	if *made != *a.params {
		t.Errorf("made %+v, wanted %+v", *made, *a.params)
	}
	return made.Memory, made.Iterations, made.SaltLength, made.KeyLength
}
