package rewrite

import (
	"slices"
	"strings"
)

// editFlow changes a list in brackets on one line: entries that stay keep their
// text.
func (d *document) editFlow(stay []int, come []Dependency) error {
	line := d.list.Line - 1
	text := d.lines[line]
	start := d.list.Column - 1
	parts, end, ok := flowItems(text, start)
	if !ok || len(parts) != len(d.list.Content) {
		return &Error{d.list.Line, "dependsOn is a list in brackets over several lines"}
	}
	var entries []string
	for i, p := range parts {
		if slices.Contains(stay, i) {
			entries = append(entries, strings.TrimSpace(p))
		}
	}
	for _, c := range come {
		entry := "{name: " + quoted(c.Name)
		if c.Namespace != d.Own {
			entry += ", namespace: " + quoted(c.Namespace)
		}
		entries = append(entries, entry+"}")
	}
	d.lines[line] = text[:start] + "[" + strings.Join(entries, ", ") + "]" + text[end:]
	return nil
}

// flowItems parts a list in brackets at its commas, and gives the index behind
// its closing bracket; false where that is not on the line.
func flowItems(text string, start int) (parts []string, end int, ok bool) {
	depth, from, quote := 0, start+1, byte(0)
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ',' && depth == 1:
			parts, from = append(parts, text[from:i]), i+1
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				if strings.TrimSpace(text[from:i]) != "" {
					parts = append(parts, text[from:i])
				}
				return parts, i + 1, true
			}
		}
	}
	return nil, 0, false
}
