package flux_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"ichor/generators/flux"
	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

func at[T any](v T) model.At[T] { return atLine(v, 1) }

func atLine[T any](v T, line int) model.At[T] {
	return model.At[T]{V: v, Path: "cluster.x", Pos: diag.Pos{File: "spec/x.cue", Line: line, Column: 1}}
}

func ref[T any](name string, to *T) model.Ref[T] { return model.Ref[T]{Name: at(name), To: to} }

// cluster is one without units.
func cluster() *model.Cluster {
	return &model.Cluster{
		DNSDomain:   at("cluster.local"),
		Release:     releases("2.4.0", "1.16.0"),
		Cilium:      &model.Cilium{},
		SecretStore: ref("store", &model.SecretStore{Name: at("store")}),
		Flux: &model.Flux{
			Path: at("out"), Namespace: at("gitops"),
			Source:   model.Source{Kind: at("OCIRepository"), Name: at("home")},
			Interval: at("10m"), RetryInterval: at("2m"), Timeout: at("5m"),
		},
	}
}

// releases gives the rows of a release of Flux and one of Cilium.
func releases(fluxVersion, ciliumVersion string) model.Release {
	f, err := release.FindFlux(fluxVersion)
	if err != nil {
		panic(err)
	}
	x, err := release.FindCilium(ciliumVersion)
	if err != nil {
		panic(err)
	}
	return model.Release{FluxRow: f, CiliumRow: x}
}

// withService adds a service in namespace apps, and its unit.
func withService(c *model.Cluster, s *model.Service) *model.Cluster {
	s.Name, s.Namespace = at("app"), at("apps")
	c.Services = append(c.Services, s)
	c.Units = append(c.Units, &model.Unit{Name: "app", Namespace: "apps", Service: s})
	return c
}

// generate gives the files by path.
func generate(t *testing.T, c *model.Cluster) map[string]output.File {
	t.Helper()
	files, err := flux.Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]output.File{}
	for _, f := range files {
		if _, twice := byPath[f.Path]; twice {
			t.Errorf("%s is generated twice", f.Path)
		}
		byPath[f.Path] = f
	}
	return byPath
}

// into reads the file at a path strictly as T.
func into[T any](t *testing.T, files map[string]output.File, path string) T {
	t.Helper()
	var out T
	f, ok := files[path]
	if !ok {
		t.Fatalf("no %s, there are %s", path, strings.Join(paths(files), " "))
	}
	if err := yaml.UnmarshalStrict(f.Content, &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

func paths(files map[string]output.File) []string {
	var out []string
	for p := range files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func pool(first string) model.Ref[model.Pool] {
	p := &model.Pool{Name: at("addresses"), Start: at(netip.MustParseAddr(first)), Stop: at(netip.MustParseAddr(first))}
	return ref("addresses", p)
}
