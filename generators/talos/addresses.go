package talos

import (
	"fmt"
	"net/netip"

	"ichor/schema/model"
)

// addresses gives the node's own addresses.
func (m *machine) addresses() []string {
	var out []string
	for _, a := range []model.At[netip.Addr]{m.node.Address, m.node.Address6} {
		if a.IsSet() {
			out = append(out, a.V.String())
		}
	}
	return out
}

// nodeSubnets gives the ranges from which the kubelet may take the node's
// addresses: its VLAN's, one a family that pods have, less the VIP. Exclusions
// stand last, as Talos asks.
func (m *machine) nodeSubnets() []string {
	return m.subnets(func(p netip.Prefix) bool { return m.cluster.HasFamily(p.Addr().Is4()) })
}

// etcdSubnets gives the ranges that etcd listens on and announces: the one
// that holds the node's address, less the VIP.
func (m *machine) etcdSubnets() []string {
	return m.subnets(func(p netip.Prefix) bool { return p.Contains(m.node.Address.V) })
}

func (m *machine) subnets(take func(netip.Prefix) bool) []string {
	if m.node.VLAN == nil {
		return nil
	}
	vip := m.cluster.ControlPlane.VIP
	var in, out []string
	for _, p := range m.node.VLAN.CIDRs {
		if !take(p.V) {
			continue
		}
		in = append(in, p.V.String())
		if vip.IsSet() && p.V.Contains(vip.V) {
			out = append(out, "!"+netip.PrefixFrom(vip.V, vip.V.BitLen()).String())
		}
	}
	return append(in, out...)
}

// staticAddresses gives the addresses that no DHCP server hands out, each with
// the prefix length of the VLAN's range that holds it.
func (m *machine) staticAddresses() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, a := range []model.At[netip.Addr]{m.node.Address, m.node.Address6} {
		if !a.IsSet() || m.dhcp(a.V.Is4()) {
			continue
		}
		p, ok := m.rangeOf(a.V)
		if !ok {
			return nil, fmt.Errorf("address %s is not in a range of the node's VLAN", a.V)
		}
		out = append(out, netip.PrefixFrom(a.V, p.Bits()))
	}
	return out, nil
}

// dhcp reports whether the addresses of a family come by DHCP. A second, static
// IPv6 address is never a matter of DHCP.
func (m *machine) dhcp(is4 bool) bool {
	if is4 {
		return m.node.DHCP.IPv4.V
	}
	return m.node.DHCP.IPv6.V && m.node.Address.V.Is6()
}

func (m *machine) rangeOf(a netip.Addr) (netip.Prefix, bool) {
	if m.node.VLAN == nil {
		return netip.Prefix{}, false
	}
	for _, p := range m.node.VLAN.CIDRs {
		if p.V.Contains(a) {
			return p.V, true
		}
	}
	return netip.Prefix{}, false
}

// routes gives the node's routes in the order of the spec, and then a default
// route by the VLAN's gateway where a static address needs one and the spec
// gives none.
func (m *machine) routes(static []netip.Prefix) []route {
	var out []route
	for _, r := range m.node.Routes {
		out = append(out, route{network: r.Network.V, gateway: r.Gateway.V})
	}
	if m.node.VLAN == nil || !m.node.VLAN.Gateway.IsSet() {
		return out
	}
	gateway := m.node.VLAN.Gateway.V
	for _, p := range static {
		if p.Addr().Is4() == gateway.Is4() && !hasDefault(out, gateway.Is4()) {
			out = append(out, route{network: defaultNetwork(gateway.Is4()), gateway: gateway})
		}
	}
	return out
}

type route struct {
	network netip.Prefix
	gateway netip.Addr
}

func (r route) isDefault() bool { return r.network.Bits() == 0 }

func hasDefault(routes []route, is4 bool) bool {
	for _, r := range routes {
		if r.isDefault() && r.network.Addr().Is4() == is4 {
			return true
		}
	}
	return false
}

func defaultNetwork(is4 bool) netip.Prefix {
	if is4 {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	}
	return netip.PrefixFrom(netip.IPv6Unspecified(), 0)
}
