package diag

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is a form in which findings are printed.
type Format string

// The formats, as -o takes them.
const (
	Text   Format = "text"   // for people
	JSON   Format = "json"   // one document, for programs
	GitHub Format = "github" // workflow commands, which become annotations of a pull request
	SARIF  Format = "sarif"  // SARIF 2.1.0, for code scanning
)

// Formats gives all formats, the default first.
func Formats() []Format { return []Format{Text, JSON, GitHub, SARIF} }

// ParseFormat gives the format of a name, or an error that lists the names.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return "", fmt.Errorf("unknown format %q: it can be %s", name, strings.Join(names, ", "))
}

// Printer prints findings. The zero Printer prints without source lines.
type Printer struct {
	// Source gives the content of a user's file by the path that positions
	// name. A file that it cannot give is printed without its line.
	Source  func(file string) ([]byte, error)
	Color   bool   // of text
	Rules   []Rule // that SARIF describes
	Version string // of ichor, for SARIF
	All     bool   // however many there are
	// Holds reports whether a line holds a secret, so that it is not shown; nil where none
	// does.
	Holds func(line string) bool
	// Conceal gives a text without the secrets in it; nil where there are none.
	Conceal func(text string) string

	files map[string]fileLines // that were read
}

// Print writes findings in the given order. Its error is that of the writer,
// or of a format that is none.
func (p Printer) Print(w io.Writer, f Format, l List) error {
	p.files = map[string]fileLines{}
	l = p.concealed(l)
	if f == Text {
		return p.text(w, l)
	}
	all := l
	if !p.All {
		kept, omitted := l.gravest(maxFindings)
		if l = kept; len(omitted) > 0 {
			l = append(l, leftOut(omitted))
		}
	}
	switch f {
	case JSON:
		return printJSON(w, l, all)
	case GitHub:
		return printGitHub(w, l)
	case SARIF:
		return p.sarif(w, l)
	}
	_, err := ParseFormat(string(f))
	return err
}

// Count gives the number of errors, of warnings and of infos.
func (l List) Count() (errors, warnings, infos int) {
	for _, d := range l {
		switch d.Severity {
		case Error:
			errors++
		case Warning:
			warnings++
		default:
			infos++
		}
	}
	return errors, warnings, infos
}
