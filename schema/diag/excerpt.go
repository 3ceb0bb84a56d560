package diag

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// excerpt is the line that a place names, and the token that stands there.
type excerpt struct {
	before, token, after string
}

// excerpt finds the line of a place; ok is false where there is no such line.
// Columns of places count bytes.
func (p Printer) excerpt(at Pos) (e excerpt, ok bool) {
	if p.Source == nil || !at.IsValid() {
		return e, false
	}
	src, err := p.Source(at.File)
	if err != nil {
		return e, false
	}
	line, ok := lineOf(src, at.Line)
	if !ok {
		return e, false
	}
	start := min(max(at.Column-1, 0), len(line))
	end := start + tokenLen(line[start:])
	return excerpt{line[:start], line[start:end], line[end:]}, true
}

func lineOf(src []byte, n int) (string, bool) {
	for ; n > 1; n-- {
		i := bytes.IndexByte(src, '\n')
		if i < 0 {
			return "", false
		}
		src = src[i+1:]
	}
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return strings.TrimRight(string(line), " \t\r"), true
}

// tokenLen gives the length in bytes of the token at the start of s: a string
// literal to its closing quote, a comment to the end of the line, a word, or
// one character.
func tokenLen(s string) int {
	switch {
	case s == "":
		return 0
	case strings.HasPrefix(s, "//"):
		return len(s)
	case s[0] == '"' || s[0] == '\'':
		return quotedLen(s)
	}
	if n := wordLen(s); n > 0 {
		return n
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// quotedLen gives the length of a string literal; one that goes on below, as
// """, reaches to the end of the line.
func quotedLen(s string) int {
	depth := 0 // of parentheses in an interpolation
	for i := 1; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], `\(`):
			depth++
			i++
		case s[i] == '\\':
			i++
		case depth > 0 && s[i] == '(':
			depth++
		case depth > 0 && s[i] == ')':
			depth--
		case depth == 0 && s[i] == s[0]:
			return closed(s, i+1)
		}
	}
	return len(s)
}

// closed tells an empty literal from the start of one of several lines.
func closed(s string, end int) int {
	if end == 2 && len(s) > 2 && s[2] == s[0] {
		return len(s)
	}
	return end
}

func wordLen(s string) int {
	n := len(s) - len(strings.TrimPrefix(s, "-"))
	for i, r := range s[n:] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_$#.", r) {
			return length(n, i)
		}
	}
	return len(s)
}

// length is that of a sign and the word after it; a sign alone is no word.
func length(sign, word int) int {
	if word == 0 {
		return 0
	}
	return sign + word
}

// columns gives the place of the token in code points from 1, its end
// excluded.
func (e excerpt) columns() (start, end int) {
	start = utf8.RuneCountInString(e.before) + 1
	return start, start + max(utf8.RuneCountInString(e.token), 1)
}

// visible makes a piece of a line plain. A tab is four spaces, so that what stands below
// it aligns.
func visible(s string) string {
	return plainBehind(escaper{begun: true}, strings.ReplaceAll(s, "\t", "    "))
}
