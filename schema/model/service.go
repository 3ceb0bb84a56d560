package model

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"ichor/schema/diag"
)

// ChartRepository is a Helm repository.
type ChartRepository struct {
	Name   At[string]
	URL    At[string]     `json:"url"`
	Charts []*ListedChart `json:"charts"` // what is known to be in it; none where the spec does not say
}

// ListedChart is a chart of a repository and the versions of it that exist.
type ListedChart struct {
	Name     At[string]
	Versions []At[string] `json:"*"`
}

// IsOCI reports whether the repository is a registry.
func (r *ChartRepository) IsOCI() bool { return strings.HasPrefix(r.URL.V, "oci://") }

// Namespace is a Kubernetes namespace that the cluster owns.
type Namespace struct {
	Name        At[string]
	PodSecurity At[string]            `json:"podSecurity"` // privileged, baseline or restricted
	Labels      map[string]At[string] `json:"labels"`
	Annotations map[string]At[string] `json:"annotations"`

	Implied bool `json:"-"` // the spec does not describe it: it follows from what lives there
}

// Service is one thing that runs on the cluster: a Helm release, inline
// objects, or a directory of hand-written manifests in the same repository.
type Service struct {
	Name          At[string]
	Pos           diag.Pos
	Namespace     At[string]      `json:"namespace"`
	Helm          *Helm           `json:"helm"`
	Manifests     []*ManifestKind `json:"manifests"`
	Directory     At[string]      `json:"path"`          // relative to the repository's root
	Kustomization *Tree           `json:"kustomization"` // what Flux is to do with the directory
	CRDs          *CRDs           `json:"crds"`          // in a unit of their own
	PartOf        At[string]      `json:"partOf"`        // cilium: it comes with the cluster's network
	Secrets       []*Secret       `json:"secrets"`
	SecretStores  []*SecretStore  `json:"secretStores"`
	Issuers       []*Issuer       `json:"issuers"`
	Databases     []*Database     `json:"databases"`
	LoadBalancers []*LoadBalancer `json:"loadBalancers"`
	Expose        []*Exposure     `json:"expose"`
	Public        []*PublicHost   `json:"public"`
	Provides      Capabilities    `json:"provides"`
	Needs         Capabilities    `json:"needs"`
	After         []After         `json:"after"`
	Timeout       At[string]      `json:"timeout"` // Go duration
	Interval      At[string]      `json:"interval"`

	// KindsOf is the service whose kinds this one brings, where the spec says so
	// there by `crds`.
	KindsOf *Service  `json:"-"`
	Objects []*Object `json:"-"` // of its directory, or of its chart that lies in the repository
	Unseen  bool      `json:"-"` // the directory makes more than Objects, as what it fetches from elsewhere
	// Below are the objects that Kustomizations of Flux in the directory apply in turn.
	Below []*Object `json:"-"`
	// Remote are the addresses of what the directory fetches from elsewhere.
	Remote []string       `json:"-"`
	Values map[string]any `json:"-"` // Helm values with what follows from the rest of the spec merged in
	// Release is the HelmRelease where its chart lies in the repository, and Objects
	// are what that makes; nil for any other chart.
	Release *Object `json:"-"`
}

// CRDs is where the kinds of a service come from that are a unit of their own:
// exactly one of its fields is set.
type CRDs struct {
	Pos       diag.Pos
	Chart     *Helm           `json:"chart"`
	Manifests []*ManifestKind `json:"manifests"`
	Directory At[string]      `json:"path"` // relative to the repository's root
}

// Helm is a Helm release, of a chart of a Helm repository or of one that lies in
// the cluster's own.
type Helm struct {
	Pos        diag.Pos
	Repository Ref[ChartRepository] `json:"repository"`
	Chart      At[string]           `json:"chart"`
	Version    At[string]           `json:"version"`
	Path       At[string]           `json:"path"`    // of the chart, relative to the repository's root
	Release    At[string]           `json:"release"` // name of the release; the service's name by default
	Values     *Tree                `json:"values"`
}

