package load

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/token"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// decoder fills the model from an evaluated spec. It follows the json tags; a
// struct field named Name takes the label, one named Pos the place, and one
// with the tag "*" the entries of the struct itself.
type decoder struct {
	source   *index
	findings diag.List
}

// node is a value on the way down, with the place of the nearest field around
// it that the user wrote.
type node struct {
	value cue.Value
	path  []cue.Selector
	pos   diag.Pos
}

func (d *decoder) decode(v cue.Value, into any) {
	path := cue.ParsePath(field).Selectors()
	root := node{v, path, d.source.nearest(path)}
	d.value(root, reflect.ValueOf(into).Elem())
}

// child goes to a field and finds its place.
func (d *decoder) child(n node, sel cue.Selector, v cue.Value) node {
	c := node{v, slices.Concat(n.path, []cue.Selector{sel}), n.pos}
	if p, ok := d.source.labels[c.name()]; ok {
		c.pos = p
	} else if v.IncompleteKind()&(cue.StructKind|cue.ListKind) != 0 {
		c.pos = d.place(c)
	}
	return c
}

func (n node) name() string { return cue.MakePath(n.path...).String() }

// label gives the last label of the path and where it stands.
func (n node) label() model.At[string] {
	return model.At[string]{V: n.path[len(n.path)-1].Unquoted(), Pos: n.pos, Path: n.name()}
}

// place gives where a value was written: a scalar itself, the label of a
// struct. Where neither is known it is the place of the field around it.
func (d *decoder) place(n node) diag.Pos {
	isStruct := n.value.IncompleteKind() == cue.StructKind
	if p := d.source.value(d.source.pos(n.value.Pos())); !isStruct && d.source.rank(p) == rankLiteral {
		return p
	}
	all := places(n.value, 0)
	if p := d.source.label(all); isStruct && p.IsValid() {
		return p
	}
	if p, _ := d.source.best(all); p.IsValid() {
		return p
	}
	return n.pos
}

// places collects the positions of a value and of what it was unified from.
func places(v cue.Value, depth int) []token.Pos {
	out := []token.Pos{v.Pos()}
	if op, args := v.Expr(); op == cue.AndOp && depth < 8 {
		for _, a := range args {
			out = append(out, places(a, depth+1)...)
		}
	}
	return out
}

var treeType = reflect.TypeFor[*model.Tree]()

// value decodes by the kind of what is to be filled.
func (d *decoder) value(n node, into reflect.Value) {
	t := into.Type()
	switch {
	case t == treeType:
		into.Set(reflect.ValueOf(d.tree(n)))
	case strings.HasPrefix(t.Name(), "At["):
		d.scalar(n, into)
	case strings.HasPrefix(t.Name(), "Ref["):
		d.scalar(n, into.FieldByName("Name"))
	case t.Kind() == reflect.Pointer:
		into.Set(reflect.New(t.Elem()))
		d.value(n, into.Elem())
	case t.Kind() == reflect.Slice:
		d.slice(n, into)
	case t.Kind() == reflect.Map:
		into.Set(reflect.MakeMap(t))
		for _, c := range d.fields(n) {
			e := reflect.New(t.Elem()).Elem()
			d.value(c, e)
			into.SetMapIndex(reflect.ValueOf(c.label().V), e)
		}
	default:
		d.structure(n, into)
	}
}

// structure fills the fields of a struct that the spec gives.
func (d *decoder) structure(n node, into reflect.Value) {
	t := into.Type()
	for i := range t.NumField() {
		f, tag := t.Field(i), t.Field(i).Tag.Get("json")
		switch {
		case f.Anonymous:
			d.value(n, into.Field(i))
		case f.Name == "Name" && tag == "" && f.Type == reflect.TypeFor[model.At[string]]():
			into.Field(i).Set(reflect.ValueOf(n.label()))
		case f.Name == "Pos" && tag == "":
			into.Field(i).Set(reflect.ValueOf(n.pos))
		case tag == "*":
			d.value(n, into.Field(i))
		case tag != "" && tag != "-":
			if v := n.value.LookupPath(cue.MakePath(cue.Str(tag))); v.Exists() {
				d.value(d.child(n, cue.Str(tag), v), into.Field(i))
			}
		}
	}
}

