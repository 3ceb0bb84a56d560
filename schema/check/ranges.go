package check

import (
	"fmt"
	"net/netip"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var rangeRules = []rule{
	{diag.Rule{
		Code: "cidr-not-canonical", Severity: diag.Error,
		Summary: "A range has host bits set: a reader sees another range than the range that routers use, which may already be in use.",
		Wrong:   `cluster: podNetwork: cidrs: ["10.244.3.0/16"]`,
		Right:   `cluster: podNetwork: cidrs: ["10.244.0.0/16"]`,
		Source:  "RFC 4632, section 3.1; RFC 4291, section 2.3",
	}, canonicalRanges},
	{diag.Rule{
		Code: "ranges-overlap", Severity: diag.Error,
		Summary: "Ranges of VLANs, pods or Services overlap: an address in two of them is reached by one route only, and the other holder never answers.",
		Wrong:   `cluster: {podNetwork: cidrs: ["10.96.0.0/16"], serviceNetwork: cidrs: ["10.96.0.0/12"]}`,
		Right:   `cluster: {podNetwork: cidrs: ["10.244.0.0/16"], serviceNetwork: cidrs: ["10.96.0.0/12"]}`,
		Source:  "Kubernetes documentation, cluster networking",
	}, overlappingRanges},
	{diag.Rule{
		Code: "vlan-id-taken", Severity: diag.Error,
		Summary: "Two VLANs have the same tag: they are one layer-2 network.",
		Wrong:   `cluster: vlans: {servers: id: 51, phones: id: 51}`,
		Right:   `cluster: vlans: {servers: id: 51, phones: id: 52}`,
		Source:  "IEEE 802.1Q",
	}, vlanIDs},
	{diag.Rule{
		Code: "family-twice", Severity: diag.Error,
		Summary: "A VLAN, the pods or the Services have more than one range per address family.",
		Wrong:   `cluster: serviceNetwork: cidrs: ["10.96.0.0/12", "10.112.0.0/12"]`,
		Right:   `cluster: serviceNetwork: cidrs: ["10.96.0.0/12", "fd00:96::/108"]`,
		Source:  "Kubernetes documentation, IPv4/IPv6 dual-stack",
	}, familyTwice},
	{diag.Rule{
		Code: "families-differ", Severity: diag.Error,
		Summary: "Pods and Services do not have ranges of the same address families in the same order, or a VLAN of the nodes has no range of one of these families.",
		Wrong:   `cluster: {podNetwork: cidrs: ["10.244.0.0/16", "fd00:1::/56"], serviceNetwork: cidrs: ["10.96.0.0/12"]}`,
		Right:   `cluster: {podNetwork: cidrs: ["10.244.0.0/16", "fd00:1::/56"], serviceNetwork: cidrs: ["10.96.0.0/12", "fd00:2::/108"]}`,
		Source:  "Kubernetes documentation, IPv4/IPv6 dual-stack, prerequisites",
	}, familiesDiffer},
	{diag.Rule{
		Code: "node-mask", Severity: diag.Error,
		Summary: "The pod range does not hold a part for each node, or holds more than 2^16 parts. Each node takes a part of the pod range, and nodeMask defines the size of the part.",
		Wrong:   `cluster: podNetwork: {cidrs: ["fd00:1::/48"], nodeMask: ipv6: 80}`,
		Right:   `cluster: podNetwork: {cidrs: ["fd00:1::/48"], nodeMask: ipv6: 64}`,
		Source:  "Kubernetes pkg/controller/nodeipam/ipam/cidrset and Cilium pkg/ipam/cidrset (clusterSubnetMaxDiff)",
	}, nodeMasks},
	{diag.Rule{
		Code: "service-range-size", Severity: diag.Error,
		Summary: "The Service range is too large: the API server keeps a bit for each address and accepts at most 2^20 addresses, /12 of IPv4 or /108 of IPv6.",
		Wrong:   `cluster: serviceNetwork: cidrs: ["fd00:2::/64"]`,
		Right:   `cluster: serviceNetwork: cidrs: ["fd00:2::/108"]`,
		Source:  "Kubernetes cmd/kube-apiserver/app/options/validation.go (validateMaxCIDRRange)",
	}, serviceRangeSize},
}

// span is an address range of the spec and what it belongs to.
type span struct {
	of   string // as `VLAN "management"`
	cidr model.At[netip.Prefix]
}

func (s span) canonical() bool {
	return s.cidr.V == s.cidr.V.Masked() && !s.cidr.V.Addr().Is4In6()
}

// network gives the ranges that must be apart: of VLANs, pods and Services.
func network(c *model.Cluster) []span {
	var all []span
	for _, v := range c.VLANs {
		for _, p := range v.CIDRs {
			all = append(all, span{vlanName(v), p})
		}
	}
	for _, p := range c.PodNetwork.CIDRs {
		all = append(all, span{"the pod network", p})
	}
	for _, p := range c.ServiceNetwork.CIDRs {
		all = append(all, span{"the service network", p})
	}
	return all
}

func vlanName(v *model.VLAN) string { return fmt.Sprintf("VLAN %q", v.Name.V) }

func canonicalRanges(c *model.Cluster, r *diag.Report) {
	all := network(c)
	for i, s := range all {
		if s.canonical() {
			continue
		}
		f := notCanonical(r, s)
		for j, other := range all {
			if i != j && other.cidr.V.Overlaps(s.cidr.V) {
				f.Note(other.cidr.Pos, "%s is %s", other.of, other.cidr.V.Masked())
				f.Advise("masked, it is %s, which overlaps %s: choose a range that does not overlap", s.cidr.V.Masked(), other.of)
			}
		}
	}
	for _, s := range otherRanges(c) {
		if !s.canonical() {
			notCanonical(r, s)
		}
	}
}

func notCanonical(r *diag.Report, s span) *diag.Finding {
	if s.cidr.V.Addr().Is4In6() {
		return at(r, s.cidr, "%s of %s is an IPv4 range in the form of IPv6", s.cidr.V, s.of).
			Advise("write %q", netip.PrefixFrom(s.cidr.V.Addr().Unmap(), max(s.cidr.V.Bits()-96, 0)).Masked())
	}
	return at(r, s.cidr, "%s of %s has host bits set", s.cidr.V, s.of).
		Advise("write %q", s.cidr.V.Masked())
}

// otherRanges gives the ranges that may lie in one of the network's.
func otherRanges(c *model.Cluster) []span {
	var all []span
	for _, p := range c.Pools {
		if p.CIDR.IsSet() {
			all = append(all, span{fmt.Sprintf("pool %q", p.Name.V), p.CIDR})
		}
	}
	for _, n := range c.Nodes {
		for _, rt := range n.Routes {
			all = append(all, span{fmt.Sprintf("a route of node %q", n.Name.V), rt.Network})
		}
	}
	return all
}

// overlappingRanges leaves ranges with host bits to cidr-not-canonical.
func overlappingRanges(c *model.Cluster, r *diag.Report) {
	all := network(c)
	for i, s := range all {
		for _, earlier := range all[:i] {
			if s.canonical() && earlier.canonical() && s.cidr.V.Overlaps(earlier.cidr.V) {
				at(r, s.cidr, "%s of %s overlaps %s of %s", s.cidr.V, s.of, earlier.cidr.V, earlier.of).
					Note(earlier.cidr.Pos, "%s is %s", earlier.of, earlier.cidr.V).
					Advise("choose a range that does not overlap %s", earlier.cidr.V)
			}
		}
	}
}

func vlanIDs(c *model.Cluster, r *diag.Report) {
	seen := map[int]*model.VLAN{}
	for _, v := range c.VLANs {
		if first, ok := seen[v.ID.V]; ok {
			at(r, v.ID, "%s has the tag %d of %s", vlanName(v), v.ID.V, vlanName(first)).
				Note(first.ID.Pos, "%s has this tag", vlanName(first)).
				Advise("give each VLAN its own tag")
			continue
		}
		seen[v.ID.V] = v
	}
}
