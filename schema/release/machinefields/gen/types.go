//go:build ignore

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const machinery = "github.com/siderolabs/talos/pkg/machinery"

// source is the machinery module of one release, read package by package.
type source struct {
	dir      string
	packages map[string]*pack // by import path
}

// pack is what is declared in a package.
type pack struct {
	path   string
	types  map[string]*ast.TypeSpec
	files  map[string]*ast.File // by the name of a type: where it is declared
	texts  map[string]string    // constants
	reads  map[string]bool      // types that read YAML or text themselves
	parsed []*ast.File
}

func newSource(dir string) *source { return &source{dir, map[string]*pack{}} }

// load reads a package of the module.
func (s *source) load(importPath string) *pack {
	if p := s.packages[importPath]; p != nil {
		return p
	}
	p := &pack{importPath, map[string]*ast.TypeSpec{}, map[string]*ast.File{}, map[string]string{}, map[string]bool{}, nil}
	s.packages[importPath] = p
	dir := filepath.Join(s.dir, strings.TrimPrefix(importPath, machinery))
	entries, err := os.ReadDir(dir)
	check(err)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		check(err)
		p.add(file)
	}
	return p
}

func (p *pack) add(file *ast.File) {
	p.parsed = append(p.parsed, file)
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.types[spec.Name.Name], p.files[spec.Name.Name] = spec, file
				case *ast.ValueSpec:
					p.addTexts(spec)
				}
			}
		case *ast.FuncDecl:
			if d.Recv != nil && (d.Name.Name == "UnmarshalYAML" || d.Name.Name == "UnmarshalText") {
				p.reads[receiver(d.Recv.List[0].Type)] = true
			}
		}
	}
}

func (p *pack) addTexts(spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if i < len(spec.Values) {
			if text, ok := literal(spec.Values[i]); ok {
				p.texts[name.Name] = text
			}
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func receiver(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// addDocuments adds every kind that a package of config/types registers.
func addDocuments(root *node, s *source, minor int) {
	found := 0
	types := filepath.Join(s.dir, "config/types")
	check(filepath.WalkDir(types, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || d.Name() == "testdata" {
			return err
		}
		below, err := filepath.Rel(s.dir, dir)
		check(err)
		p := s.load(path.Join(machinery, filepath.ToSlash(below)))
		for kind, name := range p.registered() {
			w := walker{s, minor, nil}
			w.add(root.child(kind, minor), p, p.files[name], &ast.Ident{Name: name})
			found++
		}
		return nil
	}))
	if found < 14 {
		log.Fatalf("%s: only %d kinds", s.dir, found)
	}
}

// registered gives the types that a package registers, by their kinds, as
// registry.Register(LinkKind, func(...) { ... return &LinkConfigV1Alpha1{} ... }).
func (p *pack) registered() map[string]string {
	out := map[string]string{}
	for _, file := range p.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 || !isSelector(call.Fun, "registry", "Register") {
				return true
			}
			kind, ok := literal(call.Args[0])
			if id, named := call.Args[0].(*ast.Ident); named {
				kind, ok = p.texts[id.Name], true
			}
			name := made(call.Args[1])
			if !ok || kind == "" || p.types[name] == nil {
				log.Fatalf("%s registers a kind in a form that is not known", p.path)
			}
			out[kind] = name
			return true
		})
	}
	return out
}

func isSelector(e ast.Expr, of, name string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == name && receiver(sel.X) == of
}

// made gives the type of which a function makes one.
func made(f ast.Expr) string {
	name := ""
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && name == "" {
			name = receiver(lit.Type)
		}
		return true
	})
	return name
}

// walker adds the fields of types to a tree.
type walker struct {
	source *source
	minor  int
	above  []string // the types that are being walked, against those that hold themselves
}

// add adds what a type of a file has below a field.
func (w walker) add(n *node, p *pack, file *ast.File, t ast.Expr) {
	switch t := t.(type) {
	case *ast.StarExpr:
		w.add(n, p, file, t.X)
	case *ast.ArrayType:
		if receiver(t.Elt) != "byte" {
			w.add(n.child("[]", w.minor), p, file, t.Elt)
		}
	case *ast.MapType:
		w.add(n.child("*", w.minor), p, file, t.Value)
	case *ast.StructType:
		w.addFields(n, p, file, t)
	case *ast.Ident:
		if p.types[t.Name] != nil {
			w.addNamed(n, p, t.Name)
		} else if t.Name == "any" {
			w.leave(n)
		}
	case *ast.SelectorExpr:
		importPath := imported(file, receiver(t.X))
		if importPath != machinery && !strings.HasPrefix(importPath, machinery+"/") {
			w.leave(n) // a type of another module
			return
		}
		w.addNamed(n, w.source.load(importPath), t.Sel.Name)
	default:
		w.leave(n)
	}
}

// leave says that anything may stand below a field.
func (w walker) leave(n *node) { n.open = append(n.open, w.minor) }

// asWritten are types that read YAML themselves and take what they are declared as.
var asWritten = []string{"ClusterInlineManifests"}

// addNamed adds what a declared type has. Of those that read YAML themselves only
// ArgValue takes more than a scalar: a list of texts.
func (w walker) addNamed(n *node, p *pack, name string) {
	spec := p.types[name]
	key := p.path + "." + name
	switch {
	case spec == nil:
		log.Fatalf("there is no type %s", key)
	case slices.Contains(w.above, key):
		w.leave(n)
	case p.reads[name] && !slices.Contains(asWritten, name):
		if name == "ArgValue" {
			n.child("[]", w.minor)
		}
	default:
		w.above = append(slices.Clone(w.above), key)
		w.add(n, p, p.files[name], spec.Type)
	}
}

// addFields adds the fields of a struct, as YAML names them. One that embeds a type
// without a word on YAML reads a text as that type does.
func (w walker) addFields(n *node, p *pack, file *ast.File, t *ast.StructType) {
	if slices.ContainsFunc(t.Fields.List, func(f *ast.Field) bool { return len(f.Names) == 0 && f.Tag == nil }) {
		return
	}
	for _, f := range t.Fields.List {
		tag := ""
		if f.Tag != nil {
			text, err := strconv.Unquote(f.Tag.Value)
			check(err)
			tag = reflect.StructTag(text).Get("yaml")
		}
		name, options, _ := strings.Cut(tag, ",")
		if slices.Contains(strings.Split(options, ","), "inline") {
			if _, isMap := f.Type.(*ast.MapType); isMap {
				w.leave(n)
			} else {
				w.add(n, p, file, f.Type)
			}
			continue
		}
		for _, declared := range f.Names {
			if name != "-" && declared.IsExported() {
				w.add(n.child(orLower(name, declared.Name), w.minor), p, file, f.Type)
			}
		}
	}
}

// orLower gives the name of a field in YAML: that of its tag, or its own in small letters.
func orLower(tag, declared string) string {
	if tag != "" {
		return tag
	}
	return strings.ToLower(declared)
}

// imported gives the path that a file imports under a name.
func imported(file *ast.File, name string) string {
	for _, i := range file.Imports {
		importPath, err := strconv.Unquote(i.Path.Value)
		check(err)
		if i.Name != nil && i.Name.Name == name || i.Name == nil && path.Base(importPath) == name {
			return importPath
		}
	}
	return ""
}
