package model

import (
	"net/netip"
	"path"
	"strconv"

	"ichor/schema/diag"
	"ichor/schema/release"
)

// Cluster is the whole spec, linked.
type Cluster struct {
	Pos            diag.Pos
	Name           At[string]         `json:"name"`
	Domain         At[string]         `json:"domain"`       // of internal host names
	PublicDomain   At[string]         `json:"publicDomain"` // of host names that the internet sees
	Ingress        IngressClasses     `json:"ingress"`
	DNSDomain      At[string]         `json:"dnsDomain"` // of Services inside the cluster, cluster.local
	Release        Release            `json:"release"`
	VLANs          []*VLAN            `json:"vlans"`
	PodNetwork     Range              `json:"podNetwork"`
	ServiceNetwork Range              `json:"serviceNetwork"`
	ControlPlane   ControlPlane       `json:"controlPlane"`
	BGP            *BGP               `json:"bgp"`
	Pools          []*Pool            `json:"pools"`
	Cilium         *Cilium            `json:"cilium"`
	Talos          *Talos             `json:"talos"`
	Nodes          []*Node            `json:"nodes"`
	Flux           *Flux              `json:"flux"`
	ObjectStores   []*ObjectStore     `json:"objectStores"`
	Charts         []*ChartRepository `json:"chartRepositories"`
	SecretStore    Ref[SecretStore]   `json:"secretStore"` // the store of references that name none
	Vaults         []*Vault           `json:"vaults"`      // what is known to be in them; none where the spec does not say
	Namespaces     []*Namespace       `json:"namespaces"`
	Services       []*Service         `json:"services"`
	Auth           *Auth              `json:"auth"`
	Bootstrap      Bootstrap          `json:"bootstrap"`
	CRDs           []At[string]       `json:"crds"` // files and directories, relative to the repository's root

	Units    []*Unit          `json:"-"` // sorted by name
	Existing []Fact           `json:"-"` // what is there before Flux
	Schemas  []release.Schema `json:"-"` // of the CRDs that the spec brings
	Literals []Literal        `json:"-"` // every string the user wrote, for the rules that look for secrets
}

// IngressClasses says which ingress class serves which domain; either may be
// unset.
type IngressClasses struct {
	Internal At[string] `json:"internal"`
	Public   At[string] `json:"public"`
}

// Of gives the class of a domain, internal or public; unset where the spec does
// not say.
func (i IngressClasses) Of(domain string) At[string] {
	if domain == DomainPublic {
		return i.Public
	}
	return i.Internal
}

// Release names the releases and, once linked, what each can do. A row is nil
// where the spec gives no such release or one that ichor does not know.
type Release struct {
	Talos           At[string] `json:"talos"`
	Kubernetes      At[string] `json:"kubernetes"`
	Cilium          At[string] `json:"cilium"`
	Flux            At[string] `json:"flux"`
	Authentik       At[string] `json:"authentik"`
	ExternalSecrets At[string] `json:"externalSecrets"`
	CertManager     At[string] `json:"certManager"`

	TalosRow           *release.Talos           `json:"-"`
	KubernetesRow      *release.Kubernetes      `json:"-"`
	CiliumRow          *release.Cilium          `json:"-"`
	FluxRow            *release.Flux            `json:"-"`
	AuthentikRow       *release.Authentik       `json:"-"`
	ExternalSecretsRow *release.ExternalSecrets `json:"-"`
	CertManagerRow     *release.CertManager     `json:"-"`
}

// Rows gives the releases that decide which kinds the cluster serves: each release that
// the spec names, and for the others the release of the chart that the spec installs.
func (c *Cluster) Rows() release.Rows {
	rows, charts := c.Release.Rows(), c.chartVersions()
	if rows.ExternalSecrets == nil {
		rows.ExternalSecrets = release.Agreed(charts["external-secrets"], release.FindExternalSecrets)
	}
	if rows.CertManager == nil {
		rows.CertManager = release.Agreed(charts["cert-manager"], release.FindCertManager)
	}
	rows.CloudNativePG = release.Agreed(charts["cloudnative-pg"], release.FindCloudNativePG)
	if rows.CloudNativePG == nil && len(charts["cloudnative-pg"]) > 0 {
		rows.CloudNativePG = &release.CloudNativePG{}
	}
	return rows
}

