// Package i18n says a key in a language: French, Dutch or English.
//
// The messages stand in one folder per language, a file per subject; a test holds the folders to the
// same keys, and the house to the keys that exist.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed fr/*.json nl/*.json en/*.json
var files embed.FS

// Codes are the languages of the interface; the first is the one to fall back on.
func Codes() []string { return []string{"fr", "nl", "en"} }

// A Catalogue holds every message of every language. It is safe for concurrent use.
type Catalogue struct {
	languages map[string]*Language
	matcher   language.Matcher
}

// Load reads the embedded messages.
func Load() (*Catalogue, error) {
	bundle := goi18n.NewBundle(language.French)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	c := &Catalogue{languages: map[string]*Language{}}
	var tags []language.Tag
	for _, code := range Codes() {
		tags = append(tags, language.MustParse(code))
		names, err := fs.Glob(files, code+"/*.json")
		if err != nil {
			return nil, fmt.Errorf("listing messages of %s: %w", code, err)
		}
		for _, name := range names {
			data, err := files.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
			// go-i18n takes the language from the file name, ours is in the folder's.
			if _, err := bundle.ParseMessageFileBytes(data, code+".json"); err != nil {
				return nil, fmt.Errorf("parsing %s: %w", name, err)
			}
		}
	}
	for _, code := range Codes() {
		c.languages[code] = &Language{Code: code, localizer: goi18n.NewLocalizer(bundle, code), months: months[code]}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// In is the language with the code, or the one to fall back on.
func (c *Catalogue) In(code string) *Language {
	if l, ok := c.languages[code]; ok {
		return l
	}
	return c.languages[Codes()[0]]
}

// Match chooses a language for an Accept-Language header.
func (c *Catalogue) Match(accept string) *Language {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return c.In("")
	}
	_, i, confidence := c.matcher.Match(tags...)
	if confidence == language.No {
		return c.In("")
	}
	return c.In(Codes()[i])
}

// A Language says things in one language.
type Language struct {
	Code      string
	localizer *goi18n.Localizer
	months    [12]string
}

// T says the message key. args are names and values in turn; "Count" chooses the plural. A key that
// does not exist is said as it is, so that a page shows it rather than nothing; tests find it first.
func (l *Language) T(key string, args ...any) string {
	config := goi18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			name := fmt.Sprint(args[i])
			data[name] = args[i+1]
			if name == "Count" {
				config.PluralCount = args[i+1]
			}
		}
		config.TemplateData = data
	}
	said, err := l.localizer.Localize(&config)
	if err != nil && said == "" {
		return key
	}
	return said
}

var months = map[string][12]string{
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"nl": {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Date says a day in full: 1er décembre 2026, 1 december 2026, 1 December 2026. The parts are held
// together by no-break spaces.
func (l *Language) Date(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if l.Code == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return day + "\u00a0" + l.months[t.Month()-1] + "\u00a0" + strconv.Itoa(t.Year())
}

// Number says x with as many decimals, with the language's decimal mark.
func (l *Language) Number(x float64, decimals int) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if l.Code != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Percent says a percentage, rounded down to a whole number: 69.9 is not yet 70.
func (l *Language) Percent(x float64) string {
	s := strconv.Itoa(int(x + 1e-9))
	switch l.Code {
	case "en", "nl":
		return s + "%"
	default:
		return s + "\u202f%"
	}
}
