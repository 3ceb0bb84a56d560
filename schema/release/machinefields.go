package release

import (
	_ "embed"
	"strings"
	"sync"
)

//go:generate go run machinefields/gen/main.go machinefields/gen/types.go

// machineFields lists what Talos's machine configuration has in each release; its
// header tells the form.
//
//go:embed machinefields/talos.txt
var machineFields string

// MachineField is a document of Talos's machine configuration, or a field of one.
// Nil is one that no release of the table knows.
type MachineField struct {
	known []Minor // in order
	below map[string]*MachineField
}

// MachineDocument gives a kind of document, as LinkConfig; that of the document
// without a kind is v1alpha1. Talos's own library takes every kind and field that it
// was built with, for a release that rejects it.
func MachineDocument(kind string) *MachineField { return machineTree().below[kind] }

// MachineDocuments gives all documents by their kinds.
func MachineDocuments() map[string]*MachineField { return machineTree().below }

// Field gives a field below f; below a map that takes any key it is what stands
// below that key.
func (f *MachineField) Field(name string) *MachineField {
	if f == nil {
		return nil
	}
	if child := f.below[name]; child != nil {
		return child
	}
	return f.below["*"]
}

// Element gives what stands in a list at f.
func (f *MachineField) Element() *MachineField {
	if f == nil {
		return nil
	}
	return f.below["[]"]
}

// Fields gives the names of all that stands below f in one of the releases: * is any
// key of a map, [] an element of a list.
func (f *MachineField) Fields() map[string]*MachineField { return f.below }

// First gives the oldest release of the table that knows the field.
func (f *MachineField) First() Minor { return f.known[0] }

// Last gives the newest release of the table that knows the field.
func (f *MachineField) Last() Minor { return f.known[len(f.known)-1] }

// Knows reports whether this minor of Talos knows a document or a field.
func (t Talos) Knows(f *MachineField) bool {
	if f != nil {
		for _, m := range f.known {
			if m == t.Minor {
				return true
			}
		}
	}
	return false
}

// machineTree reads the table, once.
var machineTree = sync.OnceValue(func() *MachineField {
	root := &MachineField{below: map[string]*MachineField{}}
	for _, row := range talosTable {
		root.known = append(root.known, row.Minor)
	}
	path := []*MachineField{root}
	for line := range strings.Lines(machineFields) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		depth := strings.IndexFunc(line, func(r rune) bool { return r != '\t' })
		parent := path[depth]
		name, minors, _ := strings.Cut(strings.TrimSpace(line), " ")
		f := &MachineField{known: parent.known, below: map[string]*MachineField{}}
		if minors != "" {
			f.known = nil
			for _, m := range parent.known {
				if inRanges(minors, m.Minor) {
					f.known = append(f.known, m)
				}
			}
		}
		parent.below[name] = f
		path = append(path[:depth+1], f)
	}
	return root
})
