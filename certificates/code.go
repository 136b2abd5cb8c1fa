package certificates

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"unicode"
)

// codeAlphabet is the 27 symbols of a code: no vowel, so that no word appears by chance, and neither
// 0, 1 nor l, which are read for one another.
const codeAlphabet = "23456789bcdfghjkmnpqrstvwxz"

// codeLength is the fewest symbols that hold 128 bits: 27²⁷ > 2¹²⁸ > 27²⁶.
const codeLength = 27

// NewCode draws a verification code from r: 128 bits, written as 27 symbols.
func NewCode(r io.Reader) (string, error) {
	var random [16]byte
	if _, err := io.ReadFull(r, random[:]); err != nil {
		return "", fmt.Errorf("drawing a certificate code: %w", err)
	}
	return encodeCode(random), nil
}

// encodeCode writes a 128-bit number in base 27, always at full width.
func encodeCode(number [16]byte) string {
	high, low := binary.BigEndian.Uint64(number[:8]), binary.BigEndian.Uint64(number[8:])
	const base = uint64(len(codeAlphabet))
	var code [codeLength]byte
	for i := codeLength - 1; i >= 0; i-- {
		var rest uint64
		high, rest = high/base, high%base
		low, rest = bits.Div64(rest, low, base)
		code[i] = codeAlphabet[rest]
	}
	return string(code[:])
}

// GroupCode writes a code as people read it: in fives, with hyphens between.
func GroupCode(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i += 5 {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(code[i:min(i+5, len(code))])
	}
	return b.String()
}

// NormaliseCode is the code in what a person typed or scanned: capitals, spaces and hyphens of any
// kind do not matter. It is false where no code can be read.
func NormaliseCode(typed string) (string, bool) {
	var code [codeLength]byte
	n := 0
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u00ad' {
			continue
		}
		// Only ASCII is folded: a Kelvin sign is no k.
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		if n == codeLength || !strings.ContainsRune(codeAlphabet, r) {
			return "", false
		}
		code[n] = byte(r)
		n++
	}
	if n != codeLength {
		return "", false
	}
	return string(code[:]), true
}

// Number is the serial number of the n-th certificate of a year: PAS-2026-000042.
func Number(year int, n int64) string { return fmt.Sprintf("PAS-%04d-%06d", year, n) }
