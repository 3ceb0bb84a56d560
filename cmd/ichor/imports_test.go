package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is what `go list` tells of a package.
type goPackage struct {
	Dir, ImportPath string
	GoFiles         []string
	Imports         []string
}

// allowedImports says which of our packages a package may import: the map of
// CONTRIBUTING.md. A package that is missing here fails the test, so that a new
// one is given its place.
var allowedImports = map[string][]string{
	"cmd/ichor/supervise": {},
	"cmd/ichor/seal":      {},
	"schema":              {},
	"schema/diag":         {},
	"schema/release":      {},
	"schema/graph":        {},
	"schema/gitindex":     {},
	"schema/secret":       {"schema/diag"},
	"schema/model":        {"schema/diag", "schema/release"},
	"schema/depend":       {"schema/diag", "schema/graph", "schema/model", "schema/release", "schema/scan"},
	"schema/load":         {"schema", "schema/depend", "schema/diag", "schema/graph", "schema/model", "schema/release", "schema/scan"},
	"schema/scan":         {"schema/diag", "schema/model", "schema/release", "schema/secret"},
	"schema/audit":        {"schema/depend", "schema/diag", "schema/graph", "schema/model", "schema/release", "schema/scan", "schema/secret"},
	"schema/importer":     {"schema/audit", "schema/depend", "schema/diag", "schema/load", "schema/model", "schema/scan", "schema/secret"},
	"schema/check":        {"schema/depend", "schema/diag", "schema/graph", "schema/model", "schema/release", "schema/secret"},
	"generators/output":   {"schema/diag"},
	"generators/rewrite":  {},
	"generators/object":   {"schema/diag", "schema/model", "schema/release", "generators/output"},
	"generators/verify":   {"schema/diag", "schema/model", "schema/release", "schema/secret", "generators/output"},
	"generators":          append([]string{"schema/model", "generators/output"}, targets...),
}

var targets = []string{
	"generators/authentik", "generators/cilium", "generators/flux", "generators/router", "generators/talos",
}

// targetImports are what a generator may import: no generator imports another.
// Of diag they know positions, and what a refusal of their library is.
var targetImports = []string{"schema/model", "schema/release", "schema/diag", "generators/output", "generators/object"}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "ichor/")
		if name == "cmd/ichor" {
			continue
		}
		allowed, ok := allowedImports[name]
		if slices.Contains(targets, name) {
			allowed, ok = targetImports, true
		}
		if !ok {
			t.Errorf("%s has no place in the map of imports", name)
			continue
		}
		for _, i := range p.Imports {
			ours, ok := strings.CutPrefix(i, "ichor/")
			if ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
	}
}

// isDriver reports whether a package is the driver or a part of it.
func isDriver(p goPackage) bool {
	return p.ImportPath == "ichor/cmd/ichor" || strings.HasPrefix(p.ImportPath, "ichor/cmd/ichor/")
}

// Only the driver knows the machine it runs on, and only the loader knows CUE.
func TestOutsideImports(t *testing.T) {
	machine := []string{"os", "os/exec", "os/signal", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "syscall"}
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if slices.Contains(machine, i) && !isDriver(p) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
			if strings.HasPrefix(i, "cuelang.org/go/") && p.ImportPath != "ichor/schema/load" {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

// Nothing runs before main but the supervisor, which is to start before other
// packages take their time, and nothing but the driver reads the clock.
func TestNoInitAndNoClock(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.GoFiles {
			path := filepath.Join(p.Dir, file)
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if d, ok := n.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == "init" && p.ImportPath != "ichor/cmd/ichor/supervise" {
					t.Errorf("%s has a func init", path)
				}
				if !isDriver(p) && readsClock(n) {
					t.Errorf("%s reads the clock", path)
				}
				return true
			})
		}
	}
}

func readsClock(n ast.Node) bool {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer"}, s.Sel.Name)
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=Dir,ImportPath,GoFiles,Imports", "ichor/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
