//lint:file-ignore SA1019 Talos before 1.12 (encryption: before 1.11) knows no other form.

package talos

import (
	"net/netip"

	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"
	resource "github.com/siderolabs/talos/pkg/machinery/resources/block"

	"ichor/schema/model"
)

// fillDeprecated writes what newer releases have documents for.
func (m *machine) fillDeprecated(config *v1alpha1.MachineConfig) error {
	if m.node.Encryption.V && !m.release.EncryptionInVolumes {
		config.MachineSystemDiskEncryption = systemDiskEncryption()
	}
	if m.release.NetworkDocuments {
		return nil
	}
	return m.fillNetwork(config)
}

// fillNetwork writes machine.network and machine.time, for releases that have
// no documents for them.
func (m *machine) fillNetwork(config *v1alpha1.MachineConfig) error {
	device, err := m.device()
	if err != nil {
		return err
	}
	config.MachineNetwork = &v1alpha1.NetworkConfig{
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

func addressStrings(list []model.At[netip.Addr]) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.V.String())
	}
	return out
}

// systemDiskEncryption is encryptedVolumes for releases whose VolumeConfig
// knows no encryption.
func systemDiskEncryption() *v1alpha1.SystemDiskEncryptionConfig {
	key := func() *v1alpha1.EncryptionConfig {
		return &v1alpha1.EncryptionConfig{
			EncryptionProvider: resource.EncryptionProviderLUKS2.String(),
			EncryptionKeys:     []*v1alpha1.EncryptionKey{{KeySlot: 0, KeyNodeID: &v1alpha1.EncryptionKeyNodeID{}}},
		}
	}
	return &v1alpha1.SystemDiskEncryptionConfig{StatePartition: key(), EphemeralPartition: key()}
}
