package release

// Cilium is what a minor release of Cilium can do.
type Cilium struct {
	Minor      Minor
	Kubernetes Range // tested, Documentation/network/kubernetes/compatibility.rst
	// StableBGP: the BGP kinds and the pools are served as cilium.io/v2;
	// before, cilium.io/v2alpha1 is the only version there is.
	StableBGP bool
	// PeeringPolicy: CiliumBGPPeeringPolicy is still reconciled.
	PeeringPolicy bool
	// LBIPAMValues: the chart has enableLBIPAM and defaultLBServiceIPAM.
	LBIPAMValues bool
	// BGPStatus: the operator writes conditions into the BGP kinds, unless
	// bgpControlPlane.statusReport is off.
	BGPStatus bool
	// Syslog: the agent may read the kernel's log, and the chart asks for it.
	Syslog bool
}

func (c Cilium) minor() Minor { return c.Minor }

// APIVersion gives the version of the BGP kinds and of the pools.
func (c Cilium) APIVersion() string {
	if c.StableBGP {
		return "cilium.io/v2"
	}
	return "cilium.io/v2alpha1"
}

// AgentCapabilities gives the capabilities of the agent on Talos: the chart's
// own but for SYS_MODULE, which Talos grants no pod. Source: values.yaml,
// securityContext.capabilities.ciliumAgent; Talos documentation, Deploy Cilium CNI.
func (c Cilium) AgentCapabilities() []string {
	out := []string{
		"CHOWN", "KILL", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "SYS_ADMIN", "SYS_RESOURCE",
		"DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID",
	}
	if c.Syslog {
		out = append(out, "SYSLOG")
	}
	return out
}

// CleanCapabilities gives those of the init container that removes old state,
// in the same way. Source: values.yaml, securityContext.capabilities.cleanCiliumState.
func (c Cilium) CleanCapabilities() []string {
	return []string{"NET_ADMIN", "SYS_ADMIN", "SYS_RESOURCE"}
}

// FindCilium gives the row of a version as 1.17.6.
func FindCilium(version string) (*Cilium, error) { return find("Cilium", version, ciliumTable) }

// Source: pkg/k8s/apis/cilium.io/client/crds, install/kubernetes/cilium/values.yaml
// and Documentation/network/kubernetes/compatibility.rst at v1.16.0, v1.17.6,
// v1.18.0, v1.19.1 and v1.20.2.
var ciliumTable = []Cilium{
	{Minor: Minor{1, 16}, Kubernetes: Range{Minor{1, 27}, Minor{1, 30}}, PeeringPolicy: true},
	{Minor: Minor{1, 17}, Kubernetes: Range{Minor{1, 29}, Minor{1, 32}}, PeeringPolicy: true, LBIPAMValues: true, BGPStatus: true},
	{Minor: Minor{1, 18}, Kubernetes: Range{Minor{1, 30}, Minor{1, 33}}, PeeringPolicy: true, LBIPAMValues: true, BGPStatus: true, StableBGP: true},
	{Minor: Minor{1, 19}, Kubernetes: Range{Minor{1, 31}, Minor{1, 34}}, LBIPAMValues: true, BGPStatus: true, StableBGP: true, Syslog: true},
	{Minor: Minor{1, 20}, Kubernetes: Range{Minor{1, 33}, Minor{1, 36}}, LBIPAMValues: true, BGPStatus: true, StableBGP: true, Syslog: true},
}
