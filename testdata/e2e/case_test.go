package e2e

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// repository is the root of ichor's repository.
const repository = "../.."

// compiled is a spec and its committed output.
type compiled struct {
	name     string
	dir      string            // of the repository that holds both
	releases map[string]string // minor by project, as far as the spec names it
	units    []*unit           // each after those it depends on
}

// unit is what Flux applies as one.
type unit struct {
	name          string
	kustomization *unstructured.Unstructured
	objects       []*unstructured.Unstructured
	dependsOn     []string
}

// goldens gives the reference cluster and every case of testdata/build.
func goldens(t *testing.T) []*compiled {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(repository, "testdata/build/*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	out := []*compiled{load(t, "reference", repository)}
	for _, dir := range dirs {
		out = append(out, load(t, filepath.Base(dir), dir))
	}
	return out
}

func load(t *testing.T, name, dir string) *compiled {
	t.Helper()
	c := &compiled{name: name, dir: dir, releases: releasesOf(t, filepath.Join(dir, "spec"))}
	names, err := filepath.Glob(filepath.Join(dir, "out/flux/*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*unit
	for _, file := range names {
		if filepath.Base(file) != "kustomization.yaml" {
			all = append(all, loadUnit(t, dir, read(t, file)))
		}
	}
	c.units = inOrder(t, all)
	return c
}

func loadUnit(t *testing.T, dir string, k *unstructured.Unstructured) *unit {
	t.Helper()
	u := &unit{name: k.GetName(), kustomization: k}
	deps, _, _ := unstructured.NestedSlice(k.Object, "spec", "dependsOn")
	for _, d := range deps {
		u.dependsOn = append(u.dependsOn, d.(map[string]any)["name"].(string))
	}
	path, _, _ := unstructured.NestedString(k.Object, "spec", "path")
	names, err := filepath.Glob(filepath.Join(dir, path, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if filepath.Base(name) == "kustomization.yaml" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		u.objects = append(u.objects, documents(t, string(data))...)
	}
	return u
}

// inOrder sorts units so that each comes after those it depends on.
func inOrder(t *testing.T, all []*unit) []*unit {
	t.Helper()
	var out []*unit
	done := map[string]bool{}
	for len(out) < len(all) {
		before := len(out)
		for _, u := range all {
			if !done[u.name] && !slices.ContainsFunc(u.dependsOn, func(d string) bool { return !done[d] }) {
				out, done[u.name] = append(out, u), true
			}
		}
		if len(out) == before {
			t.Fatalf("%d units depend on each other, or on none that is there", len(all)-before)
		}
	}
	return out
}

func read(t *testing.T, name string) *unstructured.Unstructured {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, name, data)
}

func decode(t *testing.T, name string, data []byte) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	data, err := yaml.YAMLToJSONStrict(data)
	if err == nil {
		err = json.Unmarshal(data, &o.Object)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return o
}

// projects gives the project of each field of a spec's release.
var projects = map[string]string{
	"cilium": "cilium", "flux": "flux", "externalSecrets": "external-secrets", "certManager": "cert-manager",
}

var version = regexp.MustCompile(`\b(\w+):\s*"v?(\d+\.\d+)\.\d+"`)

// releasesOf reads the releases of a spec where its text names them.
func releasesOf(t *testing.T, spec string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(spec, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		for _, m := range version.FindAllSubmatch(data, -1) {
			if p := projects[string(m[1])]; p != "" {
				out[p] = string(m[2])
			}
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%s names no releases: %v", spec, err)
	}
	return out
}

// groups gives the API groups of all objects.
func (c *compiled) groups() []string {
	var out []string
	for _, u := range c.units {
		for _, o := range append(u.objects, u.kustomization) {
			out = append(out, o.GroupVersionKind().Group)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// crds gives the kinds that a case brings itself.
func (c *compiled) crds(t *testing.T) []*apiextensions.CustomResourceDefinition {
	t.Helper()
	var out []*apiextensions.CustomResourceDefinition
	for _, u := range c.units {
		for _, o := range u.objects {
			if o.GetKind() != "CustomResourceDefinition" {
				continue
			}
			crd := &apiextensions.CustomResourceDefinition{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, crd); err != nil {
				t.Fatal(err)
			}
			out = append(out, crd)
		}
	}
	return out
}

// namespaces gives those that objects live in.
func (c *compiled) namespaces() []string {
	var out []string
	for _, u := range c.units {
		for _, o := range append(u.objects, u.kustomization) {
			if o.GetNamespace() != "" {
				out = append(out, o.GetNamespace())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ichor runs the compiler, built from the repository, and gives what it prints.
func ichor(t *testing.T, args ...string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "ichor")
	build := exec.Command("go", "build", "-o", binary, "./cmd/ichor")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build ichor: %v\n%s", err, out)
	}
	var errs strings.Builder
	cmd := exec.Command(binary, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ichor %q: %v\n%s%s", args, err, out, errs.String())
	}
	return string(out)
}
