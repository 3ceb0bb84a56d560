package secret

import "strings"

// assigned gives the values in a text that labels in it call secrets, and those that
// are secrets in base64 under any label.
func assigned(text string, depth int) []Match {
	var out []Match
	line := 0 // where the line begins
	for at := 0; ; at++ {
		next := strings.IndexAny(text[at:], ":=>\n")
		if next < 0 {
			return out
		}
		if at += next; text[at] == '\n' {
			line = at + 1
			continue
		}
		label := labelBefore(text[line:], at-line)
		if label == "" || !isLabel(label) && !encoded(text[at+1:]) {
			continue
		}
		v := valueBehind(text, at)
		v.label, v.comment = label, isComment(text[line:at])
		out = append(out, v.matches(depth)...)
	}
}

// encoded reports whether a value begins like base64 that is worth reading.
func encoded(rest string) bool {
	rest = strings.TrimLeft(rest[:min(len(rest), 2*minBase64)], ` "'\`)
	return base64Length(rest) >= minBase64
}

// assignment is a value with its label.
type assignment struct {
	label, value string
	at           int  // offset of the value
	plain        bool // without quotes
	comment      bool // its line is one
}

func (a assignment) matches(depth int) []Match {
	m := Match{Label: a.label, What: "a secret", Value: a.value, at: a.at}
	switch {
	case len(a.value) < minPassword:
	case isLabel(a.label):
		if names(a.label, a.value) && !a.comment && !(a.plain && isExpression(a.value)) {
			return []Match{m}
		}
	default:
		if decoded, ok := decode(a.value); ok {
			return behind(m, decoded, depth)
		}
	}
	return nil
}

// labelBefore gives the label that the sign at a place assigns to: `password:`,
// `"password":`, `password =`, `--password=`, `<password>`; empty for none, and for
// comparisons.
func labelBefore(text string, at int) string {
	before := text[:at]
	switch text[at] {
	case '=':
		if at+1 < len(text) && strings.IndexByte("=~>", text[at+1]) >= 0 {
			return ""
		}
		before = strings.TrimRight(before, ":+?") // as in `a := b`
		if before != "" && strings.IndexByte("=!<>~", before[len(before)-1]) >= 0 {
			return ""
		}
		before = strings.TrimRight(before, " \t")
	case ':':
		before = strings.TrimRight(before, " \t")
	}
	quoted := strings.TrimRight(before, `"'`)
	isQuoted := quoted != before && text[at] != '>'
	if isQuoted {
		before = strings.TrimRight(quoted, `\`)
	}
	start := len(before)
	for start > 0 && isLabelByte(before[start-1]) && len(before)-start < maxLabel {
		start--
	}
	if sign := start > 0 && before[start-1] == '<'; text[at] == '>' && !sign {
		return ""
	}
	if isQuoted && start > 0 && before[start-1] == '$' { // a variable that is compared
		return ""
	}
	return strings.Trim(before[start:], "-.")
}

// maxLabel is the longest label that is read.
const maxLabel = 100

func isLabelByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.'
}

// valueBehind gives the value behind the sign at a place. It is empty where what stands
// there is no value, or more than one word.
func valueBehind(text string, at int) assignment {
	start := at + 1
	if text[at] == '>' {
		value, _, _ := strings.Cut(text[start:], "<")
		return assignment{value: value, at: start}
	}
	for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	tight := start == at+1
	escaped := strings.HasPrefix(text[start:], `\`)
	if escaped {
		start++
	}
	switch rest := text[start:]; {
	case rest == "":
		return assignment{}
	case rest[0] == '"', rest[0] == '\'':
		return assignment{value: quotedValue(rest[1:], rest[0], escaped), at: start + 1}
	case escaped, tight && text[at] == ':': // a time, a port, or a part of a name
		return assignment{}
	default:
		return assignment{value: plainValue(text, at, rest), at: start, plain: true}
	}
}

// quotedValue reads up to the quote on the same line; nothing, where what is quoted is
// a part of an expression.
func quotedValue(rest string, quote byte, escaped bool) string {
	end := strings.IndexByte(rest, quote)
	if end < 0 || strings.IndexByte(rest[:end], '\n') >= 0 {
		return ""
	}
	value, after := rest[:end], strings.TrimLeft(rest[end+1:], " \t")
	if escaped {
		value = strings.TrimSuffix(value, `\`)
	}
	if after != "" && strings.IndexByte("+%.(", after[0]) >= 0 {
		return ""
	}
	return value
}

// maxValue is the longest value without quotes that is read, which may be a key in
// base64.
const maxValue = 1 << 14

// plainValue reads a value without quotes, which is behind the sign at a place.
func plainValue(text string, at int, rest string) string {
	length := min(len(rest), maxValue)
	if base64Length(rest[:min(len(rest), minBase64)]) < minBase64 {
		length = min(length, maxSecret+1)
	}
	end := strings.IndexAny(rest[:length], " \t\r\n,;}])\"'")
	if end < 0 {
		end = length
	}
	tight := text[at] == '=' && len(rest) == len(text)-at-1
	if !tight && !endsLine(rest[end:]) {
		return ""
	}
	value := strings.TrimRight(rest[:end], `\`)
	if isParameter(text[:at]) {
		value, _, _ = strings.Cut(value, "&")
	}
	return value
}

// endsLine reports whether a value ends where the rest of its line begins.
func endsLine(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || strings.IndexByte("\n#,}])", rest[0]) >= 0 || strings.HasPrefix(rest, "//")
}

// isParameter reports whether a text ends in the name of a parameter in a URL.
func isParameter(before string) bool {
	i := len(before)
	for i > 0 && isLabelByte(before[i-1]) && len(before)-i < maxLabel {
		i--
	}
	return i > 0 && (before[i-1] == '?' || before[i-1] == '&')
}

// isExpression reports whether a value without quotes is code: a call, an element, or
// the field of something.
func isExpression(value string) bool {
	return strings.ContainsAny(value, "()[{<`") || strings.ContainsAny(value, "._") && IsName(value)
}

// isComment reports whether a line that begins so is a comment.
func isComment(line string) bool {
	line = strings.TrimLeft(line[:min(len(line), maxLabel)], " \t")
	for _, sign := range []string{"#", ";", "//", "*", "<!--", "-- "} {
		if strings.HasPrefix(line, sign) {
			return true
		}
	}
	return false
}
