package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// neighbourRules are those that judge objects by each other.
func neighbourRules() []rule {
	return slices.Concat(podSecurityRules, selectorRules, servicePortRules, loadBalancerRules, bgpRules, monitorRules,
		backendRules, routeRules, hostRules, ingressRules, urlRules, podRules, claimRules, scalingRules)
}

// judged gives the findings of the rules about neighbours over documents of
// YAML, each as `code severity message`.
func judged(t *testing.T, w World, documents string) []string {
	t.Helper()
	var files []output.File
	for i, d := range strings.Split(documents, "\n---\n") {
		files = append(files, output.File{
			Path: fmt.Sprintf("manifests/unit/%d.yaml", i), Content: []byte(d), Origin: diag.Pos{File: "spec/a.cue", Line: i + 1, Column: 1},
		})
	}
	all, err := decode(files)
	if err != nil {
		t.Fatal(err)
	}
	o := &objects{World: w, all: all}
	var out []string
	for _, rl := range neighbourRules() {
		r := diag.Report{Rule: rl.Rule}
		rl.find(o, &r)
		for _, f := range r.Merged() {
			if !f.Pos.IsValid() {
				t.Errorf("%s has no place: %s", f.Code, f.Message)
			}
			out = append(out, fmt.Sprintf("%s %s %s", f.Code, f.Severity, f.Message))
		}
	}
	return out
}

// cluster is a world with the levels that ichor's Talos generator sets, a node
// with a label, and the namespaces that Kubernetes makes.
func cluster() World {
	at := func(v string) model.At[string] { return model.At[string]{V: v} }
	return World{
		Releases:  release.Rows{Kubernetes: &release.Kubernetes{Minor: release.Minor{Major: 1, Minor: 31}}},
		Admission: model.PodSecurity{Enforce: at("baseline"), Audit: at("restricted"), Warn: at("restricted")},
		Nodes:     []*model.Node{{Name: at("a"), Role: at("controlplane"), Labels: map[string]model.At[string]{"rack": at("left")}}},
		Capabilities: []model.Capability{
			{Kind: model.KindNamespace, Name: "default"}, {Kind: model.KindNamespace, Name: "kube-system"},
		},
	}
}

// web is a namespace with one application, as others are tried against.
const web = `
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      initContainers:
      - {name: wait, image: "wait:1", ports: [{containerPort: 8080}]}
      - {name: proxy, image: "proxy:1", restartPolicy: Always, ports: [{name: proxy, containerPort: 8443}]}
      containers:
      - name: web
        image: web:1
        ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 8080, protocol: UDP}]
        livenessProbe: {httpGet: {path: /, port: http}}
        readinessProbe: {tcpSocket: {port: 8080}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: web, labels: {app: web}}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}, {name: tls, port: 443, targetPort: proxy}, {name: raw, port: 8080}]
`

