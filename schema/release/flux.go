package release

// Flux is what a minor release of Flux can do. Kustomization v1, HelmRelease
// v2 and HelmRepository v1 are served by every release of the table.
type Flux struct {
	Minor         Minor
	MinKubernetes Minor // cmd/flux/check.go
	// StableOCI: OCIRepository is served as v1; before, as v1beta2 only.
	StableOCI bool
	// HealthExpressions: a Kustomization has healthCheckExprs, by which it tells
	// when an object is ready whose conditions kstatus does not know.
	HealthExpressions bool
	// OneHealthExpression: of two for one kind the Kustomization is refused; before,
	// the second is ignored.
	OneHealthExpression bool
	// StrictVariables: a variable that no substitution defines fails the build of a
	// Kustomization; before, it becomes nothing.
	StrictVariables bool
}

func (f Flux) minor() Minor { return f.Minor }

// FindFlux gives the row of a version as 2.4.0.
func FindFlux(version string) (*Flux, error) { return find("Flux", version, fluxTable) }

// Source: cmd/flux/check.go and the controllers' config/crd/bases at each release;
// for expressions runtime/cel at the release of fluxcd/pkg that each
// kustomize-controller takes.
var fluxTable = []Flux{
	{Minor: Minor{2, 4}, MinKubernetes: Minor{1, 28}},
	{Minor: Minor{2, 5}, MinKubernetes: Minor{1, 30}, HealthExpressions: true},
	{Minor: Minor{2, 6}, MinKubernetes: Minor{1, 31}, StableOCI: true, HealthExpressions: true},
	{Minor: Minor{2, 7}, MinKubernetes: Minor{1, 32}, StableOCI: true, HealthExpressions: true},
	{Minor: Minor{2, 8}, MinKubernetes: Minor{1, 33}, StableOCI: true, HealthExpressions: true, OneHealthExpression: true},
	{Minor: Minor{2, 9}, MinKubernetes: Minor{1, 33}, StableOCI: true, HealthExpressions: true, OneHealthExpression: true, StrictVariables: true},
}
