package model

import (
	"slices"

	"ichor/schema/diag"
)

// Unit is what Flux reconciles as one: a Flux Kustomization and the directory
// it applies.
type Unit struct {
	Name      string
	Namespace string // where its objects live, if they all live in one
	Pos       diag.Pos
	// Service is what of a service the unit applies: all of it, or the part that
	// came apart. It is nil for units that are derived (namespaces, pools, ...).
	Service   *Service
	Outpost   *Outpost // the outpost that the unit runs, or nil
	Directory string   // applied directory, relative to the repository's root
	Timeout   string
	Interval  string
	Parent    *Unit     // that applies this one's Kustomization, in a repository without a spec; nil for a root
	Objects   []*Object // what is read of it in files: those of a directory, or of a repository without a spec

	Provides []Fact
	Needs    []Need
	Edges    []Edge // every edge that a rule or `after` gives, hard and soft, sorted
	// DependsOn is the hard edges that are left after transitive reduction,
	// sorted by the name of the unit depended on.
	DependsOn []Edge
}

// Capability is something that one unit brings and another needs.
type Capability struct {
	Kind string // one of the Kind constants
	Name string // as Kubernetes names it, as cert-manager.io or longhorn-ssd
}

// Kinds of capabilities. The rule of an edge has the name of the kind.
const (
	KindCRD           = "crd"            // API group
	KindWebhook       = "webhook"        // admission of an API group
	KindNamespace     = "namespace"      // namespace
	KindChartSource   = "chart-source"   // Helm repository
	KindSecretStore   = "secret-store"   // ClusterSecretStore
	KindStorageClass  = "storage-class"  // StorageClass
	KindSnapshotClass = "snapshot-class" // VolumeSnapshotClass
	KindIngressClass  = "ingress-class"  // IngressClass
	KindIssuer        = "issuer"         // ClusterIssuer
	KindDatabase      = "database"       // PostgreSQL cluster, by the name of its read-write Service
	KindPool          = "pool"           // load-balancer pool
	KindIdentity      = "identity"       // identity provider
	KindOutpost       = "outpost"        // login in front of an application
	KindSecret        = "secret"         // namespace/name
	KindAfter         = "after"          // an order that the spec gives with a reason

	KindOperator      = "operator"       // controller of an API group
	KindInstance      = "instance"       // kind/namespace/name of an object that others are parts of
	KindService       = "service"        // namespace/name of a Service
	KindConfigMap     = "config-map"     // namespace/name
	KindClaim         = "claim"          // namespace/name of a PersistentVolumeClaim
	KindRelease       = "release"        // namespace/name of a HelmRelease
	KindChart         = "chart"          // name of a chart that others build on
	KindSource        = "source"         // kind/namespace/name of a source of Flux
	KindVariables     = "variables"      // kind/namespace/name of what a Kustomization substitutes from
	KindValues        = "values"         // kind/namespace/name of what a HelmRelease takes values from
	KindNetwork       = "network"        // namespace/name of a NetworkAttachmentDefinition
	KindDevice        = "device"         // extended resource, as gpu.intel.com/i915
	KindDeviceClass   = "device-class"   // DeviceClass
	KindRuntimeClass  = "runtime-class"  // RuntimeClass
	KindNodeLabel     = "node-label"     // prefix of node labels that a controller sets
	KindPriorityClass = "priority-class" // PriorityClass
	KindGateway       = "gateway"        // namespace/name of a Gateway
	KindGatewayClass  = "gateway-class"  // GatewayClass
	KindSeed          = "seed"           // namespace/name of a Secret that holds a certificate before it is issued
	KindMonitoring    = "monitoring"     // API group of objects that only watch
	KindIdentityHost  = "identity-host"  // host name of an identity provider
)

// Fact is a capability that a unit brings, and where the spec says so.
type Fact struct {
	Capability
	Pos diag.Pos
	// ByChart says that a HelmRelease of the unit brings it, so that it is not
	// there when the unit's objects are applied.
	ByChart bool
}

// Need is a capability that a unit needs, what in it needs it, and where the
// spec says so.
type Need struct {
	Capability
	Soft bool // it works later by itself
	// Guess says that nobody has to bring it: what needs it may mean something
	// else, or it may be there before Flux.
	Guess bool
	// ByChart says that an object of a chart needs it: the objects of the unit are
	// applied without.
	ByChart bool
	Weak    bool   // waited for, but not where that closes a circle: it works later by itself
	What    string // as `ExternalSecret authentik/authentik-secrets`; empty where the spec says that the unit needs it
	Pos     diag.Pos
}

// Edge leads from a unit to one it needs.
type Edge struct {
	To     *Unit
	Rule   string // kind of the capability, or after
	Name   string // of the capability; empty for after
	Soft   bool
	Weak   bool   // soft where it closes a circle
	Reason string // a clause without the units' names
	What   string // what in the unit needs it, as `ExternalSecret app`; empty where the spec says so
	Pos    diag.Pos
}

// HardNames gives the units that a unit waits for.
func (u *Unit) HardNames() []string {
	var out []string
	for _, e := range u.Edges {
		if !e.Soft && !slices.Contains(out, e.To.Name) {
			out = append(out, e.To.Name)
		}
	}
	return out
}

// HardEdges gives the reasons for which a unit waits for another.
func (u *Unit) HardEdges(to string) []Edge {
	return slices.DeleteFunc(slices.Clone(u.Edges), func(e Edge) bool { return e.Soft || e.To.Name != to })
}

// Names of the units that are derived.
const (
	UnitNamespaces  = "namespaces"
	UnitCilium      = "cilium"
	UnitCiliumPools = "cilium-pools"
	UnitCiliumBGP   = "cilium-bgp"
)

// CiliumNamespace is where Cilium runs, and where it looks for the passwords of
// BGP peers. CiliumCharts is the chart repository that Flux takes it from, and
// CiliumChartsURL where Cilium publishes it. Source: Cilium documentation,
// Installation using Helm.
const (
	CiliumNamespace = "kube-system"
	CiliumCharts    = "cilium"
	CiliumChartsURL = "https://helm.cilium.io/"
)

// UnitOfCharts gives the name of the unit that brings a chart repository.
func UnitOfCharts(repository string) string { return "charts-" + repository }

// UnitOfCRDs gives the name of the unit that brings the kinds of a service apart
// from it, and UnitOfConfig that of the unit of its objects of those kinds that
// its own chart brings.
func UnitOfCRDs(service string) string { return service + "-crds" }

// UnitOfConfig is told at UnitOfCRDs.
func UnitOfConfig(service string) string { return service + "-config" }
