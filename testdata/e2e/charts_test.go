package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"ichor.internal/e2e/cluster"
	"ichor.internal/e2e/tools"
)

// charts are those that come with the Go modules of their projects.
var charts = map[string]struct{ project, dir string }{
	"cilium":           {"cilium", "install/kubernetes/cilium"},
	"cert-manager":     {"cert-manager", "deploy/charts/cert-manager"},
	"external-secrets": {"external-secrets", "deploy/charts/external-secrets"},
}

// The charts of the releases of each spec render with the values that ichor
// gives them, and the API server takes what comes of it.
func TestCharts(t *testing.T) {
	for _, c := range goldens(t) {
		t.Run(c.name, func(t *testing.T) {
			k := cluster.Start(t, c.crdsOfCharts(t))
			for name, values := range c.values(t) {
				for _, o := range c.render(t, name, values) {
					if o.GetNamespace() != "" {
						if err := k.Namespace(t.Context(), o.GetNamespace()); err != nil {
							t.Fatal(err)
						}
					}
					if _, err := k.DryRun(t.Context(), o); err != nil {
						t.Errorf("chart %s: %s %s: %v", name, o.GetKind(), o.GetName(), err)
					}
				}
			}
		})
	}
}

func (c *compiled) crdsOfCharts(t *testing.T) []*apiextensions.CustomResourceDefinition {
	t.Helper()
	crds, err := cluster.CRDs(c.releases, []string{"cilium.io", "cert-manager.io", "acme.cert-manager.io", "external-secrets.io", "monitoring.coreos.com", "gateway.networking.k8s.io"})
	if err != nil {
		t.Fatal(err)
	}
	return crds
}

// values gives the values of each chart that is to be had: of a HelmRelease, or
// of the file that Cilium is installed from before Flux comes.
func (c *compiled) values(t *testing.T) map[string]release {
	t.Helper()
	out := map[string]release{}
	for _, u := range c.units {
		for _, o := range u.objects {
			name, _, _ := unstructured.NestedString(o.Object, "spec", "chart", "spec", "chart")
			if _, ok := charts[name]; ok && o.GetKind() == "HelmRelease" {
				values, _, err := unstructured.NestedMap(o.Object, "spec", "values")
				if err != nil {
					t.Fatal(err)
				}
				out[name] = release{o.GetName(), o.GetNamespace(), values}
			}
		}
	}
	if data, err := os.ReadFile(filepath.Join(c.dir, "out/cilium/values.yaml")); err == nil {
		var values map[string]any
		if err := yaml.Unmarshal(data, &values); err != nil {
			t.Fatal(err)
		}
		out["cilium"] = release{"cilium", "kube-system", values}
	}
	if len(out) == 0 {
		t.Fatalf("%s installs none of the charts", c.name)
	}
	return out
}

// release is what a chart is installed with.
type release struct {
	name, namespace string
	values          map[string]any
}

// render gives what helm would install.
func (c *compiled) render(t *testing.T, name string, r release) []*unstructured.Unstructured {
	t.Helper()
	install := action.NewInstall(&action.Configuration{Log: t.Logf})
	install.ReleaseName, install.Namespace = r.name, r.namespace
	install.DryRun, install.ClientOnly, install.DisableHooks = true, true, true
	version, err := chartutil.ParseKubeVersion("v" + tools.Kubernetes)
	if err != nil {
		t.Fatal(err)
	}
	install.KubeVersion = version
	install.APIVersions = []string{"monitoring.coreos.com/v1", "gateway.networking.k8s.io/v1"}
	made, err := install.Run(c.chart(t, name), r.values)
	if err != nil {
		t.Fatalf("chart %s: %v", name, err)
	}
	objects := documents(t, made.Manifest)
	t.Logf("chart %s %s: %d objects", name, made.Chart.Metadata.Version, len(objects))
	return objects
}

// chart reads a chart from the module of the release of the spec. In the
// repositories of cert-manager and External Secrets it has no version yet, and
// names charts that are fetched when it is packed.
func (c *compiled) chart(t *testing.T, name string) *chart.Chart {
	t.Helper()
	sources, err := cluster.Sources(charts[name].project, c.releases[charts[name].project])
	if err != nil {
		t.Fatal(err)
	}
	dir, err := sources[0].Dir()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := loader.LoadFiles(chartFiles(t, filepath.Join(dir, charts[name].dir), sources[0].Version))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func chartFiles(t *testing.T, dir, version string) []*loader.BufferedFile {
	t.Helper()
	var out []*loader.BufferedFile
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".md" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if name == "Chart.yaml" || name == "Chart.template.yaml" {
			name, data = "Chart.yaml", metadata(t, data, version)
		}
		out = append(out, &loader.BufferedFile{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func metadata(t *testing.T, data []byte, version string) []byte {
	t.Helper()
	var m map[string]any
	if err := yaml.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "dependencies")
	m["version"], m["appVersion"] = version, version
	out, err := yaml.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func documents(t *testing.T, manifest string) []*unstructured.Unstructured {
	t.Helper()
	var out []*unstructured.Unstructured
	for r := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader([]byte(manifest)))); ; {
		document, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if o := decode(t, "manifest of a chart", document); len(o.Object) > 0 {
			out = append(out, o)
		}
	}
}
