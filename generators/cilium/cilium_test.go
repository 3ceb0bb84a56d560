package cilium

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"ichor/schema/load"
	"ichor/schema/model"
	"ichor/schema/release"
)

// everyRelease is one version of each row of the table.
var everyRelease = []string{"1.16.0", "1.17.6", "1.18.0", "1.19.1", "1.20.2"}

// reference is the cluster of spec/, to be changed at will.
func reference(t *testing.T) *model.Cluster {
	t.Helper()
	c, l := load.Cluster(os.DirFS("../.."), "spec")
	if l.HasErrors() {
		t.Fatalf("%+v", l)
	}
	return c
}

// of gives the cluster another release of Cilium.
func of(t *testing.T, c *model.Cluster, version string) *model.Cluster {
	t.Helper()
	row, err := release.FindCilium(version)
	if err != nil {
		t.Fatal(err)
	}
	c.Release.Cilium.V, c.Release.CiliumRow = version, row
	return c
}

func at[T any](v T) model.At[T] { return model.At[T]{V: v, Path: "cluster.test"} }

// generate gives the files by path, each as text.
func generate(t *testing.T, c *model.Cluster) map[string]string {
	t.Helper()
	files, err := Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		if !f.Origin.IsValid() {
			t.Errorf("%s has no place in the spec", f.Path)
		}
		out[f.Path] = string(f.Content)
	}
	return out
}

// read decodes a file into a value of the caller's type.
func read[T any](t *testing.T, files map[string]string, path string) T {
	t.Helper()
	text, ok := files[path]
	if !ok {
		t.Fatalf("no file %s", path)
	}
	var v T
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

func expect(t *testing.T, files map[string]string, path, want string) {
	t.Helper()
	if d := cmp.Diff(strings.TrimPrefix(want, "\n"), files[path]); d != "" {
		t.Errorf("%s (-want +got)\n%s", path, d)
	}
}

func TestCiliumHasOneOwner(t *testing.T) {
	c := reference(t)
	const file, object = "cilium/values.yaml", "manifests/cilium/helmrelease-cilium.yaml"
	byHand := generate(t, c)
	c.Cilium.Owner = at("flux")
	byFlux := generate(t, c)
	if byHand[object] != "" || byFlux[file] != "" {
		t.Error("Cilium has two owners")
	}
	want := read[section](t, byHand, file)
	got := read[struct {
		Metadata struct{ Namespace string }
		Spec     struct {
			Values section
			Chart  struct {
				Spec struct {
					Chart, Version string
					SourceRef      struct{ Kind, Name string }
				}
			}
		}
	}](t, byFlux, object)
	if d := cmp.Diff(want, got.Spec.Values); d != "" {
		t.Errorf("the two ways to install have different values:\n%s", d)
	}
	s := got.Spec.Chart.Spec
	if s.Chart != "cilium" || s.Version != "1.17.6" || s.SourceRef.Name != "cilium" || got.Metadata.Namespace != "kube-system" {
		t.Errorf("%+v", got)
	}
}

func TestHelmInstall(t *testing.T) {
	c := reference(t)
	c.Release.Cilium.V, c.Flux.Path = "1.18.2", at("clusters/home")
	mirror := func(url string) []*model.ChartRepository {
		return []*model.ChartRepository{{Name: at("apps"), URL: at("https://apps.example.com")}, {Name: at("cilium"), URL: at(url)}}
	}
	for _, test := range []struct {
		charts []*model.ChartRepository
		from   string
	}{
		{nil, "cilium --repo https://helm.cilium.io/"},
		{mirror("https://mirror.example.com"), "cilium --repo https://mirror.example.com"},
		{mirror("oci://mirror.example.com/charts/"), "oci://mirror.example.com/charts/cilium"},
	} {
		c.Charts = test.charts
		want := "#   helm install cilium " + test.from + " --version 1.18.2 --namespace kube-system --values clusters/home/cilium/values.yaml\n"
		if got := generate(t, c)["cilium/values.yaml"]; !strings.Contains(got, want) {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}

func TestWithoutBGPThereIsNoUnitOfIt(t *testing.T) {
	c := reference(t)
	c.BGP = nil
	files := generate(t, c)
	for path := range files {
		if strings.HasPrefix(path, "manifests/cilium-bgp/") {
			t.Errorf("%s without BGP", path)
		}
	}
	if v := read[section](t, files, "cilium/values.yaml"); v["bgpControlPlane"].(section)["enabled"] != false {
		t.Errorf("bgpControlPlane: %v", v["bgpControlPlane"])
	}
}