// slice fills a slice from a list, or from a struct whose entries are sorted by
// their labels.
func (d *decoder) slice(n node, into reflect.Value) {
	items := d.fields(n)
	if n.value.IncompleteKind() == cue.ListKind {
		items = d.elements(n)
	}
	for _, c := range items {
		e := reflect.New(into.Type().Elem()).Elem()
		d.value(c, e)
		into.Set(reflect.Append(into, e))
	}
}

func (d *decoder) fields(n node) []node {
	var out []node
	it, err := n.value.Fields()
	for err == nil && it.Next() {
		out = append(out, d.child(n, it.Selector(), it.Value()))
	}
	slices.SortFunc(out, func(a, b node) int { return strings.Compare(a.label().V, b.label().V) })
	return out
}

func (d *decoder) elements(n node) []node {
	var out []node
	it, err := n.value.List()
	for i := 0; err == nil && it.Next(); i++ {
		out = append(out, d.child(n, cue.Index(i), it.Value()))
	}
	return out
}

// scalar fills an At with a value and its place.
func (d *decoder) scalar(n node, into reflect.Value) {
	pos := d.place(n)
	into.FieldByName("Pos").Set(reflect.ValueOf(pos))
	into.FieldByName("Path").SetString(n.name())
	if err := setScalar(n.value, into.FieldByName("V")); err != nil {
		d.findings = append(d.findings, diag.Diagnostic{
			Code: codeInvalid, Severity: diag.Error, Pos: pos, Path: n.name(),
			Message: fmt.Sprintf("%s: %v", n.name(), err),
		})
	}
}

// setScalar converts to the types that the model holds.
func setScalar(v cue.Value, into reflect.Value) error {
	switch p := into.Addr().Interface().(type) {
	case *netip.Addr:
		s, err := v.String()
		if err == nil {
			*p, err = netip.ParseAddr(s)
		}
		return err
	case *netip.Prefix:
		s, err := v.String()
		if err == nil {
			*p, err = netip.ParsePrefix(s)
		}
		return err
	}
	return v.Decode(into.Addr().Interface())
}

// tree copies an open value.
func (d *decoder) tree(n node) *model.Tree {
	t := &model.Tree{Pos: n.pos, Path: n.name()}
	if sel := n.path[len(n.path)-1]; sel.IsString() {
		t.Key = sel.Unquoted()
	}
	switch n.value.IncompleteKind() {
	case cue.StructKind:
		t.IsMap = true
		for _, c := range d.fields(n) {
			t.Map = append(t.Map, d.tree(c))
		}
	case cue.ListKind:
		t.List = []*model.Tree{}
		for _, c := range d.elements(n) {
			t.List = append(t.List, d.tree(c))
		}
	default:
		t.Scalar, t.Pos = plain(n.value), d.place(n)
		d.writable(n, t)
	}
	return t
}

// writable refuses the scalars that no file of the output can hold as they are.
func (d *decoder) writable(n node, t *model.Tree) {
	f, number := t.Scalar.(float64)
	var why string
	switch {
	case n.value.Kind() == cue.BytesKind:
		why = "YAML has no form for bytes"
	case number && (n.value.Kind() == cue.IntKind || math.IsInf(f, 0)):
		why = "the number is too large to be kept exactly"
	default:
		return
	}
	d.findings = append(d.findings, diag.Diagnostic{
		Code: codeInvalid, Severity: diag.Error, Pos: t.Pos, Path: t.Path,
		Message: fmt.Sprintf("%s: %s", t.Path, why), Help: "write it as a string",
	})
}

// plain gives a scalar in Go's types: bool, int64, float64, string or nil.
func plain(v cue.Value) any {
	switch v.Kind() {
	case cue.BoolKind:
		b, _ := v.Bool()
		return b
	case cue.IntKind:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case cue.FloatKind, cue.NumberKind:
		f, _ := v.Float64()
		return f
	case cue.StringKind:
		s, _ := v.String()
		return s
	}
	return nil
}
