package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/generators"
	"ichor/schema/diag"
	"ichor/schema/model"
)

const (
	repository = "../.."
	buildCases = repository + "/testdata/build"
	inventory  = "inventory.json"
)

// TestBuild compiles every case of testdata/build, and the reference cluster.
//
// A case is a repository: spec/ is compiled, and the directory that its
// flux.path names is what comes of it, to the byte, with its inventory; a file
// that nothing writes fails the test like one that is missing. Warnings are no
// failure. `make golden` writes the output anew, but for the reference
// cluster's, which is for `make generate` to write. Each is compiled as a
// repository of its own: here it is a directory of ichor's.
func TestBuild(t *testing.T) {
	for name, dir := range cases(t) {
		t.Run(name, func(t *testing.T) {
			c := accepted(t, os.DirFS(dir))
			out := filepath.Join(dir, c.Flux.Path.V)
			if updating() && dir != repository {
				if err := os.RemoveAll(out); err != nil {
					t.Fatal(err)
				}
				mustRun(t, "generate", "-C", alone(t, dir), "--out-dir", out)
			}
			want := readTree(t, out)
			delete(want, inventory)
			if diff := cmp.Diff(want, compile(t, c)); diff != "" {
				t.Errorf("the output is not what the spec gives (-output +spec):\n%s", diff)
			}
			mustRun(t, "generate", "--check", "-C", alone(t, dir), "--out-dir", out)
		})
	}
}

// alone gives a copy of a case that lies in no work tree of git, without the output;
// of the reference cluster, itself.
func alone(t *testing.T, dir string) string {
	t.Helper()
	if dir == repository {
		return dir
	}
	copied := t.TempDir()
	for name, content := range readTree(t, dir, "out") {
		name = filepath.Join(copied, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(content), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

// cases gives the directories of all cases by name.
func cases(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(buildCases)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"reference": repository}
	for _, e := range entries {
		all[e.Name()] = filepath.Join(buildCases, e.Name())
	}
	return all
}

// accepted gives the cluster of a spec without errors.
func accepted(t *testing.T, repo fs.FS) *model.Cluster {
	t.Helper()
	p := project{spec: "spec", fsys: repo}
	c, found := p.checked()
	if found.HasErrors() {
		t.Fatal(text(t, p, found))
	}
	return c
}

// compile gives the generated files of a cluster by path.
func compile(t *testing.T, c *model.Cluster) map[string]string {
	t.Helper()
	files, err := generators.Run(c)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]string{}
	for _, f := range files {
		byPath[f.Path] = string(f.Content)
	}
	return byPath
}

func text(t *testing.T, p project, l diag.List) string {
	t.Helper()
	var b bytes.Buffer
	a := app{streams: streams{&b, &b}}
	var e exit
	if err := a.report(p, diag.Text, l); err != nil && !errors.As(err, &e) {
		t.Fatal(err)
	}
	return b.String()
}

// readTree gives the files of a directory by path, but for those of the
// directories in it that are to be left out.
func readTree(t *testing.T, dir string, without ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	tree := os.DirFS(dir)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(without, name):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		content, err := fs.ReadFile(tree, name)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func mustRun(t *testing.T, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, streams{&out, &errs}); code != exitClean {
		t.Fatalf("ichor %q: exit code %d\n%s%s", args, code, &out, &errs)
	}
}

// sortedKeys is for messages that are the same in every run.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
