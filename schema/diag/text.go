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

// text prints findings for people, with an empty line between two. Colours are for a
// terminal, and pass the stream.
func (p Printer) text(w io.Writer, l List) error {
	if p.Color {
		w = beneath(w)
	}
	var omitted []omission
	if !p.All {
		l, omitted = l.first(maxRepeated)
	}
	b := bufio.NewWriter(w)
	for i, d := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		p.finding(b, d)
	}
	for i, o := range omitted {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "and %s: --all prints them\n", o)
	}
	return b.Flush()
}

func (p Printer) finding(b *bufio.Writer, d Diagnostic) {
	at := d.Pos // of the file by its own name
	d = d.plain()
	head := fmt.Sprintf("%s[%s]", d.Severity, d.Code)
	fmt.Fprintf(b, "%s: %s\n", p.paint(severityColor(d.Severity), head), d.Message)
	if d.Pos.IsValid() {
		fmt.Fprintf(b, "  %s %s\n", p.paint(blue, "-->"), d.Pos)
	}
	if !d.Secret {
		p.source(b, at, d.Severity)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(b, "  %s %s%s\n", p.paint(cyan, "note:"), n.Message, n.place())
	}
	if d.Help != "" {
		fmt.Fprintf(b, "  %s %s\n", p.paint(cyan, "help:"), d.Help)
	}
}

// source prints the line of a finding with its token underlined.
func (p Printer) source(b *bufio.Writer, at Pos, s Severity) {
	e, ok := p.excerpt(at)
	if !ok {
		return
	}
	before, token, after := e.shown()
	if p.Holds != nil && p.Holds(before+token+after) {
		return
	}
	number := strconv.Itoa(at.Line)
	before, token = visible(before), visible(token)
	carets := strings.Repeat("^", max(utf8.RuneCountInString(token), 1))
	fmt.Fprintf(b, "%s %s\n", p.paint(blue, number+" |"), before+token+visible(after))
	fmt.Fprintf(b, "%s %s%s\n", p.paint(blue, strings.Repeat(" ", len(number))+" |"),
		strings.Repeat(" ", utf8.RuneCountInString(before)), p.paint(severityColor(s), carets))
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
