package cilium

import (
	"net/netip"

	"ichor/schema/model"
)

// section is a map of chart values.
type section = map[string]any

// values gives the chart's values: those that follow from the spec, and the
// spec's own beside them. Keys that the compiler writes are refused in the spec
// (model.CiliumDerived).
func values(c *model.Cluster) section {
	v := section{
		"kubeProxyReplacement": "true", // a word in the chart, not a boolean
		"l2announcements":      section{"enabled": false},
		"ipv4":                 section{"enabled": c.HasFamily(true)},
		"ipv6":                 section{"enabled": c.HasFamily(false)},
		"ipam":                 section{"mode": "cluster-pool", "operator": podRanges(c)},
		"operator":             section{"replicas": c.Cilium.OperatorReplicas.V},
		"loadBalancer":         section{"algorithm": c.Cilium.Algorithm.V, "acceleration": acceleration(c)},
		"hubble":               hubble(c.Cilium.Hubble.V),
		"bgpControlPlane":      bgpValues(c.BGP != nil),
	}
	if c.Release.CiliumRow.LBIPAMValues {
		v["enableLBIPAM"] = true
	}
	merge(v, apiServer(c))
	merge(v, machine(c))
	merge(v, c.Cilium.Values.PlainMap())
	return v
}

// apiServer is where Cilium reaches Kubernetes before Services work: the load
// balancer on each node, or what the clients use.
func apiServer(c *model.Cluster) section {
	if p := c.Talos.KubePrism; p.Enabled.V {
		return section{"k8sServiceHost": "localhost", "k8sServicePort": p.Port.V}
	}
	host := c.ControlPlane.Endpoint.V
	if c.ControlPlane.VIP.IsSet() {
		host = c.ControlPlane.VIP.V.String()
	}
	return section{"k8sServiceHost": host, "k8sServicePort": c.ControlPlane.Port.V}
}

// machine is what Talos asks for: it mounts the cgroups itself, and no pod may
// load kernel modules. Source: Talos documentation, Deploy Cilium CNI.
func machine(c *model.Cluster) section {
	row := c.Release.CiliumRow
	return section{
		"cgroup": section{"autoMount": section{"enabled": false}, "hostRoot": "/sys/fs/cgroup"},
		"securityContext": section{"capabilities": section{
			"ciliumAgent":      row.AgentCapabilities(),
			"cleanCiliumState": row.CleanCapabilities(),
		}},
	}
}

// podRanges gives the operator the ranges of both families to cut up.
func podRanges(c *model.Cluster) section {
	out := section{}
	mask := c.PodNetwork.NodeMask
	if r := ranges(c, netip.Addr.Is4); len(r) > 0 {
		out["clusterPoolIPv4PodCIDRList"], out["clusterPoolIPv4MaskSize"] = r, mask.IPv4.V
	}
	if r := ranges(c, netip.Addr.Is6); len(r) > 0 {
		out["clusterPoolIPv6PodCIDRList"], out["clusterPoolIPv6MaskSize"] = r, mask.IPv6.V
	}
	return out
}

func ranges(c *model.Cluster, family func(netip.Addr) bool) []string {
	var out []string
	for _, r := range c.PodNetwork.CIDRs {
		if family(r.V.Addr()) {
			out = append(out, r.V.Masked().String())
		}
	}
	return out
}

// acceleration is native where every node's driver runs XDP programs: an agent
// whose driver does not would fail to start.
func acceleration(c *model.Cluster) string {
	for _, n := range c.Nodes {
		if !n.XDP.V {
			return "disabled"
		}
	}
	return "native"
}

func hubble(enabled bool) section {
	return section{"enabled": enabled, "relay": section{"enabled": enabled}, "ui": section{"enabled": enabled}}
}

// bgpValues names the namespace of the passwords too, since the compiler puts
// them there.
func bgpValues(enabled bool) section {
	v := section{"enabled": enabled}
	if enabled {
		v["secretsNamespace"] = section{"name": model.CiliumNamespace}
	}
	return v
}

// merge adds the keys of one map to another, map by map.
func merge(into, from section) {
	for k, v := range from {
		below, isMap := v.(section)
		if have, ok := into[k].(section); ok && isMap {
			merge(have, below)
			continue
		}
		into[k] = v
	}
}
