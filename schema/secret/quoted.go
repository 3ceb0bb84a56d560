package secret

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quoted are values that a program was given, as the values of a chart, and may quote in
// what it says: whatever stands under the label of a secret, and what has the form of one.
type Quoted map[string]bool

// minQuoted is the shortest value that is hidden in what a program says. A shorter one
// would take letters out of its words.
const minQuoted = 4

// QuotedOf gives those in trees of maps, lists and scalars.
func QuotedOf(trees ...any) Quoted {
	q := Quoted{}
	for _, t := range trees {
		q.walk("", t)
	}
	return q
}

func (q Quoted) walk(label string, value any) {
	switch v := value.(type) {
	case nil, bool:
	case map[string]any:
		name, _ := v["name"].(string)
		for key, item := range v {
			if key == "value" && name != "" {
				q.walk(name, item)
				continue
			}
			q.walk(key, item)
		}
	case []any:
		for _, item := range v {
			q.walk(label, item)
		}
	default:
		q.add(label, fmt.Sprint(v))
	}
}

func (q Quoted) add(label, text string) {
	if isLabel(label) && len(strings.TrimSpace(text)) >= minQuoted && !isReference(text) {
		q[text] = true
	}
	for _, m := range In(label, text) {
		q[m.Value] = true
	}
}

// isReference reports whether a text says where a secret is.
func isReference(text string) bool {
	return slices.ContainsFunc(references, func(r *regexp.Regexp) bool { return r.MatchString(text) })
}

// Hide gives what a program says without the values in any form in which it may quote
// them, and without what else Foreign hides.
func (q Quoted) Hide(text string) string {
	forms := map[string]bool{}
	for value := range q {
		for _, f := range formsOf(value) {
			if len(f) >= minQuoted {
				forms[f] = true
			}
		}
	}
	var all []string
	for f := range forms {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, f := range all {
		text = replaceWhole(text, f)
	}
	return Foreign(text)
}

// formsOf gives the forms in which a value is quoted: as it is, trimmed, a line of it, its
// words in one line, with escapes, as base64, and what it is the base64 of.
func formsOf(value string) []string {
	trimmed := strings.TrimSpace(value)
	out := []string{value, trimmed, strings.Join(strings.Fields(value), " ")}
	for _, v := range []string{value, trimmed} {
		out = append(out, base64.StdEncoding.EncodeToString([]byte(v)), base64.RawStdEncoding.EncodeToString([]byte(v)), base64.URLEncoding.EncodeToString([]byte(v)))
	}
	if plain, err := base64.StdEncoding.DecodeString(trimmed); err == nil && utf8.Valid(plain) {
		out = append(out, string(plain), strings.TrimSpace(string(plain)))
	}
	for _, v := range slices.Clone(out) {
		quoted := strconv.Quote(v)
		out = append(out, quoted[1:len(quoted)-1])
	}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= minPassword {
			out = append(out, line)
		}
	}
	return out
}

// replaceWhole hides a value where it is not a part of a longer word.
func replaceWhole(text, value string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, value)
		if i < 0 {
			return b.String() + text
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(value):])
		if b.WriteString(text[:i]); len(value) < minWhole && (isWord(before) || isWord(after)) {
			b.WriteString(value)
		} else {
			b.WriteString(Hidden)
		}
		text = text[i+len(value):]
	}
}

// minWhole is the length from which a value is hidden within a word too.
const minWhole = 8

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// Foreign gives what another program says of a file without the values that it quotes
// under the label of a secret, whatever they look like, and without what has the form of
// one: kustomize, Helm and YAML quote parts of a file.
func Foreign(text string) string {
	text = scalarQuoted.ReplaceAllString(text, "$1")
	text = literalSources.ReplaceAllString(text, "literal sources "+Hidden+": ")
	text = literalSource.ReplaceAllString(text, "literal source "+Hidden)
	text = lineBytes.ReplaceAllString(text, "line "+Hidden+" has invalid utf8 bytes")
	everything := secretKind.MatchString(text)
	text = labelled.ReplaceAllStringFunc(text, func(m string) string {
		g := labelled.FindStringSubmatch(m)
		if isReference(g[3]) || !isLabel(g[1]) && !(everything && !slices.Contains(metadata, g[1])) {
			return m
		}
		return g[1] + g[2] + Hidden
	})
	return Hide(text)
}

var (
	// scalarQuoted is how YAML's library quotes the start of a value.
	scalarQuoted = regexp.MustCompile("(cannot unmarshal !!\\w+) `[^`]*`")
	// literalSource is how kustomize quotes an entry of a generator.
	literalSource = regexp.MustCompile(`literal source .*(?:, expected key=value)?`)
	// lineBytes is how kustomize quotes a line of variables that is not UTF-8: as numbers,
	// and as it is.
	lineBytes      = regexp.MustCompile(`(?s)line \[[0-9 ]*\] has invalid utf8 bytes.*`)
	literalSources = regexp.MustCompile(`literal sources \[[^\n]*?\](?:: |$)`)
	// secretPlace is a line that has the values of a Secret behind its kind or generator.
	secretPlace = regexp.MustCompile(`secretGenerator.*literals|["']?stringData["']?\s*:\s*\{.*:|kind["']?\s*:\s*["']?Secret\b.*\b(?:data|stringData)["']?\s*:`)
	secretKind  = regexp.MustCompile(`kind["']?\s*:\s*["']?Secret\b`)
	labelled    = regexp.MustCompile(`([A-Za-z0-9_.-]+)(["']?[ \t]*[:=][ \t]*)("[^"\n]*"|'[^'\n]*'|[^\s"'{}\[\],|>&*][^\n,}\]]*)`)
)

// nested is the name of a field below a label, in the place of a value.
var nested = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*:( |$)`)

// metadata are fields of a Secret that say nothing secret.
var metadata = []string{"apiVersion", "kind", "name", "namespace", "type", "metadata", "data", "stringData", "immutable"}

// InLine reports whether a line of a file is not to be shown: it holds a secret, a value
// under a label of passwords, or nothing but what a random key may be a part of.
func InLine(line string) bool {
	bare := strings.Trim(strings.TrimSpace(line), `"',|>-`)
	if len(In("", line)) > 0 || len(In("token", bare)) > 0 || secretPlace.MatchString(line) {
		return true
	}
	return slices.ContainsFunc(labelled.FindAllStringSubmatch(line, -1), func(g []string) bool {
		value := strings.Trim(g[3], `"' `)
		return isPassword(g[1]) && len(value) >= minQuoted && !isStandIn(value) && !nested.MatchString(value)
	})
}
