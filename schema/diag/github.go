package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// printGitHub writes a workflow command a finding. The form and what has to be
// escaped: GitHub's documentation of workflow commands, "Setting an error
// message", and escapeData and escapeProperty of its toolkit.
func printGitHub(w io.Writer, l List) error {
	b := bufio.NewWriter(beneath(w))
	for _, d := range l {
		d = d.plain()
		fmt.Fprintf(b, "::%s %stitle=%s::%s\n", d.Severity.outside("notice"), d.Pos.properties(), escapeProperty(d.Code), escapeData(d.full()))
	}
	return b.Flush()
}

// outside gives the word of another form for a severity: they share those for
// errors and warnings.
func (s Severity) outside(info string) string {
	if s == Info {
		return info
	}
	return string(s)
}

// properties gives a place as properties of a command.
func (p Pos) properties() string {
	if !p.IsValid() {
		return ""
	}
	return fmt.Sprintf("file=%s,line=%d,col=%d,", escapeProperty(p.File), p.Line, p.Column)
}

// full is the message of a plain finding with notes and help, a line each.
func (d Diagnostic) full() string {
	lines := []string{d.Message}
	for _, n := range d.Notes {
		lines = append(lines, "note: "+n.Message+n.place())
	}
	if d.Help != "" {
		lines = append(lines, "help: "+d.Help)
	}
	return strings.Join(lines, "\n")
}

func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
