// Package model is the linked cluster: what the spec says, with a pointer in
// the place of each name, a position on whatever a check may point at, and the
// facts that follow (units, what they provide and need, and why). It is filled
// by schema/load; checks and generators only read it.
package model

import (
	"ichor/schema/diag"
)

// At is a value of the spec with the place where the user wrote it. A value
// that comes from a default has the place of the field around it.
type At[T any] struct {
	V    T
	Pos  diag.Pos
	Path string // CUE path in the spec, as cluster.vlans.management.id
}

// IsSet reports whether the spec gives the value, by hand or by a default.
func (a At[T]) IsSet() bool { return a.Path != "" }

// Ref is a name of the spec and, once linked, what it names.
type Ref[T any] struct {
	Name At[string]
	To   *T
}

// IsSet reports whether the spec gives the reference.
func (r Ref[T]) IsSet() bool { return r.Name.IsSet() }

// Tree is an open value of the spec (Helm values, the body of an object, a
// patch) with the place of each part. Exactly one of Map, List and Scalar is
// in use.
type Tree struct {
	Pos    diag.Pos
	Path   string
	Key    string // the label of this part in its parent; empty in a list
	IsMap  bool
	Map    []*Tree // sorted by Key
	List   []*Tree
	Scalar any // nil, bool, int64, float64 or string
}

// Plain gives the tree as maps, slices and scalars. The result is the
// caller's to change.
func (t *Tree) Plain() any {
	switch {
	case t == nil:
		return nil
	case t.IsMap:
		m := make(map[string]any, len(t.Map))
		for _, c := range t.Map {
			m[c.Key] = c.Plain()
		}
		return m
	case t.List != nil:
		l := make([]any, len(t.List))
		for i, c := range t.List {
			l[i] = c.Plain()
		}
		return l
	}
	return t.Scalar
}

// PlainMap is Plain of a tree that is a struct; a nil tree gives an empty map.
func (t *Tree) PlainMap() map[string]any {
	if m, ok := t.Plain().(map[string]any); ok {
		return m
	}
	return map[string]any{}
}

// Lookup follows labels downwards and gives nil where one is missing.
func (t *Tree) Lookup(labels ...string) *Tree {
	for _, l := range labels {
		t = t.child(l)
	}
	return t
}

func (t *Tree) child(label string) *Tree {
	if t == nil {
		return nil
	}
	for _, c := range t.Map {
		if c.Key == label {
			return c
		}
	}
	return nil
}

// Walk visits the tree from the top, parents first, in order.
func (t *Tree) Walk(visit func(*Tree)) {
	if t == nil {
		return
	}
	visit(t)
	for _, c := range t.Map {
		c.Walk(visit)
	}
	for _, c := range t.List {
		c.Walk(visit)
	}
}
