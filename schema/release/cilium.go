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
}

func (c Cilium) minor() Minor { return c.Minor }

// APIVersion gives the version of the BGP kinds and of the pools.
func (c Cilium) APIVersion() string {
	if c.StableBGP {
		return "cilium.io/v2"
	}
	return "cilium.io/v2alpha1"
}

// FindCilium gives the row of a version as 1.17.6.
func FindCilium(version string) (*Cilium, error) { return find("Cilium", version, ciliumTable) }

// Source: pkg/k8s/apis/cilium.io/client/crds and
// Documentation/network/kubernetes/compatibility.rst at v1.16.0, v1.17.6,
// v1.18.0, v1.19.1 and v1.20.2.
var ciliumTable = []Cilium{
	{Minor: Minor{1, 16}, Kubernetes: Range{Minor{1, 27}, Minor{1, 30}}, PeeringPolicy: true},
	{Minor: Minor{1, 17}, Kubernetes: Range{Minor{1, 29}, Minor{1, 32}}, PeeringPolicy: true, LBIPAMValues: true},
	{Minor: Minor{1, 18}, Kubernetes: Range{Minor{1, 30}, Minor{1, 33}}, PeeringPolicy: true, LBIPAMValues: true, StableBGP: true},
	{Minor: Minor{1, 19}, Kubernetes: Range{Minor{1, 31}, Minor{1, 34}}, LBIPAMValues: true, StableBGP: true},
	{Minor: Minor{1, 20}, Kubernetes: Range{Minor{1, 33}, Minor{1, 36}}, LBIPAMValues: true, StableBGP: true},
}
