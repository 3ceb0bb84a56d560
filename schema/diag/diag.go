// Package diag holds what ichor has to say about a spec: a diagnostic is data,
// and its printers stand in files of their own.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a finding stops the compile: an error does.
type Severity string

// The severities, as they are printed.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info" // nothing is wrong, and something could be better
)

// Pos is a place in a file of the user: the path relative to the root of the
// spec's module with forward slashes, line and column from 1. The zero Pos is
// no place.
type Pos struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// IsValid reports whether p names a place.
func (p Pos) IsValid() bool { return p.File != "" && p.Line > 0 }

// String gives file:line:column, as editors and terminals link it.
func (p Pos) String() string {
	if !p.IsValid() {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders places by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Note is a second place that a reader needs to understand a finding.
type Note struct {
	Message string `json:"message"`
	Pos     Pos    `json:"pos,omitzero"`
}

// Diagnostic is one finding: what is wrong, where, and what to do.
type Diagnostic struct {
	Code     string   `json:"code"`            // stable, kebab-case; `ichor explain CODE` tells more
	Severity Severity `json:"severity"`        // error or warning
	Message  string   `json:"message"`         // a sentence that quotes the value
	Pos      Pos      `json:"pos,omitzero"`    // where the mistake stands
	Path     string   `json:"path,omitempty"`  // CUE path of the field in the spec, as cluster.vlans.management
	Notes    []Note   `json:"notes,omitempty"` // further places
	Help     string   `json:"help,omitempty"`  // what to do
	Secret   bool     `json:"-"`               // the line holds a secret: no printer shows it
	Hide     []string `json:"-"`               // secrets that no finding may quote
}

// plain is the finding as it is printed: each of its texts is one line that steers
// nothing.
func (d Diagnostic) plain() Diagnostic {
	d.Message, d.Path, d.Help, d.Pos = short(d.Message), short(d.Path), short(d.Help), d.Pos.Plain()
	notes := d.Notes
	d.Notes = nil
	for i, n := range notes {
		if i == maxNotes {
			d.Notes = append(d.Notes, Note{Message: fmt.Sprintf("and %d more", len(notes)-maxNotes)})
			break
		}
		d.Notes = append(d.Notes, Note{short(n.Message), n.Pos.Plain()})
	}
	return d
}

// short is a text in one line of bounded length.
func short(s string) string { return Plain(cut(s, maxText)) }

// Plain is the place with a name of its file that steers nothing.
func (p Pos) Plain() Pos {
	p.File = Plain(p.File)
	return p
}

// List is a set of findings.
type List []Diagnostic

// HasErrors reports whether one of the findings is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders findings by place, code and message, and drops exact repetitions.
func (l List) Sort() List {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(l, func(a, b Diagnostic) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
}
