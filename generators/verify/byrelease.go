package verify

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"ichor/schema/diag"
	"ichor/schema/release"
)

// releaseRules are those that judge objects by the release that serves their
// kind, for a repository that says which one that is.
func releaseRules() []rule {
	return slices.DeleteFunc(slices.Concat(kindRules, schemaRules), func(r rule) bool { return r.Code == "kind-unchecked" })
}

// byRelease gives the objects whose API group is served by a release that the
// repository names. What is encrypted or still has a variable is not seen as it
// will be, and of Secrets and ConfigMaps most is made. That Kubernetes serves a
// version no more, who reads the files tells.
func (o *objects) byRelease() *objects {
	out := &objects{World: o.World}
	if o.Releases == (release.Rows{}) {
		return out
	}
	out.reading.Do(func() { out.schemas = o.served() })
	named := map[string]bool{}
	for _, crd := range o.of("apiextensions.k8s.io", "CustomResourceDefinition") {
		if !writtenByFlux(crd) {
			named[crd.at("spec.group")] = false // the repository brings the kinds itself
		}
	}
	for _, x := range o.all {
		group := x.GroupVersionKind().Group
		if _, asked := named[group]; !asked {
			named[group] = isNamed(o.served().Group(group))
		}
		_, ends := release.LifeOf(x.GetAPIVersion(), x.GetKind())
		generated := group == "" && (x.GetKind() == "Secret" || x.GetKind() == "ConfigMap")
		if named[group] && !ends && !generated && !x.hand.Encrypted && !x.widened() && x.labelled() && !mentions(x.Object, variable) {
			out.all = append(out.all, x)
		}
	}
	return out
}

// bySaid judges objects by a release of Kubernetes that the repository says and
// nobody applies: the cluster may have a newer one, that takes more.
func (o *objects) bySaid() diag.List {
	if o.Releases.Kubernetes != nil || o.Said.Kubernetes == nil {
		return nil
	}
	w := o.World
	w.Releases = release.Rows{Kubernetes: o.Said.Kubernetes}
	found := (&objects{World: w, all: o.all}).byRelease().judgedBy(releaseRules())
	for i := range found {
		found[i].Severity = diag.Warning
	}
	return found
}

// writtenByFlux reports whether a kind is one that `flux install` wrote: a label of
// it says the release, by which it is judged.
func writtenByFlux(crd *Object) bool {
	return strings.HasSuffix(crd.GetName(), ".toolkit.fluxcd.io") && crd.GetLabels()["app.kubernetes.io/part-of"] == "flux"
}

// widened reports whether the schema of an object's kind is another where Flux is
// installed: to the kinds that an Alert or a Receiver may name, Flux Operator adds its
// own, and people those of other controllers. Source: Flux documentation, Flux
// Receivers and Alerts for third-party controllers.
func (o *Object) widened() bool {
	return o.GroupVersionKind().Group == "notification.toolkit.fluxcd.io" && (o.GetKind() == "Alert" || o.GetKind() == "Receiver")
}

// labelled reports whether all labels are texts: of what is none, some releases of
// Flux leave the labels out before the API server sees them.
func (o *Object) labelled() bool {
	_, _, err := unstructured.NestedStringMap(o.Object, "metadata", "labels")
	return err == nil
}

// isNamed reports whether all kinds of a group are of releases that are named.
func isNamed(group []release.Schema) bool {
	return len(group) > 0 && !slices.ContainsFunc(group, func(s release.Schema) bool { return s.Guessed })
}

// variable reports whether a text has a variable that nothing has filled in.
func variable(_, text string) bool { return strings.Contains(text, "${") }
