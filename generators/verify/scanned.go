package verify

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// scannedRules are those that hold for hand-written objects without a spec: each
// tells of references and neighbours, and none of what ichor writes. Of releases
// tell releaseRules.
func scannedRules() []rule {
	return slices.Concat(
		referenceRules, secretTemplateRules, ownerRules, podSecurityRules, selectorRules, servicePortRules, loadBalancerRules, bgpRules,
		monitorRules, backendRules, routeRules, hostRules, ingressRules, urlRules, podRules, claimRules, rolloutRules, scalingRules, editedRules, chartPodRules, chartProbeRules, healthRules,
	)
}

// Scanned judges the objects that the units of a repository without a spec apply,
// each at its place in the files. What the world does not see is not told of.
func Scanned(w World, units []*model.Unit) diag.List {
	o := &objects{World: w, all: byHand(units)}
	for _, x := range o.kustomizations() {
		x.Unit = "" // what it applies is read
	}
	found := slices.Concat(o.judgedBy(scannedRules()), o.byRelease().judgedBy(releaseRules()), o.bySaid())
	for i, d := range found {
		if slices.Contains(harmless, d.Code) {
			found[i].Severity = diag.Warning
		}
		if d.Code == "api-deprecated" {
			found[i].Severity = diag.Info
		}
	}
	return found
}

// markRendered tells of the releases that ichor writes which of their charts are
// rendered: these make nothing that is not among the objects.
func (o *objects) markRendered() {
	for _, u := range o.Units {
		if u.Service == nil || u.Service.Release == nil || !u.Service.Release.Rendered {
			continue
		}
		for _, x := range o.of(groupHelm, "HelmRelease") {
			x.rendered = x.rendered || x.GetName() == u.Service.Release.Name && x.GetNamespace() == u.Service.Release.Namespace
		}
	}
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
			out = append(out, &Object{Unstructured: unstructured.Unstructured{Object: x.Content}, Unit: u.Name, hand: x, unsure: x.Unsure, rendered: x.Rendered})
		}
	}
	return out
}

// settle makes of hand-written objects what the API server does before it judges
// them: those of kinds that live in no namespace lose the one that kustomize gives
// to every kind it does not know, and base64 the lines that it is broken into.
func (o *objects) settle() {
	for _, x := range o.all {
		if x.hand == nil {
			continue
		}
		if s, ok := o.schema(x.kindOf()); ok && !s.Namespaced && x.GetNamespace() != "" {
			x.Unstructured = *x.DeepCopy()
			x.SetNamespace("")
		}
		switch x.GroupVersionKind().GroupKind().String() {
		case "Secret":
			x.unfold("data")
		case "ConfigMap":
			x.unfold("binaryData")
		}
	}
}

// unfold takes the line breaks out of base64.
func (x *Object) unfold(field string) {
	if _, ok := x.tree(field); !ok {
		return
	}
	x.Unstructured = *x.DeepCopy()
	values, _ := x.tree(field)
	for key, value := range values {
		if text, ok := value.(string); ok {
			values[key] = strings.ReplaceAll(text, "\n", "")
		}
	}
}

// varies reports whether a variable whose value is not known stands in a field.
func (x *Object) varies(field string) bool {
	if !x.open || field == "" {
		return false
	}
	part, exact := x.hand.Body.Find(field)
	return exact && holdsVariable(part)
}

func holdsVariable(t *model.Tree) bool {
	held := false
	t.Walk(func(v *model.Tree) {
		text, _ := v.Scalar.(string)
		held = held || strings.Contains(text, "${")
	})
	return held
}

// callings are the fields by which an object, or what an operator makes of it, is
// called.
var callings = []string{"metadata.name", "metadata.namespace", "spec.target.name", "spec.secretName"}

// obscure reports whether variables keep from being known what an object of a
// namespace is called, or which pods it makes.
func (x *Object) obscure(namespace string) bool {
	if x.GetNamespace() != namespace && !x.varies("metadata.namespace") {
		return false
	}
	return slices.ContainsFunc(callings, x.varies) || x.open && slices.ContainsFunc(templates, x.garbled)
}

// garbled reports whether an object has a template of pods that cannot be read.
func (x *Object) garbled(t template) bool {
	gvk := x.GroupVersionKind()
	if gvk.Group != t.group || gvk.Kind != t.kind {
		return false
	}
	_, ok := makes(x, t.path)
	return !ok
}
