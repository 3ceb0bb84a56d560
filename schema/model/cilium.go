package model

import (
	"slices"
	"strings"
)

// ciliumDerived are the values of Cilium's chart that follow from the rest of
// the spec.
const ciliumDerived = `
kubeProxyReplacement
k8sServiceHost
k8sServicePort
ipv4.enabled
ipv6.enabled
ipam.mode
ipam.operator.clusterPoolIPv4PodCIDRList
ipam.operator.clusterPoolIPv4MaskSize
ipam.operator.clusterPoolIPv6PodCIDRList
ipam.operator.clusterPoolIPv6MaskSize
bgpControlPlane.enabled
bgpControlPlane.secretsNamespace.name
enableLBIPAM
l2announcements.enabled
loadBalancer.algorithm
loadBalancer.acceleration
hubble.enabled
hubble.relay.enabled
hubble.ui.enabled
operator.replicas
cgroup.autoMount.enabled
cgroup.hostRoot
securityContext.capabilities.ciliumAgent
securityContext.capabilities.cleanCiliumState
`

// CiliumDerives reports whether the compiler itself writes a value of Cilium's
// chart, or something below or above it, so that the spec must not: path is
// that of a value which is no map.
func CiliumDerives(path ...string) bool {
	for line := range strings.Lines(strings.TrimSpace(ciliumDerived)) {
		derived := strings.Split(strings.TrimSpace(line), ".")
		n := min(len(derived), len(path))
		if n > 0 && slices.Equal(derived[:n], path[:n]) {
			return true
		}
	}
	return false
}
