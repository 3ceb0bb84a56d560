package load

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"

	"ichor/schema"
	"ichor/schema/diag"
)

// evaluated is a spec, and what of it could be read if there are errors.
type evaluated struct {
	value cue.Value
	index *index
}

// evaluate reads and evaluates the package in dir, and gives everything that is
// wrong with it as CUE.
func evaluate(repository fs.FS, dir string) (evaluated, diag.List) {
	t, findings := sources(repository)
	if findings.HasErrors() {
		return evaluated{index: &index{}}, findings
	}
	insts := load.Instances([]string{"./" + path.Clean(dir), schema.ImportPath}, &load.Config{
		Overlay: t.files, Dir: root, ModuleRoot: root, Registry: offline{}, Env: []string{},
	})
	x := newIndex(insts[0], t.language)
	if l := t.unread(path.Clean(dir), insts[0]); l.HasErrors() {
		return evaluated{index: x}, l
	}
	if err := insts[0].Err; err != nil {
		return evaluated{index: x}, x.loadErrors(err, dir)
	}
	ctx := cuecontext.New()
	value, lang := ctx.BuildInstance(insts[0]), ctx.BuildInstance(insts[1])
	findings = append(x.strayFields(insts[0]), unread(insts[0])...)
	if !isCopy(repository, t.language) {
		findings = append(findings, problem(codeCopy, "the copy of the language in "+t.language+" is not the language of this ichor")...)
	}
	findings = append(findings, x.unknownFields(insts[0], lang)...)
	if !saysLanguage(insts[0]) {
		value = conform(value, lang)
	}
	err := value.Validate(cue.Concrete(true), cue.Final(), cue.All())
	findings = append(findings, x.cueErrors(value, err, findings)...)
	if !findings.HasErrors() && !value.LookupPath(cue.ParsePath(field)).Exists() {
		findings = problem(codeNoCluster, fmt.Sprintf("the package in %s has no field `%s`", dir, field))
	}
	return evaluated{value, x}, findings
}

// saysLanguage reports whether the package says `cluster: schema.#Cluster`.
func saysLanguage(inst *build.Instance) bool {
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			fld, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			name, _, _ := ast.LabelName(fld.Label)
			if sel := definitionIn(fld.Value); name == field && sel != nil && definitionName(sel) == "#Cluster" && isLanguage(f, sel.X) {
				return true
			}
		}
	}
	return false
}

// isLanguage reports whether an expression of a file is the language's package.
func isLanguage(f *ast.File, e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	for spec := range f.ImportSpecs() {
		local := path.Base(schema.ImportPath)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if spec.Path.Value == strconv.Quote(schema.ImportPath) && local == id.Name {
			return true
		}
	}
	return false
}

// conform holds a spec against the language that does not do so itself.
func conform(spec, lang cue.Value) cue.Value {
	at := cue.ParsePath(field)
	if !spec.LookupPath(at).Exists() {
		return spec
	}
	return spec.FillPath(at, lang.LookupPath(cue.ParsePath("#Cluster")))
}

func problem(code, message string) diag.List {
	return diag.List{{Code: code, Severity: diag.Error, Message: message, Help: ruleHelp[code]}}
}

// unread finds the files of the spec's directory that CUE passes over, such as
// one without a package clause: what it says would have no effect.
func unread(inst *build.Instance) diag.List {
	var l diag.List
	for _, f := range inst.IgnoredFiles {
		name := strings.TrimPrefix(f.Filename, root+"/")
		why := "it does not belong to the spec's package"
		if f.ExcludeReason != nil {
			why = strings.TrimSpace(strings.ReplaceAll(f.ExcludeReason.Error(), root+"/", ""))
		}
		l = append(l, diag.Diagnostic{
			Code: codeUnread, Severity: diag.Warning, Pos: diag.Pos{File: name, Line: 1, Column: 1},
			Message: fmt.Sprintf("ichor does not read %s: %s", name, why), Help: ruleHelp[codeUnread],
		})
	}
	return l
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
				Message: fmt.Sprintf("ichor does not read the field %q: only `%s` is the spec", name, field),
				Help:    fmt.Sprintf("write `%s`, or `_%s` for a value of your own", field, name),
			})
		}
	}
	return l
}
