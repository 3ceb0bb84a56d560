package check

import (
	"ichor/schema/diag"
	"ichor/schema/model"
)

var peerRules = []rule{
	{diag.Rule{
		Code: "peer-missing", Severity: diag.Error,
		Summary: "`bgp` has no peer to announce to.",
		Wrong:   `cluster: bgp: {asn: 64512, peers: {}}`,
		Right:   `cluster: bgp: {asn: 64512, peers: router: {asn: 64513, address: "172.29.51.1"}}`,
	}, peerMissing},
	{diag.Rule{
		Code: "peer-address", Severity: diag.Error,
		Summary: "A peer has no address, or an address in the field of the other family. It requires an IPv4 address as `address`, an IPv6 address as `address6`, or both: each address is a separate session for its family.",
		Wrong:   `cluster: bgp: peers: router: {asn: 64513, address: "fd00:51::1"}`,
		Right:   `cluster: bgp: peers: router: {asn: 64513, address6: "fd00:51::1"}`,
	}, peerAddresses},
	{diag.Rule{
		Code: "peer-unreachable", Severity: diag.Error,
		Summary: "An eBGP peer is on no VLAN of the nodes, and the spec gives no number of hops to it: an eBGP session has a time to live of one hop.",
		Wrong:   `cluster: bgp: peers: router: {asn: 64513, address: "192.0.2.1"}`,
		Right:   `cluster: bgp: peers: router: {asn: 64513, address: "192.0.2.1", multihop: 2}`,
		Source:  "RFC 4271, section 5.1.3; Cilium's CiliumBGPPeerConfig (ebgpMultihop)",
	}, peersUnreachable},
	{diag.Rule{
		Code: "vip-or-endpoint", Severity: diag.Error,
		Summary: "The control plane has both a VIP and an endpoint of your own, or neither: exactly one of them is the address of the Kubernetes API.",
		Wrong:   `cluster: controlPlane: {vip: "172.29.51.10", endpoint: "api.example.com"}`,
		Right:   `cluster: controlPlane: vip: "172.29.51.10"`,
	}, vipOrEndpoint},
	{diag.Rule{
		Code: "vip-network", Severity: diag.Error,
		Summary: "The VIP and the control planes are not all in one VLAN: the control planes pass the VIP among themselves by ARP.",
		Wrong:   `cluster: {vlans: {servers: {id: 51, cidrs: ["172.29.51.0/24"]}, lb: {id: 52, cidrs: ["172.29.52.0/24"]}}, controlPlane: vip: "172.29.52.10", nodes: a: {role: "controlplane", address: "172.29.51.11"}}`,
		Right:   `cluster: {vlans: {servers: {id: 51, cidrs: ["172.29.51.0/24"]}, lb: {id: 52, cidrs: ["172.29.52.0/24"]}}, controlPlane: vip: "172.29.51.10", nodes: a: {role: "controlplane", address: "172.29.51.11"}}`,
		Source:  "Talos documentation, virtual (shared) IP",
	}, vipNetwork},
}

func peerMissing(c *model.Cluster, r *diag.Report) {
	if c.BGP != nil && len(c.BGP.Peers) == 0 {
		at(r, c.BGP.ASN, "bgp has no peers").Advise("add the router to `peers`, or remove `bgp`")
	}
}

func peerAddresses(c *model.Cluster, r *diag.Report) {
	for _, p := range peers(c) {
		switch {
		case len(p.Sessions()) == 0:
			at(r, p.Name, "peer %q has no address", p.Name.V).Advise("add `address`, or `address6` for IPv6")
		case p.Address.IsSet() && !p.Address.V.Is4():
			at(r, p.Address, "%s of peer %q is an IPv6 address", p.Address.V, p.Name.V).Advise("write it as `address6`")
		case p.Address6.IsSet() && p.Address6.V.Is4():
			at(r, p.Address6, "%s of peer %q is an IPv4 address", p.Address6.V, p.Name.V).Advise("write it as `address`")
		}
	}
}

func peersUnreachable(c *model.Cluster, r *diag.Report) {
	vlans := nodeVLANs(c)
	if len(vlans) == 0 {
		return
	}
	for _, p := range peers(c) {
		for _, a := range p.Sessions() {
			if p.Multihop.IsSet() || p.IBGP.V || a.V.IsLinkLocalUnicast() || anyHolds(vlans, a.V) {
				continue
			}
			at(r, a, "%s of peer %q is on no VLAN of the nodes", a.V, p.Name.V).
				Note(vlans[0].Name.Pos, "nodes are in %s (%s)", vlanName(vlans[0]), ranges(vlans[0])).
				Advise("use the router's address in that VLAN, or add `multihop` with the number of hops")
		}
	}
}

func vipOrEndpoint(c *model.Cluster, r *diag.Report) {
	switch cp := c.ControlPlane; {
	case cp.VIP.IsSet() && cp.Endpoint.IsSet():
		at(r, cp.Endpoint, "the control plane has both the endpoint %q and the VIP %s", cp.Endpoint.V, cp.VIP.V).
			Note(cp.VIP.Pos, "the VIP").
			Advise("keep one of them; the VIP can have a DNS name of its own in talos.apiServer.certSANs")
	case !cp.VIP.IsSet() && !cp.Endpoint.IsSet():
		at(r, cp.Port, "the control plane has neither a VIP nor an endpoint").
			Advise("add `vip`, a free address in the VLAN of the control planes")
	}
}

func vipNetwork(c *model.Cluster, r *diag.Report) {
	vip := c.ControlPlane.VIP
	if !vip.IsSet() {
		return
	}
	var first *model.Node
	for _, n := range c.ControlPlanes() {
		switch {
		case n.VLAN == nil:
		case first == nil:
			first = n
			if !holds(n.VLAN, vip.V) {
				outside(r, n.VLAN, use{"the control planes' VIP", vip})
			}
		case n.VLAN != first.VLAN:
			at(r, n.Address, "control plane %q is in %s and %q in %s: a VIP does not reach from one VLAN to the other", n.Name.V, vlanName(n.VLAN), first.Name.V, vlanName(first.VLAN)).
				Note(vip.Pos, "the VIP").
				Note(first.Address.Pos, "node %q", first.Name.V).
				Advise("put all control planes in one VLAN, or use an `endpoint` with a load balancer of your own")
		}
	}
}