// ManifestKind is the inline objects of one kind.
type ManifestKind struct {
	Name    At[string]  // the kind, as Deployment
	Objects []*Manifest `json:"*"`
}

// Manifest is one inline object. API version and namespace follow from the
// kind, the releases and the service.
type Manifest struct {
	Name At[string]
	Kind At[string] `json:"-"`
	Body *Tree      `json:"*"`

	APIVersion string `json:"-"` // what the release serves, or what the body says for a kind ichor does not know
	Namespaced bool   `json:"-"`
}

// Capabilities is a set of things that a unit brings or needs. Each entry is a
// name as Kubernetes uses it.
type Capabilities struct {
	CRDs            []At[string] `json:"crds"` // API groups, as cert-manager.io
	Webhooks        []At[string] `json:"webhooks"`
	StorageClasses  []At[string] `json:"storageClasses"`
	SnapshotClasses []At[string] `json:"snapshotClasses"`
	IngressClasses  []At[string] `json:"ingressClasses"`
	SecretStores    []At[string] `json:"secretStores"`
	Issuers         []At[string] `json:"issuers"`
	Databases       []At[string] `json:"databases"`
	Identity        []At[string] `json:"identity"`
	Secrets         []At[string] `json:"secrets"`  // namespace/name
	Services        []At[string] `json:"services"` // namespace/name
	Networks        []At[string] `json:"networks"` // namespace/name
	GatewayClasses  []At[string] `json:"gatewayClasses"`
	RuntimeClasses  []At[string] `json:"runtimeClasses"`
	PriorityClasses []At[string] `json:"priorityClasses"`
	DeviceClasses   []At[string] `json:"deviceClasses"`
	Devices         []At[string] `json:"devices"`    // extended resources
	NodeLabels      []At[string] `json:"nodeLabels"` // prefixes of labels
}

// Issuer is a cert-manager ClusterIssuer: exactly one of its kinds is set.
type Issuer struct {
	Name       At[string]
	SelfSigned At[bool] `json:"selfSigned"`
	ACME       *ACME    `json:"acme"`

	Service *Service `json:"-"`
}

// ACME is an issuer that proves domains by DNS-01 at Cloudflare.
type ACME struct {
	Pos        diag.Pos
	Server     At[string]  `json:"server"` // URL of the directory
	Email      At[string]  `json:"email"`
	Cloudflare TokenSecret `json:"cloudflare"` // a Secret of the service
}

// LoadBalancer is a Service of type LoadBalancer: either one that the service's
// chart makes (Values says where its labels and annotations go), or one of our
// own that selects pods.
type LoadBalancer struct {
	Name     At[string]
	Pool     Ref[Pool]             `json:"pool"`
	Address  At[netip.Addr]        `json:"address"` // fixed; otherwise Cilium picks one
	Values   At[string]            `json:"values"`  // path in the chart's values, as controller.service
	Selector map[string]At[string] `json:"selector"`
	Ports    []*ServicePort        `json:"ports"`

	Service *Service `json:"-"`
}

// ServicePort is a port of a Kubernetes Service.
type ServicePort struct {
	Name       At[string]
	Port       At[int]    `json:"port"`
	TargetPort At[string] `json:"targetPort"` // number or name; the port itself by default
	Protocol   At[string] `json:"protocol"`
}

// Exposure is a host name under which a Kubernetes Service is reached.
type Exposure struct {
	Name      At[string] // first label of the host name
	Pos       diag.Pos
	Backend   At[string]    `json:"service"` // Kubernetes Service in the service's namespace
	Port      At[int]       `json:"port"`    // the Service's port, not the pod's
	Scheme    At[string]    `json:"scheme"`  // http or https
	Domain    At[string]    `json:"domain"`  // internal or public
	Ingress   At[string]    `json:"ingress"` // ingress class; with auth it is the outpost's
	Issuer    Ref[Issuer]   `json:"issuer"`
	EnabledBy At[string]    `json:"enabledBy"` // path in the chart's values that must be true for the backend to exist
	Title     At[string]    `json:"title"`     // how a portal names it
	Auth      *ExposureAuth `json:"auth"`
	Public    *PublicReason `json:"public"`

	Service *Service `json:"-"`
	Host    string   `json:"-"` // full host name
}

