package quiz

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFromForm(t *testing.T) {
	form := map[string][]string{
		"q1":       {"a", "c"},
		"q1.row-1": {"2"},
		"q1.":      {"no sub-field"},
		"q10":      {"another question"},
		"q1-b":     {"another question"},
		"xq1":      {"another question"},
		"q1.empty": {},
		"csrf":     {"token"},
		"q2":       {""},
		"q1.\xff":  {"no name at all"},
	}
	if got, want := FromForm(form, "q1"), (Answer{"": {"a", "c"}, "row-1": {"2"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("q1 = %v, want %v", got, want)
	}
	if got := FromForm(form, "q2"); got.Given() {
		t.Errorf("an empty field counts as given: %v", got)
	}
	if got := FromForm(form, "q3"); got == nil || len(got) != 0 {
		t.Errorf("q3 = %#v, want an empty answer", got)
	}
	if got := Field("q1", "row-1"); got != "q1.row-1" || Field("q1", "") != "q1" {
		t.Errorf("field is named %q", got)
	}
}

func TestFromFormKeepsWhatIsTyped(t *testing.T) {
	typed := "  L’été :\t1,5 mg\r\n<b>«\u202f😀\u202f»</b> ﷽ "
	if got := FromForm(map[string][]string{"q": {typed}}, "q"); got[""][0] != typed {
		t.Errorf("kept %q of %q", got[""][0], typed)
	}
}

func TestFromFormIsBounded(t *testing.T) {
	long := strings.Repeat("é", maxValue+1)
	got := FromForm(map[string][]string{"q": {long, "a\x00b", "\xffx"}}, "q")[""]
	if n := utf8.RuneCountInString(got[0]); n != maxValue {
		t.Errorf("kept %d characters of %d", n, maxValue+1)
	}
	if got[1] != "ab" || got[2] != "\ufffdx" {
		t.Errorf("kept %q and %q", got[1], got[2])
	}
	many := make([]string, maxValues+1)
	if got := FromForm(map[string][]string{"q": many}, "q")[""]; len(got) != maxValues {
		t.Errorf("kept %d values", len(got))
	}
	form := map[string][]string{}
	for i := range maxFields + 1 {
		form[Field("q", strconv.Itoa(i))] = []string{"x"}
	}
	if got := FromForm(form, "q"); got.Given() {
		t.Errorf("kept %d fields of a forged form", len(got))
	}
}

// FuzzFromForm: whatever a form holds, what comes out is bounded and can be stored.
func FuzzFromForm(f *testing.F) {
	f.Add("q1", "a", "q1.row", "b")
	f.Add("q1\x00", "\x00", "q1.\xff", strings.Repeat("é", 20000))
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		for sub, values := range FromForm(map[string][]string{name1: {value1}, name2: {value2}}, "q1") {
			if !utf8.ValidString(sub) || strings.Contains(sub, "\x00") || len(sub) > maxKey {
				t.Errorf("field %q", sub)
			}
			for _, v := range values {
				if !utf8.ValidString(v) || strings.Contains(v, "\x00") || utf8.RuneCountInString(v) > maxValue {
					t.Errorf("value %q", v)
				}
			}
		}
	})
}
