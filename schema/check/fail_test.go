package check_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/load"
)

// failDir holds the cases: <code>.txtar, or <code>-<variant>.txtar, has the
// files of a spec that differ from base, and in `want` what ichor says of it,
// as text. An empty file takes the file of that name out of the base.
const failDir = "../../testdata/fail"

// update is the environment variable that rewrites every `want`.
const update = "ICHOR_UPDATE"

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
func vet(t *testing.T, files fstest.MapFS) (diag.List, string) {
	t.Helper()
	c, findings := load.Cluster(files, "spec")
	if findings.HasErrors() {
		findings = check.Literals(c.Literals, findings)
	} else {
		findings = append(findings, check.Cluster(c)...).Sort()
	}
	var out bytes.Buffer
	p := diag.Printer{Source: func(name string) ([]byte, error) { return fs.ReadFile(files, name) }}
	if err := p.Print(&out, diag.Text, findings); err != nil {
		t.Fatal(err)
	}
	return findings, out.String()
}

func TestBaseIsSound(t *testing.T) {
	if _, got := vet(t, base(t)); got != "" {
		t.Errorf("the base has findings:\n%s", got)
	}
}

func cases(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(failDir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases in %s: %v", failDir, err)
	}
	return names
}

func TestFail(t *testing.T) {
	for _, name := range cases(t) {
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
			if os.Getenv(update) != "" {
				rewrite(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s=1 rewrites it (-want +got):\n%s", update, diff)
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

func rewrite(t *testing.T, name string, archive *txtar.Archive, got string) {
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

func allRules() []diag.Rule { return slices.Concat(load.Rules, check.Rules()) }

// codeOf gives the longest code that a case's name begins with.
func codeOf(stem string) string {
	code := ""
	for _, r := range allRules() {
		if (stem == r.Code || strings.HasPrefix(stem, r.Code+"-")) && len(r.Code) > len(code) {
			code = r.Code
		}
	}
	return code
}

func TestEveryRuleHasACase(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range cases(t) {
		seen[codeOf(strings.TrimSuffix(filepath.Base(name), ".txtar"))] = true
	}
	for _, r := range allRules() {
		if !seen[r.Code] {
			t.Errorf("rule %s has no testdata/fail/%s.txtar", r.Code, r.Code)
		}
	}
	if seen[""] {
		t.Error("a case is named for no code")
	}
}
