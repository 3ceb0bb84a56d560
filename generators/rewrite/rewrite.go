// Package rewrite changes the dependsOn of Flux Kustomizations in files that
// people keep: of every file only the lines of the entries that come or go, so
// that comments, order, anchors and layout stay.
package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// Dependency is an entry of dependsOn.
type Dependency struct{ Namespace, Name string }

// Edit is what one document of a file is to depend on.
type Edit struct {
	Document int          // index of the document in the file, from 0
	Own      string       // namespace of the Kustomization: what an entry without one means, and what is not written
	Want     []Dependency // with their namespaces; new ones are written in this order, behind those that stay
}

// Error says why a document cannot be changed in place.
type Error struct {
	Line   int // in the file, from 1
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// DependsOn gives a file with each edit made. It gives an *Error where dependsOn
// comes from elsewhere, as by an alias, or stands in a form that cannot be
// changed without rewriting what is around it.
func DependsOn(file []byte, edits []Edit) ([]byte, error) {
	if at := otherBreak.FindIndex(file); at != nil {
		return nil, &Error{1 + strings.Count(string(file[:at[0]]), "\n"), "the line ends with another character than a line feed"}
	}
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b Edit) int { return b.Document - a.Document }) // from the end, so that lines above stay where they are
	out := file
	for _, e := range edits {
		changed, err := dependsOn(out, e)
		if err != nil {
			return nil, err
		}
		out = changed
	}
	return out, nil
}

// otherBreak is a line break of YAML that is none of the lines that are edited here.
// Source: YAML 1.1, 4.2 Line Breaks.
var otherBreak = regexp.MustCompile(`\r(?:[^\n]|$)|\x{85}|\x{2028}|\x{2029}`)

// dependsOn makes one edit, and looks whether it did just that.
func dependsOn(file []byte, e Edit) ([]byte, error) {
	d, err := read(file, e)
	if err != nil {
		return nil, err
	}
	if sameSet(d.have(), e.Want) {
		return file, nil
	}
	if err := d.edit(); err != nil {
		return nil, err
	}
	out := []byte(strings.Join(d.lines, ""))
	return out, verify(file, out, e)
}

// verify reads what was written: the document must depend on what it is to, and
// all else be as it was.
func verify(before, after []byte, e Edit) error {
	was, err := decode(before)
	if err != nil {
		return err
	}
	is, err := decode(after)
	refused := &Error{1, "dependsOn cannot be changed here without other changes to the file"}
	if err != nil || len(was) != len(is) {
		return refused
	}
	d, err := read(after, e)
	if err != nil || !sameSet(d.have(), e.Want) {
		return refused
	}
	without(was[e.Document])
	without(is[e.Document])
	if !cmp.Equal(was, is) {
		return refused
	}
	return nil
}

// without takes dependsOn out of a document.
func without(doc any) {
	m, _ := doc.(map[string]any)
	spec, _ := m["spec"].(map[string]any)
	delete(spec, "dependsOn")
}

func decode(file []byte) ([]any, error) {
	var out []any
	for d := yaml.NewDecoder(bytes.NewReader(file)); ; {
		var doc any
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		out = append(out, doc)
	}
}

func sameSet(a, b []Dependency) bool {
	in := func(list []Dependency) func(Dependency) bool {
		return func(d Dependency) bool { return slices.Contains(list, d) }
	}
	return len(a) == len(b) && !slices.ContainsFunc(a, func(d Dependency) bool { return !in(b)(d) }) && !slices.ContainsFunc(b, func(d Dependency) bool { return !in(a)(d) })
}
