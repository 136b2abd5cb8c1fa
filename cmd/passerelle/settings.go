package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a hospital's old server may have no zones of its own

	"github.com/caarlos0/env/v11"

	"passerelle/devpg"
	postoffice "passerelle/mail"
)

// Settings come from the environment and from nowhere else.
type Settings struct {
	DatabaseURL    string `env:"DATABASE_URL"`
	Listen         string `env:"PASSERELLE_LISTEN" envDefault:"127.0.0.1:8080"`
	BaseURL        string `env:"PASSERELLE_BASE_URL"`
	Data           string `env:"PASSERELLE_DATA"`
	SMTPURL        string `env:"PASSERELLE_SMTP_URL"`
	MailFrom       string `env:"PASSERELLE_MAIL_FROM"`
	Contact        string `env:"PASSERELLE_CONTACT"`
	TimeZone       string `env:"PASSERELLE_TIME_ZONE" envDefault:"Europe/Brussels"`
	TrustedProxies string `env:"PASSERELLE_TRUSTED_PROXIES"`
	Unprepared     bool   `env:"PASSERELLE_DB_UNPREPARED"`
	Connections    int    `env:"PASSERELLE_DB_CONNECTIONS" envDefault:"32"`

	zone    *time.Location
	proxies []netip.Prefix
}

// readSettings reads and checks every setting, and says everything that is wrong at once.
func readSettings(environment map[string]string) (*Settings, error) {
	s := &Settings{}
	var wrong []error
	tell := func(name, message string) { wrong = append(wrong, fmt.Errorf("%s: %s", name, message)) }

	var unread env.AggregateError
	if err := env.ParseWithOptions(s, env.Options{Environment: environment}); errors.As(err, &unread) {
		for _, e := range unread.Errors {
			var p env.ParseError
			if !errors.As(e, &p) {
				return nil, fmt.Errorf("reading settings: %w", e)
			}
			if p.Type.Kind() == reflect.Bool { // a number that is none stays 0, which is told below
				field, _ := reflect.TypeFor[Settings]().FieldByName(p.Name)
				tell(field.Tag.Get("env"), "must be true or false")
			}
		}
	} else if err != nil {
		return nil, fmt.Errorf("reading settings: %w", err)
	}
	if s.DatabaseURL != "" {
		if u, err := url.Parse(s.DatabaseURL); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" {
			tell("DATABASE_URL", "must look like postgres://user:password@host:5432/name")
		}
	}
	host, port, err := net.SplitHostPort(s.Listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		tell("PASSERELLE_LISTEN", "must be an address and a port, such as 127.0.0.1:8080")
	} else if s.BaseURL == "" {
		if host == "" || host == "0.0.0.0" || host == "::" {
			host = "127.0.0.1"
		}
		s.BaseURL = "http://" + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(s.BaseURL)
	if s.BaseURL != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
		tell("PASSERELLE_BASE_URL", "must be the site's address without a path, such as https://formation.example.org")
	}
	s.BaseURL = strings.TrimRight(s.BaseURL, "/")
	if s.Data == "" {
		if s.Data, err = devpg.DefaultDir(); err != nil {
			tell("PASSERELLE_DATA", "must name a folder: "+err.Error())
		}
	}
	if s.SMTPURL != "" {
		if s.MailFrom == "" {
			tell("PASSERELLE_MAIL_FROM", "must be set where PASSERELLE_SMTP_URL is: the address that letters come from")
		}
		if _, err := postoffice.New(s.SMTPURL, "passerelle@example.org"); err != nil {
			tell("PASSERELLE_SMTP_URL", err.Error())
		}
	}
	for _, set := range []struct{ name, address string }{{"PASSERELLE_MAIL_FROM", s.MailFrom}, {"PASSERELLE_CONTACT", s.Contact}} {
		if _, err := mail.ParseAddress(set.address); err != nil && set.address != "" {
			tell(set.name, "must be an e-mail address")
		}
	}
	if s.zone, err = time.LoadLocation(s.TimeZone); err != nil {
		tell("PASSERELLE_TIME_ZONE", "must be a zone such as Europe/Brussels")
	}
	for _, proxy := range strings.FieldsFunc(s.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(proxy)
		if err != nil {
			address, addressErr := netip.ParseAddr(proxy)
			if addressErr != nil {
				tell("PASSERELLE_TRUSTED_PROXIES", fmt.Sprintf("%q is neither an address nor a network such as 10.0.0.0/8", proxy))
				continue
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		s.proxies = append(s.proxies, prefix)
	}
	if s.Connections < 2 || s.Connections > 1000 {
		tell("PASSERELLE_DB_CONNECTIONS", "must be a number between 2 and 1000")
	}
	return s, errors.Join(wrong...)
}
