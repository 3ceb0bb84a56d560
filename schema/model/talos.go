package model

import (
	"maps"
	"slices"
	"strings"

	"ichor/schema/diag"
)

// MachinePart is a part of a machine configuration that the compiler writes and
// that a patch would replace. Keys in a document other than v1alpha1 begin with
// its kind and, if it has one, its name.
type MachinePart struct {
	Keys   []string // as machine, install, disk; an element of a list by its name
	From   string   // the field of the spec that says it
	Pos    diag.Pos // where the spec says it, if one key of it does
	Secret bool     // it comes from the secrets bundle
}

// Covers reports whether keys lead to the part or to something in it.
func (p MachinePart) Covers(keys ...string) bool {
	return len(keys) >= len(p.Keys) && slices.Equal(p.Keys, keys[:len(p.Keys)])
}

// Below reports whether the part lies below keys.
func (p MachinePart) Below(keys ...string) bool {
	return len(keys) < len(p.Keys) && slices.Equal(keys, p.Keys[:len(keys)])
}

// Name gives the keys as Talos's reference writes them.
func (p MachinePart) Name() string { return strings.Join(p.Keys, ".") }

// bundleParts come from the secrets bundle.
var bundleParts = []string{
	"machine.token", "machine.ca",
	"cluster.id", "cluster.secret", "cluster.token", "cluster.secretboxEncryptionSecret",
	"cluster.ca", "cluster.aggregatorCA", "cluster.serviceAccount", "cluster.etcd.ca",
}

// fixedParts have the same place in every machine configuration. What a patch
// adds to (lists of names and addresses), and what it says in more words than
// the spec has (an audit policy), is not among them.
var fixedParts = []struct{ path, from string }{
	{"machine.type", "nodes.*.role"},
	{"machine.install.disk", "nodes.*.install.disk.path"},
	{"machine.install.diskSelector", "nodes.*.install.disk.model"},
	{"machine.install.image", "release.talos"},
	{"machine.install.wipe", "nodes.*.install.wipe"},
	{"machine.kubelet.image", "release.kubernetes"},
	{"machine.kubelet.extraConfig.shutdownGracePeriod", "talos.kubelet.shutdownGracePeriod"},
	{"machine.kubelet.extraConfig.shutdownGracePeriodCriticalPods", "talos.kubelet.shutdownGracePeriodCriticalPods"},
	{"machine.network.hostname", "the name of the node"},
	{"machine.network.nameservers", "talos.nameservers"},
	{"machine.time.servers", "talos.timeServers"},
	{"machine.systemDiskEncryption.state", "nodes.*.encryption"},
	{"machine.systemDiskEncryption.ephemeral", "nodes.*.encryption"},
	{"machine.features.kubePrism.enabled", "talos.kubePrism.enabled"},
	{"machine.features.kubePrism.port", "talos.kubePrism.port"},
	{"machine.features.hostDNS.enabled", "talos.hostDNS.enabled"},
	{"machine.features.hostDNS.forwardKubeDNSToHost", "talos.hostDNS.forwardKubeDNS"},
	{"cluster.clusterName", "the name of the cluster"},
	{"cluster.controlPlane.endpoint", "controlPlane.vip"},
	{"cluster.network.cni", "Cilium, which is the network"},
	{"cluster.network.dnsDomain", "dnsDomain"},
	{"cluster.network.podSubnets", "podNetwork.cidrs"},
	{"cluster.network.serviceSubnets", "serviceNetwork.cidrs"},
	{"cluster.proxy", "Cilium, which takes the place of kube-proxy"},
	{"cluster.discovery.enabled", "talos.discovery"},
	{"cluster.discovery.registries.kubernetes.disabled", "talos.discovery.kubernetes"},
	{"cluster.discovery.registries.service.disabled", "talos.discovery.service"},
	{"cluster.apiServer.image", "release.kubernetes"},
	{"cluster.apiServer.admissionControl.PodSecurity", "talos.apiServer.podSecurity"},
	{"cluster.controllerManager.image", "release.kubernetes"},
	{"cluster.controllerManager.extraArgs.node-cidr-mask-size", "podNetwork.nodeMask"},
	{"cluster.controllerManager.extraArgs.node-cidr-mask-size-ipv4", "podNetwork.nodeMask.ipv4"},
	{"cluster.controllerManager.extraArgs.node-cidr-mask-size-ipv6", "podNetwork.nodeMask.ipv6"},
	{"cluster.scheduler.image", "release.kubernetes"},
	{"cluster.allowSchedulingOnControlPlanes", "talos.scheduleOnControlPlanes"},
	{"HostnameConfig.hostname", "the name of the node"},
	{"ResolverConfig.nameservers", "talos.nameservers"},
	{"TimeSyncConfig.ntp.servers", "talos.timeServers"},
	{"VolumeConfig.STATE.encryption", "nodes.*.encryption"},
	{"VolumeConfig.EPHEMERAL.encryption", "nodes.*.encryption"},
}

// MachineParts gives what no patch of these nodes may write. It is what their
// generator writes, and its tests hold it to that.
func (c *Cluster) MachineParts(nodes ...*Node) []MachinePart {
	var parts []MachinePart
	for _, path := range bundleParts {
		parts = append(parts, MachinePart{Keys: strings.Split(path, "."), From: "the secrets bundle", Secret: true})
	}
	for _, p := range fixedParts {
		parts = append(parts, MachinePart{Keys: strings.Split(p.path, "."), From: p.from})
	}
	for _, n := range nodes {
		parts = append(parts, n.machineParts()...)
	}
	return append(parts, c.Talos.machineParts()...)
}

func (n *Node) machineParts() []MachinePart {
	return slices.Concat(
		n.interfaceParts([]string{"machine", "network", "interfaces"}, "addresses", "dhcp", "dhcpOptions", "mtu", "routes", "vip"),
		n.interfaceParts([]string{"LinkConfig"}, "addresses", "mtu", "routes"),
		keyed(n.Sysctls, "nodes.*.sysctls", "machine", "sysctls"),
		keyed(n.Labels, "nodes.*.labels", "machine", "nodeLabels"),
	)
}

// interfaceParts leaves other interfaces, and VLANs on this one, to patches.
func (n *Node) interfaceParts(above []string, fields ...string) []MachinePart {
	var parts []MachinePart
	for _, field := range fields {
		keys := append(slices.Clone(above), n.Interface.V, field)
		parts = append(parts, MachinePart{Keys: keys, From: "the fields of the node", Pos: n.Pos})
	}
	return parts
}

func (t *Talos) machineParts() []MachinePart {
	if t == nil {
		return nil
	}
	return slices.Concat(
		keyed(t.APIServer.Args, "talos.apiServer.extraArgs", "cluster", "apiServer", "extraArgs"),
		keyed(t.ControllerManager.Args, "talos.controllerManager.extraArgs", "cluster", "controllerManager", "extraArgs"),
		keyed(t.Scheduler.Args, "talos.scheduler.extraArgs", "cluster", "scheduler", "extraArgs"),
		keyed(t.Etcd.Args, "talos.etcd.extraArgs", "cluster", "etcd", "extraArgs"),
	)
}

// keyed gives a part for each key that the spec writes.
func keyed(values map[string]At[string], from string, above ...string) []MachinePart {
	var parts []MachinePart
	for _, key := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, MachinePart{Keys: append(slices.Clone(above), key), From: from, Pos: values[key].Pos})
	}
	return parts
}
