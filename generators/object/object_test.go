package object_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"ichor/generators/object"
	"ichor/schema/model"
	"ichor/schema/release"
)

func at[T any](v T) model.At[T] { return model.At[T]{V: v, Path: "cluster.x"} }

func ref[T any](name string, to *T) model.Ref[T] { return model.Ref[T]{Name: at(name), To: to} }

func cluster() *model.Cluster {
	return &model.Cluster{
		Flux:        &model.Flux{Namespace: at("flux-system"), Interval: at("10m"), Timeout: at("5m")},
		SecretStore: ref("usual", &model.SecretStore{Name: at("usual")}),
	}
}

// plain gives an object as it is written.
func plain(t *testing.T, obj any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(obj)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// expect compares an object with the YAML of what it must be.
func expect(t *testing.T, obj any, want string) {
	t.Helper()
	var m map[string]any
	if err := yaml.Unmarshal([]byte(want), &m); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, plain(t, obj)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExternalSecretTakesEachKeyFromItsStore(t *testing.T) {
	c := cluster()
	s := &model.Secret{Name: at("login"), Type: at("kubernetes.io/basic-auth"), Keys: []*model.SecretKey{
		{Name: at("username"), SecretRef: model.SecretRef{Item: at("Login"), Property: at("user")}},
		{Name: at("password"), SecretRef: model.SecretRef{
			Store: ref("other", &model.SecretStore{Name: at("other")}), Item: at("Login"), Property: at("pass"),
		}},
	}}
	expect(t, object.ExternalSecret(c, s, "apps"), `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: login, namespace: apps}
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: usual}
  target: {name: login, creationPolicy: Owner, template: {type: kubernetes.io/basic-auth}}
  data:
  - {secretKey: username, remoteRef: {key: Login, property: user}}
  - secretKey: password
    remoteRef: {key: Login, property: pass}
    sourceRef: {storeRef: {kind: ClusterSecretStore, name: other}}
`)
}

func TestExternalSecretIsOfTheVersionThatTheReleaseServes(t *testing.T) {
	for version, want := range map[string]string{"0.15.1": "external-secrets.io/v1beta1", "0.18.2": "external-secrets.io/v1"} {
		c := cluster()
		row, err := release.FindExternalSecrets(version)
		if err != nil {
			t.Fatal(err)
		}
		c.Release.ExternalSecretsRow = row
		got := plain(t, object.ExternalSecret(c, &model.Secret{Name: at("a")}, "apps"))["apiVersion"]
		if got != want {
			t.Errorf("External Secrets %s: %v, want %s", version, got, want)
		}
	}
}

func TestHelmReleaseIsNamedAfterTheReleaseAndTakesTheServicesTimes(t *testing.T) {
	s := &model.Service{
		Name: at("monitoring"), Namespace: at("observed"), Timeout: at("15m"),
		Helm: &model.Helm{Repository: ref("community", &model.ChartRepository{}), Chart: at("stack"), Version: at("75.15.0"), Release: at("prom")},
	}
	hr, err := object.HelmRelease(cluster(), s, map[string]any{"a": int64(1)})
	if err != nil {
		t.Fatal(err)
	}
	got := plain(t, hr)
	delete(got, "status")
	expect(t, got, `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: prom, namespace: observed}
spec:
  interval: 10m0s
  timeout: 15m0s
  chart: {spec: {chart: stack, version: 75.15.0, sourceRef: {kind: HelmRepository, name: community, namespace: flux-system}}}
  install: {crds: Create, remediation: {retries: -1}}
  upgrade: {crds: CreateReplace, remediation: {retries: 3}}
  values: {a: 1}
`)
}

func TestHelmReleaseRefusesWhatItCannotWrite(t *testing.T) {
	helm := &model.Helm{Chart: at("x"), Version: at("1.0.0")}
	for name, c := range map[string]struct {
		service model.Service
		values  map[string]any
		want    string
	}{
		"interval": {model.Service{Interval: at("soon")}, nil, "interval of service"},
		"timeout":  {model.Service{Timeout: at("0s")}, nil, "timeout of service"},
		"values":   {model.Service{}, map[string]any{"a": math.NaN()}, "values of service"},
	} {
		s := c.service
		s.Helm = helm
		if _, err := object.HelmRelease(cluster(), &s, c.values); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one of %q", name, err, c.want)
		}
	}
}

func TestHelmReleaseWithoutValuesWritesNone(t *testing.T) {
	hr, err := object.HelmRelease(cluster(), &model.Service{Helm: &model.Helm{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if hr.Spec.Values != nil {
		t.Errorf("values %s, want none", hr.Spec.Values.Raw)
	}
}

func withClass(c *model.Cluster, class string, addresses ...string) *model.Cluster {
	s := &model.Service{Provides: model.Capabilities{IngressClasses: []model.At[string]{at(class)}}}
	s.LoadBalancers = append(s.LoadBalancers, &model.LoadBalancer{}) // its address is Cilium's choice
	for _, a := range addresses {
		s.LoadBalancers = append(s.LoadBalancers, &model.LoadBalancer{Address: at(netip.MustParseAddr(a))})
	}
	c.Services = append(c.Services, s)
	return c
}

func TestIngressPointsDNSAtTheAddressOfItsClass(t *testing.T) {
	c := withClass(withClass(cluster(), "inside", "fd00::1", "10.0.0.1"), "outside", "10.0.0.2")
	expect(t, withoutStatus(t, object.Ingress(c, object.Route{
		Name: "web", Namespace: "apps", Class: "inside", Hosts: []string{"b.example.com", "a.example.com"},
		Service: "backend", Port: 8080, Issuer: "home",
	})), `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: apps
  annotations:
    cert-manager.io/cluster-issuer: home
    external-dns.alpha.kubernetes.io/hostname: a.example.com,b.example.com
    external-dns.alpha.kubernetes.io/target: 10.0.0.1,fd00::1
spec:
  ingressClassName: inside
  tls: [{hosts: [a.example.com, b.example.com], secretName: web-tls}]
  rules:
  - host: a.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: backend, port: {number: 8080}}}}]}
  - host: b.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: backend, port: {number: 8080}}}}]}
`)
}

func TestIngressWithoutIssuerOrFixedAddress(t *testing.T) {
	c := withClass(cluster(), "inside")
	route := object.Route{Name: "web", Class: "inside", Hosts: []string{"a.example.com"}}
	in := object.Ingress(c, route)
	want := map[string]string{"external-dns.alpha.kubernetes.io/hostname": "a.example.com"}
	if diff := cmp.Diff(want, in.Annotations); diff != "" || in.Spec.TLS != nil {
		t.Errorf("annotations (-want +got)\n%s\ntls %v", diff, in.Spec.TLS)
	}
	route.TLS = true
	if tls := object.Ingress(c, route).Spec.TLS; len(tls) != 1 || tls[0].SecretName != "" {
		t.Errorf("tls %v, want the host without a secret", tls)
	}
}

func withoutStatus(t *testing.T, obj any) map[string]any {
	t.Helper()
	m := plain(t, obj)
	delete(m, "status")
	return m
}

func TestDurationTakesTheFirstThatIsGiven(t *testing.T) {
	got, err := object.Duration("", "90s", "5m")
	if err != nil || got.Duration.String() != "1m30s" {
		t.Errorf("%v %v, want 1m30s", got, err)
	}
	for _, texts := range [][]string{{}, {"", ""}, {"-5m"}, {"0s"}, {"9999999999h"}} {
		if d, err := object.Duration(texts...); err == nil {
			t.Errorf("%q gives %v, want an error", texts, d)
		}
	}
}
