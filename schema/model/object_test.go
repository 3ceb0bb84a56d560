package model

import (
	"testing"

	"ichor/schema/diag"
)

// A field is found by its path, whether keys with dots stand in brackets or not;
// one that is not there, by what is around it.
func TestFind(t *testing.T) {
	leaf := func(key string, line int) *Tree {
		return &Tree{Key: key, Pos: diag.Pos{File: "a", Line: line}, Scalar: key}
	}
	labels := &Tree{Key: "labels", IsMap: true, Pos: diag.Pos{File: "a", Line: 2}, Map: []*Tree{leaf("app", 3), leaf("app.kubernetes.io/name", 4)}}
	ports := &Tree{Key: "ports", Pos: diag.Pos{File: "a", Line: 5}, List: []*Tree{leaf("", 6)}}
	tree := &Tree{IsMap: true, Pos: diag.Pos{File: "a", Line: 1}, Map: []*Tree{labels, ports}}
	for field, want := range map[string]struct {
		line  int
		exact bool
	}{
		"":                               {1, true},
		"labels.app":                     {3, true},
		"labels.app.kubernetes.io/name":  {4, true},
		"labels[app.kubernetes.io/name]": {4, true},
		"labels.app.kubernetes.io/part":  {3, false},
		"ports[0]":                       {6, true},
		"ports[1].name":                  {5, false},
		"spec.replicas":                  {1, false},
	} {
		if part, exact := tree.Find(field); part.Pos.Line != want.line || exact != want.exact {
			t.Errorf("%q: line %d, exactly %v, want %v", field, part.Pos.Line, exact, want)
		}
	}
}
