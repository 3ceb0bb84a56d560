package talos

import (
	"net/netip"

	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"

	"ichor/schema/model"
)

// routeMetric is the metric of routes by DHCP where the spec gives none, as
// Talos has it.
const routeMetric = 1024

// fillNetwork writes machine.network and machine.time, for releases that have
// no documents for them.
func (m *machine) fillNetwork(config *v1alpha1.MachineConfig) error {
	device, err := m.device()
	if err != nil {
		return err
	}
	config.MachineNetwork = &v1alpha1.NetworkConfig{ //nolint:staticcheck // the release has nothing else
		NetworkHostname:   m.node.Name.V,
		NetworkInterfaces: v1alpha1.NetworkDeviceList{device},
		NameServers:       addressStrings(m.cluster.Talos.Nameservers),
	}
	if servers := values(m.cluster.Talos.TimeServers); len(servers) > 0 {
		config.MachineTime = &v1alpha1.TimeConfig{TimeServers: servers}
	}
	return nil
}

func (m *machine) device() (*v1alpha1.Device, error) {
	n := m.node
	static, err := m.staticAddresses()
	if err != nil {
		return nil, err
	}
	device := &v1alpha1.Device{
		DeviceInterface: n.Interface.V,
		DeviceMTU:       n.MTU.V,
		DeviceDHCP:      new(n.DHCP.IPv4.V || n.DHCP.IPv6.V),
	}
	for _, p := range static {
		device.DeviceAddresses = append(device.DeviceAddresses, p.String())
	}
	for _, r := range m.routes(static) {
		device.DeviceRoutes = append(device.DeviceRoutes, &v1alpha1.Route{RouteNetwork: r.network.String(), RouteGateway: r.gateway.String()})
	}
	if *device.DeviceDHCP {
		device.DeviceDHCPOptions = m.dhcpOptions()
	}
	if vip := m.vip(); vip.IsValid() {
		device.DeviceVIPConfig = &v1alpha1.DeviceVIPConfig{SharedIP: vip.String()}
	}
	return device, nil
}

func (m *machine) dhcpOptions() *v1alpha1.DHCPOptions {
	return &v1alpha1.DHCPOptions{
		DHCPRouteMetric: m.routeMetric(),
		DHCPIPv4:        new(m.node.DHCP.IPv4.V),
		DHCPIPv6:        new(m.node.DHCP.IPv6.V),
	}
}

func (m *machine) routeMetric() uint32 {
	if m.node.DHCP.RouteMetric.IsSet() {
		return uint32(m.node.DHCP.RouteMetric.V)
	}
	return routeMetric
}

// vip gives the address that the node shares: the VIP on a control plane, and
// the zero address elsewhere.
func (m *machine) vip() netip.Addr {
	if !m.node.IsControlPlane() || !m.cluster.ControlPlane.VIP.IsSet() {
		return netip.Addr{}
	}
	return m.cluster.ControlPlane.VIP.V
}

func addressStrings(list []model.At[netip.Addr]) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.V.String())
	}
	return out
}
