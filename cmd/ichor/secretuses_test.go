package main

import (
	"testing"
	"testing/fstest"
)

// readers name Secrets of every maker: none of them is a mistake.
const readers = `package spec

cluster: services: {
	all: {
		namespace: "authentik"
		secrets: own: keys: token: {item: "All", property: "token"}
		helm: {
			repository: "charts"
			chart:      "all"
			version:    "1.0.0"
			values: {
				env: [
					{name: "A", valueFrom: secretKeyRef: {name: "own", key: "token"}},
					{name: "B", valueFrom: secretKeyRef: {name: "authentik-proxy-token", key: "token"}},
					{name: "C", valueFrom: secretKeyRef: {name: "from-chart", key: "any"}},
					{name: "D", valueFrom: secretKeyRef: {name: "from-object", key: "any"}},
					{name: "E", valueFrom: secretKeyRef: {name: "\(#release)-own", key: "any"}},
					{name: "F", valueFrom: secretKeyRef: {name: "missing", key: "any", optional: true}},
				]
				#release: "{{ .Release.Name }}"
				existingSecret: ""
				ingress: {
					annotations: "cert-manager.io/cluster-issuer": "own"
					tls: [{hosts: ["a.example.com"], secretName: "asked-for"}]
				}
				extraObjects: [
					{apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: name: "of-object", spec: target: name: "from-object"},
				]
			}
		}
		provides: secrets: ["authentik/from-chart"]
		expose: shown: {service: "all", port: 80, ingress: "nginx", issuer: "own"}
	}
	beside: {
		namespace: "authentik"
		manifests: {
			Certificate: beside: spec: {secretName: "of-certificate", issuerRef: {name: "own", kind: "ClusterIssuer"}, dnsNames: ["a.example.com"]}
			ExternalSecret: beside: spec: {secretStoreRef: {kind: "ClusterSecretStore", name: "vault"}, target: name: "of-external"}
			Ingress: asked: {
				metadata: annotations: "cert-manager.io/issuer": "own"
				spec: {defaultBackend: resource: {kind: "Bucket", name: "b"}, tls: [{hosts: ["b.example.com"], secretName: "asked-by-ingress"}]}
			}
			Job: beside: spec: template: spec: {
				restartPolicy: "Never"
				containers: [{name: "a", image: "a:1.0.0", envFrom: [{secretRef: name: "of-external"}, {secretRef: name: "own"}]}]
				volumes: [
					{name: "a", secret: secretName: "of-certificate"},
					{name: "b", secret: secretName: "shown-tls"},
					{name: "c", secret: {secretName: "missing", optional: true}},
				]
			}
		}
	}
	store: {
		namespace: "connect"
		manifests: Job: store: spec: template: spec: {
			restartPolicy: "Never"
			containers: [{name: "a", image: "a:1.0.0"}]
			volumes: [{name: "a", secret: {secretName: "connect-token", items: [{key: "anything", path: "a"}]}}]
		}
	}
	sql: {
		namespace: "database"
		manifests: Job: sql: spec: template: spec: {
			restartPolicy: "Never"
			containers: [{name: "a", image: "a:1.0.0", envFrom: [{secretRef: name: "main-app"}]}]
		}
	}
	proxied: {
		namespace: "authentik-proxy"
		manifests: Job: proxied: spec: template: spec: {
			restartPolicy: "Never"
			containers: [{name: "a", image: "a:1.0.0", envFrom: [{secretRef: name: "authentik-proxy-token"}]}]
			volumes: [{name: "a", secret: secretName: "authentik-proxy-tls"}]
		}
	}
}
`

func TestSecretsThatAreMade(t *testing.T) {
	files := base(t)
	files["spec/readers.cue"] = &fstest.MapFile{Data: []byte(readers)}
	if _, got := vet(t, files); got != "" {
		t.Errorf("a Secret that is made has a finding:\n%s", got)
	}
}
