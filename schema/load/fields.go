package load

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"ichor/schema/diag"
)

// unknownFields walks the fields that the user wrote against the language, so
// that every mistyped one is reported at once: CUE itself reports in waves.
func (x *index) unknownFields(inst *build.Instance, lang cue.Value) diag.List {
	w := &fieldWalk{index: x, language: lang}
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			fld, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			name, _, _ := ast.LabelName(fld.Label)
			def := cue.Value{}
			if name == field {
				def = lang.LookupPath(cue.ParsePath("#Cluster"))
			}
			w.expr(fld.Value, def, []cue.Selector{selector(name)})
		}
	}
	return w.findings
}

type fieldWalk struct {
	*index
	language cue.Value
	findings diag.List
}

// expr walks an expression whose value must fit def. Where def is not known
// (a value of the user's own), only what names a definition is walked.
func (w *fieldWalk) expr(e ast.Expr, def cue.Value, at []cue.Selector) {
	switch e := e.(type) {
	case *ast.StructLit:
		w.structLit(e, def, at)
	case *ast.ParenExpr:
		w.expr(e.X, def, at)
	case *ast.BinaryExpr:
		if named := w.definition(e); named.Exists() {
			def = named
		}
		w.expr(e.X, def, at)
		w.expr(e.Y, def, at)
	case *ast.ListLit:
		elem := cue.Value{}
		if def.Exists() {
			elem = def.LookupPath(cue.MakePath(cue.AnyIndex))
		}
		for i, x := range e.Elts {
			w.expr(x, elem, slices.Concat(at, []cue.Selector{cue.Index(i)}))
		}
	}
}

// definition finds `schema.#Name` among the operands of a conjunction.
func (w *fieldWalk) definition(e ast.Expr) cue.Value {
	if sel := definitionIn(e); sel != nil {
		return w.language.LookupPath(cue.ParsePath(definitionName(sel)))
	}
	return cue.Value{}
}

// definitionIn gives the first definition of another package among the operands
// of a conjunction, or nil.
func definitionIn(e ast.Expr) *ast.SelectorExpr {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if sel := definitionIn(e.X); sel != nil {
			return sel
		}
		return definitionIn(e.Y)
	case *ast.SelectorExpr:
		if definitionName(e) != "" {
			return e
		}
	}
	return nil
}

// definitionName gives #Name of a selector of one, and nothing of others.
func definitionName(e *ast.SelectorExpr) string {
	if name, _, err := ast.LabelName(e.Sel); err == nil && strings.HasPrefix(name, "#") {
		return name
	}
	return ""
}

func (w *fieldWalk) structLit(s *ast.StructLit, def cue.Value, at []cue.Selector) {
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#") {
			continue
		}
		path := slices.Concat(at, []cue.Selector{cue.Str(name)})
		sub, known := below(def, name)
		if !known {
			w.report(f, name, def, path)
			continue
		}
		w.expr(f.Value, sub, path)
	}
}

// below gives what the language says of a field. A value of the user's own
// takes every field and says nothing of it.
func below(def cue.Value, name string) (cue.Value, bool) {
	if !def.Exists() || def.IncompleteKind()&cue.StructKind == 0 {
		return cue.Value{}, true
	}
	sel := cue.Str(name)
	for _, s := range []cue.Selector{sel, sel.Optional()} {
		if v := def.LookupPath(cue.MakePath(s)); v.Exists() {
			return v, true
		}
	}
	if !def.Allows(sel) {
		return cue.Value{}, false
	}
	return def.LookupPath(cue.MakePath(cue.AnyString)), true
}

func (w *fieldWalk) report(f *ast.Field, name string, def cue.Value, path []cue.Selector) {
	d := diag.Diagnostic{
		Code: codeUnknown, Severity: diag.Error, Pos: w.pos(f.Label.Pos()), Path: cue.MakePath(path...).String(),
		Message: fmt.Sprintf("there is no field %q here", name),
	}
	if names := fieldNames(def); len(names) > 0 {
		d.Help = proposal(name, names, "here")
	} else {
		of := path[len(path)-2].String()
		d.Message, d.Help = fmt.Sprintf("%s does not accept the name %q", of, name), nameHelp(of)
	}
	w.findings = append(w.findings, d)
}

// nameHelp says which names a map of the language takes.
func nameHelp(of string) string {
	switch of {
	case "sysctls":
		return "write the name of a kernel parameter, such as vm.max_map_count"
	case "extraArgs":
		return "write the name of a flag without the dashes before it, such as profiling"
	case "keys":
		return "write letters, digits, dashes, dots and underscores, at most 253"
	case "files":
		return "write a path from the root, such as /usr/local/etc/lldpd/lldpd.conf"
	case "manifests":
		return "write a kind, such as ConfigMap"
	case "volumes":
		return "write letters, digits and dashes, at most 34"
	case "public":
		return "write a full host name, such as blog.example.com or *.example.com"
	case "secrets":
		return "write a DNS name: lower case letters, digits, dashes and dots, at most 253"
	}
	return "write a DNS label: lower case letters, digits and dashes, at most 63"
}

func fieldNames(def cue.Value) []string {
	var names []string
	it, err := def.Fields(cue.Optional(true))
	for err == nil && it.Next() {
		names = append(names, it.Selector().Unquoted())
	}
	slices.Sort(names)
	return names
}
