package depend_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/load"
	"ichor/schema/model"
)

// compile loads the smallest cluster with more CUE beside it.
func compile(t *testing.T, more string) *model.Cluster {
	t.Helper()
	smallest, err := os.ReadFile("../../testdata/build/smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	c, l := load.Cluster(fstest.MapFS{
		"spec/cluster.cue": {Data: smallest},
		"spec/more.cue":    {Data: []byte("package spec\n\ncluster: chartRepositories: r: url: \"https://charts.example.com\"\ncluster: release: {externalSecrets: \"0.18.2\", certManager: \"v1.18.2\", authentik: \"2025.6.4\"}\n_chart: {repository: \"r\", chart: string | *\"c\", version: \"1.0.0\", values: {...}}\n" + more)},
	}, "spec")
	if len(l) > 0 {
		t.Fatalf("%+v", l)
	}
	return c
}

// edges gives a unit's edges as `-> unit: reason` for hard and `~> ` for soft
// ones, without those that every unit has.
func edges(u *model.Unit) []string {
	var out []string
	for _, e := range u.Edges {
		arrow := "->"
		if e.Soft {
			arrow = "~>"
		}
		if e.Rule != model.KindNamespace && e.Rule != model.KindChartSource {
			out = append(out, fmt.Sprintf("%s %s: %s", arrow, e.To.Name, e.Reason))
		}
	}
	return out
}

