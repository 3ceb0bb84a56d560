package flux_test

import (
	"fmt"
	"net/netip"
	"testing"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"ichor/generators/output"
	"ichor/schema/model"
	"ichor/schema/release"
)

// same compares a file with the YAML of what it must be.
func same(t *testing.T, files map[string]output.File, path, want string) {
	t.Helper()
	var m map[string]any
	if err := yaml.Unmarshal([]byte(want), &m); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, into[map[string]any](t, files, path)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", path, diff)
	}
}

func TestServiceWithARelease(t *testing.T) {
	c := withService(cluster(), &model.Service{
		Helm:   &model.Helm{Repository: ref("web", &model.ChartRepository{}), Chart: at("app"), Version: at("1.2.3")},
		Values: map[string]any{"replicas": int64(2)},
		Secrets: []*model.Secret{{Name: at("key"), Keys: []*model.SecretKey{
			{Name: at("k"), SecretRef: model.SecretRef{Item: at("Key"), Property: at("p")}},
		}}},
	})
	files := generate(t, c)
	hr := into[helmv2.HelmRelease](t, files, "manifests/app/helmrelease-app.yaml")
	if hr.Namespace != "apps" || string(hr.Spec.Values.Raw) != `{"replicas":2}` {
		t.Errorf("release in %s with values %s", hr.Namespace, hr.Spec.Values.Raw)
	}
	es := into[map[string]any](t, files, "manifests/app/externalsecret-key.yaml")
	if es["metadata"].(map[string]any)["namespace"] != "apps" {
		t.Errorf("external secret %v, want it in the service's namespace", es["metadata"])
	}
}

func scalars(pairs ...string) []*model.Tree {
	var out []*model.Tree
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, &model.Tree{Key: pairs[i], Scalar: pairs[i+1]})
	}
	return out
}

func TestInlineObjectsKeepTheirBodyAndGetWhatFollows(t *testing.T) {
	body := &model.Tree{IsMap: true, Map: append(scalars("apiVersion", "wrong/v0", "kind", "Wrong"),
		&model.Tree{Key: "data", IsMap: true, Map: scalars("a", "b")},
		&model.Tree{Key: "metadata", IsMap: true, Map: []*model.Tree{
			{Key: "labels", IsMap: true, Map: scalars("l", "v")}, {Key: "name", Scalar: "wrong"},
		}},
	)}
	away := &model.Tree{IsMap: true, Map: []*model.Tree{{Key: "metadata", IsMap: true, Map: scalars("namespace", "elsewhere")}}}
	c := withService(cluster(), &model.Service{Manifests: []*model.ManifestKind{{Objects: []*model.Manifest{
		{Name: at("one"), Kind: at("ConfigMap"), Body: body, APIVersion: "v1", Namespaced: true},
		{Name: at("two"), Kind: at("ConfigMap"), Body: away, APIVersion: "v1", Namespaced: true},
		{Name: at("three"), Kind: at("StorageClass"), APIVersion: "storage.k8s.io/v1"},
	}}}})
	files := generate(t, c)
	same(t, files, "manifests/app/configmap-one.yaml", `
{apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: apps, labels: {l: v}}, data: {a: b}}`)
	same(t, files, "manifests/app/configmap-two.yaml", `
{apiVersion: v1, kind: ConfigMap, metadata: {name: two, namespace: elsewhere}}`)
	same(t, files, "manifests/app/storageclass-three.yaml", `
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: three}}`)
}

func TestSecretStore(t *testing.T) {
	c := withService(cluster(), &model.Service{SecretStores: []*model.SecretStore{{Name: at("store"), Connect: &model.OnePasswordConnect{
		Host: at("connect"), Port: at(8080), Vaults: []model.At[string]{at("Zoo"), at("Art")},
		Token: model.TokenSecret{Name: at("access"), Key: at("token")},
	}}}})
	for version, api := range map[string]string{"0.14.0": "external-secrets.io/v1beta1", "2.9.0": "external-secrets.io/v1"} {
		row, err := release.FindExternalSecrets(version)
		if err != nil {
			t.Fatal(err)
		}
		c.Release.ExternalSecretsRow = row
		same(t, generate(t, c), "manifests/app/clustersecretstore-store.yaml", fmt.Sprintf(`
apiVersion: %s
kind: ClusterSecretStore
metadata: {name: store}
spec:
  provider:
    onepassword:
      connectHost: http://connect.apps.svc.cluster.local:8080
      vaults: {Zoo: 1, Art: 2}
      auth: {secretRef: {connectTokenSecretRef: {name: access, key: token, namespace: apps}}}
`, api))
	}
}

func TestIssuers(t *testing.T) {
	c := withService(cluster(), &model.Service{Issuers: []*model.Issuer{
		{Name: at("self"), SelfSigned: at(true)},
		{Name: at("public"), ACME: &model.ACME{
			Server: at("https://acme.example.com/directory"), Email: at("a@example.com"),
			Cloudflare: model.TokenSecret{Name: at("cloudflare"), Key: at("token")},
		}},
	}})
	files := generate(t, c)
	same(t, files, "manifests/app/clusterissuer-self.yaml", `
{apiVersion: cert-manager.io/v1, kind: ClusterIssuer, metadata: {name: self}, spec: {selfSigned: {}}}`)
	same(t, files, "manifests/app/clusterissuer-public.yaml", `
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: public}
spec:
  acme:
    server: https://acme.example.com/directory
    email: a@example.com
    privateKeySecretRef: {name: public-account-key}
    solvers: [{dns01: {cloudflare: {apiTokenSecretRef: {name: cloudflare, key: token}}}}]
`)
}

