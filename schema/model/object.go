package model

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
)

// Object is a Kubernetes object as it is applied, with the place of each part.
type Object struct {
	Group, Version, Kind string // group is empty for Kubernetes' core
	Namespace, Name      string // namespace is empty for what has none
	Body                 *Tree  // the whole object
	Content              map[string]any
	Pos                  diag.Pos
	// Encrypted says that values of it are encrypted, as by SOPS: only its keys
	// are known.
	Encrypted bool
	// Open says that a ${VARIABLE} in it may stand for anything.
	Open bool
	// Release is the HelmRelease whose chart makes the object; nil for one that Flux
	// applies itself.
	Release *Object
	// Unsure says that something which is not known decides whether the object exists
	// or what it holds: a value of its chart, or a file that kustomize fetches.
	Unsure bool
	// Rendered says of a HelmRelease that all that its chart makes is known by kind
	// and name.
	Rendered bool
}

// String gives kind, namespace and name for a sentence, as `Secret app/token`.
func (o *Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// Is reports whether an object is of a kind of an API group.
func (o *Object) Is(group, kind string) bool { return o.Group == group && o.Kind == kind }

// Text gives the text of a field; empty for none.
func (o *Object) Text(path ...string) string { return o.Body.Lookup(path...).Text() }

// Items gives the entries of a list, and none where there is no list.
func (t *Tree) Items() []*Tree {
	if t == nil {
		return nil
	}
	return t.List
}

// Fields gives the fields of a struct, and none where there is no struct.
func (t *Tree) Fields() []*Tree {
	if t == nil {
		return nil
	}
	return t.Map
}

// Place gives where a field of an object stands, as spec.ports[0].name.
func (o *Object) Place(field string) diag.Pos { return o.Body.Place(field) }

// Text gives a scalar as it is written; empty for what is none.
func (t *Tree) Text() string {
	if t == nil || t.Scalar == nil {
		return ""
	}
	return fmt.Sprint(t.Scalar)
}

// Place gives the place of a field, as spec.ports[0].name, or of the nearest
// part around it. Keys with dots may stand in brackets, as metadata.labels[a.b/c].
func (t *Tree) Place(field string) diag.Pos {
	if t == nil {
		return diag.Pos{}
	}
	part, _ := t.Find(field)
	return part.Pos
}

// Find gives the part at a field, or the nearest one around it and false.
func (t *Tree) Find(field string) (part *Tree, exact bool) {
	for field != "" {
		name, rest := t.nextPart(field)
		child := t.part(name)
		if child == nil {
			return t, false
		}
		t, field = child, rest
	}
	return t, true
}

// Follow gives the part at the end of labels, and of indexes in lists, or the nearest
// one around it.
func (t *Tree) Follow(path []string) *Tree {
	for _, p := range path {
		child := t.part(p)
		if child == nil {
			return t
		}
		t = child
	}
	return t
}

// nextPart cuts the first label or index from a path of fields: of several labels
// that it may begin with, the longest.
func (t *Tree) nextPart(field string) (part, rest string) {
	field = strings.TrimPrefix(field, ".")
	if inner, ok := strings.CutPrefix(field, "["); ok {
		part, rest, _ = strings.Cut(inner, "]")
		return strings.Trim(part, `"'`), rest
	}
	if i := strings.IndexAny(field, ".["); i >= 0 {
		part, rest = field[:i], field[i:]
	} else {
		part = field
	}
	for _, c := range t.Map {
		after, ok := strings.CutPrefix(field, c.Key)
		if ok && len(c.Key) > len(part) && (after == "" || after[0] == '.' || after[0] == '[') {
			part, rest = c.Key, after
		}
	}
	return part, rest
}

func (t *Tree) part(label string) *Tree {
	if t == nil || t.IsMap {
		return t.child(label)
	}
	var i int
	if n, err := fmt.Sscanf(label, "%d", &i); n == 1 && err == nil && i >= 0 && i < len(t.List) {
		return t.List[i]
	}
	return nil
}