// right are shapes that are in order beside web.
var right = map[string]string{
	"nothing beside it": `{apiVersion: v1, kind: Namespace, metadata: {name: other}}`,
	"a pod of a StatefulSet by its name": `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: web}
spec: {serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "db:1"}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: db-0, namespace: web}
spec: {selector: {app: db, statefulset.kubernetes.io/pod-name: db-0}, ports: [{port: 5432}]}`,
	"a Service without a selector, and one that is a name elsewhere": `
apiVersion: v1
kind: Service
metadata: {name: nas, namespace: web}
spec: {ports: [{port: 80, targetPort: 5000}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: web}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: outside, namespace: web}
spec: {defaultBackend: {service: {name: outside, port: {number: 443}}}}`,
	"pods that a chart of the namespace makes": `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app, namespace: web}
spec: {chart: {spec: {chart: app}}}
---
apiVersion: v1
kind: Service
metadata: {name: ui, namespace: web}
spec: {selector: {app: ui}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ui, namespace: web}
spec: {rules: [{host: ui.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: app-ui, port: {number: 80}}}}]}}]}`,
	"the Service of a database's operator": `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: main, namespace: web}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: web}
data: {url: "postgres://main-rw.web.svc.cluster.local:5432/web", other: "http://web.web.svc:443/x", far: "http://web.example.svc.other.org"}`,
	"a namespace that is older than Flux": `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: hubble, namespace: kube-system}
spec: {defaultBackend: {service: {name: hubble-ui, port: {number: 80}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: kube-system}
spec: {hostNetwork: true, containers: [{name: agent, image: "agent:1", securityContext: {privileged: true}}]}`,
	"policies for all pods, and for those that are there": `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: web}
spec: {podSelector: {}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: web}
spec: {maxUnavailable: 1, selector: {matchExpressions: [{key: tier, operator: NotIn, values: [back]}]}}`,
	"a policy of Cilium": `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: web, namespace: web}
spec: {endpointSelector: {matchLabels: {"any:app": web, "k8s:io.kubernetes.pod.namespace": web}}}`,
	"monitors by labels, names and namespaces": `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web, namespace: elsewhere}
spec: {namespaceSelector: {matchNames: [web]}, selector: {matchLabels: {app: web}}, endpoints: [{port: http}, {targetPort: 9}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: web, namespace: web}
spec: {selector: {matchLabels: {tier: front}}, podMetricsEndpoints: [{port: proxy}]}`,
	"load balancers of a pool, of all pools and of another class": `
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: own}
spec: {serviceSelector: {matchLabels: {io.kubernetes.service.namespace: web}}, blocks: [{cidr: "fd00::/120"}, {start: 10.0.0.1, stop: 10.0.0.9}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: web, annotations: {lbipam.cilium.io/ips: "10.0.0.9,fd00::1"}}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: default}
spec: {type: LoadBalancer, loadBalancerClass: tailscale, ports: [{port: 80}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: all, labels: {advertise: bgp}}
spec: {advertisements: [{advertisementType: PodCIDR}, {advertisementType: Service, service: {addresses: [LoadBalancerIP]}, selector: {matchExpressions: [{key: none, operator: DoesNotExist}]}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: edge}
spec: {families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {advertise: bgp}}}, {afi: ipv6, safi: unicast}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: left}
spec: {nodeSelector: {matchLabels: {rack: left}}, bgpInstances: [{name: left, peers: [{name: edge, peerConfigRef: {name: edge}}]}]}`,
	"a Gateway for all namespaces, and a grant": `
apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {routes: "yes"}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: https, port: 443, protocol: HTTPS, hostname: "*.example.com", allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: other}}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: other}
spec:
  parentRefs: [{name: edge, namespace: edge, sectionName: https}]
  hostnames: [web.example.com]
  rules:
  - {matches: [{path: {type: PathPrefix, value: /}}], backendRefs: [{name: web, namespace: web, port: 80}]}
  - {matches: [{path: {type: Exact, value: /}}], filters: [{type: RequestRedirect}]}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: routes, namespace: web}
spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: other}], to: [{group: "", kind: Service}]}`,
	"one host in two classes, and paths of it in two Ingresses with a login": `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: web, annotations: {nginx.ingress.kubernetes.io/auth-url: "https://$host/login/check"}}
spec: {ingressClassName: nginx, rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: b, namespace: web}
spec: {ingressClassName: nginx, rules: [{host: web.example.com, http: {paths: [{path: /login, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: c, namespace: web, annotations: {nginx.ingress.kubernetes.io/auth-url: "http://web.web:80/check"}}
spec: {ingressClassName: nginx-public, rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}`,
	"charts that share a host by paths, and one that is switched off": `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a, namespace: charts}
spec: {values: {ingress: {enabled: true, hosts: [{host: app.example.com, paths: [{path: /}]}]}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: b, namespace: charts}
spec: {values: {server: {ingress: {enabled: true, hosts: [app.example.com], path: /api}}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: c, namespace: charts}
spec: {values: {proxy: {enabled: false, ingress: {enabled: true, hosts: [app.example.com]}}}}`,
	"snippets where the controller allows them, and another controller": `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: nginx, namespace: nginx}
spec: {chart: {spec: {chart: ingress-nginx}}, values: {controller: {allowSnippetAnnotations: true, ingressClassResource: {name: inner}}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: outer, namespace: nginx}
spec: {chart: {spec: {chart: ingress-nginx}}, values: {controller: {ingressClass: outer}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: web, annotations: {nginx.ingress.kubernetes.io/server-snippet: "x;"}}
spec: {ingressClassName: inner, defaultBackend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: b, namespace: web, annotations: {nginx.ingress.kubernetes.io/server-snippet: "x;"}}
spec: {ingressClassName: f5, defaultBackend: {service: {name: web, port: {number: 80}}}}`,
	"volumes for many, and one claim for one pod": `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one, namespace: web}
spec: {accessModes: [ReadWriteOnce]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: many, namespace: web}
spec: {accessModes: [ReadWriteOnce, ReadWriteMany]}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: web}
spec: {containers: [{name: a, image: "a:1"}], volumes: [{name: a, persistentVolumeClaim: {claimName: one}}, {name: again, persistentVolumeClaim: {claimName: one}}, {name: b, persistentVolumeClaim: {claimName: many}}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: b, namespace: web}
spec: {template: {spec: {containers: [{name: a, image: "a:1"}], volumes: [{name: b, persistentVolumeClaim: {claimName: many}}]}}}`,
	"ports of the node at two addresses, and of DaemonSets on other nodes": `
apiVersion: v1
kind: Namespace
metadata: {name: agents, labels: {pod-security.kubernetes.io/enforce: privileged}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a, namespace: agents}
spec: {template: {spec: {containers: [{name: a, image: "a:1", ports: [{containerPort: 80, hostPort: 80, hostIP: 10.0.0.1}, {containerPort: 80, hostPort: 80, hostIP: 10.0.0.2}]}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: b, namespace: agents}
spec: {template: {spec: {nodeSelector: {rack: left}, containers: [{name: b, image: "b:1", ports: [{containerPort: 80, hostPort: 80}]}]}}}`,
	"a scaled workload, and one that an operator makes": `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: example.com/v1
kind: Shop
metadata: {name: shop, namespace: web}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop, namespace: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop-front}}`,
}

