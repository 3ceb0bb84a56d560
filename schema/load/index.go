package load

import (
	"cmp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// index knows where the user wrote what: the place of each label that stands in
// the files of the spec, and of each literal.
type index struct {
	language string // directory of the language, whose places are not the user's
	labels   map[string]diag.Pos
	values   map[diag.Pos]string   // literals and names, as they stand in the file
	behind   map[diag.Pos]diag.Pos // of labels: where a simple value stands, or the label itself
	bases    map[diag.Pos]ast.Expr // of the names in references: what they are looked up in
	literals []model.Literal
}

// newIndex reads the files of the spec's package, and of the packages of the
// same repository that it imports.
func newIndex(inst *build.Instance, language string) *index {
	x := &index{language: language, labels: map[string]diag.Pos{}, values: map[diag.Pos]string{}, behind: map[diag.Pos]diag.Pos{}, bases: map[diag.Pos]ast.Expr{}}
	seen := map[*build.Instance]bool{}
	var visit func(*build.Instance)
	visit = func(i *build.Instance) {
		if i == nil || seen[i] {
			return
		}
		seen[i] = true
		for _, f := range i.Files {
			if x.isUser(f.Pos()) {
				x.addFile(f)
			}
		}
		for _, imp := range i.Imports {
			visit(imp)
		}
	}
	visit(inst)
	slices.SortFunc(x.literals, func(a, b model.Literal) int { return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Text, b.Text)) })
	return x
}

// isUser reports whether a place lies in a file of the user, not in the language.
func (x *index) isUser(p token.Pos) bool {
	name := fileName(p)
	return name != "" && !strings.HasPrefix(name, x.language+"/") && !strings.HasPrefix(name, "cue.mod/")
}

// fileName gives the file of a place relative to the repository.
func fileName(p token.Pos) string { return strings.TrimPrefix(p.Filename(), root+"/") }

// pos gives a place as the user knows it; the zero Pos for places that are not
// the user's.
func (x *index) pos(p token.Pos) diag.Pos {
	if !p.IsValid() || !x.isUser(p) {
		return diag.Pos{}
	}
	return diag.Pos{File: fileName(p), Line: p.Line(), Column: p.Column()}
}

func (x *index) addFile(f *ast.File) {
	ast.Walk(f, x.visitLiteral, nil)
	x.addDecls(f.Decls, nil)
}

// visitLiteral records literals for the rules that look for secrets, comments
// included, and names so that an error can be shown at the value that caused it.
func (x *index) visitLiteral(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Field:
		label, _, _ := ast.LabelName(n.Label)
		x.addLabel(n)
		x.addValue(label, n.Value)
	case *ast.BasicLit:
		x.addLiteral("", n)
	case *ast.ListLit:
		x.values[x.pos(n.Pos())] = listValue
	case *ast.StructLit:
		x.values[x.pos(n.Pos())] = structValue
	case *ast.UnaryExpr:
		x.addSigned(n)
	case *ast.SelectorExpr:
		x.bases[x.pos(n.Sel.Pos())] = n.X
	case *ast.IndexExpr:
		x.bases[x.pos(n.Index.Pos())] = n.X
	case *ast.Ident:
		if p := x.pos(n.Pos()); x.behind[p] == (diag.Pos{}) {
			x.values[p] = n.Name
		}
	case *ast.Comment:
		x.literals = append(x.literals, model.Literal{Text: n.Text, Comment: true, Pos: x.pos(n.Pos())})
	}
	return true
}

// addLabel records that a label is no value, and where its value stands: CUE
// gives the place of a field for that of a value which nothing else says.
func (x *index) addLabel(f *ast.Field) {
	p := x.pos(f.Label.Pos())
	x.values[p] = ""
	switch f.Value.(type) {
	case *ast.BasicLit, *ast.Interpolation, *ast.UnaryExpr, *ast.Ident, *ast.SelectorExpr:
		x.behind[p] = x.pos(f.Value.Pos())
	default:
		x.behind[p] = p
	}
}

// isLabel reports whether a label stands at a place.
func (x *index) isLabel(p diag.Pos) bool { _, ok := x.behind[p]; return ok }

// label picks the first label among places.
func (x *index) label(places []token.Pos) diag.Pos {
	for _, t := range places {
		if p := x.pos(t); x.isLabel(p) {
			return p
		}
	}
	return diag.Pos{}
}

// value goes from a label to the value behind it, and stays at other places.
func (x *index) value(p diag.Pos) diag.Pos {
	if q, ok := x.behind[p]; ok {
		return q
	}
	return p
}

func (x *index) addValue(label string, e ast.Expr) {
	if lit, ok := e.(*ast.BasicLit); ok {
		x.addLiteral(label, lit)
	}
}

func (x *index) addLiteral(label string, lit *ast.BasicLit) {
	p := x.pos(lit.Pos())
	if _, known := x.values[p]; known {
		return
	}
	x.values[p] = lit.Value
	if lit.Kind != token.STRING {
		return
	}
	text, err := literal.Unquote(lit.Value)
	if err != nil {
		text = lit.Value // a part of an interpolation
	}
	x.literals = append(x.literals, model.Literal{Label: label, Text: text, Pos: p})
}

// addDecls records the labels below a path. A label that is written in several
// files is where the first of them says it.
func (x *index) addDecls(decls []ast.Decl, at []cue.Selector) {
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			continue
		}
		sel := slices.Concat(at, []cue.Selector{selector(name)})
		p, key := x.pos(f.Label.Pos()), cue.MakePath(sel...).String()
		if old, ok := x.labels[key]; !ok || p.Compare(old) < 0 {
			x.labels[key] = p
		}
		x.addExpr(f.Value, sel)
	}
}

func (x *index) addExpr(e ast.Expr, at []cue.Selector) {
	switch e := e.(type) {
	case *ast.StructLit:
		x.addDecls(e.Elts, at)
	case *ast.BinaryExpr:
		x.addExpr(e.X, at)
		x.addExpr(e.Y, at)
	case *ast.ParenExpr:
		x.addExpr(e.X, at)
	}
}

func selector(name string) cue.Selector {
	if strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#") {
		return cue.ParsePath(name).Selectors()[0]
	}
	return cue.Str(name)
}

// nearest gives the place of a path, or of the closest field around it that the
// user wrote.
func (x *index) nearest(path []cue.Selector) diag.Pos {
	for n := len(path); n > 0; n-- {
		if p, ok := x.labels[cue.MakePath(path[:n]...).String()]; ok {
			return p
		}
	}
	return diag.Pos{}
}

// best picks the place to show of several: a literal before a struct or list,
// that before a name, a name before anything else, and the last of those.
func (x *index) best(places []token.Pos) (diag.Pos, string) {
	var best diag.Pos
	rank := 0
	for _, t := range places {
		p := x.value(x.pos(t))
		if r := x.rank(p); p.IsValid() && r >= rank {
			best, rank = p, r
		}
	}
	return best, x.values[best]
}
