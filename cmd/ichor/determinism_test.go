package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"github.com/google/go-cmp/cmp"
)

// The order in which a spec is written plays no part in what comes of it: the
// order of fields, of files, and their names.
func TestPermutedSpecsCompileToTheSame(t *testing.T) {
	all := cases(t)
	all["base"] = repository + "/testdata/fail/base"
	for name, dir := range all {
		t.Run(name, func(t *testing.T) {
			want := compile(t, accepted(t, os.DirFS(dir)))
			if diff := cmp.Diff(want, compile(t, accepted(t, os.DirFS(dir)))); diff != "" {
				t.Fatalf("a second compile gives something else:\n%s", diff)
			}
			for seed := range uint64(3) {
				if diff := cmp.Diff(want, compile(t, accepted(t, permuted(t, dir, seed)))); diff != "" {
					t.Fatalf("permutation %d compiles to something else:\n%s", seed, diff)
				}
			}
		})
	}
}

// permuted gives a repository whose spec says the same in another order, in
// files of other names. What else lies in the repository, such as manifests
// that a service names, stays as it is.
func permuted(t *testing.T, dir string, seed uint64) fs.FS {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	repo := fstest.MapFS{}
	for name, content := range readTree(t, dir, ".git", "out", "spec", "testdata") {
		repo[name] = &fstest.MapFile{Data: []byte(content)}
	}
	specs, err := filepath.Glob(filepath.Join(dir, "spec", "*.cue"))
	if err != nil || len(specs) == 0 {
		t.Fatalf("no spec in %s: %v", dir, err)
	}
	order := random.Perm(len(specs))
	for i, file := range specs {
		repo[fmt.Sprintf("spec/f%02d.cue", order[i])] = &fstest.MapFile{Data: permutedFile(t, file, random)}
	}
	return repo
}

func permutedFile(t *testing.T, name string, random *rand.Rand) []byte {
	t.Helper()
	f, err := parser.ParseFile(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	preamble := len(f.Preamble())
	shuffle(f.Decls[preamble:], random)
	ast.Walk(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructLit); ok {
			shuffle(s.Elts, random)
		}
		return true
	}, nil)
	content, err := format.Node(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func shuffle(decls []ast.Decl, random *rand.Rand) {
	random.Shuffle(len(decls), func(i, j int) { decls[i], decls[j] = decls[j], decls[i] })
}
