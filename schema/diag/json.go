package diag

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// document is what JSON prints.
type document struct {
	Errors   int  `json:"errors"`
	Warnings int  `json:"warnings"`
	Infos    int  `json:"infos"`
	Findings List `json:"findings"` // never null
}

// printJSON prints findings, with the numbers of all that there are.
func printJSON(w io.Writer, l, all List) error {
	d := document{Findings: List{}}
	for _, f := range l {
		d.Findings = append(d.Findings, f.plain())
	}
	d.Errors, d.Warnings, d.Infos = all.Count()
	return WriteJSON(w, d)
}

// WriteJSON writes one indented document, with < and & as they are. Its strings are plain
// after decoding too, line by line, for they may be printed by who reads them.
func WriteJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(plainStrings(b.Bytes()))
	return err
}

// plainStrings makes every string of a document plain.
func plainStrings(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for {
		before, rest, found := bytes.Cut(text, []byte{'"'})
		if out = append(out, before...); !found {
			return out
		}
		n := stringLen(rest)
		out, text = append(out, plainString(text[len(before):][:n+2])...), rest[n+1:]
	}
}

// stringLen gives the length of what stands before a closing quote.
func stringLen(s []byte) int {
	n := 0
	for s[n] != '"' {
		if s[n] == '\\' {
			n++
		}
		n++
	}
	return n
}

// plainString makes a string literal plain.
func plainString(literal []byte) []byte {
	var s string
	if err := json.Unmarshal(literal, &s); err != nil || isPlain(s) {
		return literal
	}
	plain := plainLines(s)
	if plain == s {
		return literal
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(plain); err != nil {
		return literal
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'})
}

// plainLines makes a text plain but for its line breaks and tabs.
func plainLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for j, part := range parts {
			parts[j] = plainBehind(escaper{begun: !isCommand(line)}, part)
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}
