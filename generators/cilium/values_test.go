package cilium

import (
	"slices"
	"strings"
	"testing"

	"ichor/schema/model"
)

func TestReferenceValues(t *testing.T) {
	c := reference(t)
	c.Cilium.Values = &model.Tree{IsMap: true, Map: []*model.Tree{
		{Key: "loadBalancer", IsMap: true, Map: []*model.Tree{{Key: "mode", Scalar: "snat"}}},
		{Key: "rollOutCiliumPods", Scalar: true},
	}}
	expect(t, generate(t, c), "cilium/values.yaml", `
# Values of Cilium's chart for cluster home-ops.
# Written by ichor: change the spec instead.
# Chart cilium, version 1.17.6. To install it, at the root of the repository:
#   helm install cilium cilium --repo https://helm.cilium.io/ --version 1.17.6 --namespace kube-system --values out/cilium/values.yaml
bgpControlPlane:
  enabled: true
  secretsNamespace:
    name: kube-system
cgroup:
  autoMount:
    enabled: false
  hostRoot: /sys/fs/cgroup
enableLBIPAM: true
hubble:
  enabled: true
  relay:
    enabled: true
  ui:
    enabled: true
ipam:
  mode: cluster-pool
  operator:
    clusterPoolIPv4MaskSize: 24
    clusterPoolIPv4PodCIDRList:
    - 10.244.0.0/16
    clusterPoolIPv6MaskSize: 64
    clusterPoolIPv6PodCIDRList:
    - fd47:25e1:2f96:4000::/56
ipv4:
  enabled: true
ipv6:
  enabled: true
k8sServiceHost: localhost
k8sServicePort: 7445
kubeProxyReplacement: "true"
l2announcements:
  enabled: false
loadBalancer:
  acceleration: disabled
  algorithm: maglev
  mode: snat
operator:
  replicas: 1
rollOutCiliumPods: true
securityContext:
  capabilities:
    ciliumAgent:
    - CHOWN
    - KILL
    - NET_ADMIN
    - NET_RAW
    - IPC_LOCK
    - SYS_ADMIN
    - SYS_RESOURCE
    - DAC_OVERRIDE
    - FOWNER
    - SETGID
    - SETUID
    cleanCiliumState:
    - NET_ADMIN
    - SYS_ADMIN
    - SYS_RESOURCE
`)
}

// leaves gives the paths of the values that are no maps.
func leaves(m section, parent ...string) [][]string {
	var out [][]string
	for k, v := range m {
		path := append(slices.Clone(parent), k)
		if below, ok := v.(section); ok {
			out = append(out, leaves(below, path...)...)
			continue
		}
		out = append(out, path)
	}
	return out
}

// Helm ignores a key that the chart does not have, so each must be one of its
// release; and each must be refused in the spec, as what would undo it.
func TestEveryValueIsOfTheChartAndDerived(t *testing.T) {
	for _, version := range everyRelease {
		c := of(t, reference(t), version)
		c.Cilium.Values = nil
		for _, path := range leaves(read[section](t, generate(t, c), "cilium/values.yaml")) {
			name := strings.Join(path, ".")
			if !c.Release.CiliumRow.ChartKey(path...) {
				t.Errorf("the chart of Cilium %s has no %s", version, name)
			}
			for _, p := range [][]string{path, path[:1], append(slices.Clone(path), "x")} {
				if _, ok := model.CiliumDerived(p...); !ok {
					t.Errorf("the spec may write %s, and the compiler does", strings.Join(p, "."))
				}
			}
		}
	}
	for _, path := range [][]string{{}, {"loadBalancer", "mode"}, {"hubble", "metrics"}, {"debug", "enabled"}} {
		if _, ok := model.CiliumDerived(path...); ok {
			t.Errorf("the spec may not write %v, though the compiler does not", path)
		}
	}
}

func TestAccelerationIsNativeOnlyWhereEveryNodeCan(t *testing.T) {
	c := reference(t)
	for i, want := range []string{"disabled", "disabled", "native"} {
		c.Nodes[i].XDP = at(true)
		if got := acceleration(c); got != want {
			t.Errorf("with %d of %d nodes: %s, want %s", i+1, len(c.Nodes), got, want)
		}
	}
}

func TestWithoutKubePrismCiliumAsksTheEndpoint(t *testing.T) {
	c := reference(t)
	c.Talos.KubePrism.Enabled = at(false)
	v := read[section](t, generate(t, c), "cilium/values.yaml")
	if v["k8sServiceHost"] != "172.29.51.10" || v["k8sServicePort"] != float64(6443) {
		t.Errorf("by VIP: %v:%v", v["k8sServiceHost"], v["k8sServicePort"])
	}
	c.ControlPlane = model.ControlPlane{Endpoint: at("api.example.com"), Port: at(443)}
	v = read[section](t, generate(t, c), "cilium/values.yaml")
	if v["k8sServiceHost"] != "api.example.com" || v["k8sServicePort"] != float64(443) {
		t.Errorf("by endpoint: %v:%v", v["k8sServiceHost"], v["k8sServicePort"])
	}
}

func TestOneFamilyAlone(t *testing.T) {
	c := reference(t)
	c.PodNetwork.CIDRs = c.PodNetwork.CIDRs[1:]
	v := read[section](t, generate(t, c), "cilium/values.yaml")
	operator := v["ipam"].(section)["operator"].(section)
	if v["ipv4"].(section)["enabled"] != false || v["ipv6"].(section)["enabled"] != true || len(operator) != 2 {
		t.Errorf("ipv4 %v, ipv6 %v, operator %v", v["ipv4"], v["ipv6"], operator)
	}
}