func TestDatabases(t *testing.T) {
	c := withService(cluster(), &model.Service{Databases: []*model.Database{
		{
			Name: at("main"), Instances: at(2), Image: at("postgres:17"), StorageClass: at("fast"), Size: at("20Gi"),
			Superuser: at("root"), Owner: at("shop"), Schema: at("orders"), OwnerSecret: at("shop-login"),
		},
		{Name: at("bare"), Instances: at(1), StorageClass: at("fast"), Size: at("1Gi")},
	}})
	files := generate(t, c)
	same(t, files, "manifests/app/cluster-main.yaml", `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: main, namespace: apps}
spec:
  instances: 2
  imageName: postgres:17
  enableSuperuserAccess: true
  superuserSecret: {name: root}
  bootstrap: {initdb: {database: orders, owner: shop, secret: {name: shop-login}}}
  storage: {size: 20Gi, storageClass: fast}
`)
	same(t, files, "manifests/app/cluster-bare.yaml", `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: bare, namespace: apps}
spec: {instances: 1, storage: {size: 1Gi, storageClass: fast}}
`)
}

func TestLoadBalancersOfOurOwnChooseTheirPoolByLabel(t *testing.T) {
	ports := []*model.ServicePort{
		{Name: at("http"), Port: at(80), TargetPort: at("8080"), Protocol: at("TCP")},
		{Name: at("web"), Port: at(81), TargetPort: at("web"), Protocol: at("TCP")},
		{Name: at("dns"), Port: at(53), Protocol: at("UDP")},
	}
	selector := map[string]model.At[string]{"app": at("ui")}
	c := withService(cluster(), &model.Service{LoadBalancers: []*model.LoadBalancer{
		{Name: at("four"), Pool: pool("10.0.0.1"), Address: at(netip.MustParseAddr("10.0.0.1")), Selector: selector, Ports: ports},
		{Name: at("six"), Pool: pool("fd00::1"), Selector: selector, Ports: ports},
		{Name: at("charts"), Pool: pool("10.0.0.1"), Values: at("controller.service")},
	}})
	files := generate(t, c)
	if _, ok := files["manifests/app/service-charts.yaml"]; ok {
		t.Error("a Service of the chart's is generated too")
	}
	four := into[corev1.Service](t, files, "manifests/app/service-four.yaml")
	if four.Labels["io.cilium/lb-ipam-pool"] != "addresses" || four.Annotations["lbipam.cilium.io/ips"] != "10.0.0.1" {
		t.Errorf("labels %v, annotations %v", four.Labels, four.Annotations)
	}
	single := corev1.IPFamilyPolicySingleStack
	want := corev1.ServiceSpec{
		Type: "LoadBalancer", IPFamilyPolicy: &single, IPFamilies: []corev1.IPFamily{"IPv4"},
		Selector: map[string]string{"app": "ui"},
		Ports: []corev1.ServicePort{
			{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080), Protocol: "TCP"},
			{Name: "web", Port: 81, TargetPort: intstr.FromString("web"), Protocol: "TCP"},
			{Name: "dns", Port: 53, TargetPort: intstr.FromInt32(53), Protocol: "UDP"},
		},
	}
	if diff := cmp.Diff(want, four.Spec); diff != "" {
		t.Errorf("spec (-want +got)\n%s", diff)
	}
	six := into[corev1.Service](t, files, "manifests/app/service-six.yaml")
	if six.Spec.IPFamilies[0] != "IPv6" || six.Annotations != nil {
		t.Errorf("family %v, annotations %v", six.Spec.IPFamilies, six.Annotations)
	}
}

func TestExposuresBehindALoginAreTheOutposts(t *testing.T) {
	c := withService(cluster(), &model.Service{Expose: []*model.Exposure{
		{Name: at("open"), Host: "open.example.com", Backend: at("web"), Port: at(8443), Scheme: at("https"), Ingress: at("inside"), Issuer: ref("self", &model.Issuer{})},
		{Name: at("guarded"), Host: "guarded.example.com", Backend: at("web"), Port: at(80), Scheme: at("http"), Ingress: at("inside"), Auth: &model.ExposureAuth{}},
	}})
	files := generate(t, c)
	if _, ok := files["manifests/app/ingress-guarded.yaml"]; ok {
		t.Error("the exposure behind a login has an Ingress of its own")
	}
	in := into[networkingv1.Ingress](t, files, "manifests/app/ingress-open.yaml")
	if got := in.Annotations["nginx.ingress.kubernetes.io/backend-protocol"]; got != "HTTPS" {
		t.Errorf("backend protocol %q, want HTTPS", got)
	}
	if in.Namespace != "apps" || in.Spec.Rules[0].Host != "open.example.com" || in.Spec.TLS[0].SecretName != "open-tls" {
		t.Errorf("ingress %+v", in)
	}
}
