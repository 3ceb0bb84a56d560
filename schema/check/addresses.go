package check

import (
	"fmt"
	"net/netip"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var addressRules = []rule{
	{diag.Rule{
		Code: "address-outside-vlan", Severity: diag.Error,
		Summary: "The address of a node is in the range of no VLAN, or a gateway is outside the range of its own VLAN: nothing on the wire answers the address.",
		Wrong:   `cluster: {vlans: servers: {id: 51, cidrs: ["172.29.51.0/24"]}, nodes: a: address: "172.29.50.11"}`,
		Right:   `cluster: {vlans: servers: {id: 51, cidrs: ["172.29.51.0/24"]}, nodes: a: address: "172.29.51.11"}`,
	}, outsideVLAN},
	{diag.Rule{
		Code: "address-taken", Severity: diag.Error,
		Summary: "Two holders have the same address: they answer in turn, and connections to both break.",
		Wrong:   `cluster: nodes: {a: address: "172.29.51.11", b: address: "172.29.51.11"}`,
		Right:   `cluster: nodes: {a: address: "172.29.51.11", b: address: "172.29.51.12"}`,
	}, takenAddresses},
	{diag.Rule{
		Code: "address-unusable", Severity: diag.Error,
		Summary: "An address is a loopback, multicast, link-local or unspecified address, or the first or last address of an IPv4 range: a machine cannot have such an address.",
		Wrong:   `cluster: {vlans: servers: {id: 51, cidrs: ["172.29.51.0/24"]}, nodes: a: address: "172.29.51.255"}`,
		Right:   `cluster: {vlans: servers: {id: 51, cidrs: ["172.29.51.0/24"]}, nodes: a: address: "172.29.51.11"}`,
		Source:  "RFC 6890; RFC 1122, section 3.2.1.3",
	}, unusableAddresses},
	{diag.Rule{
		Code: "route-gateway", Severity: diag.Error,
		Summary: "The gateway of a node's route has another address family than the route's network, or is not on the node's wire: it must be in the VLAN of the node, or link-local.",
		Wrong:   `cluster: nodes: a: {address: "172.29.51.11", routes: [{network: "0.0.0.0/0", gateway: "172.29.50.1"}]}`,
		Right:   `cluster: nodes: a: {address: "172.29.51.11", routes: [{network: "0.0.0.0/0", gateway: "172.29.51.1"}]}`,
	}, routeGateways},
}

// use is an address of the spec and who has it.
type use struct {
	of   string // as `node "mini01"`
	addr model.At[netip.Addr]
}

// machines gives the addresses of the nodes, the VIP and the peers: those that
// something on the network has as its own.
func machines(c *model.Cluster) []use {
	var all []use
	for _, n := range c.Nodes {
		for _, a := range []model.At[netip.Addr]{n.Address, n.Address6} {
			if a.IsSet() {
				all = append(all, use{fmt.Sprintf("node %q", n.Name.V), a})
			}
		}
	}
	if c.ControlPlane.VIP.IsSet() {
		all = append(all, use{"the control plane's VIP", c.ControlPlane.VIP})
	}
	for _, p := range peers(c) {
		for _, a := range p.Sessions() {
			all = append(all, use{fmt.Sprintf("peer %q", p.Name.V), a})
		}
	}
	return all
}

func gateways(c *model.Cluster) []use {
	var all []use
	for _, v := range c.VLANs {
		if v.Gateway.IsSet() {
			all = append(all, use{"the gateway of " + vlanName(v), v.Gateway})
		}
	}
	return all
}

// fixed gives the load-balancer addresses that the spec chooses.
func fixed(c *model.Cluster) []use {
	var all []use
	for _, s := range c.Services {
		for _, lb := range s.LoadBalancers {
			if lb.Address.IsSet() {
				all = append(all, use{fmt.Sprintf("load balancer %q of service %q", lb.Name.V, s.Name.V), lb.Address})
			}
		}
	}
	return all
}

// takenAddresses lets a peer be the gateway of a VLAN: they are one router. A
// link-local address is another machine on each VLAN.
func takenAddresses(c *model.Cluster, r *diag.Report) {
	first := map[netip.Addr]use{}
	check := func(all []use) {
		for _, u := range all {
			if u.addr.V.IsLinkLocalUnicast() {
				continue
			}
			holder, taken := first[u.addr.V]
			if !taken {
				first[u.addr.V] = u
				continue
			}
			at(r, u.addr, "%s of %s is already the address of %s", u.addr.V, u.of, holder.of).
				Note(holder.addr.Pos, "%s has this address", holder.of).
				Advise("give each its own address")
		}
	}
	check(machines(c))
	isPeer := map[netip.Addr]bool{}
	for _, p := range peers(c) {
		for _, a := range p.Sessions() {
			isPeer[a.V] = true
		}
	}
	var others []use
	for _, g := range gateways(c) {
		if !isPeer[g.addr.V] {
			others = append(others, g)
		}
	}
	check(others)
	check(fixed(c))
}

func outsideVLAN(c *model.Cluster, r *diag.Report) {
	for _, v := range c.VLANs {
		if v.Gateway.IsSet() && !v.Gateway.V.IsLinkLocalUnicast() && !holds(v, v.Gateway.V) {
			outside(r, v, use{"the gateway of " + vlanName(v), v.Gateway})
		}
	}
	usual := nodeVLANs(c)
	for _, n := range c.Nodes {
		name := fmt.Sprintf("node %q", n.Name.V)
		switch {
		case n.VLAN != nil && n.Address6.IsSet() && !n.Address6.V.IsLinkLocalUnicast() && !holds(n.VLAN, n.Address6.V):
			outside(r, n.VLAN, use{name, n.Address6})
		case n.VLAN == nil && len(usual) == 1:
			outside(r, usual[0], use{name, n.Address})
		case n.VLAN == nil:
			at(r, n.Address, "%s of %s is in the range of no VLAN", n.Address.V, name).
				Advise("use an address of one of the VLANs, or add the VLAN of this address")
		}
	}
}

// outside reports an address that ought to be of a VLAN, and proposes the one
// with the same host part.
func outside(r *diag.Report, v *model.VLAN, u use) {
	f := at(r, u.addr, "%s of %s is outside %s (%s)", u.addr.V, u.of, vlanName(v), ranges(v)).
		Note(v.Name.Pos, "%s is declared here", vlanName(v))
	for _, p := range v.CIDRs {
		if p.V.Addr().BitLen() == u.addr.V.BitLen() {
			f.Advise("use an address of %s, such as %s", p.V.Masked(), moved(u.addr.V, p.V))
			return
		}
	}
	f.Advise("give %s an %s range", vlanName(v), family(u.addr.V))
}

// moved gives the address of a range that has the host part of another.
func moved(a netip.Addr, into netip.Prefix) netip.Addr {
	host, network := a.AsSlice(), into.Masked().Addr().AsSlice()
	for i := range into.Bits() {
		bit := byte(1) << (7 - i%8)
		host[i/8] = host[i/8]&^bit | network[i/8]&bit
	}
	out, _ := netip.AddrFromSlice(host)
	return out
}

func holds(v *model.VLAN, a netip.Addr) bool {
	for _, p := range v.CIDRs {
		if p.V.Masked().Contains(a) {
			return true
		}
	}
	return false
}

// ranges names the ranges of a VLAN.
func ranges(v *model.VLAN) string {
	out := ""
	for i, p := range v.CIDRs {
		if i > 0 {
			out += ", "
		}
		out += p.V.Masked().String()
	}
	return out
}

func unusableAddresses(c *model.Cluster, r *diag.Report) {
	for _, u := range append(machines(c), gateways(c)...) {
		if why := unusable(c, u.addr.V); why != "" {
			at(r, u.addr, "%s of %s is %s", u.addr.V, u.of, why).
				Advise("use a unicast address of the VLAN that a machine can have")
		}
	}
	for _, u := range machines(c) {
		if u.addr.V.IsLinkLocalUnicast() {
			at(r, u.addr, "%s of %s is link-local: such an address is valid on one wire only", u.addr.V, u.of).
				Advise("use an address of the VLAN's range")
		}
	}
}

// unusable says what forbids an address to a machine, or nothing.
func unusable(c *model.Cluster, a netip.Addr) string {
	switch {
	case a.IsUnspecified():
		return "the unspecified address"
	case a.IsLoopback():
		return "a loopback address"
	case a.IsMulticast():
		return "a multicast address"
	case a.Is4In6():
		return "an IPv4 address in the form of IPv6"
	}
	v := c.VLANOf(a)
	if v == nil || !a.Is4() {
		return ""
	}
	for _, p := range v.CIDRs {
		switch {
		case !p.V.Masked().Contains(a) || p.V.Bits() > 30:
		case a == p.V.Masked().Addr():
			return "the network address of " + p.V.Masked().String()
		case a == model.LastAddr(p.V):
			return "the broadcast address of " + p.V.Masked().String()
		}
	}
	return ""
}

func routeGateways(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		for _, rt := range n.Routes {
			switch {
			case rt.Gateway.V.Is4() != rt.Network.V.Addr().Is4():
				at(r, rt.Gateway, "gateway %s of the %s route %s of node %q has another address family", rt.Gateway.V, family(rt.Network.V.Addr()), rt.Network.V, n.Name.V).
					Advise("use an %s gateway", family(rt.Network.V.Addr()))
			case n.VLAN != nil && !rt.Gateway.V.IsLinkLocalUnicast() && !holds(n.VLAN, rt.Gateway.V):
				at(r, rt.Gateway, "gateway %s of node %q is not on the node's wire, %s (%s)", rt.Gateway.V, n.Name.V, vlanName(n.VLAN), ranges(n.VLAN)).
					Note(n.VLAN.Name.Pos, "%s is declared here", vlanName(n.VLAN)).
					Advise("use a gateway in the VLAN of the node, or a link-local one")
			}
		}
	}
}

func anyHolds(vlans []*model.VLAN, a netip.Addr) bool {
	for _, v := range vlans {
		if holds(v, a) {
			return true
		}
	}
	return false
}
