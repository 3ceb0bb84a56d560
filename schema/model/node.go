package model

import (
	"net/netip"

	"ichor/schema/diag"
)

// Node is a machine that runs Talos.
type Node struct {
	Name       At[string]
	Pos        diag.Pos
	Role       At[string]            `json:"role"` // controlplane or worker
	Address    At[netip.Addr]        `json:"address"`
	Address6   At[netip.Addr]        `json:"address6"`  // static IPv6, where there is one
	Interface  At[string]            `json:"interface"` // name of the network interface, as enp3s0f0
	MTU        At[int]               `json:"mtu"`
	XDP        At[bool]              `json:"xdp"` // the driver can run XDP programs natively
	DHCP       DHCP                  `json:"dhcp"`
	Routes     []Route               `json:"routes"`
	Install    Install               `json:"install"`
	Volumes    []*Volume             `json:"volumes"`
	Encryption At[bool]              `json:"encryption"` // STATE and EPHEMERAL, LUKS2 with the node's ID as key
	Extensions []Extension           `json:"extensions"` // sorted by name
	KernelArgs []At[string]          `json:"kernelArgs"` // reach the machine by the schematic
	Sysctls    map[string]At[string] `json:"sysctls"`
	UdevRules  []At[string]          `json:"udevRules"`
	Labels     map[string]At[string] `json:"labels"`
	Patch      *Tree                 `json:"patch"` // strategic merge patch of the machine configuration

	VLAN *VLAN `json:"-"` // the VLAN whose range holds Address; nil if none does
}

// IsControlPlane reports whether the node runs the Kubernetes API.
func (n *Node) IsControlPlane() bool { return n.Role.V == "controlplane" }

// DHCP says which address families the node configures by DHCP. Where IPv4 is
// off, the node's address is written into its configuration.
type DHCP struct {
	IPv4        At[bool] `json:"ipv4"`
	IPv6        At[bool] `json:"ipv6"`
	RouteMetric At[int]  `json:"routeMetric"`
}

// Route is a static route; a network of 0.0.0.0/0 or ::/0 is a default route.
type Route struct {
	Network At[netip.Prefix] `json:"network"`
	Gateway At[netip.Addr]   `json:"gateway"`
}

// Install says on which disk Talos lives.
type Install struct {
	Disk     Disk       `json:"disk"`
	Wipe     At[bool]   `json:"wipe"`     // erase the disk on installation
	WipeOnce At[string] `json:"wipeOnce"` // a reason, required beside wipe: true
}

// Disk selects a disk by model (a glob) or by path (a glob); exactly one is set.
type Disk struct {
	Pos   diag.Pos
	Model At[string] `json:"model"`
	Path  At[string] `json:"path"`
}

// Volume is a user volume: a partition with a file system under /var/mnt/<name>.
type Volume struct {
	Name       At[string]
	Disk       Disk       `json:"disk"`
	MaxSize    At[string] `json:"maxSize"` // as 1TB, 500GiB
	MinSize    At[string] `json:"minSize"`
	Filesystem At[string] `json:"filesystem"` // xfs or ext4
}

// Extension is a Talos system extension and the file that configures it.
type Extension struct {
	Name   At[string]      // as siderolabs/lldpd
	Config []ExtensionFile `json:"files"`
}

// ExtensionFile is a file mounted into an extension's service.
type ExtensionFile struct {
	Name  At[string]   // path in the extension's file system
	Lines []At[string] `json:"lines"`
}

// Talos is what all machines share.
type Talos struct {
	Pos                     diag.Pos
	Secrets                 TalosSecrets     `json:"secrets"`
	KernelLog               At[string]       `json:"kernelLog"` // URL, as udp://172.29.51.1:514
	KubePrism               KubePrism        `json:"kubePrism"`
	HostDNS                 HostDNS          `json:"hostDNS"`
	Kubelet                 Kubelet          `json:"kubelet"`
	Etcd                    ExtraArgs        `json:"etcd"`
	APIServer               APIServer        `json:"apiServer"`
	ControllerManager       ExtraArgs        `json:"controllerManager"`
	Scheduler               ExtraArgs        `json:"scheduler"`
	ScheduleOnControlPlanes At[bool]         `json:"scheduleOnControlPlanes"`
	Discovery               Discovery        `json:"discovery"`
	Nameservers             []At[netip.Addr] `json:"nameservers"`
	TimeServers             []At[string]     `json:"timeServers"`
	Patch                   *Tree            `json:"patch"`
}

// TalosSecrets says where the secrets bundle is kept: nowhere that ichor knows
// (markers secret://...), or in a 1Password item (markers op://vault/item/...).
type TalosSecrets struct {
	Vault At[string] `json:"vault"`
	Item  At[string] `json:"item"`
}

// KubePrism is the API server's load balancer on each node.
type KubePrism struct {
	Enabled At[bool] `json:"enabled"`
	Port    At[int]  `json:"port"`
}

// HostDNS is the caching resolver on each node.
type HostDNS struct {
	Enabled        At[bool] `json:"enabled"`
	ForwardKubeDNS At[bool] `json:"forwardKubeDNS"` // CoreDNS asks it instead of the upstream resolvers
}

// Kubelet holds durations in Go's form, as 30s.
type Kubelet struct {
	ShutdownGracePeriod             At[string] `json:"shutdownGracePeriod"`
	ShutdownGracePeriodCriticalPods At[string] `json:"shutdownGracePeriodCriticalPods"`
}

// ExtraArgs are further flags of a control-plane component, without dashes.
type ExtraArgs struct {
	Args map[string]At[string] `json:"extraArgs"`
}

// APIServer is what may be chosen of the Kubernetes API server.
type APIServer struct {
	PodSecurity PodSecurity           `json:"podSecurity"`
	AuditLevel  At[string]            `json:"auditLevel"` // None, Metadata, Request or RequestResponse
	CertSANs    []At[string]          `json:"certSANs"`
	Args        map[string]At[string] `json:"extraArgs"`
}

// PodSecurity is the default admission level of namespaces without labels.
type PodSecurity struct {
	Enforce At[string] `json:"enforce"`
	Audit   At[string] `json:"audit"`
	Warn    At[string] `json:"warn"`
}

// Discovery lists the registries by which nodes find each other.
type Discovery struct {
	Kubernetes At[bool] `json:"kubernetes"`
	Service    At[bool] `json:"service"`
}
