package scan

import (
	"slices"
	"strings"
	"unicode"
)

// clusterKinds are kinds that live in no namespace and do not say so by a name
// that begins with Cluster. Source: the scope in the CRDs of each project.
var clusterKinds = map[string][]string{
	"":                             {"Namespace", "Node", "PersistentVolume"},
	"storage.k8s.io":               {"StorageClass", "CSIDriver", "VolumeAttachment", "VolumeAttributesClass"},
	"networking.k8s.io":            {"IngressClass", "ServiceCIDR"},
	"node.k8s.io":                  {"RuntimeClass"},
	"scheduling.k8s.io":            {"PriorityClass"},
	"resource.k8s.io":              {"DeviceClass"},
	"apiextensions.k8s.io":         {"CustomResourceDefinition"},
	"apiregistration.k8s.io":       {"APIService"},
	"admissionregistration.k8s.io": {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"},
	"snapshot.storage.k8s.io":      {"VolumeSnapshotClass", "VolumeSnapshotContent"},
	"groupsnapshot.storage.k8s.io": {"VolumeGroupSnapshotClass", "VolumeGroupSnapshotContent"},
	"gateway.networking.k8s.io":    {"GatewayClass"},
	"policy.networking.k8s.io":     {"AdminNetworkPolicy", "BaselineAdminNetworkPolicy"},
	"cilium.io": {
		"CiliumLoadBalancerIPPool", "CiliumBGPPeeringPolicy", "CiliumBGPClusterConfig", "CiliumBGPPeerConfig", "CiliumBGPAdvertisement",
		"CiliumBGPNodeConfig", "CiliumBGPNodeConfigOverride", "CiliumClusterwideNetworkPolicy", "CiliumClusterwideEnvoyConfig",
		"CiliumL2AnnouncementPolicy", "CiliumNode", "CiliumIdentity", "CiliumEgressGatewayPolicy", "CiliumCIDRGroup", "CiliumPodIPPool",
	},
	"trust.cert-manager.io":      {"Bundle"},
	"nfd.k8s-sigs.io":            {"NodeFeatureRule", "NodeFeatureGroup"},
	"deviceplugin.intel.com":     {"GpuDevicePlugin", "NpuDevicePlugin", "QatDevicePlugin", "SgxDevicePlugin", "DsaDevicePlugin", "FpgaDevicePlugin", "IaaDevicePlugin", "DlbDevicePlugin"},
	"tuppr.home-operations.com":  {"TalosUpgrade", "KubernetesUpgrade"},
	"nvidia.com":                 {"ClusterPolicy", "NVIDIADriver"},
	"operator.tekton.dev":        {"TektonConfig", "TektonPipeline", "TektonTrigger", "TektonDashboard", "TektonChain"},
	"tailscale.com":              {"Connector", "ProxyClass", "ProxyGroup", "DNSConfig", "Recorder"},
	"objectbucket.io":            {"ObjectBucket"},
	"miroir.home-operations.com": {"MiroirNodeGroup", "MiroirNode"},
}

// clusterScoped reports whether objects of a kind live in no namespace: by the
// table, or by the habit to call such kinds Cluster with another word behind.
func clusterScoped(group, kind string) bool {
	if slices.Contains(clusterKinds[group], kind) {
		return true
	}
	rest, ok := strings.CutPrefix(kind, "Cluster")
	return ok && rest != "" && unicode.IsUpper(rune(rest[0])) && !slices.Contains(namespaced, group+"/"+kind)
}

// namespaced are kinds with such a name that live in a namespace all the same.
var namespaced = []string{"cluster.x-k8s.io/ClusterResourceSet", "cluster.x-k8s.io/ClusterResourceSetBinding"}
