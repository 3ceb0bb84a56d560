package release

// CloudNativePG is a minor release of the chart cloudnative-pg, and the operator
// in it.
type CloudNativePG struct {
	Minor      Minor // the chart's
	Operator   Minor
	Kubernetes Range // what the operator was tested with
	// BackupPlugin: the plugin barman-cloud works with the operator.
	BackupPlugin bool
}

func (c CloudNativePG) minor() Minor { return c.Minor }

// FindCloudNativePG gives the row of a version of the chart, as 0.25.0.
func FindCloudNativePG(version string) (*CloudNativePG, error) {
	return find("the chart cloudnative-pg", version, cloudNativePGTable)
}

// Source: appVersion in charts/cloudnative-pg/Chart.yaml at each tag of
// cloudnative-pg/charts; docs/src/supported_releases.md of cloudnative-pg at
// 1.27 and 1.30, supported and tested alike; plugin-barman-cloud documentation,
// Installation ("must be 1.26 or newer").
var cloudNativePGTable = []CloudNativePG{
	{Minor{0, 20}, Minor{1, 22}, Range{Minor{1, 26}, Minor{1, 28}}, false},
	{Minor{0, 21}, Minor{1, 23}, Range{Minor{1, 27}, Minor{1, 29}}, false},
	{Minor{0, 22}, Minor{1, 24}, Range{Minor{1, 28}, Minor{1, 31}}, false},
	{Minor{0, 23}, Minor{1, 25}, Range{Minor{1, 29}, Minor{1, 33}}, false},
	{Minor{0, 24}, Minor{1, 26}, Range{Minor{1, 29}, Minor{1, 33}}, true},
	{Minor{0, 25}, Minor{1, 26}, Range{Minor{1, 29}, Minor{1, 33}}, true},
	{Minor{0, 26}, Minor{1, 27}, Range{Minor{1, 29}, Minor{1, 33}}, true},
	{Minor{0, 27}, Minor{1, 28}, Range{Minor{1, 32}, Minor{1, 35}}, true},
	{Minor{0, 28}, Minor{1, 29}, Range{Minor{1, 31}, Minor{1, 36}}, true},
	{Minor{0, 29}, Minor{1, 30}, Range{Minor{1, 30}, Minor{1, 36}}, true},
}

// NewestCloudNativePG names the newest minor of the chart for a release of
// Kubernetes; empty for none.
func NewestCloudNativePG(kubernetes Minor) string {
	return newest("chart cloudnative-pg", cloudNativePGTable, func(c CloudNativePG) bool { return c.Kubernetes.Contains(kubernetes) })
}

// NewestCertManager names the newest minor of cert-manager for a release of
// Kubernetes; empty for none.
func NewestCertManager(kubernetes Minor) string {
	return newest("cert-manager", certManagerTable, func(c CertManager) bool { return c.Kubernetes.Contains(kubernetes) })
}

// NewestCilium names the newest minor of Cilium that was tested with a release of
// Kubernetes; empty for none.
func NewestCilium(kubernetes Minor) string {
	return newest("Cilium", ciliumTable, func(c Cilium) bool { return c.Kubernetes.Contains(kubernetes) })
}

// NewestFlux names the newest minor of Flux that supports a release of Kubernetes;
// empty for none.
func NewestFlux(kubernetes Minor) string {
	return newest("Flux", fluxTable, func(f Flux) bool { return kubernetes.Compare(f.MinKubernetes) >= 0 })
}

func newest[R row](program string, table []R, fits func(R) bool) string {
	out := ""
	for _, r := range table {
		if fits(r) {
			out = program + " " + r.minor().String()
		}
	}
	return out
}
