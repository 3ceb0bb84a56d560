package check

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var ciliumRules = []rule{
	{diag.Rule{
		Code: "cilium-value-owned", Severity: diag.Error,
		Summary: "What follows from the nodes, the ranges and the routers is no value of the chart to be written: with both, one of the two would win in silence.",
		Wrong:   `cluster: cilium: values: loadBalancer: acceleration: "native"`,
		Right:   `cluster: nodes: a: xdp: true`,
		Source:  "Cilium install/kubernetes/cilium/values.yaml",
	}, ownedCiliumValues},
	{diag.Rule{
		Code: "cilium-value-ignored", Severity: diag.Error,
		Summary: "The chart has no such value, and Helm says nothing of values that a chart does not have.",
		Wrong:   `cluster: cilium: values: enableIPv6: true`,
		Right:   `cluster: podNetwork: cidrs: ["10.244.0.0/16", "fd00:244::/56"]`,
		Source:  "Cilium install/kubernetes/cilium/values.yaml, 1.16 to 1.20",
	}, ignoredCiliumValues},
}

// ownedValue is a path in the chart's values and the field of the spec that it
// follows from.
type ownedValue struct{ path, from string }

var ownedValues = []ownedValue{
	{"kubeProxyReplacement", "Talos, which runs no kube-proxy"},
	{"k8sServiceHost", "talos.kubePrism"},
	{"k8sServicePort", "talos.kubePrism"},
	{"ipam.mode", "podNetwork"},
	{"ipam.operator", "podNetwork"},
	{"ipv4.enabled", "podNetwork"},
	{"ipv6.enabled", "podNetwork"},
	{"bgp", "the cluster's bgp"},
	{"bgpControlPlane.enabled", "bgp"},
	{"bgpControlPlane.secretsNamespace", "bgp"},
	{"l2announcements.enabled", "bgp"},
	{"enableLBIPAM", "pools"},
	{"loadBalancer.algorithm", "cilium.algorithm"},
	{"loadBalancer.acceleration", "nodes.*.xdp"},
	{"operator.replicas", "cilium.operatorReplicas"},
	{"hubble.enabled", "cilium.hubble"},
	{"hubble.relay.enabled", "cilium.hubble"},
	{"hubble.ui.enabled", "cilium.hubble"},
	{"cgroup", "Talos, which mounts cgroups itself"},
	{"securityContext.capabilities", "Talos, which lets no pod load modules"},
}

func ownedCiliumValues(c *model.Cluster, r *report) {
	if c.Cilium == nil {
		return
	}
	for _, v := range ownedValues {
		if t := c.Cilium.Values.Lookup(strings.Split(v.path, ".")...); t != nil {
			r.add(t.Pos, t.Path, fmt.Sprintf("%s of Cilium follows from %s", v.path, v.from)).
				help("take it out of cilium.values")
		}
	}
}

// ignoredValues are written by many and read by no chart of a known release:
// old names, names of flags of the agent, and names that never were.
var ignoredValues = []struct{ path, instead string }{
	{"enableIPv4", "podNetwork says the address families"},
	{"enableIPv6", "podNetwork says the address families"},
	{"enable-lb-ipam", "the cluster's `pools` say it"},
	{"enableXDPPrefilter", "a node's `xdp` says it"},
	{"datapathMode", "the chart's name is bpf.datapathMode"},
	{"bgpControlPlane.secretNamespace", "passwords lie where Cilium looks for them"},
}

func ignoredCiliumValues(c *model.Cluster, r *report) {
	if c.Cilium == nil {
		return
	}
	for _, v := range ignoredValues {
		if t := c.Cilium.Values.Lookup(strings.Split(v.path, ".")...); t != nil {
			r.add(t.Pos, t.Path, fmt.Sprintf("Cilium's chart has no value %s", v.path)).
				help("take it out: %s", v.instead)
		}
	}
}
