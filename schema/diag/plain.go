package diag

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain gives a text as one line that steers nothing where it is shown. What is not
// visible stands as Go writes it in a string, as \x1b, \u202e or \n: control
// characters, line breaks, characters that change the direction of a text or hide a
// part of it, and bytes that are no UTF-8. What a runner of GitHub or of Azure Pipelines
// reads as a command is broken up. Letters, accents and emoji stay as they are.
func Plain(s string) string {
	if isPlain(s) {
		return s
	}
	return plainBehind(escaper{begun: !isCommand(s)}, s)
}

// isCommand reports whether a text has the form ::command::value, which an address of
// IPv6 has not.
func isCommand(s string) bool {
	value, begins := strings.CutPrefix(strings.TrimSpace(s), "::")
	return begins && strings.Contains(value, "::")
}

// plainBehind makes what stands behind another piece of a line plain.
func plainBehind(e escaper, s string) string {
	out := make([]byte, 0, len(s)+16)
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		out = e.append(out, r, s[:n])
		s = s[n:]
	}
	return string(out)
}

// isPlain reports whether a text is one that Plain leaves alone, as most are.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f || s[i] == '#' {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[0] != ':'
}

// Line formats one line of output, which ends in the only line break of it.
func Line(format string, args ...any) string {
	return Plain(fmt.Sprintf(format, args...)) + "\n"
}

// escaper makes one line plain, rune by rune: each is shown by what stands before it
// alone, so that a text can come in pieces.
type escaper struct {
	last    rune      // shown as it is; 0 for the start of the line, and behind what is escaped
	begun   bool      // the line has more than blanks and a colon
	command hashState // how much of ##word there is
}

// hashState says how much of a command's mark was seen.
type hashState int

const (
	noHash hashState = iota
	oneHash
	twoHashes
	hashWord // letters behind them
)

// append adds a rune, which raw holds as it is written.
func (e *escaper) append(out []byte, r rune, raw string) []byte {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		out = fmt.Appendf(out, `\x%02x`, raw[0])
	case !e.shows(r):
		quoted := strconv.QuoteRuneToASCII(r)
		out = append(out, quoted[1:len(quoted)-1]...)
	case e.completes(r):
		out = fmt.Appendf(out, `\u%04x`, r) // which is an escape of JSON and CUE too
	default:
		e.step(r)
		return append(out, raw...)
	}
	*e = escaper{begun: true}
	return out
}

// Joiners of letters in some scripts and of emoji, which hide nothing there.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// shows reports whether a rune is visible, or belongs to the one before it. Source of
// what is neither: Unicode, Default_Ignorable_Code_Point.
func (e *escaper) shows(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= ' ' && r != '\x7f'
	case unicode.Is(unicode.Variation_Selector, r):
		return e.last != 0 && e.last != ' ' && !unicode.Is(unicode.Variation_Selector, e.last) && !isJoiner(e.last)
	case isJoiner(r):
		return e.last >= utf8.RuneSelf && !isJoiner(e.last)
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return false
	}
	return unicode.IsGraphic(r)
}

func isJoiner(r rune) bool { return r == zeroWidthJoiner || r == zeroWidthNonJoiner }

// completes reports whether a rune would begin a command with what stands before it: two
// colons at the start of a line, blanks apart, or ##[ and ##vso[ anywhere. Source:
// actions/runner, ActionCommand.TryParse and TryParseV2; Azure Pipelines documentation,
// Logging commands.
func (e *escaper) completes(r rune) bool {
	return r == ':' && e.last == ':' && !e.begun || r == '[' && e.command >= twoHashes
}

// step takes note of a rune that is shown as it is.
func (e *escaper) step(r rune) {
	colon := r == ':' && e.last != ':'
	e.begun = e.begun || !unicode.IsSpace(r) && !colon || unicode.IsSpace(r) && e.last == ':'
	switch {
	case r == '#' && (e.command == noHash || e.command == hashWord):
		e.command = oneHash
	case r == '#':
		e.command = twoHashes
	case e.command >= twoHashes && unicode.IsLetter(r):
		e.command = hashWord
	default:
		e.command = noHash
	}
	e.last = r
}
