package courses

import (
	"fmt"
	"strings"
)

// What a Markdown text may hold. Parsing takes time that grows faster than the text where brackets,
// stars or quotation marks pile up; within these bounds it does not matter, and no text that
// somebody reads comes near them.
const (
	maxBody     = 60_000 // bytes of a lesson's body
	maxShort    = 20_000 // bytes of any other text
	maxLine     = 10_000 // bytes of a line
	maxPassage  = 1_000  // lines without an empty one between them
	maxSpecials = 1_000  // characters that may mean something, in such a passage
	maxMarkers  = 12     // quotation and list markers before a line
	maxIndent   = 64     // columns before a line
	maxBars     = 21     // bars in a line: a table of twenty columns
	maxCells    = 5_000  // of all tables: each row is as wide as its table
	specials    = "*_~[]!<`"
	maxAddress  = 2_000 // bytes of a link's address
)

// excess says where a Markdown text leaves the bounds, and how; line is 0 where it does not.
func excess(source string, limit int) (line int, message string) {
	if len(source) > limit {
		return 1, fmt.Sprintf("the text has %d bytes; at most %d are allowed", len(source), limit)
	}
	passage, found, wide, cells := 0, 0, 0, 0 // wide: the most bars in a line of the passage
	for n, text := range strings.Split(source, "\n") {
		bars := strings.Count(text, "|")
		if strings.Trim(text, " \t>") == "" {
			passage, found, wide = 0, 0, 0
		}
		if wide > 0 || bars > 0 {
			cells += 1 + max(wide, bars) + passage*max(bars-wide, 0)
		}
		passage, wide = passage+1, max(wide, bars)
		for i := range len(text) {
			if strings.IndexByte(specials, text[i]) >= 0 {
				found++
			}
		}
		markers, columns := before(text)
		switch {
		case len(text) > maxLine:
			message = fmt.Sprintf("the line has %d bytes; at most %d are allowed", len(text), maxLine)
		case markers > maxMarkers:
			message = fmt.Sprintf("%d list or quotation marks before the text; at most %d are allowed", markers, maxMarkers)
		case columns > maxIndent:
			message = fmt.Sprintf("%d columns before the text; at most %d are allowed", columns, maxIndent)
		case bars > maxBars:
			message = fmt.Sprintf("%d bars in a line; at most %d are allowed", bars, maxBars)
		case cells > maxCells:
			message = fmt.Sprintf("the tables have more than %d cells", maxCells)
		case passage > maxPassage:
			message = fmt.Sprintf("more than %d lines without an empty one", maxPassage)
		case found > maxSpecials:
			message = fmt.Sprintf("more than %d of the characters %s in one passage", maxSpecials, specials)
		default:
			continue
		}
		return n + 1, message
	}
	return 0, ""
}

// before counts the list and quotation marks a line begins with, and the columns of white space
// among them: together they bound how deep Markdown can nest.
func before(line string) (markers, columns int) {
	for i := 0; i < len(line); {
		rest := line[i:]
		switch c := rest[0]; {
		case c == ' ':
			columns++
		case c == '\t':
			columns += 4
		case c == '>':
			markers++
		case (c == '-' || c == '+' || c == '*') && blankAfter(rest, 1):
			markers++
		case c >= '0' && c <= '9':
			digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
			if digits == len(rest) || rest[digits] != '.' && rest[digits] != ')' || !blankAfter(rest, digits+1) {
				return markers, columns
			}
			markers++
			i += digits
		default:
			return markers, columns
		}
		i++
	}
	return markers, columns
}

// blankAfter reports whether a mark of n bytes is followed by white space or nothing.
func blankAfter(s string, n int) bool { return len(s) == n || s[n] == ' ' || s[n] == '\t' }