func TestRightNeighbours(t *testing.T) {
	for name, documents := range right {
		t.Run(name, func(t *testing.T) {
			if got := judged(t, cluster(), web+"---\n"+strings.TrimPrefix(documents, "\n")); len(got) > 0 {
				t.Errorf("findings: %s", strings.Join(got, "\n"))
			}
		})
	}
}

// Each change to something that is right is found, by the rule that it breaks.
func TestBrokenNeighbours(t *testing.T) {
	for _, c := range []struct{ in, from, to, code string }{
		{"nothing beside it", "livenessProbe: {httpGet: {path: /, port: http}}", "livenessProbe: {httpGet: {path: /, port: proxy}}", "probe-port error"},
		{"nothing beside it", "targetPort: proxy", "targetPort: wait", "service-port error"},
		{"nothing beside it", "port: 8080}]\n", "port: 9000}]\n", "service-port warning"},
		{"nothing beside it", "selector: {app: web}\n", "selector: {app: api}\n", "service-selects-nothing error"},
		{"nothing beside it", "image: web:1\n", "image: web:1\n        securityContext: {capabilities: {add: [SYS_ADMIN]}}\n", "pod-security error"},
		{"a pod of a StatefulSet by its name", "{app: db, statefulset", "{app: bd, statefulset", "service-selects-nothing error"},
		{"a pod of a StatefulSet by its name", "matchLabels: {app: db}}, template: {metadata: {labels: {app: db}", "matchLabels: {app: web}}, template: {metadata: {labels: {app: web}", "selector-shared error"},
		{"the Service of a database's operator", "main-rw.web.svc", "main-rw.wbe.svc", "service-url error"},
		{"the Service of a database's operator", "web.web.svc:443", "web.web.svc:444", "service-url error"},
		{"policies for all pods, and for those that are there", "operator: NotIn", "operator: In", "policy-selects-nothing warning"},
		{"a policy of Cilium", "any:app\": web", "any:app\": wbe", "policy-selects-nothing warning"},
		{"monitors by labels, names and namespaces", "matchNames: [web]", "matchNames: [wbe]", "monitor-selects-nothing error"},
		{"monitors by labels, names and namespaces", "{port: proxy}", "{port: metrics}", "monitor-port error"},
		{"load balancers of a pool, of all pools and of another class", "service.namespace: web", "service.namespace: wbe", "load-balancer-unserved error"},
		{"load balancers of a pool, of all pools and of another class", "10.0.0.9,fd00::1", "10.0.0.10,fd00::1", "load-balancer-unserved error"},
		{"load balancers of a pool, of all pools and of another class", "10.0.0.9,fd00::1", "10.0.0.9,fd01::1", "load-balancer-unserved error"},
		{"load balancers of a pool, of all pools and of another class", "{key: none, operator: DoesNotExist}", "{key: none, operator: Exists}", "bgp-chain error"},
		{"load balancers of a pool, of all pools and of another class", "labels: {advertise: bgp}", "labels: {advertise: pgb}", "bgp-chain error"},
		{"load balancers of a pool, of all pools and of another class", "peerConfigRef: {name: edge}", "peerConfigRef: {name: egde}", "bgp-chain error"},
		{"load balancers of a pool, of all pools and of another class", "{rack: left}", "{rack: right}", "bgp-chain error"},
		{"a Gateway for all namespaces, and a grant", "kubernetes.io/metadata.name: other", "kubernetes.io/metadata.name: another", "route-parent error"},
		{"a Gateway for all namespaces, and a grant", "\"*.example.com\"", "\"*.example.org\"", "route-parent error"},
		{"a Gateway for all namespaces, and a grant", "kind: HTTPRoute, namespace: other", "kind: HTTPRoute, namespace: web", "reference-grant error"},
		{"a Gateway for all namespaces, and a grant", "namespace: web, port: 80}", "namespace: web, port: 81}", "backend-port error"},
		{"one host in two classes, and paths of it in two Ingresses with a login", "ingressClassName: nginx-public", "ingressClassName: nginx", "host-twice error"},
		{"one host in two classes, and paths of it in two Ingresses with a login", "path: /login,", "path: /sign-in,", "auth-url error"},
		{"one host in two classes, and paths of it in two Ingresses with a login", "web.web:80", "web.web:81", "auth-url error"},
		{"one host in two classes, and paths of it in two Ingresses with a login", "port: {name: http}", "port: {name: htp}", "backend-port error"},
		{"charts that share a host by paths, and one that is switched off", "path: /api", "path: /", "host-twice error"},
		{"charts that share a host by paths, and one that is switched off", "enabled: false", "enabled: true", "host-twice error"},
		{"snippets where the controller allows them, and another controller", "ingressClassName: f5", "ingressClassName: outer", "ingress-snippet error"},

		{"ports of the node at two addresses, and of DaemonSets on other nodes", "nodeSelector: {rack: left}, ", "", "host-port-twice error"},
		{"a scaled workload, and one that an operator makes", "kind: Deployment, name: web}", "kind: StatefulSet, name: web}", "scale-target error"},
	} {
		t.Run(c.code+" "+c.to, func(t *testing.T) {
			before := web + "---\n" + strings.TrimPrefix(right[c.in], "\n")
			after := strings.Replace(before, c.from, c.to, 1)
			if before == after {
				t.Fatalf("%q is not in it", c.from)
			}
			got := judged(t, cluster(), after)
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.code+" ") }) {
				t.Errorf("no %s, but %q", c.code, got)
			}
		})
	}
}