// chartVersions gives the versions of the charts that services install, and the
// HelmReleases in their directories.
func (c *Cluster) chartVersions() map[string][]string {
	out := map[string][]string{}
	for _, s := range c.Services {
		if s.Helm != nil && s.Helm.Version.IsSet() {
			out[s.Helm.Chart.V] = append(out[s.Helm.Chart.V], s.Helm.Version.V)
		}
	}
	for _, u := range c.Units {
		for _, o := range u.Objects {
			if o.Is("helm.toolkit.fluxcd.io", "HelmRelease") {
				chart := o.Text("spec", "chart", "spec", "chart")
				out[chart] = append(out[chart], o.Text("spec", "chart", "spec", "version"))
			}
		}
	}
	return out
}

// Rows gives what the releases that the spec names can do, as far as they say which
// kinds there are.
func (r Release) Rows() release.Rows {
	return release.Rows{
		Kubernetes: r.KubernetesRow, Cilium: r.CiliumRow, Flux: r.FluxRow,
		ExternalSecrets: r.ExternalSecretsRow, CertManager: r.CertManagerRow,
	}
}

// Flux is how Flux finds and applies what is generated.
type Flux struct {
	Pos           diag.Pos
	Path          At[string] `json:"path"` // directory of the output, relative to the repository's root
	Namespace     At[string] `json:"namespace"`
	Source        Source     `json:"source"`
	Interval      At[string] `json:"interval"`
	RetryInterval At[string] `json:"retryInterval"`
	Timeout       At[string] `json:"timeout"`
}

// Source is the Flux object that fetches the repository.
type Source struct {
	Kind At[string] `json:"kind"` // GitRepository, OCIRepository or Bucket
	Name At[string] `json:"name"`
	// Root is where the root of the repository lies in what is fetched; empty where
	// it is all of it.
	Root At[string] `json:"root"`
}

// InSource gives a directory of the repository as Flux finds it in the source,
// relative to the source's root.
func (f *Flux) InSource(dir string) string { return path.Join(f.Source.Root.V, dir) }

// Bootstrap is what is there before Flux.
type Bootstrap struct {
	Provides Capabilities `json:"provides"`
}

// Literal is a string as it stands in a file of the user.
type Literal struct {
	Label   string // the field it is the value of; empty in lists and comments
	Text    string
	Comment bool
	Pos     diag.Pos
}

// Unit gives the unit of a name, or nil.
func (c *Cluster) Unit(name string) *Unit {
	for _, u := range c.Units {
		if u.Name == name {
			return u
		}
	}
	return nil
}

// ServedKind gives how the releases of the cluster serve a kind; false for a
// kind that ichor does not know.
func (c *Cluster) ServedKind(kind string) (release.Kind, bool) {
	find := []func(string) (release.Kind, bool){release.BuiltinKind, release.FluxKind}
	if c.Release.ExternalSecretsRow != nil {
		find = append(find, c.Release.ExternalSecretsRow.Kind)
	}
	if c.Release.CertManagerRow != nil {
		find = append(find, c.Release.CertManagerRow.Kind)
	}
	if c.Release.CiliumRow != nil {
		find = append(find, c.Release.CiliumRow.Kind)
	}
	for _, f := range find {
		if k, ok := f(kind); ok {
			return k, true
		}
	}
	return release.Kind{}, false
}

// HasFamily reports whether the pods have addresses of the family of a.
func (c *Cluster) HasFamily(is4 bool) bool {
	for _, p := range c.PodNetwork.CIDRs {
		if p.V.Addr().Is4() == is4 {
			return true
		}
	}
	return false
}

// ControlPlanes gives the nodes that run the Kubernetes API.
func (c *Cluster) ControlPlanes() []*Node {
	var out []*Node
	for _, n := range c.Nodes {
		if n.IsControlPlane() {
			out = append(out, n)
		}
	}
	return out
}

// VLANOf gives the VLAN that holds an address, or nil.
func (c *Cluster) VLANOf(a netip.Addr) *VLAN {
	for _, v := range c.VLANs {
		for _, p := range v.CIDRs {
			if p.V.Masked().Contains(a) {
				return v
			}
		}
	}
	return nil
}

// APIServerURL gives the Kubernetes API's address for clients.
func (c *Cluster) APIServerURL() string {
	host := c.ControlPlane.Endpoint.V
	if c.ControlPlane.VIP.IsSet() {
		host = c.ControlPlane.VIP.V.String()
		if c.ControlPlane.VIP.V.Is6() {
			host = "[" + host + "]"
		}
	}
	return "https://" + host + ":" + itoa(c.ControlPlane.Port.V)
}

// Outposts gives the outposts of all identity providers, sorted by name.
func (c *Cluster) Outposts() []*Outpost {
	if c.Auth == nil || c.Auth.Authentik == nil {
		return nil
	}
	return c.Auth.Authentik.Outposts
}

func itoa(n int) string { return strconv.Itoa(n) }
