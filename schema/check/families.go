package check

import (
	"math/bits"
	"net/netip"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// family names the address family of an address.
func family(a netip.Addr) string {
	if a.Is4() {
		return "IPv4"
	}
	return "IPv6"
}

func familyTwice(c *model.Cluster, r *diag.Report) {
	seen := map[[2]string]span{}
	for _, s := range network(c) {
		key := [2]string{s.of, family(s.cidr.V.Addr())}
		if first, ok := seen[key]; ok {
			at(r, s.cidr, "%s is the second %s range of %s", s.cidr.V, key[1], s.of).
				Note(first.cidr.Pos, "the first is %s", first.cidr.V).
				Advise("keep one range of each address family")
			continue
		}
		seen[key] = s
	}
}

func familiesDiffer(c *model.Cluster, r *diag.Report) {
	pods, services := families(c.PodNetwork.CIDRs), families(c.ServiceNetwork.CIDRs)
	if len(pods) == 0 || len(services) == 0 {
		return
	}
	if !slices.Equal(pods, services) {
		at(r, c.ServiceNetwork.CIDRs[0], "the service network has ranges of %s, the pod network of %s", inOrder(services), inOrder(pods)).
			Note(c.PodNetwork.CIDRs[0].Pos, "the pod network").
			Advise("give both ranges of the same families in the same order")
	}
	for _, v := range nodeVLANs(c) {
		for _, f := range pods {
			if !slices.Contains(families(v.CIDRs), f) {
				at(r, v.Name, "%s of the nodes has no %s range, but pods have %s addresses", vlanName(v), f, f).
					Note(c.PodNetwork.CIDRs[0].Pos, "the pod network").
					Advise("add the VLAN's %s range to cidrs, or remove %s from the pod and service networks", f, f)
			}
		}
	}
}

// families gives the address families of ranges in their order.
func families(cidrs []model.At[netip.Prefix]) []string {
	var out []string
	for _, p := range cidrs {
		out = append(out, family(p.V.Addr()))
	}
	return out
}

func inOrder(families []string) string {
	if len(families) == 1 {
		return families[0] + " alone"
	}
	out := families[0]
	for _, f := range families[1:] {
		out += ", then " + f
	}
	return out
}

// nodeVLANs gives the VLANs that nodes have an address in, in the order of the nodes.
func nodeVLANs(c *model.Cluster) []*model.VLAN {
	var out []*model.VLAN
	for _, n := range c.Nodes {
		if n.VLAN != nil && !slices.Contains(out, n.VLAN) {
			out = append(out, n.VLAN)
		}
	}
	return out
}

// maxSubnetBits is how many bits the controllers take for the number of a
// node's part of the pod range.
const maxSubnetBits = 16

func nodeMasks(c *model.Cluster, r *diag.Report) {
	need := bits.Len(uint(max(len(c.Nodes)-1, 0)))
	for _, p := range c.PodNetwork.CIDRs {
		mask := c.PodNetwork.NodeMask.IPv6
		if p.V.Addr().Is4() {
			mask = c.PodNetwork.NodeMask.IPv4
		}
		have := mask.V - p.V.Bits()
		switch {
		case have < 0:
			at(r, mask, "a node's part of the pod network, /%d, is larger than the whole, %s", mask.V, p.V).
				Note(p.Pos, "the pod network").
				Advise("use a node mask of /%d or longer, or a larger range", p.V.Bits()+need)
		case have > maxSubnetBits:
			at(r, mask, "the pod network %s has 2^%d parts of /%d; controllers accept at most 2^%d", p.V, have, mask.V, maxSubnetBits).
				Note(p.Pos, "the pod network").
				Advise("use a node mask of /%d or shorter, or a range of /%d or smaller", p.V.Bits()+maxSubnetBits, mask.V-maxSubnetBits)
		case have < need:
			at(r, p, "the pod network %s has room for %d of %d nodes, with a part of /%d each", p.V, 1<<have, len(c.Nodes), mask.V).
				Note(mask.Pos, "a node's part is /%d", mask.V).
				Advise("use a range of /%d or larger", mask.V-need)
		}
	}
}

// maxServiceBits is how many bits of a Service address the API server counts.
const maxServiceBits = 20

func serviceRangeSize(c *model.Cluster, r *diag.Report) {
	for _, p := range c.ServiceNetwork.CIDRs {
		longest := p.V.Addr().BitLen()
		if longest-p.V.Bits() <= maxServiceBits {
			continue
		}
		smaller := netip.PrefixFrom(p.V.Addr(), longest-maxServiceBits).Masked()
		at(r, p, "the service network %s holds 2^%d addresses; Kubernetes accepts at most 2^%d", p.V, longest-p.V.Bits(), maxServiceBits).
			Advise("write %q", smaller)
	}
}
