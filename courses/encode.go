package courses

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"passerelle/quiz"
)

// Encode writes the document as canonical JSON: the same document always gives the same bytes.
func (d *Document) Encode() ([]byte, error) {
	whole := *d // lists that are always there are never null
	whole.Languages = there(d.Languages)
	whole.Objectives = there(d.Objectives)
	whole.Authors = there(d.Authors)
	whole.Sources = there(d.Sources)
	whole.Glossary = there(d.Glossary)
	whole.Modules = there(slices.Clone(d.Modules))
	whole.Media = there(d.Media)
	for i := range whole.Modules {
		m := &whole.Modules[i]
		m.Steps = there(slices.Clone(m.Steps))
		for j := range m.Steps {
			if q := m.Steps[j].Quiz; q != nil && q.Questions == nil {
				empty := *q
				empty.Questions = []quiz.Question{}
				m.Steps[j].Quiz = &empty
			}
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(&whole); err != nil {
		return nil, fmt.Errorf("encoding course %q: %w", d.Slug, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

func there[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Decode reads a document that Encode wrote. One of another form, with a field that is not known, or
// with anything behind it is refused. The bytes of media are not in it.
func Decode(b []byte) (*Document, error) {
	var form struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &form); err != nil {
		return nil, fmt.Errorf("decoding a course document: %w", err)
	}
	if form.Format != Format {
		return nil, fmt.Errorf("decoding a course document: it is of form %d, not %d", form.Format, Format)
	}
	var d Document
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return nil, fmt.Errorf("decoding a course document: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decoding a course document: something follows it")
	}
	return &d, nil
}

// Sum is the SHA-256 of an encoded document, or of a media file, in hexadecimal.
func Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
