package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"ichor/generators/talos"
	"ichor/schema/diag"
	"ichor/schema/load"
	"ichor/schema/scan"
)

// failDir holds the cases: <code>.txtar, or <code>-<variant>.txtar, has the
// files of a spec that differ from base, and in `want` what ichor says of it,
// as text. An empty file takes the file of that name out of the base; `hidden`
// names the files that git does not know.
const failDir = "../../testdata/fail"

func base(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(filepath.Join(failDir, "base")), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(failDir, "base", path))
		files[path] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// vet gives the findings of a spec, and what ichor prints of them.
func vet(t *testing.T, files fs.FS) (diag.List, string) {
	t.Helper()
	p := project{spec: "spec", fsys: files, files: func() (scan.Files, error) { return known(files) }}
	_, _, found, err := p.compile("")
	if err != nil {
		t.Fatal(err)
	}
	return found, text(t, p, found)
}

// known leaves out the files that a case hides from git.
func known(fsys fs.FS) (scan.Files, error) {
	files, err := scan.All(fsys)
	hidden, _ := fs.ReadFile(fsys, "hidden")
	files.Tracked = slices.DeleteFunc(files.Tracked, func(f string) bool { return slices.Contains(strings.Fields(string(hidden)), f) })
	return files, err
}

func TestBaseIsSound(t *testing.T) {
	if _, got := vet(t, base(t)); got != "" {
		t.Errorf("the base has findings:\n%s", got)
	}
}

func failures(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(failDir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases in %s: %v", failDir, err)
	}
	return names
}

func TestFail(t *testing.T) {
	for _, name := range failures(t) {
		stem := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(stem, func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, want := lay(base(t), archive)
			findings, got := vet(t, files)
			if !slices.ContainsFunc(findings, func(d diag.Diagnostic) bool { return d.Code == codeOf(stem) }) {
				t.Errorf("no finding has the code %q:\n%s", codeOf(stem), got)
			}
			if updating() {
				rewriteCase(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s=1 rewrites it (-want +got):\n%s", updateVariable, diff)
			}
		})
	}
}

// lay puts the files of a case over the base and takes its `want` out.
func lay(files fstest.MapFS, archive *txtar.Archive) (fstest.MapFS, string) {
	want := ""
	for _, f := range archive.Files {
		switch {
		case f.Name == "want":
			want = string(f.Data)
		case len(f.Data) == 0:
			delete(files, f.Name)
		default:
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return files, want
}

func rewriteCase(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	if i < 0 {
		i = len(archive.Files)
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
	}
	archive.Files[i].Data = []byte(got)
	if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// codeOf gives the longest code that a case's name begins with.
func codeOf(stem string) string {
	code := ""
	for _, r := range rules() {
		if (stem == r.Code || strings.HasPrefix(stem, r.Code+"-")) && len(r.Code) > len(code) {
			code = r.Code
		}
	}
	return code
}

func TestEveryRuleHasACase(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range failures(t) {
		seen[codeOf(strings.TrimSuffix(filepath.Base(name), ".txtar"))] = true
	}
	for _, r := range slices.Concat(load.Rules, scan.Rules(), talos.Rules(), judging()) {
		if !seen[r.Code] {
			t.Errorf("rule %s has no testdata/fail/%s.txtar", r.Code, r.Code)
		}
	}
	if seen[""] {
		t.Error("a case is named for no code")
	}
}
