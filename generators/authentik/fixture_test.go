package authentik_test

import (
	"net/netip"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"ichor/generators/authentik"
	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

const uuid = "3f0970c5-d6a3-43b2-9a36-d74665c6b24e"

func at[T any](v T) model.At[T] {
	return model.At[T]{V: v, Path: "cluster.x", Pos: diag.Pos{File: "spec/x.cue", Line: 3, Column: 1}}
}

func ref[T any](name string, to *T) model.Ref[T] { return model.Ref[T]{Name: at(name), To: to} }

// exposure is a host behind the outpost, of a Service in namespace apps.
func exposure(name, scheme string) *model.Exposure {
	return &model.Exposure{
		Name: at(name), Host: name + ".example.com", Title: at(strings.ToUpper(name)), Backend: at(name + "-web"), Port: at(8080),
		Scheme: at(scheme), Domain: at("internal"), Auth: &model.ExposureAuth{}, Service: &model.Service{Namespace: at("apps")},
	}
}

// cluster has one outpost before the exposures, of two replicas.
func cluster(exposures ...*model.Exposure) (*model.Cluster, *model.Outpost) {
	o := &model.Outpost{
		Name: at("proxy"), Pos: at("").Pos, Unit: "authentik-proxy", Type: at("proxy"), ID: at(uuid), Title: at("the-outpost"),
		Namespace: at("proxies"), Ingress: at("inside"), Issuer: ref("home", &model.Issuer{}), Replicas: at(2), Redis: at(false),
		Token: model.SecretRef{Pos: at("").Pos, Item: at("Outpost Token"), Property: at("token")}, Exposures: exposures,
	}
	return &model.Cluster{
		Release:     model.Release{Authentik: at("2025.6.4")},
		Flux:        &model.Flux{Namespace: at("flux-system")},
		SecretStore: ref("store", &model.SecretStore{}),
		PodNetwork:  model.Range{CIDRs: []model.At[netip.Prefix]{at(netip.MustParsePrefix("10.244.0.0/16"))}},
		Auth: &model.Auth{Authentik: &model.Authentik{
			Service:     ref("login", &model.Service{Name: at("login"), Namespace: at("identity")}),
			URL:         "https://login.example.com",
			InternalURL: "http://login-server.identity.svc.cluster.local:80",
			Outposts:    []*model.Outpost{o},
		}},
	}, o
}

// generate gives the files by path.
func generate(t *testing.T, c *model.Cluster) map[string]output.File {
	t.Helper()
	files, err := authentik.Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]output.File{}
	for _, f := range files {
		if _, twice := byPath[f.Path]; twice {
			t.Errorf("%s is generated twice", f.Path)
		}
		if !f.Origin.IsValid() {
			t.Errorf("%s has no origin in the spec", f.Path)
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
		t.Fatalf("no %s", path)
	}
	if err := yaml.UnmarshalStrict(f.Content, &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}
