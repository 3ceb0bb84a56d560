package talos

import (
	"net/netip"
	"testing"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// at is a value that the spec gives.
func at[T any](v T) model.At[T] {
	return model.At[T]{V: v, Path: "cluster.x", Pos: diag.Pos{File: "spec/x.cue", Line: 1, Column: 1}}
}

func list[T any](vs ...T) []model.At[T] {
	var out []model.At[T]
	for _, v := range vs {
		out = append(out, at(v))
	}
	return out
}

func mapping(pairs ...string) map[string]model.At[string] {
	m := map[string]model.At[string]{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = at(pairs[i+1])
	}
	return m
}

func address(s string) model.At[netip.Addr]  { return at(netip.MustParseAddr(s)) }
func prefix(s string) model.At[netip.Prefix] { return at(netip.MustParsePrefix(s)) }

// releases are a version of each minor of Talos that ichor knows, with a
// Kubernetes that it runs.
var releases = map[string]string{"v1.10.5": "v1.31.1", "v1.11.6": "v1.33.1", "v1.12.11": "v1.34.2", "v1.13.9": "v1.35.0"}

// reference is the reference cluster as far as Talos sees it.
func reference(t *testing.T, talos string) *model.Cluster {
	t.Helper()
	row, err := release.FindTalos(talos)
	if err != nil {
		t.Fatal(err)
	}
	vlan := &model.VLAN{
		Name: at("management"), ID: at(51), Gateway: address("172.29.51.1"),
		CIDRs: []model.At[netip.Prefix]{prefix("172.29.51.0/24"), prefix("fd47:25e1:2f96:51::/64")},
	}
	c := &model.Cluster{
		Name: at("home-ops"), DNSDomain: at("cluster.local"),
		Release:        model.Release{Talos: at(talos), Kubernetes: at(releases[talos]), TalosRow: row},
		VLANs:          []*model.VLAN{vlan},
		PodNetwork:     model.Range{CIDRs: []model.At[netip.Prefix]{prefix("10.244.0.0/16"), prefix("fd47:25e1:2f96:4000::/56")}, NodeMask: model.NodeMask{IPv4: at(24), IPv6: at(64)}},
		ServiceNetwork: model.Range{CIDRs: []model.At[netip.Prefix]{prefix("10.96.0.0/12"), prefix("fd47:25e1:2f96:4100::/108")}},
		ControlPlane:   model.ControlPlane{VIP: address("172.29.51.10"), Port: at(6443)},
		Talos:          referenceTalos(),
	}
	for i, name := range []string{"mini01", "mini02", "mini03"} {
		c.Nodes = append(c.Nodes, macMini(name, vlan, "172.29.51."+string(rune('1'))+string(rune('1'+i))))
	}
	return c
}

func referenceTalos() *model.Talos {
	leader := []string{"bind-address", "0.0.0.0", "leader-elect-lease-duration", "15s", "leader-elect-renew-deadline", "10s", "leader-elect-retry-period", "2s"}
	return &model.Talos{
		KernelLog: at("udp://172.29.51.1:514"),
		KubePrism: model.KubePrism{Enabled: at(true), Port: at(7445)},
		HostDNS:   model.HostDNS{Enabled: at(true), ForwardKubeDNS: at(true)},
		Kubelet:   model.Kubelet{ShutdownGracePeriod: at("30s"), ShutdownGracePeriodCriticalPods: at("10s")},
		Etcd:      model.ExtraArgs{Args: mapping("election-timeout", "1000", "heartbeat-interval", "100", "listen-metrics-urls", "http://0.0.0.0:2381")},
		APIServer: model.APIServer{
			PodSecurity: model.PodSecurity{Enforce: at("baseline"), Audit: at("restricted"), Warn: at("restricted")},
			AuditLevel:  at("Metadata"),
		},
		ControllerManager:       model.ExtraArgs{Args: mapping(leader...)},
		Scheduler:               model.ExtraArgs{Args: mapping(leader...)},
		ScheduleOnControlPlanes: at(true),
		Discovery:               model.Discovery{Kubernetes: at(true), Service: at(true)},
	}
}

func macMini(name string, vlan *model.VLAN, ip string) *model.Node {
	return &model.Node{
		Name: at(name), Pos: diag.Pos{File: "spec/nodes.cue", Line: 1, Column: 1}, Role: at("controlplane"),
		Address: address(ip), Interface: at("enp3s0f0"), VLAN: vlan,
		DHCP:       model.DHCP{IPv4: at(true), IPv6: at(false), RouteMetric: at(1024)},
		Routes:     []model.Route{{Network: prefix("::/0"), Gateway: address("fe80::1")}},
		Install:    model.Install{Disk: model.Disk{Model: at("APPLE*")}},
		Encryption: at(true),
		Volumes: []*model.Volume{{
			Name: at("longhorn-ssd"), Disk: model.Disk{Path: at("/dev/disk/by-id/usb-Samsung_Portable_SSD_T5*")},
			MaxSize: at("1TB"), Filesystem: at("xfs"),
		}},
		UdevRules: list(`ACTION=="add|change", KERNEL=="sd[a-z]", ATTRS{model}=="Portable SSD T5*", ATTR{queue/scheduler}="mq-deadline", ATTR{queue/rotational}="0"`),
		Sysctls:   mapping("vm.dirty_ratio", "5", "net.ipv6.conf.all.forwarding", "1"),
		Extensions: []model.Extension{
			{Name: at("siderolabs/iscsi-tools")},
			{Name: at("siderolabs/lldpd"), Config: []model.ExtensionFile{{
				Name:  at("/usr/local/etc/lldpd/lldpd.conf"),
				Lines: list("configure lldp portidsubtype ifname", `configure system description "Talos Node"`),
			}}},
			{Name: at("siderolabs/thunderbolt")},
			{Name: at("siderolabs/usb-modem-drivers")},
		},
	}
}

// worker turns a node into one without a part in the control plane.
func worker(n *model.Node) *model.Node {
	n.Role = at("worker")
	return n
}

// static turns DHCP off.
func static(n *model.Node) *model.Node {
	n.DHCP = model.DHCP{IPv4: at(false), IPv6: at(false)}
	n.Address6 = address("fd47:25e1:2f96:51::11")
	return n
}

func mustGenerate(t *testing.T, c *model.Cluster) map[string]output.File {
	t.Helper()
	files, err := Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	byPath := make(map[string]output.File, len(files))
	for _, f := range files {
		byPath[f.Path] = f
	}
	return byPath
}
