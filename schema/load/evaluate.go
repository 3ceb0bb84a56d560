package load

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"

	"ichor/schema/diag"
)

// evaluated is a spec that CUE accepts.
type evaluated struct {
	value cue.Value
	index *index
}

// evaluate reads and evaluates the package in dir, and gives everything that is
// wrong with it as CUE.
func evaluate(repository fs.FS, dir string) (evaluated, diag.List) {
	files, language, err := withLanguage(repository)
	if err != nil {
		return evaluated{}, problem(codeUnreadable, fmt.Sprintf("cannot read the repository: %v", err))
	}
	inst := load.Instances([]string{"./" + path.Clean(dir)}, &load.Config{
		FS: files, Dir: "/", ModuleRoot: "/", Registry: offline{}, Env: []string{},
	})[0]
	x := newIndex(inst, language)
	if inst.Err != nil {
		return evaluated{}, x.loadErrors(inst.Err, dir)
	}
	findings := x.strayFields(inst)
	value := cuecontext.New().BuildInstance(inst)
	findings = append(findings, x.unknownFields(inst, value)...)
	err = value.Validate(cue.Concrete(true), cue.Final(), cue.All())
	findings = append(findings, x.cueErrors(err, findings)...)
	if !findings.HasErrors() && !value.LookupPath(cue.ParsePath(field)).Exists() {
		findings = problem(codeNoCluster, fmt.Sprintf("the package in %s has no field `%s`", dir, field))
	}
	return evaluated{value, x}, findings
}

func problem(code, message string) diag.List {
	return diag.List{{Code: code, Severity: diag.Error, Message: message, Help: ruleHelp[code]}}
}

// strayFields finds the top-level fields that nobody reads: a mistyped
// `cluster` would otherwise pass as an empty spec. Hidden fields, definitions
// and `let` are the user's own.
func (x *index) strayFields(inst *build.Instance) diag.List {
	var l diag.List
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			fld, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			name, _, err := ast.LabelName(fld.Label)
			if err != nil || name == field || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#") {
				continue
			}
			l = append(l, diag.Diagnostic{
				Code: codeStrayField, Severity: diag.Error, Pos: x.pos(fld.Pos()), Path: name,
				Message: fmt.Sprintf("nobody reads the field %q: only `%s` is the spec", name, field),
				Help:    fmt.Sprintf("write `%s`, or `_%s` for a value of your own", field, name),
			})
		}
	}
	return l
}