// On the one node there is, a volume that one node can mount is for all pods.
func TestSharedVolumeOnOneNode(t *testing.T) {
	shared := web + "---\n" + strings.Replace(strings.TrimPrefix(right["volumes for many, and one claim for one pod"], "\n"), "claimName: many}}]}}}", "claimName: one}}]}}}", 1)
	for nodes, want := range map[int]int{1: 0, 2: 1} {
		w := cluster()
		w.Nodes = slices.Repeat(w.Nodes, nodes)
		if got := judged(t, w, shared); len(got) != want {
			t.Errorf("%d nodes: %d findings, want %d: %q", nodes, len(got), want, got)
		}
	}
}

// What directories make is not seen, so that nothing is missing there.
func TestDirectoriesAreNotSeen(t *testing.T) {
	w := cluster()
	w.Directories = []string{"web"}
	documents := strings.Replace(web, "selector: {app: web}\n", "selector: {app: api}\n", 1) + `---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: own}
spec: {serviceSelector: {matchLabels: {pool: own}}}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: default}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: web}
spec: {defaultBackend: {service: {name: api, port: {number: 80}}}}`
	if got := judged(t, w, documents); len(got) > 0 {
		t.Errorf("findings: %s", strings.Join(got, "\n"))
	}
}

// The level "latest" is the one of the release: Kubernetes 1.34 added a check
// of baseline that 1.33 does not have.
func TestPodSecurityOfTheRelease(t *testing.T) {
	probed := strings.Replace(web, "httpGet: {path: /, port: http}", "httpGet: {path: /, port: http, host: 10.0.0.1}", 1)
	for minor, want := range map[int]int{33: 0, 34: 1} {
		w := cluster()
		w.Releases.Kubernetes.Minor.Minor = minor
		if got := judged(t, w, probed); len(got) != want {
			t.Errorf("1.%d: %d findings, want %d: %q", minor, len(got), want, got)
		}
	}
}
