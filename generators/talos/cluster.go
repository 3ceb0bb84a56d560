package talos

import (
	"slices"
	"strconv"

	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"

	"ichor/schema/model"
)

// fillCluster says what every machine has to know of the cluster.
func (m *machine) fillCluster(config *v1alpha1.ClusterConfig) {
	if config.ClusterDiscoveryConfig == nil {
		return
	}
	discovery := m.cluster.Talos.Discovery
	registries := &config.ClusterDiscoveryConfig.DiscoveryRegistries
	registries.RegistryKubernetes.RegistryDisabled = new(!discovery.Kubernetes.V)
	registries.RegistryService.RegistryDisabled = new(!discovery.Service.V)
}

// fillControlPlane sets up the components of the Kubernetes control plane.
// kube-proxy is off: Cilium takes its place.
func (m *machine) fillControlPlane(config *v1alpha1.ClusterConfig) {
	t := m.cluster.Talos
	config.APIServerConfig.CertSANs = m.apiServerNames()
	config.APIServerConfig.ExtraArgsConfig = flags(nil, t.APIServer.Args)
	config.APIServerConfig.AdmissionControlConfig = podSecurity(t.APIServer.PodSecurity)
	config.APIServerConfig.AuditPolicyConfig = auditPolicy(t.APIServer.AuditLevel.V)
	config.ControllerManagerConfig.ExtraArgsConfig = flags(m.nodeMasks(), t.ControllerManager.Args)
	config.SchedulerConfig.ExtraArgsConfig = flags(nil, t.Scheduler.Args)
	config.EtcdConfig.EtcdExtraArgs = flags(nil, t.Etcd.Args)
	config.EtcdConfig.EtcdAdvertisedSubnets = m.etcdSubnets()
	config.ProxyConfig.Disabled = new(true)
}

// apiServerNames gives the names in the API server's certificate: the
// endpoint's, the control planes' and the spec's own, each once, in this order.
func (m *machine) apiServerNames() []string {
	c := m.cluster
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if c.ControlPlane.VIP.IsSet() {
		add(c.ControlPlane.VIP.V.String())
	} else {
		add(c.ControlPlane.Endpoint.V)
	}
	for _, n := range c.ControlPlanes() {
		for _, a := range (&machine{cluster: c, node: n}).addresses() {
			add(a)
		}
	}
	for _, name := range c.Talos.APIServer.CertSANs {
		add(name.V)
	}
	return names
}

// nodeMasks gives the flags that tell the controller manager the length of a
// node's part of the pod ranges. It refuses the flags of the families where
// there is but one, and starts with a default that a small range cannot hold.
// Source: Kubernetes, cmd/kube-controller-manager/app/core.go.
func (m *machine) nodeMasks() map[string]string {
	pods := m.cluster.PodNetwork
	dual := m.cluster.HasFamily(true) && m.cluster.HasFamily(false)
	masks := map[string]string{}
	for _, f := range []struct {
		suffix string
		is4    bool
		mask   model.At[int]
	}{{"-ipv4", true, pods.NodeMask.IPv4}, {"-ipv6", false, pods.NodeMask.IPv6}} {
		if !f.mask.IsSet() || !m.cluster.HasFamily(f.is4) {
			continue
		}
		name := "node-cidr-mask-size"
		if dual {
			name += f.suffix
		}
		masks[name] = strconv.Itoa(f.mask.V)
	}
	return masks
}

// flags gives the derived flags and the spec's over them, nil for none.
func flags(derived map[string]string, spec map[string]model.At[string]) v1alpha1.Args {
	if len(derived)+len(spec) == 0 {
		return nil
	}
	args := make(v1alpha1.Args, len(derived)+len(spec))
	for name, value := range derived {
		args[name] = v1alpha1.NewArgValue(value, nil)
	}
	for name, value := range spec {
		args[name] = v1alpha1.NewArgValue(value.V, nil)
	}
	return args
}

// podSecurity gives the API server's default admission levels. kube-system is
// exempt: Cilium and the machines' own pods need more than any level allows.
func podSecurity(levels model.PodSecurity) v1alpha1.AdmissionPluginConfigList {
	return v1alpha1.AdmissionPluginConfigList{{
		PluginName: "PodSecurity",
		PluginConfiguration: v1alpha1.Unstructured{Object: map[string]any{
			"apiVersion": "pod-security.admission.config.k8s.io/v1alpha1",
			"kind":       "PodSecurityConfiguration",
			"defaults": map[string]any{
				"enforce": levels.Enforce.V, "enforce-version": "latest",
				"audit": levels.Audit.V, "audit-version": "latest",
				"warn": levels.Warn.V, "warn-version": "latest",
			},
			"exemptions": map[string]any{
				"namespaces": []any{"kube-system"}, "runtimeClasses": []any{}, "usernames": []any{},
			},
		}},
	}}
}

// auditPolicy gives a policy of one level for every request.
func auditPolicy(level string) v1alpha1.Unstructured {
	return v1alpha1.Unstructured{Object: map[string]any{
		"apiVersion": "audit.k8s.io/v1",
		"kind":       "Policy",
		"rules":      []any{map[string]any{"level": level}},
	}}
}
