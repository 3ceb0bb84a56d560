package verify

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// scannedRules are those that hold for hand-written objects without a spec: each
// tells of references and neighbours, and none of releases or of what ichor
// writes.
func scannedRules() []rule {
	return slices.Concat(
		referenceRules, secretTemplateRules, ownerRules, podSecurityRules, selectorRules, servicePortRules, loadBalancerRules, bgpRules,
		monitorRules, backendRules, routeRules, hostRules, ingressRules, urlRules, podRules, claimRules, scalingRules, editedRules,
	)
}

// Scanned judges the objects that the units of a repository without a spec apply,
// each at its place in the files. What the world does not see is not told of.
func Scanned(w World, units []*model.Unit) diag.List {
	o := &objects{World: w, all: byHand(units)}
	for _, x := range o.kustomizations() {
		x.Unit = "" // what it applies is read
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

// byHand gives the objects that units apply from hand-written files.
func byHand(units []*model.Unit) []*Object {
	var out []*Object
	for _, u := range units {
		for _, x := range u.Objects {
			out = append(out, &Object{Unstructured: unstructured.Unstructured{Object: x.Content}, Unit: u.Name, hand: x})
		}
	}
	return out
}

// unscope takes the namespace from hand-written objects of kinds that live in none:
// kustomize gives one to every kind that it does not know, and the API server drops
// it.
func (o *objects) unscope() {
	for _, x := range o.all {
		if x.hand == nil || x.GetNamespace() == "" {
			continue
		}
		if s, ok := o.schema(x.kindOf()); ok && !s.Namespaced {
			x.Unstructured = *x.DeepCopy()
			x.SetNamespace("")
		}
	}
}

// sure reports whether a problem is one whatever stands for what is not known:
// values that are encrypted, and variables.
func (p problem) sure() bool {
	x := p.object.hand
	switch {
	case x == nil:
		return true
	case x.Encrypted:
		return false
	case !x.Open || p.code == codeUnknownField:
		return true
	}
	part, _ := x.Body.Find(p.field)
	return !holdsVariable(part)
}

func holdsVariable(t *model.Tree) bool {
	held := false
	t.Walk(func(v *model.Tree) {
		text, _ := v.Scalar.(string)
		held = held || strings.Contains(text, "${")
	})
	return held
}
