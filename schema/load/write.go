package load

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"

	"ichor/schema/diag"
)

// Write gives the CUE of a file of a spec's package that says a value, formatted,
// with the lines of comments above the fields that they are of, by path, as
// cluster.services.web. Its error is that of a value that CUE cannot say.
func Write(value map[string]any, comments map[string][]string) ([]byte, error) {
	v := cuecontext.New().Encode(value)
	if v.Err() != nil {
		return nil, v.Err()
	}
	fields := v.Syntax().(*ast.StructLit).Elts // what a map becomes
	comment("", fields, comments)
	body, err := format.Node(&ast.File{Decls: fields}, format.Simplify())
	return append([]byte("package spec\n\n"), body...), err
}

// comment writes comments above fields, and above those below them.
func comment(above string, decls []ast.Decl, comments map[string][]string) {
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			continue
		}
		path := strings.TrimPrefix(above+"."+name, ".")
		if lines := comments[path]; len(lines) > 0 {
			ast.AddComment(f, remark(lines))
		}
		if s, ok := f.Value.(*ast.StructLit); ok {
			comment(path, s.Elts, comments)
		}
	}
}

// remark makes comments of lines. Where a name in one has a line break, what follows would
// else be CUE.
func remark(lines []string) *ast.CommentGroup {
	g := &ast.CommentGroup{Doc: true}
	for _, line := range lines {
		g.List = append(g.List, &ast.Comment{Text: "// " + diag.Plain(line)})
	}
	return g
}
