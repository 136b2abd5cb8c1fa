package main

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestSettingsWithoutAny(t *testing.T) {
	t.Parallel()
	s, err := readSettings(map[string]string{"HOME": "/home/zoe"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:8080" || s.BaseURL != "http://127.0.0.1:8080" || s.DatabaseURL != "" || s.Data == "" || s.zone.String() != "Europe/Brussels" || s.Connections < 16 || s.proxies != nil || s.Unprepared {
		t.Errorf("the settings are %+v", s)
	}
}

func TestSettingsAsGiven(t *testing.T) {
	t.Parallel()
	s, err := readSettings(map[string]string{
		"DATABASE_URL": "postgresql://u:p@db.example:5433/passerelle?sslmode=require", "PASSERELLE_LISTEN": "[::1]:9000", "PASSERELLE_BASE_URL": "https://formation.example.org/",
		"PASSERELLE_DATA": "/srv/passerelle", "PASSERELLE_SMTP_URL": "smtps://u:p@mail.example:465", "PASSERELLE_MAIL_FROM": "Passerelle <passerelle@example.org>",
		"PASSERELLE_CONTACT": "aide@example.org", "PASSERELLE_TIME_ZONE": "Pacific/Kiritimati", "PASSERELLE_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7 ::1", "PASSERELLE_DB_CONNECTIONS": "2", "PASSERELLE_DB_UNPREPARED": "true",
	})
	if err != nil {
		t.Fatal(err)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("::1/128")}
	if s.BaseURL != "https://formation.example.org" || s.zone.String() != "Pacific/Kiritimati" || !slices.Equal(s.proxies, proxies) || s.Connections != 2 || !s.Unprepared {
		t.Errorf("the settings are %+v", s)
	}
	for listen, base := range map[string]string{":8080": "http://127.0.0.1:8080", "0.0.0.0:80": "http://127.0.0.1:80", "[::]:8080": "http://127.0.0.1:8080", "[::1]:8080": "http://[::1]:8080", "192.0.2.1:8080": "http://192.0.2.1:8080"} {
		if s, err := readSettings(map[string]string{"PASSERELLE_LISTEN": listen}); err != nil || s.BaseURL != base {
			t.Errorf("listening on %s the address is %v, want %s (%v)", listen, s, base, err)
		}
	}
}

// Every wrong value has its message, which names the setting and no other; all are told at once.
func TestEveryWrongSettingIsTold(t *testing.T) {
	t.Parallel()
	wrong := map[string][]string{
		"DATABASE_URL":               {"localhost", "mysql://localhost/x", "postgres:///x", "postgres://[::1", "host=localhost"},
		"PASSERELLE_LISTEN":          {"8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:99999", "127.0.0.1:-1", "::1:8080"},
		"PASSERELLE_BASE_URL":        {"formation.example.org", "ftp://example.org", "https://", "https://example.org/formation", "https://example.org?x=y", "http://127.0.0.1:x", "/"},
		"PASSERELLE_SMTP_URL":        {"mail.example", "http://mail.example", "smtp://", "smtp://mail.example:99999", "smtp://mail.example?tls=perhaps"},
		"PASSERELLE_MAIL_FROM":       {"passerelle", "a@b, c@d", "<>"},
		"PASSERELLE_CONTACT":         {"aide", "https://example.org"},
		"PASSERELLE_TIME_ZONE":       {"Bruxelles", "CET+1", "../../etc/passwd"},
		"PASSERELLE_TRUSTED_PROXIES": {"proxy", "10.0.0.0/99", "10.0.0.1,,proxy", "10.0.0"},
		"PASSERELLE_DB_CONNECTIONS":  {"1", "0", "-5", "1001", "many", "2.5", "99999999999999999999"},
		"PASSERELLE_DB_UNPREPARED":   {"perhaps", "ja"},
	}
	everything := map[string]string{}
	for name, values := range wrong {
		for _, value := range values {
			environment := map[string]string{name: value}
			if name == "PASSERELLE_SMTP_URL" {
				environment["PASSERELLE_MAIL_FROM"] = "passerelle@example.org"
			}
			_, err := readSettings(environment)
			if err == nil {
				t.Errorf("%s=%s is taken", name, value)
				continue
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 1 || !strings.HasPrefix(lines[0], name+": ") || strings.Contains(lines[0], "env:") {
				t.Errorf("%s=%s is told as %q", name, value, lines)
			}
			everything[name] = value
		}
	}
	_, err := readSettings(everything)
	if err == nil {
		t.Fatal("everything wrong is taken")
	}
	for name := range wrong {
		if strings.Count(err.Error(), name+": ") != 1 {
			t.Errorf("%s is not told once in:\n%v", name, err)
		}
	}
	if _, err := readSettings(map[string]string{"PASSERELLE_SMTP_URL": "smtp://localhost"}); err == nil || !strings.HasPrefix(err.Error(), "PASSERELLE_MAIL_FROM: ") {
		t.Errorf("a mail server without a sender is told as %v", err)
	}
	// A secret in a setting is not said again.
	if _, err := readSettings(map[string]string{"DATABASE_URL": "mysql://u:geheim@localhost/x", "PASSERELLE_SMTP_URL": "imap://u:geheim@localhost", "PASSERELLE_MAIL_FROM": "a@b"}); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("the message is %v", err)
	}
}