// Every rule: who needs it, who brings it, and which edge follows. Where nobody
// brings it there is none.
func TestRules(t *testing.T) {
	store := `
cluster: secretStore: "vault"
cluster: services: eso: {namespace: "eso", helm: _chart, provides: {crds: ["external-secrets.io"], webhooks: ["external-secrets.io"]}}
cluster: services: store: {namespace: "store", secretStores: vault: onePasswordConnect: {service: "connect", vaults: ["v"], token: {name: "token", key: "token"}}}
cluster: bootstrap: provides: secrets: ["store/token"]
`
	auth := store + `
cluster: services: sso: {namespace: "sso", helm: _chart, provides: identity: ["sso"]}
cluster: services: web: {namespace: "web", helm: _chart, provides: ingressClasses: ["web"]}
cluster: auth: authentik: {service: "sso", host: "login", ingress: "web", outposts: gate: {
	type: "proxy", id: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e", name: "gate", namespace: "gate", ingress: "web", token: {item: "i", property: "p"}
}}
`
	for _, tt := range []struct {
		name, spec, unit string
		want             []string
	}{
		{"crd and store", store + `cluster: services: app: {namespace: "app", secrets: s: keys: k: {item: "i", property: "p"}}`, "app", []string{
			"-> eso: ExternalSecret app/s is of API group external-secrets.io",
			"-> eso: ExternalSecret app/s is admitted by the webhook of external-secrets.io",
			"-> store: ExternalSecret app/s reads secret store vault",
		}},
		{"a store needs its CRD, and nothing of bootstrap", store, "store", []string{
			"-> eso: ClusterSecretStore vault is of API group external-secrets.io",
			"-> eso: ClusterSecretStore vault is admitted by the webhook of external-secrets.io",
		}},
		{"storage class in values", `
cluster: services: disk: {namespace: "disk", helm: _chart, provides: storageClasses: ["fast"]}
cluster: services: app: {namespace: "app", helm: _chart & {values: a: [{storageClassName: "fast"}]}}`, "app", []string{
			"-> disk: HelmRelease app requires storage class fast",
		}},
		{"storage class that nobody brings", `
cluster: services: disk: {namespace: "disk", helm: _chart, provides: storageClasses: ["fast"]}
cluster: services: app: {namespace: "app", helm: _chart & {values: storageClass: "-"}}`, "app", nil},
		{"storage class as an object", `
cluster: services: disk: {namespace: "disk", manifests: StorageClass: fast: provisioner: "x"}
cluster: services: app: {namespace: "app", manifests: PersistentVolumeClaim: data: spec: storageClassName: "fast"}`, "app", []string{
			"-> disk: PersistentVolumeClaim data requires storage class fast",
		}},
		{"database", `
cluster: services: pg: {namespace: "pg", helm: _chart, provides: {crds: ["postgresql.cnpg.io"], storageClasses: ["fast"]}}
cluster: services: db: {namespace: "db", databases: main: {storageClass: "fast", size: "1Gi"}}
cluster: services: app: {namespace: "app", helm: _chart & {values: host: "\(cluster.services.db.databases.main.host).cluster.local"}}`, "app", []string{
			"-> db: HelmRelease app connects to database main",
		}},
		{"what a spec says of a chart that nobody knows", `
cluster: services: gpu: {namespace: "gpu", helm: _chart, provides: {devices: ["example.com/gpu"], deviceClasses: ["gpu.example.com"], runtimeClasses: ["gpu"], priorityClasses: ["high"], nodeLabels: ["gpu.example.com"], networks: ["gpu/fabric"], services: ["gpu/scheduler"]}}
cluster: services: app: {namespace: "app", helm: _chart & {values: {
	resources: limits: "example.com/gpu": 1
	deviceClassName: "gpu.example.com"
	runtimeClassName: "gpu"
	priorityClassName: "high"
	nodeSelector: "gpu.example.com/present": "true"
	podAnnotations: "k8s.v1.cni.cncf.io/networks": "gpu/fabric"
	url: "http://scheduler.gpu.svc:80"
}}}`, "app", []string{
			"-> gpu: HelmRelease app requires device example.com/gpu",
			"-> gpu: HelmRelease app requires device class gpu.example.com",
			"-> gpu: HelmRelease app joins network gpu/fabric",
			"-> gpu: HelmRelease app runs on nodes with a label of gpu.example.com",
			"-> gpu: HelmRelease app runs with runtime class gpu",
			"-> gpu: HelmRelease app connects to Service gpu/scheduler",
			"~> gpu: HelmRelease app runs with priority class high",
		}},
		{"issuer of a certificate is hard, of a host soft", store + `
cluster: services: cm: {namespace: "cm", helm: _chart, provides: {crds: ["cert-manager.io"], ingressClasses: ["web"]}}
cluster: services: ca: {namespace: "cm", issuers: own: selfSigned: true}
cluster: services: app: {namespace: "app", manifests: Certificate: tls: spec: issuerRef: {name: "own", kind: "ClusterIssuer"}, expose: app: {service: "app", port: 80, ingress: "web", issuer: "own"}}`, "app", []string{
			"-> ca: Certificate tls is signed by issuer own",
			"~> ca: host app.home.example.com is signed by issuer own",
			"-> cm: Certificate tls is of API group cert-manager.io",
			"~> cm: host app.home.example.com is routed by ingress class web",
		}},
		{"a login in front is soft", auth + `cluster: services: app: {namespace: "app", helm: _chart, expose: app: {service: "app", port: 80, auth: outpost: "gate"}}`, "app", []string{
			"~> authentik-gate: host app.home.example.com is behind outpost gate",
		}},
		{"an outpost waits for its provider, not for what it guards", auth + `cluster: services: app: {namespace: "app", helm: _chart, expose: app: {service: "app", port: 80, auth: outpost: "gate"}}`, "authentik-gate", []string{
			"-> eso: ExternalSecret gate/authentik-gate-token is of API group external-secrets.io",
			"-> eso: ExternalSecret gate/authentik-gate-token is admitted by the webhook of external-secrets.io",
			"-> sso: outpost gate uses identity provider sso",
			"-> store: ExternalSecret gate/authentik-gate-token reads secret store vault",
			"~> web: outpost gate is routed by ingress class web",
		}},
		{"pool of a chart's Service", `
cluster: pools: lan: {vlan: "home", start: "192.168.1.100", stop: "192.168.1.110"}
cluster: services: app: {namespace: "app", helm: _chart, loadBalancers: app: {pool: "lan", values: "service"}}`, "app", []string{
			"-> cilium-pools: load balancer app uses addresses of pool lan",
		}},
		{"pool of a Service that no chart waits for", `
cluster: pools: lan: {vlan: "home", start: "192.168.1.100", stop: "192.168.1.110"}
cluster: services: app: {namespace: "app", loadBalancers: app: {pool: "lan", selector: app: "app", ports: http: port: 80}}`, "app", []string{
			"~> cilium-pools: load balancer app uses addresses of pool lan",
		}},
		{"said needs", `
cluster: services: snap: {namespace: "snap", helm: _chart, provides: crds: ["snapshot.storage.k8s.io"]}
cluster: services: app: {namespace: "app", helm: _chart, needs: crds: ["snapshot.storage.k8s.io"]}`, "app", []string{
			"-> snap: the spec says that it needs crd snapshot.storage.k8s.io",
		}},
		{"the table knows a chart, unless the spec says who brings it", `
cluster: services: keda: {namespace: "keda", helm: _chart & {chart: "keda"}}
cluster: services: app: {namespace: "app", helm: _chart, needs: crds: ["keda.sh"]}`, "app", []string{
			"-> keda: the spec says that it needs crd keda.sh",
		}},
		{"what the spec says goes before the table", `
cluster: services: keda: {namespace: "keda", helm: _chart & {chart: "keda"}}
cluster: bootstrap: provides: crds: ["keda.sh"]
cluster: services: app: {namespace: "app", helm: _chart, needs: crds: ["keda.sh"]}`, "app", nil},
		{"after", `
cluster: services: first: {namespace: "first", helm: _chart}
cluster: services: app: {namespace: "app", helm: _chart, after: [{service: "first", because: "it migrates the data"}]}`, "app", []string{
			"-> first: it migrates the data",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := compile(t, tt.spec).Unit(tt.unit)
			if u == nil {
				t.Fatalf("no unit %s", tt.unit)
			}
			if d := cmp.Diff(tt.want, edges(u)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Every unit with objects waits for its namespace and its chart repository, but
// not for namespaces that are there before Flux.
func TestNamespaceAndChart(t *testing.T) {
	c := compile(t, `
cluster: services: a: {namespace: "a", helm: _chart}
cluster: services: b: {namespace: "kube-system", helm: _chart}
`)
	got := map[string][]string{}
	for _, u := range c.Units {
		for _, e := range u.DependsOn {
			got[u.Name] = append(got[u.Name], e.To.Name)
		}
	}
	want := map[string][]string{"a": {"charts-r", "namespaces"}, "b": {"charts-r"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// dependsOn leaves out what a longer chain gives, keeps every reason of what is
// left, and never holds a soft edge.
func TestDependsOnIsReduced(t *testing.T) {
	c := compile(t, `
cluster: services: a: {namespace: "default", helm: _chart, provides: {storageClasses: ["s"], ingressClasses: ["i"]}}
cluster: services: b: {namespace: "default", helm: _chart & {values: storageClass: "s"}, provides: crds: ["x.example.com"]}
cluster: services: c: {namespace: "default", helm: _chart & {values: {storageClass: "s", ingressClassName: "i"}}, needs: crds: ["x.example.com"], after: [{service: "b", because: "it must"}]}
`)
	var names []string
	for _, e := range c.Unit("c").DependsOn {
		names = append(names, e.To.Name+": "+e.Reason)
	}
	want := []string{"b: it must; the spec says that it needs crd x.example.com"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
}

// On the reference cluster, nothing that routes or signs people in waits for
// monitoring, and every unit can be reached in some order.
func TestReference(t *testing.T) {
	c, l := load.Cluster(os.DirFS("../.."), "spec")
	if len(l) > 0 {
		t.Fatalf("%+v", l)
	}
	below := map[string]bool{}
	for range c.Units {
		for _, u := range c.Units {
			for _, e := range u.DependsOn {
				if e.To.Name == "monitoring" || below[e.To.Name] {
					below[u.Name] = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(below)) {
		if strings.Contains(name, "ingress") || strings.Contains(name, "authentik") {
			t.Errorf("%s waits for monitoring", name)
		}
	}
}

// A directory of hand-written manifests is read: its objects need and bring, and
// what its charts bring is known by the table of charts.
func TestDirectory(t *testing.T) {
	smallest, err := os.ReadFile("../../testdata/build/smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	c, l := load.Cluster(fstest.MapFS{
		"spec/cluster.cue": {Data: smallest},
		"spec/more.cue": {Data: []byte(`package spec

cluster: services: certs: {namespace: "certs", path: "apps/certs"}
cluster: services: issuers: {namespace: "certs", path: "./apps/issuers"}
cluster: services: web: {namespace: "web", path: "apps/web"}
`)},
		"apps/certs/hr.yaml": {Data: []byte(`apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cert-manager, namespace: certs}
spec: {chart: {spec: {chart: cert-manager, sourceRef: {kind: HelmRepository, name: jetstack}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: jetstack, namespace: certs}
`)},
		"apps/issuers/kustomization.yaml": {Data: []byte("resources: [issuer.yaml]\n")},
		"apps/issuers/issuer.yaml":        {Data: []byte("apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: own}\nspec: {selfSigned: {}}\n")},
		"apps/web/web.yaml":               {Data: []byte("apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web, namespace: web}\nspec: {secretName: web, issuerRef: {kind: ClusterIssuer, name: own}}\n")},
	}, "spec")
	if len(l) > 0 {
		t.Fatalf("%+v", l)
	}
	got := map[string][]string{}
	for _, u := range c.Units {
		for _, e := range u.DependsOn {
			got[u.Name] = append(got[u.Name], e.To.Name)
		}
	}
	want := map[string][]string{"certs": {"namespaces"}, "issuers": {"certs"}, "web": {"issuers"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A HelmRelease reaches the databases of the spec, and what operators make for them,
// wherever it stands.
func TestReleasesEverywhere(t *testing.T) {
	smallest, err := os.ReadFile("../../testdata/build/smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	const values = `{url: "postgres://main-rw.db.svc.cluster.local/app", ca: {secretKeyRef: {name: "main-ca", key: "ca.crt"}}}`
	c, l := load.Cluster(fstest.MapFS{
		"spec/cluster.cue": {Data: smallest},
		"spec/more.cue": {Data: []byte(`package spec

cluster: chartRepositories: {
	r: url: "https://charts.example.com"
	inline: url: "https://inline.example.com"
	unused: url: "https://unused.example.com"
}
cluster: services: {
	db: {namespace: "db", databases: main: {storageClass: "fast", size: "1Gi"}, manifests: StorageClass: fast: provisioner: "x"}
	own: {namespace: "db", helm: {repository: "r", chart: "c", version: "1.0.0", values: ` + values + `}}
	among: {namespace: "db", manifests: HelmRelease: among: spec: {
		chart: spec: {chart: "c", sourceRef: {kind: "HelmRepository", name: "inline", namespace: "flux-system"}}
		values: ` + values + `
	}}
	directory: {namespace: "db", path: "apps/directory"}
}
`)},
		"apps/directory/release.yaml": {Data: []byte(`apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: directory, namespace: db}
spec:
  chart: {spec: {chart: c, sourceRef: {kind: HelmRepository, name: r, namespace: flux-system}}}
  values: ` + values + `
`)},
	}, "spec")
	if len(l) > 0 {
		t.Fatalf("%+v", l)
	}
	for _, name := range []string{"own", "among", "directory"} {
		want := []string{
			fmt.Sprintf("-> db: HelmRelease %s connects to database main", name),
			fmt.Sprintf("-> db: HelmRelease %s reads Secret db/main-ca", name),
		}
		got := slices.DeleteFunc(edges(c.Unit(name)), func(e string) bool { return strings.Contains(e, "takes its chart") })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, used := range map[string]bool{"charts-r": true, "charts-inline": true, "charts-unused": false} {
		if (c.Unit(name) != nil) != used {
			t.Errorf("unit %s: %t", name, !used)
		}
	}
}
