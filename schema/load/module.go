package load

import (
	"fmt"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"

	"ichor/schema/diag"
	"ichor/schema/release"
)

// cueVersion refuses a module whose version of CUE does not know what the
// language is written with: each definition of it would be an error. A module
// file that cannot be parsed is for CUE to tell of.
func cueVersion(mod []byte) diag.List {
	f, err := parser.ParseFile(moduleFile, mod)
	if err != nil {
		return nil
	}
	pos := diag.Pos{File: moduleFile, Line: 1, Column: 1}
	declared := ""
	if v, ok := valueOf(f.Decls, "language", "version").(*ast.BasicLit); ok {
		pos.Line, pos.Column = v.Pos().Line(), v.Pos().Column()
		declared, _ = literal.Unquote(v.Value)
	}
	if err = release.CheckCUE(declared, cue.LanguageVersion()); err == nil {
		return nil
	}
	return diag.List{{
		Code: codeCUEVersion, Severity: diag.Error, Pos: pos, Path: "language.version", Message: err.Error(),
		Help: fmt.Sprintf("write `language: version: %q`", cue.LanguageVersion()),
	}}
}

// valueOf gives the expression at a path of fields, or nil.
func valueOf(decls []ast.Decl, path ...string) ast.Expr {
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, _ := ast.LabelName(f.Label)
		if inner, ok := f.Value.(*ast.StructLit); ok && name == path[0] && len(path) > 1 {
			return valueOf(inner.Elts, path[1:]...)
		}
		if name == path[0] && len(path) == 1 {
			return f.Value
		}
	}
	return nil
}
