package rewrite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// in gives dependencies of namespace/name, or of a name in namespace web.
func in(names ...string) []Dependency {
	var out []Dependency
	for _, n := range names {
		namespace, name, ok := strings.Cut(n, "/")
		if !ok {
			namespace, name = "web", n
		}
		out = append(out, Dependency{namespace, name})
	}
	return out
}

// Each case is a file before, what its first document is to depend on, and the
// file after.
func TestDependsOn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before string
		want   []Dependency
		after  string
	}{
		{"no field, sorted", "spec:\n  # when\n  interval: 1h\n  path: ./a\n", in("db/pg"), "spec:\n  dependsOn:\n    - name: pg\n      namespace: db\n  # when\n  interval: 1h\n  path: ./a\n"},
		{"no field, last", "spec:\n  components:\n    - ../c\n", in("pg"), "spec:\n  components:\n    - ../c\n  dependsOn:\n    - name: pg\n"},
		{"no field, unsorted", "spec:\n  targetNamespace: a\n  path: ./a\n  interval: 1h\n", in("pg"), "spec:\n  targetNamespace: a\n  path: ./a\n  dependsOn:\n    - name: pg\n  interval: 1h\n"},
		{"no field, lists not indented", "spec:\n  components:\n  - ../c\n  interval: 1h\n", in("pg"), "spec:\n  components:\n  - ../c\n  dependsOn:\n  - name: pg\n  interval: 1h\n"},
		{"no end of line", "spec:\n  components: [a]", in("pg"), "spec:\n  components: [a]\n  dependsOn:\n    - name: pg\n"},
		{"one more", "spec:\n  dependsOn:\n    - name: a # first\n\n  interval: 1h\n", in("a", "b"), "spec:\n  dependsOn:\n    - name: a # first\n    - name: b\n\n  interval: 1h\n"},
		{"one less, with its comment", "spec:\n  dependsOn:\n    # why a\n    - name: a\n      namespace: x\n    # why b\n    - name: b\n  path: .\n", in("b"), "spec:\n  dependsOn:\n    # why b\n    - name: b\n  path: .\n"},
		{"another", "spec:\n  dependsOn:\n    - name: a\n  path: .\n", in("b"), "spec:\n  dependsOn:\n    - name: b\n  path: .\n"},
		{"none", "spec:\n  # order\n  dependsOn:\n    - name: a\n  path: .\n", nil, "spec:\n  path: .\n"},
		{"none, list not indented", "spec:\n  dependsOn:\n  - name: a\n  - name: b\n  path: .\n", nil, "spec:\n  path: .\n"},
		{"repeated", "spec:\n  dependsOn:\n    - name: a\n    - name: a\n      namespace: web\n", in("a"), "spec:\n  dependsOn:\n    - name: a\n"},
		{"further fields stay", "spec:\n  dependsOn:\n    - readyExpr: |\n        dep.status == 1\n\n        && true\n      name: a\n    - name: b\n", in("a", "c"), "spec:\n  dependsOn:\n    - readyExpr: |\n        dep.status == 1\n\n        && true\n      name: a\n    - name: c\n"},
		{"anchors", "metadata:\n  name: &app web\nspec:\n  dependsOn:\n    - name: *app\n", in("web", "b"), "metadata:\n  name: &app web\nspec:\n  dependsOn:\n    - name: *app\n    - name: b\n"},
		{"brackets", "spec:\n  dependsOn: [{name: a, namespace: x}, {name: \"b\"}] # these\n", in("b", "db/c"), "spec:\n  dependsOn: [{name: \"b\"}, {name: c, namespace: db}] # these\n"},
		{"empty brackets", "spec:\n  dependsOn: []\n", in("a"), "spec:\n  dependsOn: [{name: a}]\n"},
		{"names that are no text", "spec:\n  path: .\n", in("1/true"), "spec:\n  dependsOn:\n    - name: \"true\"\n      namespace: \"1\"\n  path: .\n"},
		{"Windows", "spec:\r\n  path: .\r\n", in("a"), "spec:\r\n  dependsOn:\r\n    - name: a\r\n  path: .\r\n"},
		{"documents below", "spec:\n  path: .\n---\nspec:\n  path: b\n", in("a"), "spec:\n  dependsOn:\n    - name: a\n  path: .\n---\nspec:\n  path: b\n"},
		{"dash alone", "spec:\n  dependsOn:\n    -\n      name: a\n", in("a", "b"), "spec:\n  dependsOn:\n    -\n      name: a\n    - name: b\n"},
		{"as it is", "spec:\n  dependsOn:\n    - {name: a}\n", in("a"), "spec:\n  dependsOn:\n    - {name: a}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			edit := []Edit{{0, "web", tt.want}}
			got, err := DependsOn([]byte(tt.before), edit)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.after, string(got)); d != "" {
				t.Error(d)
			}
			again, err := DependsOn(got, edit)
			if err != nil || string(again) != string(got) {
				t.Errorf("a second time: %v\n%s", err, again)
			}
		})
	}
}

