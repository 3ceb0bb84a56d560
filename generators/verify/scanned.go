package verify

import (
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// scannedRules are those that hold for hand-written objects without a spec: each
// tells of references and neighbours, and none of releases or of what ichor
// writes.
func scannedRules() []rule {
	return slices.Concat(
		referenceRules, ownerRules, podSecurityRules, selectorRules, servicePortRules, loadBalancerRules, bgpRules,
		monitorRules, backendRules, routeRules, hostRules, ingressRules, urlRules, podRules, claimRules, scalingRules, editedRules,
	)
}

// Scanned judges the objects that the units of a repository without a spec apply,
// each at its place in the files. What the world does not see is not told of.
func Scanned(w World, units []*model.Unit) diag.List {
	o := &objects{World: w}
	for _, u := range units {
		o.all = append(o.all, handwritten(u)...)
	}
	found := o.judgedBy(scannedRules())
	for i, d := range found {
		if slices.Contains(harmless, d.Code) {
			found[i].Severity = diag.Warning
		}
	}
	return found
}

// harmless are the codes of what does not stop a unit: it is applied and ready all
// the same, and something of it does not work.
var harmless = []string{
	"monitor-port", "monitor-selects-nothing", "policy-selects-nothing", "spread-selects-others", "service-url", "backend-missing",
	"service-selects-nothing", "route-parent", "auth-url", "scale-target",
}
