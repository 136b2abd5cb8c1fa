package certificates

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"passerelle/i18n"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "accept what certificates say now as what they should say")
	flag.Parse()
	os.Exit(m.Run())
}

// people are the certificates that tests print, by name.
func people() map[string]Snapshot {
	return map[string]Snapshot{"lukasz": lukasz(), "zoe": zoe(), "stefan": stefan(), "maximilienne": maximilienne()}
}

func draw(t testing.TB, press *Press, languages *i18n.Catalogue, s Snapshot) []byte {
	t.Helper()
	paper, err := press.Paper(s, languages.In(s.Language))
	if err != nil {
		t.Fatal(err)
	}
	return paper
}

func newPress(t testing.TB) (*Press, *i18n.Catalogue) {
	t.Helper()
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	press, err := NewPress(brussels)
	if err != nil {
		t.Fatal(err)
	}
	languages, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return press, languages
}

// lukasz is the certificate of Łukasz Dvořák-Nguyễn, nurse.
func lukasz() Snapshot {
	score, mark := 87.5, 70
	code := "7kd3mnw4q9xhb2vcz8rtpj6fgs5"
	return Snapshot{
		Language: "fr", Number: "PAS-2026-000042", Code: code,
		VerifyURL: "https://passerelle.example.org/verify/" + GroupCode(code),
		Holder:    "Łukasz Dvořák-Nguyễn", Profession: "Infirmier en addictologie",
		CourseTitle: "Chemsex\u202f: comprendre, accueillir, accompagner",
		CourseSlug:  "chemsex-fondamentaux", CourseVersion: 3,
		Modules: []SnapshotModule{{"Avant de commencer", 25}, {"Comprendre le chemsex", 70}},
		Objectives: []string{
			"Définir le chemsex et le distinguer d’autres usages de substances en contexte sexuel",
			"Accueillir une personne concernée sans la juger",
			"Repérer les risques aigus et y répondre",
		},
		Minutes: 95,
		Organiser: SnapshotOrganiser{
			Name: "Réseau Passerelle", Address: "Rue de la Digue 12, 1000 Bruxelles", Place: "Bruxelles",
			Signatory: "Anaïs Vandenbroucke", SignatoryRole: "Responsable pédagogique",
		},
		EnrolledOn:  time.Date(2026, 10, 3, 8, 0, 0, 0, time.UTC),
		CompletedOn: time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC), // already December in Brussels
		IssuedOn:    time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC),
		Score:       &score, PassMark: &mark,
	}
}

// zoe is the Dutch certificate of Zoë van den Ĳssel, of no stated profession, in a long course.
func zoe() Snapshot {
	s := lukasz()
	s.Language, s.Holder, s.Profession = "nl", "Zoë van den Ĳssel", ""
	s.CourseTitle = "Chemseks: begrijpen, ontvangen, begeleiden"
	s.Modules, s.Minutes, s.EnrolledOn = nil, 0, time.Time{}
	for _, title := range []string{
		"Voor je begint", "Chemseks begrijpen", "Stoffen, effecten en interacties", "Schadebeperking",
		"Het gesprek aangaan", "Toestemming en geweld", "Psychische gezondheid", "Seksuele gezondheid",
		"Spoed en crisis", "Doorverwijzen en samenwerken", "Recht en beroepsgeheim", "Zorg voor zichzelf",
	} {
		s.Modules = append(s.Modules, SnapshotModule{title, 60})
		s.Minutes += 60
	}
	s.Objectives = []string{"Chemseks omschrijven", "Iemand zonder oordeel ontvangen"}
	s.Organiser.Place, s.Organiser.SignatoryRole = "Brussel", "Pedagogisch verantwoordelijke"
	return s
}

// stefan is the English certificate of Ștefan O’Brien in a course that scores nothing.
func stefan() Snapshot {
	s := lukasz()
	s.Language, s.Holder, s.Profession = "en", "Ștefan O’Brien", "Social worker"
	s.CourseTitle = "Understanding chemsex"
	s.Modules, s.Minutes, s.Objectives = []SnapshotModule{{"Before you start", 25}}, 25, nil
	s.Score, s.PassMark = nil, nil
	s.Organiser = SnapshotOrganiser{Name: "Passerelle network"}
	return s
}

// maximilienne has the longest of everything.
func maximilienne() Snapshot {
	s := lukasz()
	long := func(words string) string { return string([]rune(strings.Repeat(words, 20))[:200]) }
	s.Holder = long("Maximilienne-Wilhelmina Αθανασία Щербакова ")
	s.Profession = long("Médecin généraliste et addictologue ")
	s.CourseTitle = long("Accompagner les personnes qui pratiquent le chemsex ")
	s.Organiser = SnapshotOrganiser{
		Name: long("Fédération des réseaux "), Address: long("Rue de la Digue 12, "), Place: long("Bruxelles "),
		Signatory: s.Holder, SignatoryRole: long("Responsable pédagogique "),
	}
	s.Modules, s.Objectives = nil, nil
	for range 12 {
		s.Modules = append(s.Modules, SnapshotModule{long("Réduction des risques en pratique "), 120})
		s.Objectives = append(s.Objectives, long("Repérer les risques aigus et y répondre "))
	}
	s.Minutes = 24 * 60
	return s
}
