package certificates

import (
	"bytes"
	"crypto/rand"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCodeAlphabet(t *testing.T) {
	if len(codeAlphabet) != 27 {
		t.Errorf("%d symbols", len(codeAlphabet))
	}
	for i, r := range codeAlphabet {
		if strings.ContainsRune(codeAlphabet[:i], r) {
			t.Errorf("%q twice", r)
		}
	}
	if strings.ContainsAny(codeAlphabet, "aeiouy01l") {
		t.Error("vowels or look-alikes")
	}
	holds := new(big.Int).Exp(big.NewInt(27), big.NewInt(codeLength), nil)
	if holds.BitLen() < 129 {
		t.Errorf("%d symbols hold less than 128 bits", codeLength)
	}
}

// Every bit drawn is in the code: read back in base 27 it is the same number.
func TestCodeHolds128Bits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "random")
		code, err := NewCode(bytes.NewReader(random))
		if err != nil {
			t.Fatal(err)
		}
		if len(code) != codeLength {
			t.Fatalf("%q has %d symbols", code, len(code))
		}
		number := new(big.Int)
		for _, r := range code {
			number.Mul(number, big.NewInt(27)).Add(number, big.NewInt(int64(strings.IndexRune(codeAlphabet, r))))
		}
		if got := number.FillBytes(make([]byte, 16)); !bytes.Equal(got, random) {
			t.Fatalf("%x came back as %x", random, got)
		}
	})
}

func TestCodeIsReadHoweverItIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code, err := NewCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		between := rapid.SampledFrom([]string{"", "", "", " ", "-", "\u00a0", "\u2011", "–", " - ", "\n", "\u00ad"})
		var typed strings.Builder
		for _, r := range GroupCode(code) {
			s := string(r)
			if rapid.Bool().Draw(t, "capital") {
				s = strings.ToUpper(s)
			}
			typed.WriteString(between.Draw(t, "between") + s)
		}
		if got, ok := NormaliseCode(typed.String()); !ok || got != code {
			t.Fatalf("%q was read as %q", typed.String(), got)
		}
	})
}

func TestWhatIsNoCode(t *testing.T) {
	const code = "7kd3mnw4q9xhb2vcz8rtpj6fgs5"
	if got, ok := NormaliseCode(code); !ok || got != code {
		t.Fatalf("%q was read as %q", code, got)
	}
	for _, typed := range []string{
		"", "-", code[1:], code + "2", code[1:] + "a", code[1:] + "0", code[1:] + "l", code[1:] + "é",
		"\u212a" + strings.Replace(code, "k", "", 1), code + "\x00", "/" + code, code[1:] + "\xff",
		strings.Repeat(code, 1000), "%" + code, "٧" + code[1:],
	} {
		if got, ok := NormaliseCode(typed); ok || got != "" {
			t.Errorf("%.40q was read as %q", typed, got)
		}
	}
}

func TestGroupCode(t *testing.T) {
	for code, want := range map[string]string{
		"7kd3mnw4q9xhb2vcz8rtpj6fgs5": "7kd3m-nw4q9-xhb2v-cz8rt-pj6fg-s5",
		"7kd3m":                       "7kd3m",
		"":                            "",
	} {
		if got := GroupCode(code); got != want {
			t.Errorf("GroupCode(%q) is %q", code, got)
		}
	}
}

func TestNewCodeNeedsRandomness(t *testing.T) {
	if code, err := NewCode(bytes.NewReader(make([]byte, 15))); err == nil {
		t.Errorf("%q from too little", code)
	}
	first, err := NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := NewCode(rand.Reader); err != nil || first == second {
		t.Errorf("%q twice, or %v", second, err)
	}
}

func TestNumber(t *testing.T) {
	for want, got := range map[string]string{
		"PAS-2026-000042":  Number(2026, 42),
		"PAS-2027-1234567": Number(2027, 1234567),
	} {
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
