package secret

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"
)

// Match is a secret in a text.
type Match struct {
	Label string // what names it: the label of the text, or one in it; empty for none
	What  string // a noun with its article, as "a GitHub token"
	Sure  bool   // nothing else has this form
	Value string // the secret as it stands in the text; in base64, all of that
	Line  int    // of the text, from 1

	at int // offset in the text
}

// In gives the secrets in a text that stands under a label (empty for none), in the
// order of the text: forms that only secrets have, what the label calls a secret, and
// the values of labels in texts of YAML, JSON, TOML, XML, or variables of a shell.
// What is base64 is read too. In lines that are comments only what is sure counts, since
// documentation stands there. The time is linear in the length of the text.
func In(label, text string) []Match { return within(label, text, maxEncoded) }

// maxEncoded is how often base64 may stand in base64 to be read.
const maxEncoded = 3

func within(label, text string, depth int) []Match {
	if whole := strings.TrimSpace(text); names(label, whole) {
		what, sure := Shape(whole)
		at := strings.Index(text, whole)
		return []Match{{label, cmp.Or(what, "a secret"), sure, whole, 1 + strings.Count(text[:at], "\n"), at}}
	}
	found := shaped(text, depth)
	for i := range found {
		found[i].Label = label
	}
	return locate(text, append(found, assigned(text, depth)...))
}

// names reports whether a label makes a text a secret. What is called only a key is often
// the name of one: it must have the length and the signs of a random key.
func names(label, text string) bool {
	return Looks(label, text) && (plainLabel(label) != "key" || len(text) >= minKey && classes(text) > 2)
}

// minKey is the length of 30 random bytes in base64.
const minKey = 40

// Hide gives a text with every secret in it replaced, wherever it stands.
func Hide(text string) string {
	var pairs []string
	for _, m := range In("", text) {
		pairs = append(pairs, m.Value, Hidden)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Hidden stands in messages in the place of a secret.
const Hidden = "(hidden)"

// locate sorts matches by their place, drops those inside another, and gives each its
// line.
func locate(text string, found []Match) []Match {
	slices.SortStableFunc(found, func(a, b Match) int { return cmp.Or(a.at-b.at, len(b.Value)-len(a.Value)) })
	var out []Match
	end, line := 0, 1
	for _, m := range found {
		if m.at < end {
			continue
		}
		line += strings.Count(text[end:m.at], "\n")
		m.Line = line
		end = m.at + len(m.Value)
		line += strings.Count(m.Value, "\n")
		out = append(out, m)
	}
	return out
}

// shaped gives what has the form of a secret. The depth is how often base64 is read.
func shaped(text string, depth int) []Match {
	var out []Match
	for _, s := range shapes {
		line, from := 0, 0 // where the line begins, and from where that is looked for
		for _, m := range s.find(text) {
			if i := strings.LastIndexByte(text[from:m[0]], '\n'); i >= 0 {
				line = from + i + 1
			}
			if from = m[0]; s.sure || !isComment(text[line:m[0]]) {
				out = append(out, Match{What: s.what, Sure: s.sure, Value: text[m[0]:m[1]], at: m[0]})
			}
		}
	}
	whole := strings.TrimSpace(text)
	if decoded, ok := decode(whole); ok {
		return append(out, behind(Match{Value: whole, at: strings.Index(text, whole)}, decoded, depth)...)
	}
	for at := 0; ; {
		next := strings.Index(text[at:], pemBase64)
		if next < 0 {
			return out
		}
		at += next
		run := text[at : at+base64Length(text[at:])]
		if decoded, ok := decode(run); ok {
			out = append(out, behind(Match{Value: run, at: at}, decoded, depth)...)
		}
		at += len(run)
	}
}

// pemBase64 is how PEM begins in base64.
const pemBase64 = "LS0tLS1CRUdJTi"

// behind gives the secret that a text of base64 holds.
func behind(encoded Match, decoded string, depth int) []Match {
	if depth == 0 {
		return nil
	}
	all := within("", decoded, depth-1)
	if len(all) == 0 {
		return nil
	}
	if encoded.Label == "" {
		encoded.Label = all[0].Label
	}
	encoded.What, encoded.Sure = all[0].What+" in base64", all[0].Sure
	return []Match{encoded}
}

// minBase64 is the shortest base64 that is read: that of 18 bytes.
const minBase64 = 24

// decode reads base64 of plain text, in lines or not.
func decode(text string) (string, bool) {
	if len(text) < minBase64 || base64Length(text) < minBase64 {
		return "", false
	}
	text = strings.Join(strings.Fields(text), "")
	if base64Length(text) != len(text) {
		return "", false
	}
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || !utf8.Valid(data) || slices.ContainsFunc(data, control) {
		return "", false
	}
	return string(data), true
}

func control(c byte) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' }

// base64Length is how much of a text is base64, up to its padding.
func base64Length(text string) int {
	i := 0
	for i < len(text) && isBase64(text[i]) {
		i++
	}
	for i < len(text) && text[i] == '=' {
		i++
	}
	return i
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}
