package talos

import "net/netip"

// defaultRouteMetric is the metric of routes by DHCP where the spec gives none, as
// Talos has it.
const defaultRouteMetric = 1024

func (m *machine) routeMetric() uint32 {
	if m.node.DHCP.RouteMetric.IsSet() {
		return uint32(m.node.DHCP.RouteMetric.V)
	}
	return defaultRouteMetric
}

// vip gives the address that the node shares: the VIP on a control plane, and
// the zero address elsewhere.
func (m *machine) vip() netip.Addr {
	if !m.node.IsControlPlane() || !m.cluster.ControlPlane.VIP.IsSet() {
		return netip.Addr{}
	}
	return m.cluster.ControlPlane.VIP.V
}