// BackendURL gives the URL of the Service inside the cluster.
func (e *Exposure) BackendURL() string {
	return e.Scheme.V + "://" + e.Backend.V + "." + e.Service.Namespace.V + ":" + itoa(e.Port.V)
}

// CertificateSecret gives the Secret of the certificate of an Ingress that ichor
// writes, in the Ingress's namespace.
func CertificateSecret(ingress string) string { return ingress + "-tls" }

// ExposureAuth puts an outpost in front of an exposure.
type ExposureAuth struct {
	Pos       diag.Pos
	Outpost   Ref[Outpost] `json:"outpost"`
	SkipPaths []At[string] `json:"skipPaths"` // regular expressions of paths that need no login
}

// PublicReason is why the internet reaches a host without a login.
type PublicReason struct {
	Pos     diag.Pos
	Because At[string] `json:"because"`
}

// After is an order that no rule knows.
type After struct {
	Pos     diag.Pos
	Service At[string] `json:"service"` // a service or another unit
	Because At[string] `json:"because"`
}

// What Cilium's LB-IPAM looks for on a Service. The label is matched by the
// pools' selectors; the annotation is Cilium's own. Source: pkg/annotation/k8s.go.
const (
	PoolLabel         = "io.cilium/lb-ipam-pool"
	AddressAnnotation = "lbipam.cilium.io/ips"
)

// ReleaseName gives the name of the Helm release: the service's by default.
func (s *Service) ReleaseName() string {
	if s.Helm != nil && s.Helm.Release.IsSet() {
		return s.Helm.Release.V
	}
	return s.Name.V
}

// Namespaces gives those that the service has objects in, its directory among it:
// what is not seen of that may be in any of them.
func (s *Service) Namespaces() []string {
	out := []string{s.Namespace.V, s.Kustomization.Lookup("targetNamespace").Text()}
	for _, o := range s.Objects {
		out = append(out, o.Namespace)
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "" })
}

// Rendered reports whether all that the chart of a service makes is among its
// objects.
func (s *Service) Rendered() bool { return s.Release != nil && s.Release.Rendered }

// ChartName gives the name of the chart; of one in the repository, that of its
// directory.
func (h *Helm) ChartName() At[string] {
	if h.Path.IsSet() {
		return At[string]{V: path.Base(h.Path.V), Pos: h.Path.Pos, Path: h.Path.Path}
	}
	return h.Chart
}

// Facts gives the capabilities one by one, in the order of their kinds.
func (p Capabilities) Facts() []Fact {
	var out []Fact
	for _, g := range []struct {
		kind  string
		names []At[string]
	}{
		{KindCRD, p.CRDs}, {KindWebhook, p.Webhooks}, {KindStorageClass, p.StorageClasses},
		{KindSnapshotClass, p.SnapshotClasses}, {KindIngressClass, p.IngressClasses},
		{KindSecretStore, p.SecretStores}, {KindIssuer, p.Issuers}, {KindDatabase, p.Databases},
		{KindIdentity, p.Identity}, {KindSecret, p.Secrets}, {KindService, p.Services}, {KindNetwork, p.Networks},
		{KindGatewayClass, p.GatewayClasses}, {KindRuntimeClass, p.RuntimeClasses}, {KindPriorityClass, p.PriorityClasses},
		{KindDeviceClass, p.DeviceClasses}, {KindDevice, p.Devices}, {KindNodeLabel, p.NodeLabels},
	} {
		for _, n := range g.names {
			out = append(out, Fact{Capability: Capability{g.kind, n.V}, Pos: n.Pos})
		}
	}
	return out
}
