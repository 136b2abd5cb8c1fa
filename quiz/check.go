package quiz

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
)

// maxKey is the most characters a key may have.
const maxKey = 60

// ValidKey reports whether s is a key: small letters, digits and hyphens, a letter or digit first,
// at most 60 characters. Keys stand in addresses, file names and form fields as they are.
func ValidKey(s string) bool {
	if s == "" || len(s) > maxKey || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Check says what a question's author has to mend: what every question has in common, then what its
// kind asks for. languages are those the course is written in; the first is the source language.
// That objectives and sources exist, and that texts are sound Markdown, is the course's to check.
func Check(q *Question, languages []string) []Fault {
	var faults []Fault
	if !ValidKey(q.Key) {
		faults = append(faults, badKey("key", q.Key))
	}
	faults = append(faults, need("text", q.Text)...)
	kind, known := ByName(q.Kind)
	if known {
		faults = append(faults, kind.Check(q, languages)...)
	} else {
		var names []string
		for _, k := range Kinds() {
			names = append(names, k.Name())
		}
		faults = append(faults, Fault{Path: "kind", Message: fmt.Sprintf("unknown kind %q; there are %s", q.Kind, strings.Join(names, ", "))})
	}
	for path, text := range q.Texts() {
		faults = append(faults, CheckText(path, text, languages)...)
	}
	return faults
}

// CheckText says in which languages a text that is there is missing: in the source language that is
// a fault, in another a warning. A text that is not there at all has nothing wrong with it here, nor
// has any where the course has no language.
func CheckText(path string, text Text, languages []string) []Fault {
	if len(text) == 0 || len(languages) == 0 {
		return nil
	}
	var faults []Fault
	for i, lang := range languages {
		switch {
		case text[lang] != "":
		case i == 0:
			faults = append(faults, Fault{Path: path, Message: "missing in " + lang + ", the source language"})
		default:
			faults = append(faults, Fault{Path: path, Message: "missing in " + lang, Warning: true})
		}
	}
	var others []string
	for lang := range text {
		if !slices.Contains(languages, lang) {
			others = append(others, lang)
		}
	}
	slices.Sort(others)
	for _, lang := range others {
		faults = append(faults, Fault{Path: path + "." + lang, Message: fmt.Sprintf("%q is not a language of this course", lang)})
	}
	return faults
}

// Texts walks through every text of the question that is there, whatever its kind, each with the
// path that leads to it. It reads the struct's own fields, so that a kind's new text is never
// forgotten by a check, a count or a translation.
func (q *Question) Texts() iter.Seq2[string, Text] {
	return func(yield func(string, Text) bool) { texts("", reflect.ValueOf(q).Elem(), yield) }
}

func texts(path string, v reflect.Value, yield func(string, Text) bool) bool {
	if text, ok := v.Interface().(Text); ok {
		return len(text) == 0 || yield(path, text)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			below := fieldName(v.Type().Field(i))
			if path != "" {
				below = path + "." + below
			}
			if !texts(below, v.Field(i), yield) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !texts(fmt.Sprintf("%s[%d]", path, i), v.Index(i), yield) {
				return false
			}
		}
	}
	return true
}

// fieldName is the field's word in course files.
func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

// only finds the fields that are set though they belong to other kinds: own are the kind's words.
func only(q *Question, own ...string) []Fault {
	own = append(own, "key", "kind", "objective", "sources", "text", "feedback")
	var faults []Fault
	v := reflect.ValueOf(q).Elem()
	for i := range v.NumField() {
		name := fieldName(v.Type().Field(i))
		if !v.Field(i).IsZero() && !slices.Contains(own, name) {
			faults = append(faults, Fault{Path: name, Message: fmt.Sprintf("does not belong to a %s question", q.Kind)})
		}
	}
	return faults
}

// need is the fault of a text that has to be there and is not.
func need(path string, text Text) []Fault {
	if len(text) == 0 {
		return []Fault{{Path: path, Message: "missing"}}
	}
	return nil
}

func badKey(path, key string) Fault {
	if key == "" {
		return Fault{Path: path, Message: "missing"}
	}
	return Fault{Path: path, Message: fmt.Sprintf("%q is not a key: use small letters, digits and hyphens, a letter or digit first, at most %d characters", key, maxKey)}
}
