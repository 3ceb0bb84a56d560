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
// part around it. Keys with dots stand in brackets, as metadata.labels[a.b/c].
func (t *Tree) Place(field string) diag.Pos {
	if t == nil {
		return diag.Pos{}
	}
	for field != "" {
		part, rest := nextPart(field)
		child := t.part(part)
		if child == nil {
			return t.Pos
		}
		t, field = child, rest
	}
	return t.Pos
}

// nextPart cuts the first label or index from a path of fields.
func nextPart(field string) (part, rest string) {
	field = strings.TrimPrefix(field, ".")
	if inner, ok := strings.CutPrefix(field, "["); ok {
		part, rest, _ = strings.Cut(inner, "]")
		return strings.Trim(part, `"'`), rest
	}
	if i := strings.IndexAny(field, ".["); i >= 0 {
		return field[:i], field[i:]
	}
	return field, ""
}

func (t *Tree) part(label string) *Tree {
	if t.IsMap {
		return t.child(label)
	}
	var i int
	if n, err := fmt.Sscanf(label, "%d", &i); n == 1 && err == nil && i >= 0 && i < len(t.List) {
		return t.List[i]
	}
	return nil
}
