package release

// Kind is how a kind is served.
type Kind struct {
	APIVersion string
	Namespaced bool
}

// BuiltinKind gives how Kubernetes itself serves a kind. The versions are those
// that every release of the table serves. Source: the API reference of
// Kubernetes 1.28 to 1.36.
func BuiltinKind(kind string) (Kind, bool) {
	k, ok := builtinKinds[kind]
	return k, ok
}

var builtinKinds = map[string]Kind{
	"ClusterRole":                    {"rbac.authorization.k8s.io/v1", false},
	"ClusterRoleBinding":             {"rbac.authorization.k8s.io/v1", false},
	"ConfigMap":                      {"v1", true},
	"CronJob":                        {"batch/v1", true},
	"CustomResourceDefinition":       {"apiextensions.k8s.io/v1", false},
	"DaemonSet":                      {"apps/v1", true},
	"Deployment":                     {"apps/v1", true},
	"Endpoints":                      {"v1", true},
	"EndpointSlice":                  {"discovery.k8s.io/v1", true},
	"HorizontalPodAutoscaler":        {"autoscaling/v2", true},
	"Ingress":                        {"networking.k8s.io/v1", true},
	"IngressClass":                   {"networking.k8s.io/v1", false},
	"Job":                            {"batch/v1", true},
	"LimitRange":                     {"v1", true},
	"MutatingWebhookConfiguration":   {"admissionregistration.k8s.io/v1", false},
	"Namespace":                      {"v1", false},
	"Pod":                            {"v1", true},
	"NetworkPolicy":                  {"networking.k8s.io/v1", true},
	"PersistentVolume":               {"v1", false},
	"PersistentVolumeClaim":          {"v1", true},
	"PodDisruptionBudget":            {"policy/v1", true},
	"PriorityClass":                  {"scheduling.k8s.io/v1", false},
	"ResourceQuota":                  {"v1", true},
	"Role":                           {"rbac.authorization.k8s.io/v1", true},
	"RoleBinding":                    {"rbac.authorization.k8s.io/v1", true},
	"RuntimeClass":                   {"node.k8s.io/v1", false},
	"Secret":                         {"v1", true},
	"Service":                        {"v1", true},
	"ServiceAccount":                 {"v1", true},
	"StatefulSet":                    {"apps/v1", true},
	"StorageClass":                   {"storage.k8s.io/v1", false},
	"ValidatingWebhookConfiguration": {"admissionregistration.k8s.io/v1", false},
}

// Kind gives how the release serves a kind of External Secrets.
func (e ExternalSecrets) Kind(kind string) (Kind, bool) {
	namespaced, ok := map[string]bool{"ExternalSecret": true, "SecretStore": true, "ClusterSecretStore": false, "ClusterExternalSecret": false}[kind]
	return Kind{e.API, namespaced}, ok
}

// Kind gives how the release serves a kind of cert-manager.
func (c CertManager) Kind(kind string) (Kind, bool) {
	namespaced, ok := map[string]bool{"Certificate": true, "CertificateRequest": true, "Issuer": true, "ClusterIssuer": false}[kind]
	return Kind{"cert-manager.io/v1", namespaced}, ok
}

// Kind gives how the release serves a kind of Cilium.
func (c Cilium) Kind(kind string) (Kind, bool) {
	switch kind {
	case "CiliumNetworkPolicy":
		return Kind{"cilium.io/v2", true}, true
	case "CiliumClusterwideNetworkPolicy":
		return Kind{"cilium.io/v2", false}, true
	case "CiliumL2AnnouncementPolicy", "CiliumPodIPPool":
		return Kind{"cilium.io/v2alpha1", false}, true
	case "CiliumLoadBalancerIPPool", "CiliumBGPClusterConfig", "CiliumBGPPeerConfig", "CiliumBGPAdvertisement", "CiliumBGPNodeConfigOverride":
		return Kind{c.APIVersion(), false}, true
	case "CiliumBGPPeeringPolicy":
		return Kind{"cilium.io/v2alpha1", false}, c.PeeringPolicy
	}
	return Kind{}, false
}

// FluxKind gives how every release of the table serves a kind of Flux.
func FluxKind(kind string) (Kind, bool) {
	version, ok := map[string]string{
		"Kustomization":  "kustomize.toolkit.fluxcd.io/v1",
		"HelmRelease":    "helm.toolkit.fluxcd.io/v2",
		"HelmRepository": "source.toolkit.fluxcd.io/v1",
		"GitRepository":  "source.toolkit.fluxcd.io/v1",
	}[kind]
	return Kind{version, true}, ok
}

// DatabaseAPI is how CloudNativePG serves Cluster, in every release there is.
const DatabaseAPI = "postgresql.cnpg.io/v1"

// How CloudNativePG writes backups to an object store, in every release there is.
// Source: plugin-barman-cloud, config/crd/bases and internal/cnpgi/metadata.
const (
	BackupGroup  = "barmancloud.cnpg.io"
	BackupAPI    = BackupGroup + "/v1"
	BackupPlugin = "barman-cloud.cloudnative-pg.io"
)
