package model

import (
	"slices"
	"strings"
)

// DerivedValue is a value of a chart that follows from the rest of the spec.
type DerivedValue struct {
	Path string // as ipam.mode
	From string // the field that says it, or whoever asks for it
}

// keys gives the labels that lead to the value.
func (v DerivedValue) keys() []string { return strings.Split(v.Path, ".") }

// ciliumDerived is the one list of what the spec may not write and the
// generator does; and with it what would undo that: old names, and the speaker
// (bgp) that releases before 1.17 have beside the control plane.
var ciliumDerived = []DerivedValue{
	{"kubeProxyReplacement", "Talos, which runs no kube-proxy"},
	{"k8sServiceHost", "talos.kubePrism"},
	{"k8sServicePort", "talos.kubePrism"},
	{"ipv4.enabled", "podNetwork"},
	{"ipv6.enabled", "podNetwork"},
	{"ipam.mode", "podNetwork"},
	{"ipam.operator.clusterPoolIPv4PodCIDR", "podNetwork"}, // the list's old name
	{"ipam.operator.clusterPoolIPv4PodCIDRList", "podNetwork"},
	{"ipam.operator.clusterPoolIPv4MaskSize", "podNetwork.nodeMask"},
	{"ipam.operator.clusterPoolIPv6PodCIDR", "podNetwork"},
	{"ipam.operator.clusterPoolIPv6PodCIDRList", "podNetwork"},
	{"ipam.operator.clusterPoolIPv6MaskSize", "podNetwork.nodeMask"},
	{"bgp", "the cluster's bgp"},
	{"bgpControlPlane.enabled", "the cluster's bgp"},
	{"bgpControlPlane.secretsNamespace.name", "the cluster's bgp"},
	{"enableLBIPAM", "pools"},
	{"l2announcements.enabled", "the cluster's bgp"},
	{"loadBalancer.algorithm", "cilium.algorithm"},
	{"loadBalancer.acceleration", "nodes.*.xdp"},
	{"hubble.enabled", "cilium.hubble"},
	{"hubble.relay.enabled", "cilium.hubble"},
	{"hubble.ui.enabled", "cilium.hubble"},
	{"operator.replicas", "cilium.operatorReplicas"},
	{"cgroup.autoMount.enabled", "Talos, which mounts the cgroups itself"},
	{"cgroup.hostRoot", "Talos, which mounts the cgroups itself"},
	{"securityContext.capabilities.ciliumAgent", "Talos, which lets no pod load modules"},
	{"securityContext.capabilities.cleanCiliumState", "Talos, which lets no pod load modules"},
}

// CiliumDerived gives the first value of Cilium's chart at a path, above it or
// below it that the compiler itself writes, so that the spec must not: above,
// where the path is longer; below, where what stands there would replace it.
func CiliumDerived(path ...string) (DerivedValue, bool) {
	for _, v := range ciliumDerived {
		keys := v.keys()
		n := min(len(keys), len(path))
		if n > 0 && slices.Equal(keys[:n], path[:n]) {
			return v, true
		}
	}
	return DerivedValue{}, false
}

// Covers reports whether a path leads to the value or to something in it.
func (v DerivedValue) Covers(path ...string) bool {
	keys := v.keys()
	return len(path) >= len(keys) && slices.Equal(keys, path[:len(keys)])
}
