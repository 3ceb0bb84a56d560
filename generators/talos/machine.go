package talos

import (
	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"
	"github.com/siderolabs/talos/pkg/machinery/constants"

	"ichor/schema/model"
)

// fill puts into v1alpha1 all that the release still keeps there.
func (m *machine) fill(config *v1alpha1.Config) error {
	m.fillMachine(config.MachineConfig)
	m.fillInstall(config.MachineConfig.MachineInstall)
	m.fillKubelet(config.MachineConfig)
	m.fillCluster(config.ClusterConfig)
	if m.node.IsControlPlane() {
		m.fillControlPlane(config.ClusterConfig)
	}
	return m.fillDeprecated(config.MachineConfig)
}

func (m *machine) fillMachine(config *v1alpha1.MachineConfig) {
	n := m.node
	config.MachineCertSANs = m.addresses()
	config.MachineSysctls = plain(n.Sysctls)
	if len(n.UdevRules) > 0 {
		config.MachineUdev = &v1alpha1.UdevConfig{UdevRules: values(n.UdevRules)}
	}
	hostDNS := m.cluster.Talos.HostDNS
	config.MachineFeatures.HostDNSSupport = &v1alpha1.HostDNSConfig{
		HostDNSEnabled:              new(hostDNS.Enabled.V),
		HostDNSForwardKubeDNSToHost: new(hostDNS.Enabled.V && hostDNS.ForwardKubeDNS.V),
	}
	m.fillLabels(config)
}

// fillLabels adds the node's labels. The library keeps control planes away from
// load balancers by a label; where workloads run on them that would take their
// Services off the network.
func (m *machine) fillLabels(config *v1alpha1.MachineConfig) {
	if m.cluster.Talos.ScheduleOnControlPlanes.V {
		delete(config.MachineNodeLabels, constants.LabelExcludeFromExternalLB)
	}
	for key, value := range m.node.Labels {
		if config.MachineNodeLabels == nil {
			config.MachineNodeLabels = make(map[string]string)
		}
		config.MachineNodeLabels[key] = value.V
	}
}

// fillInstall says what is installed and where. Extensions and kernel arguments
// are part of the image.
func (m *machine) fillInstall(config *v1alpha1.InstallConfig) {
	disk := m.node.Install.Disk
	config.InstallImage = m.image
	config.InstallWipe = new(m.node.Install.Wipe.V)
	if disk.Model.IsSet() {
		config.InstallDiskSelector = &v1alpha1.InstallDiskSelector{Model: disk.Model.V}
		return
	}
	config.InstallDisk = disk.Path.V
}

// fillKubelet holds the kubelet to the node's VLAN, so that no address of a
// pool and not the VIP becomes the node's, and sets its shutdown.
func (m *machine) fillKubelet(config *v1alpha1.MachineConfig) {
	kubelet := m.cluster.Talos.Kubelet
	extra := map[string]any{}
	if kubelet.ShutdownGracePeriod.IsSet() {
		extra["shutdownGracePeriod"] = kubelet.ShutdownGracePeriod.V
	}
	if kubelet.ShutdownGracePeriodCriticalPods.IsSet() {
		extra["shutdownGracePeriodCriticalPods"] = kubelet.ShutdownGracePeriodCriticalPods.V
	}
	if len(extra) > 0 {
		config.MachineKubelet.KubeletExtraConfig = v1alpha1.Unstructured{Object: extra}
	}
	if subnets := m.nodeSubnets(); len(subnets) > 0 {
		config.MachineKubelet.KubeletNodeIP = &v1alpha1.KubeletNodeIPConfig{KubeletNodeIPValidSubnets: subnets}
	}
}

// values gives the plain values of a list, nil for none.
func values(list []model.At[string]) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.V)
	}
	return out
}

// plain gives the plain values of a map, nil for none.
func plain(m map[string]model.At[string]) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for key, value := range m {
		out[key] = value.V
	}
	return out
}
