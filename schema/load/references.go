package load

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"

	"ichor/schema/diag"
)

// explain says of a finding what CUE does not: that a reference in the user's
// files leads to no field, and that a value without one is only itself again.
func (x *index) explain(spec cue.Value, d diag.Diagnostic) diag.Diagnostic {
	if d.Code == codeIncomplete {
		return cycle(spec, d)
	}
	base, ok := pathOf(x.bases[d.Pos])
	name := unquoted(x.values[d.Pos])
	owner := spec.LookupPath(base)
	if !ok || owner.IncompleteKind() != cue.StructKind || owner.LookupPath(cue.MakePath(cue.Str(name))).Exists() {
		return d
	}
	d.Code, d.Message = codeReference, fmt.Sprintf("there is no field %q in %s", name, base)
	d.Help = proposal(name, writtenNames(owner), "there")
	return d
}

// proposal names the fields that a mistyped one may have meant.
func proposal(name string, names []string, where string) string {
	switch near := diag.Nearest(name, names); {
	case len(near) > 0:
		return "did you mean " + strings.Join(near, " or ") + "?"
	case len(names) > 0:
		return "the fields " + where + " are " + strings.Join(names, ", ")
	}
	return "no field is written " + where
}

func writtenNames(v cue.Value) []string {
	var names []string
	it, err := v.Fields()
	for err == nil && it.Next() {
		names = append(names, it.Selector().Unquoted())
	}
	slices.Sort(names)
	return names
}

// pathOf reads a reference that begins at the field `cluster`; what stands
// below aliases, `let` and fields of the user's own is not followed.
func pathOf(e ast.Expr) (cue.Path, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		return cue.MakePath(cue.Str(e.Name)), e.Name == field
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(e.Sel)
		return step(e.X, name, err == nil)
	case *ast.IndexExpr:
		lit, ok := e.Index.(*ast.BasicLit)
		if !ok {
			return cue.Path{}, false
		}
		return step(e.X, unquoted(lit.Value), true)
	}
	return cue.Path{}, false
}

func step(owner ast.Expr, name string, ok bool) (cue.Path, bool) {
	base, known := pathOf(owner)
	return cue.MakePath(append(base.Selectors(), cue.Str(name))...), ok && known
}

func unquoted(name string) string {
	if text, err := literal.Unquote(name); err == nil {
		return text
	}
	return name
}

// cycle follows the references from a field without a value; those that come
// back to it say nothing.
func cycle(spec cue.Value, d diag.Diagnostic) diag.Diagnostic {
	way := wayBack(spec.LookupPath(cue.ParsePath(d.Path)), []string{d.Path})
	if way == nil {
		return d
	}
	d.Message = fmt.Sprintf("%s has no value: its references form a circle, %s", d.Path, strings.Join(way, " -> "))
	d.Help = "write the value at one of these fields"
	return d
}

// wayBack gives the paths from the first of way to a path that is on the way
// already, or nothing.
func wayBack(v cue.Value, way []string) []string {
	for _, c := range conjuncts(v) {
		root, path := c.ReferencePath()
		if len(path.Selectors()) == 0 {
			continue
		}
		next := append(slices.Clone(way), path.String())
		if slices.Contains(way, path.String()) {
			return next
		}
		if back := wayBack(root.LookupPath(path), next); back != nil {
			return back
		}
	}
	return nil
}

// conjuncts gives what is said of a value, each apart.
func conjuncts(v cue.Value) []cue.Value {
	op, parts := v.Expr()
	if op != cue.AndOp {
		return []cue.Value{v}
	}
	var all []cue.Value
	for _, p := range parts {
		all = append(all, conjuncts(p)...)
	}
	return all
}
