package talos

import (
	"net/netip"

	document "github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/config/types/network"
)

// hostname replaces the library's document, which asks for a generated name.
func (m *machine) hostname() document.Document {
	doc := network.NewHostnameConfigV1Alpha1()
	doc.ConfigHostname = m.node.Name.V
	return doc
}

// networkDocuments writes what fillNetwork writes for older releases.
func (m *machine) networkDocuments() ([]document.Document, error) {
	link, err := m.link()
	if err != nil {
		return nil, err
	}
	docs := append([]document.Document{link}, m.dhcpDocuments()...)
	if vip := m.vip(); vip.IsValid() {
		doc := network.NewLayer2VIPConfigV1Alpha1(vip.String())
		doc.LinkName = m.node.Interface.V
		docs = append(docs, doc)
	}
	if servers := m.cluster.Talos.Nameservers; len(servers) > 0 {
		doc := network.NewResolverConfigV1Alpha1()
		for _, s := range servers {
			doc.ResolverNameservers = append(doc.ResolverNameservers, network.NameserverConfig{Address: network.Addr{Addr: s.V}})
		}
		docs = append(docs, doc)
	}
	if servers := values(m.cluster.Talos.TimeServers); len(servers) > 0 {
		doc := network.NewTimeSyncConfigV1Alpha1()
		doc.TimeNTP = &network.NTPConfig{Servers: servers}
		docs = append(docs, doc)
	}
	return docs, nil
}

func (m *machine) link() (document.Document, error) {
	static, err := m.staticAddresses()
	if err != nil {
		return nil, err
	}
	doc := network.NewLinkConfigV1Alpha1(m.node.Interface.V)
	doc.LinkMTU = uint32(m.node.MTU.V)
	for _, p := range static {
		doc.LinkAddresses = append(doc.LinkAddresses, network.AddressConfig{AddressAddress: p})
	}
	for _, r := range m.routes(static) {
		doc.LinkRoutes = append(doc.LinkRoutes, network.RouteConfig{
			RouteDestination: network.Prefix{Prefix: destination(r)},
			RouteGateway:     network.Addr{Addr: r.gateway},
		})
	}
	return doc, nil
}

// destination gives a route's network; a default route has none in LinkConfig.
func destination(r route) netip.Prefix {
	if r.isDefault() {
		return netip.Prefix{}
	}
	return r.network
}

func (m *machine) dhcpDocuments() []document.Document {
	var docs []document.Document
	if m.node.DHCP.IPv4.V {
		doc := network.NewDHCPv4ConfigV1Alpha1(m.node.Interface.V)
		doc.ConfigRouteMetric = m.routeMetric()
		docs = append(docs, doc)
	}
	if m.node.DHCP.IPv6.V {
		doc := network.NewDHCPv6ConfigV1Alpha1(m.node.Interface.V)
		doc.ConfigRouteMetric = m.routeMetric()
		docs = append(docs, doc)
	}
	return docs
}
