package diag

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// excerpt is the line that a place names, and where on it a token stands.
type excerpt struct {
	line       []byte
	start, end int
}

// maxToken is how many bytes of a token are read.
const maxToken = 4096

// excerpt finds the line of a place; ok is false where there is no such line.
// Columns of places count bytes.
func (p Printer) excerpt(at Pos) (e excerpt, ok bool) {
	if p.Source == nil || !at.IsValid() {
		return e, false
	}
	line, ok := p.lines(at.File).line(at.Line)
	if !ok {
		return e, false
	}
	start := min(max(at.Column-1, 0), len(line))
	return excerpt{line, start, start + tokenLen(string(line[start:min(len(line), start+maxToken)]))}, true
}

// fileLines is a file, and where its lines begin.
type fileLines struct {
	text   []byte
	starts []int
}

// lines reads a file once for all findings in it; one that cannot be read has none.
func (p Printer) lines(file string) fileLines {
	if known, ok := p.files[file]; ok {
		return known
	}
	var f fileLines
	if text, err := p.Source(file); err == nil {
		f = fileLines{text, []int{0}}
		for i, c := range text {
			if c == '\n' {
				f.starts = append(f.starts, i+1)
			}
		}
	}
	if p.files != nil {
		p.files[file] = f
	}
	return f
}

func (f fileLines) line(n int) ([]byte, bool) {
	if n > len(f.starts) {
		return nil, false
	}
	line, _, _ := bytes.Cut(f.text[f.starts[n-1]:], []byte("\n"))
	return bytes.TrimRight(line, " \t\r"), true
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
	start = utf8.RuneCount(e.line[:e.start]) + 1
	return start, start + max(utf8.RuneCount(e.line[e.start:e.end]), 1)
}

// The widths in characters of what is shown of a line that is longer than maxWidth bytes.
const (
	maxWidth  = 300
	maxBeside = 80
	maxShown  = 100
)

// shown gives the line as it is printed: of a long one what stands around the token, and
// of a long token its start.
func (e excerpt) shown() (before, token, after string) {
	if len(e.line) <= maxWidth {
		return string(e.line[:e.start]), string(e.line[e.start:e.end]), string(e.line[e.end:])
	}
	token = cut(string(e.line[e.start:e.end]), maxShown)
	after = cut(string(e.line[e.end:min(len(e.line), e.end+utf8.UTFMax*(maxBeside+1))]), maxBeside)
	from := e.start
	for n := 0; from > 0 && n < maxBeside; n++ {
		_, size := utf8.DecodeLastRune(e.line[:from])
		from -= size
	}
	if before = string(e.line[from:e.start]); from > 0 {
		before = ellipsis + before
	}
	return before, token, after
}

// visible makes a piece of a line plain. A tab is four spaces, so that what stands below
// it aligns.
func visible(s string) string {
	return plainBehind(escaper{begun: true}, strings.ReplaceAll(s, "\t", "    "))
}
