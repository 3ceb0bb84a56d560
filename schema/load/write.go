package load

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"
)

// Write gives the CUE of a file of a spec's package that says a value, formatted.
// Its error is that of a value that CUE cannot say.
func Write(value map[string]any) ([]byte, error) {
	v := cuecontext.New().Encode(value)
	if v.Err() != nil {
		return nil, v.Err()
	}
	fields := v.Syntax().(*ast.StructLit).Elts // what a map becomes
	body, err := format.Node(&ast.File{Decls: fields}, format.Simplify())
	return append([]byte("package spec\n\n"), body...), err
}
