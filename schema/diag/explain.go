package diag

import "strings"

// Explain tells a rule at length: what it refuses and why, an example that
// breaks it, the same mended, and where the fact comes from.
func (r Rule) Explain() string {
	var b strings.Builder
	b.WriteString(r.Summary + "\n")
	example(&b, "Wrong", r.Wrong)
	example(&b, "Right", r.Right)
	if r.Source != "" {
		b.WriteString("\nSource: " + r.Source + "\n")
	}
	return b.String()
}

// example writes lines of CUE, indented by four spaces.
func example(b *strings.Builder, title, text string) {
	if text == "" {
		return
	}
	b.WriteString("\n" + title + ":\n\n")
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			line = "    " + line
		}
		b.WriteString(line + "\n")
	}
}
