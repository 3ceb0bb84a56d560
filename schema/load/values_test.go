package load

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Pools reach a chart as labels, fixed addresses as annotations, and authentik
// gets its Redis and its worker each outpost's blueprint and token; the rest of the values stays.
func TestValues(t *testing.T) {
	c := mustLoad(t, repository(t, map[string]string{"spec/more.cue": `package spec

cluster: release: {authentik: "2025.6.4", externalSecrets: "0.18.2"}
cluster: chartRepositories: r: url: "https://charts.example.com"
cluster: pools: lan: {vlan: "home", start: "192.168.1.100", stop: "192.168.1.110"}
cluster: bootstrap: provides: {secretStores: ["vault"], ingressClasses: ["web"]}
cluster: secretStore: "vault"
cluster: services: sso: {
	namespace: "sso"
	helm: {repository: "r", chart: "authentik", version: "2025.6.4", values: {worker: env: [{name: "A", value: "b"}], server: service: labels: x: "y"}}
	loadBalancers: server: {pool: "lan", address: "192.168.1.101", values: "server.service"}
}
cluster: auth: authentik: {service: "sso", host: "login", ingress: "web", outposts: gate: {
	type: "proxy", id: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e", name: "gate", namespace: "gate", ingress: "web", token: {item: "i", property: "p"}
}}
`}))
	want := map[string]any{
		"blueprints": map[string]any{"configMaps": []any{"authentik-gate-blueprint"}},
		"redis":      map[string]any{"enabled": true},
		"server": map[string]any{"service": map[string]any{
			"type":        "LoadBalancer",
			"labels":      map[string]any{"x": "y", "io.cilium/lb-ipam-pool": "lan"},
			"annotations": map[string]any{"lbipam.cilium.io/ips": "192.168.1.101"},
		}},
		"worker": map[string]any{"env": []any{
			map[string]any{"name": "A", "value": "b"},
			map[string]any{"name": "OUTPOST_TOKEN_GATE", "valueFrom": map[string]any{
				"secretKeyRef": map[string]any{"name": "authentik-gate-token", "key": "token"},
			}},
		}},
	}
	if d := cmp.Diff(want, c.Services[0].Values); d != "" {
		t.Error(d)
	}
	if a := c.Auth.Authentik; a.URL != "https://login.home.example.com" || a.InternalURL != "http://sso-authentik-server.sso.svc.cluster.local:80" {
		t.Errorf("authentik is at %s and %s", a.URL, a.InternalURL)
	}
}

// A Redis is installed for the releases that need one, unless the spec says
// where one is or that there is none.
func TestRedisOfAuthentik(t *testing.T) {
	const host = `[{name: "AUTHENTIK_REDIS__HOST", value: "r"}]`
	for _, test := range []struct {
		release, values string
		want            any
	}{
		{"2025.6.4", `{}`, map[string]any{"enabled": true}},
		{"2025.6.4", `{redis: architecture: "standalone"}`, map[string]any{"architecture": "standalone", "enabled": true}},
		{"2025.6.4", `{redis: enabled: false}`, map[string]any{"enabled": false}},
		{"2025.6.4", `{authentik: redis: host: ""}`, map[string]any{"enabled": true}},
		{"2025.6.4", `{authentik: redis: host: "r"}`, nil},
		{"2025.6.4", `{global: env: ` + host + `}`, nil},
		{"2025.6.4", `{server: env: ` + host + `}`, map[string]any{"enabled": true}},
		{"2025.6.4", `{server: env: ` + host + `, worker: env: ` + host + `}`, nil},
		{"2025.10.0", `{}`, nil},
	} {
		c := mustLoad(t, repository(t, map[string]string{"spec/more.cue": `package spec

cluster: release: {authentik: "` + test.release + `", externalSecrets: "0.18.2"}
cluster: chartRepositories: r: url: "https://charts.example.com"
cluster: bootstrap: provides: ingressClasses: ["web"]
cluster: services: sso: {
	namespace: "sso"
	helm: {repository: "r", chart: "authentik", version: cluster.release.authentik, values: ` + test.values + `}
}
cluster: auth: authentik: {service: "sso", host: "login", ingress: "web"}
`}))
		if d := cmp.Diff(test.want, c.Services[0].Values["redis"]); d != "" {
			t.Errorf("authentik %s with the values %s (-want +got)\n%s", test.release, test.values, d)
		}
	}
}
