package courses

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEncodeIsCanonical(t *testing.T) {
	d := sound(t, with(t))
	first, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decoded.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Errorf("encoded again:\n%s\nfirst:\n%s", again, first)
	}
	if bytes.HasSuffix(first, []byte("\n")) || bytes.Contains(first, []byte(`\u003c`)) || bytes.Contains(first, []byte("null")) {
		t.Errorf("encoded as %s", first)
	}
	if got := Sum(first); len(got) != 64 || got != Sum(again) {
		t.Errorf("sums %s and %s", got, Sum(again))
	}
	if Sum(nil) != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Error("not a SHA-256")
	}
}

func TestAnEmptyDocumentHasListsNotNulls(t *testing.T) {
	got, err := (&Document{Format: 1, Modules: []Module{{Key: "m", Steps: []Step{{Key: "s", Quiz: &Quiz{}}}}}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"format":1,"slug":"","languages":[],"title":null,"summary":null,"objectives":[],"authors":[],"organiser":{"name":""},"written_on":"","sources":[],"glossary":[],"modules":[{"key":"m","title":null,"steps":[{"key":"s","title":null,"minutes":0,"quiz":{"purpose":"","questions":[]}}]}],"media":[]}`
	if string(got) != want {
		t.Errorf("encoded as %s\nwant       %s", got, want)
	}
}

func TestDecodeOfWhatWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := aDocument(t)
		want, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := Decode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decoded.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestDecodeIsStrict(t *testing.T) {
	good, err := sound(t, with(t)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "unexpected end"},
		"no JSON":       {"slug: a", "invalid character"},
		"another form":  {strings.Replace(string(good), `"format":1`, `"format":2`, 1), "of form 2, not 1"},
		"no form":       {`{"slug":"a"}`, "of form 0, not 1"},
		"unknown field": {strings.Replace(string(good), `"slug"`, `"slugs":1,"slug"`, 1), `unknown field "slugs"`},
		"deep field":    {strings.Replace(string(good), `"minutes"`, `"hours":1,"minutes"`, 1), `unknown field "hours"`},
		"wrong type":    {strings.Replace(string(good), `"minutes":8`, `"minutes":"8"`, 1), "cannot unmarshal"},
		"cut":           {string(good[:len(good)-5]), "unexpected end"},
		"followed":      {string(good) + "{}", "after top-level value"},
	} {
		if _, err := Decode([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