// Several documents are changed at once, each by its index.
func TestDocuments(t *testing.T) {
	got, err := DependsOn([]byte("spec:\n  path: a\n---\n# none\n---\nspec:\n  path: b\n"), []Edit{{0, "web", in("x")}, {2, "web", in("z")}})
	want := "spec:\n  dependsOn:\n    - name: x\n  path: a\n---\n# none\n---\nspec:\n  dependsOn:\n    - name: z\n  path: b\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// What cannot be changed in place is refused with its line, and the file stays.
func TestRefusals(t *testing.T) {
	for name, file := range map[string]string{
		"alias":                "a: &deps [{name: x}]\nspec:\n  dependsOn: *deps\n",
		"spec in braces":       "spec: {path: .}\n",
		"no spec":              "kind: X\n",
		"entry of a merge key": "a: &e {name: x}\nspec:\n  dependsOn:\n    - *e\n",
		"anchor used below":    "spec:\n  dependsOn:\n    - name: &n a\n  path: *n\n",
		"brackets over lines":  "spec:\n  dependsOn: [\n    {name: a}\n  ]\n",
		"no YAML":              "spec:\n\t- :\n",
		"carriage returns":     "\rspec:\n 0:",
		"line separator":       "spec:\n  path: \"\u2028\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			out, err := DependsOn([]byte(file), []Edit{{0, "web", in("b")}})
			var refused *Error
			if !errors.As(err, &refused) || refused.Line < 1 || out != nil {
				t.Errorf("%v, %s", err, out)
			}
		})
	}
}

func FuzzDependsOn(f *testing.F) {
	f.Add("spec:\n  dependsOn:\n    # c\n    - name: a\n  path: .\n", "b", true)
	f.Add("spec:\n  interval: 1h\n", "a", false)
	f.Add("spec:\n  dependsOn: [{name: a}]\n", "b", true)
	f.Fuzz(func(t *testing.T, file, name string, keep bool) {
		want := in(name)
		if keep {
			want = append(want, in("a")...)
		}
		got, err := DependsOn([]byte(file), []Edit{{0, "web", want}}) // verifies by itself what it wrote
		if err != nil {
			return
		}
		again, err := DependsOn(got, []Edit{{0, "web", want}})
		if err != nil || string(again) != string(got) {
			t.Errorf("a second time: %v\n%s\n%s", err, got, again)
		}
	})
}

// Every Kustomization of a directory of checkouts takes one entry more and gives
// it back, and the file is as it was. The directory is named by the environment,
// since what others publish is not kept here.
func TestCheckouts(t *testing.T) {
	dir := os.Getenv("ICHOR_REPOSITORIES")
	if dir == "" {
		t.Skip("ICHOR_REPOSITORIES names no directory of checkouts")
	}
	files, refusals := 0, 0
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(data), "kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization") {
			return err
		}
		files++
		if !roundTrip(t, name, data) {
			refusals++
		}
		return nil
	})
	t.Logf("%d files, %d refused", files, refusals)
	if err != nil || files == 0 || refusals > files/20 {
		t.Errorf("%d files, %d refused: %v", files, refusals, err)
	}
}

func roundTrip(t *testing.T, name string, data []byte) bool {
	d, err := read(data, Edit{Own: "web"})
	if err != nil {
		t.Logf("%s: %v", name, err)
		return false
	}
	have := d.have()
	more := append(slices.Clone(have), Dependency{"other", "ichor-added"})
	out, err := DependsOn(data, []Edit{{0, "web", more}})
	if err != nil {
		t.Logf("%s: %v", name, err)
		return false
	}
	back, err := DependsOn(out, []Edit{{0, "web", have}})
	empty := d.list != nil && len(have) == 0 // a field without entries does not come back
	if err != nil || string(back) != string(data) && !empty {
		t.Errorf("%s: %v\n%s", name, err, cmp.Diff(string(data), string(back)))
	}
	return true
}
