package templates

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"passerelle/i18n"
)

// A CertificateLetter tells somebody that their certificate is ready. It never names the course: a
// mailbox may be read over a shoulder.
type CertificateLetter struct {
	Name   string
	URL    string // full address of /certificates/:id
	Number string
}

// A WelcomeLetter tells somebody that their account is open.
type WelcomeLetter struct {
	Name string
	URL  string // full address of the front door
}

// sheet is what a letter's template is made from: the reader's language and what there is to say.
type sheet[L CertificateLetter | WelcomeLetter] struct {
	*i18n.Language
	Letter L
}

// Letter writes a letter in a language: "certificate" from a CertificateLetter, "welcome" from a
// WelcomeLetter. The first line of its template is the subject.
func (s *Set) Letter(name string, l *i18n.Language, data any) (subject, body string, err error) {
	t, ok := s.letters[name]
	if !ok {
		return "", "", fmt.Errorf("there is no letter %q", name)
	}
	var paper any
	switch data := data.(type) {
	case CertificateLetter:
		data.Name = oneLine(data.Name)
		paper = sheet[CertificateLetter]{l, data}
	case WelcomeLetter:
		data.Name = oneLine(data.Name)
		paper = sheet[WelcomeLetter]{l, data}
	default:
		return "", "", fmt.Errorf("writing letter %s: %T is no letter", name, data)
	}
	var text strings.Builder
	if err := t.Execute(&text, paper); err != nil {
		return "", "", fmt.Errorf("writing letter %s: %w", name, err)
	}
	subject, body, _ = strings.Cut(text.String(), "\n")
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(body)) {
		lines = append(lines, wrap(strings.TrimRight(line, "\n"), 72)...)
	}
	return strings.TrimSpace(subject), strings.Join(lines, "\n") + "\n", nil
}

// oneLine keeps what a person typed from making lines of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// wrap breaks a paragraph at its ordinary spaces, no-break spaces excepted.
func wrap(paragraph string, width int) []string {
	var lines []string
	line, length := "", 0
	for word := range strings.SplitSeq(paragraph, " ") {
		n := utf8.RuneCountInString(word)
		if line != "" && length+1+n > width {
			lines = append(lines, line)
			line, length = "", 0
		}
		if line != "" {
			line += " "
			length++
		}
		line += word
		length += n
	}
	return append(lines, line)
}
