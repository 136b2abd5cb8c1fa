package quiz

import (
	"strings"
	"unicode/utf8"
)

// What one question's part of a form may hold.
const (
	maxFields = 200    // sub-fields of a question
	maxValues = 100    // values of a field
	maxValue  = 10_000 // characters of a value
)

// Field is the name of a question's form field: its main field for an empty sub, else a sub-field (a
// row, a gap). Keys hold no dots, so no question's fields can be mistaken for another's.
func Field(key, sub string) string {
	if sub == "" {
		return key
	}
	return key + "." + sub
}

// FromForm takes the answer to the question with the key out of a form: the field named by the key
// and those named "key.sub"; nothing else. Values are kept as typed, but for what no database holds
// (NUL, bytes that are not UTF-8) and what exceeds the bounds.
func FromForm(form map[string][]string, key string) Answer {
	a := Answer{}
	for name, values := range form {
		sub, ours := "", name == key
		if !ours {
			sub, ours = strings.CutPrefix(name, key+".")
			ours = ours && sub != "" && len(sub) <= maxKey && utf8.ValidString(sub) && !strings.Contains(sub, "\x00")
		}
		if !ours || len(values) == 0 {
			continue
		}
		kept := make([]string, 0, min(len(values), maxValues))
		for _, v := range values[:min(len(values), maxValues)] {
			kept = append(kept, bounded(v))
		}
		a[sub] = kept
	}
	if len(a) > maxFields { // a forged form: no kind has as many, and which to keep would be chance
		return Answer{}
	}
	return a
}

// bounded is v without what cannot be stored, cut after maxValue characters.
func bounded(v string) string {
	v = strings.ReplaceAll(strings.ToValidUTF8(v, "\ufffd"), "\x00", "")
	if len(v) <= maxValue {
		return v
	}
	n := 0
	for i := range v {
		if n == maxValue {
			return v[:i]
		}
		n++
	}
	return v
}
