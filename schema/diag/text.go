package diag

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Colours of text, as SGR sequences.
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	blue   = "\x1b[1;34m"
	cyan   = "\x1b[1;36m"
	reset  = "\x1b[0m"
)

// text prints findings for people, with an empty line between two.
func (p Printer) text(w io.Writer, l List) error {
	b := bufio.NewWriter(w)
	for i, d := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		p.finding(b, d)
	}
	return b.Flush()
}

func (p Printer) finding(b *bufio.Writer, d Diagnostic) {
	head := fmt.Sprintf("%s[%s]", d.Severity, d.Code)
	fmt.Fprintf(b, "%s: %s\n", p.paint(severityColor(d.Severity), head), sentence(d.Message))
	if d.Pos.IsValid() {
		fmt.Fprintf(b, "  %s %s\n", p.paint(blue, "-->"), d.Pos)
	}
	if !d.Secret {
		p.source(b, d)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(b, "  %s %s%s\n", p.paint(cyan, "note:"), sentence(n.Message), n.place())
	}
	if d.Help != "" {
		fmt.Fprintf(b, "  %s %s\n", p.paint(cyan, "help:"), sentence(d.Help))
	}
}

// source prints the line of a finding with its token underlined.
func (p Printer) source(b *bufio.Writer, d Diagnostic) {
	e, ok := p.excerpt(d.Pos)
	if !ok {
		return
	}
	number := strconv.Itoa(d.Pos.Line)
	before, token := visible(e.before), visible(e.token)
	carets := strings.Repeat("^", max(utf8.RuneCountInString(token), 1))
	fmt.Fprintf(b, "%s %s\n", p.paint(blue, number+" |"), before+token+visible(e.after))
	fmt.Fprintf(b, "%s %s%s\n", p.paint(blue, strings.Repeat(" ", len(number))+" |"),
		strings.Repeat(" ", utf8.RuneCountInString(before)), p.paint(severityColor(d.Severity), carets))
}

func (n Note) place() string {
	if !n.Pos.IsValid() {
		return ""
	}
	return ": " + n.Pos.String()
}

func severityColor(s Severity) string {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	}
	return cyan
}

func (p Printer) paint(color, s string) string {
	if !p.Color {
		return s
	}
	return color + s + reset
}

// sentence indents what follows the first line of a message, and keeps what it
// quotes from steering the terminal.
func sentence(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = visible(lines[i])
	}
	return strings.Join(lines, "\n    ")
}
