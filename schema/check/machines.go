package check

import (
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var machineRules = []rule{
	{diag.Rule{
		Code: "extension-unconfigured", Severity: diag.Error,
		Summary: "An extension has no configuration: its service waits for the configuration and never starts. A configuration outside the machine configuration is lost at a reboot.",
		Wrong:   `cluster: nodes: a: extensions: "siderolabs/lldpd": {}`,
		Right:   `cluster: nodes: a: extensions: "siderolabs/lldpd": files: "/usr/local/etc/lldpd/lldpd.conf": lines: ["configure lldp portidsubtype ifname"]`,
		Source:  "github.com/siderolabs/extensions, `depends: configuration: true` in the file of the service",
	}, extensionsUnconfigured},
	{diag.Rule{
		Code: "discovery-registry", Severity: diag.Error,
		Summary: "The nodes cannot discover each other through Kubernetes: from Kubernetes 1.32 on, a node may not read other nodes, so Talos finds no node.",
		Wrong:   `cluster: {release: kubernetes: "v1.34.1", talos: discovery: kubernetes: true}`,
		Right:   `cluster: {release: kubernetes: "v1.34.1", talos: discovery: kubernetes: false}`,
		Source:  "Kubernetes feature AuthorizeNodeWithSelectors; Talos documentation, discovery service",
	}, discoveryRegistry},
	{diag.Rule{
		Code: "disk-glob", Severity: diag.Error,
		Summary: "The path of the disk that Talos is installed on is a glob, but Talos uses this path as it is. Only the model of the disk, or the path of a volume, may be a glob.",
		Wrong:   `cluster: nodes: a: install: disk: path: "/dev/disk/by-id/nvme-Samsung*"`,
		Right:   `cluster: nodes: a: install: disk: model: "Samsung*"`,
		Source:  "Talos v1alpha1 configuration, machine.install.disk and diskSelector",
	}, installDiskGlob},
	{diag.Rule{
		Code: "route-missing", Severity: diag.Error,
		Summary: "A node has neither DHCP nor a default route: without DHCP it has only the routes that the spec gives, and without a default route it fetches no image.",
		Wrong:   `cluster: {vlans: a: {id: 1, cidrs: ["10.0.0.0/24"]}, nodes: a: {address: "10.0.0.2", dhcp: ipv4: false}}`,
		Right:   `cluster: {vlans: a: {id: 1, cidrs: ["10.0.0.0/24"], gateway: "10.0.0.1"}, nodes: a: {address: "10.0.0.2", dhcp: ipv4: false}}`,
	}, routeMissing},
}

func extensionsUnconfigured(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		for _, e := range n.Extensions {
			if release.ExtensionNeedsConfig(e.Name.V) && len(e.Config) == 0 {
				at(r, e.Name, "the service of extension %q never starts without a configuration", e.Name.V).
					Advise("add `files: \"<path>\": lines: [...]` to the extension")
			}
		}
	}
}

func discoveryRegistry(c *model.Cluster, r *diag.Report) {
	row := c.Release.KubernetesRow
	if row == nil || row.NodesReadNodes || c.Talos == nil || !c.Talos.Discovery.Kubernetes.V {
		return
	}
	kubernetes := c.Talos.Discovery.Kubernetes
	at(r, kubernetes, "nodes of Kubernetes %s cannot find each other through Kubernetes", row.Minor).
		Note(c.Release.Kubernetes.Pos, "the release of Kubernetes").
		Advise("remove `discovery: kubernetes`: the discovery service remains")
}

func installDiskGlob(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		if p := n.Install.Disk.Path; strings.ContainsAny(p.V, "*?[") {
			at(r, p, "the path of the disk to install on is the glob %q", p.V).
				Advise("write the whole path, or select the disk by its `model`")
		}
	}
}

func routeMissing(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		if n.DHCP.IPv4.V || n.VLAN == nil || n.VLAN.Gateway.IsSet() || hasDefaultRoute(n) {
			continue
		}
		at(r, n.Address, "node %q has neither DHCP nor a default route", n.Name.V).
			Note(n.VLAN.Name.Pos, "VLAN %s has no gateway", n.VLAN.Name.V).
			Advise("give the VLAN its `gateway`, or the node a route to 0.0.0.0/0 or ::/0")
	}
}

func hasDefaultRoute(n *model.Node) bool {
	for _, route := range n.Routes {
		if route.Network.V.Bits() == 0 {
			return true
		}
	}
	return false
}
