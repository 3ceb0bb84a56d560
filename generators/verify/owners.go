package verify

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ichor/schema/diag"
)

var ownerRules = []rule{
	{diag.Rule{
		Code: "release-twice", Severity: diag.Error,
		Summary: "Two HelmReleases install under one release name in one namespace: each replaces what the other has installed.",
		Wrong:   `cluster: services: {a: {namespace: "web", helm: {repository: "charts", chart: "a", version: "1.0.0", release: "web"}}, b: {namespace: "web", manifests: HelmRelease: b: spec: {releaseName: "web", chart: spec: chart: "b"}}}`,
		Right:   `cluster: services: {a: {namespace: "web", helm: {repository: "charts", chart: "a", version: "1.0.0", release: "web"}}, b: {namespace: "web", manifests: HelmRelease: b: spec: {releaseName: "b", chart: spec: chart: "b"}}}`,
		Source:  "Flux documentation, HelmRelease, release name",
	}, releasedTwice},
	{diag.Rule{
		Code: "secret-twice", Severity: diag.Error,
		Summary: "Two objects create the same Secret. External Secrets and cert-manager reject a Secret that another object owns, and a Secret that Flux applies and an operator fills changes back and forth. An ExternalSecret that only adds to a Secret sets creationPolicy: Merge.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Secret: web: stringData: level: "info", ExternalSecret: token: spec: {secretStoreRef: {kind: "ClusterSecretStore", name: "store"}, target: name: "web", data: [{secretKey: "token", remoteRef: key: "Web"}]}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Secret: web: stringData: level: "info", ExternalSecret: token: spec: {secretStoreRef: {kind: "ClusterSecretStore", name: "store"}, target: name: "web-token", data: [{secretKey: "token", remoteRef: key: "Web"}]}}}`,
		Source:  "External Secrets documentation, Lifecycle, creationPolicy; cert-manager documentation, Certificate, one Secret for each",
	}, secretsTwice},
}

func releasedTwice(o *objects, r *diag.Report) {
	first := map[[2]string]*Object{}
	for _, x := range o.of(groupHelm, "HelmRelease") {
		k := [2]string{targetNamespace(x), releaseName(x)}
		if other := first[k]; other != nil {
			at(r, x, "spec.releaseName", "%s and %s both install release %q in namespace %q", other, x, k[1], k[0]).
				Note(other.Place("").Pos, "%s", other).
				Advise("give one of them another release name")
			continue
		}
		first[k] = x
	}
}

// secretsTwice looks at what says itself which Secret it makes. Of an object that
// is there twice by its name, who reads the files tells.
func secretsTwice(o *objects, r *diag.Report) {
	first := map[[2]string]*Object{}
	for _, x := range slices.Concat(o.of("", "Secret"), o.of(groupExternalSecrets, "ExternalSecret"), o.of(groupCertManager, "Certificate")) {
		name := secretMade(x)
		other := first[[2]string{x.GetNamespace(), name}]
		switch {
		case name == "" || other != nil && other.key() == x.key():
		case other == nil:
			first[[2]string{x.GetNamespace(), name}] = x
		default:
			f := at(r, x, secretField[x.GetKind()], "%s and %s both create Secret %q in namespace %q", other, x, name, x.GetNamespace()).
				Note(other.Place("").Pos, "%s", other).
				Advise("give one of them another Secret")
			if other.GetKind() == "Secret" {
				f.Severity = diag.Warning // both are applied, and one of them is found changed
			}
		}
	}
}

// secretField is where a kind says which Secret it makes.
var secretField = map[string]string{"Secret": "metadata.name", "ExternalSecret": "spec.target.name", "Certificate": "spec.secretName"}

// secretMade gives the name of the Secret that an object makes; empty where it
// makes none, or one that others may fill too.
func secretMade(x *Object) string {
	for key, value := range x.GetAnnotations() {
		if strings.HasPrefix(key, "kustomize.toolkit.fluxcd.io/") && value != "enabled" {
			return "" // as ssa: IfNotPresent
		}
	}
	switch x.GetKind() {
	case "ExternalSecret":
		if policy := x.at("spec.target.creationPolicy"); policy == "Merge" || policy == "None" || policy == "Orphan" {
			return ""
		}
		return cmp.Or(x.at("spec.target.name"), x.GetName())
	case "Certificate":
		return x.at("spec.secretName")
	}
	return x.GetName()
}

// externalKeys gives the keys that an ExternalSecret fills: those of its template
// where it has one, which keeps the others only if it says so. Nil where a template
// of somewhere else or a whole item makes them, or it adds to a Secret that others
// make. Source: External Secrets documentation, Advanced Templating.
func externalKeys(x *Object) []string {
	template, _ := x.tree("spec", "target", "template", "data")
	merged := x.at("spec.target.template.mergePolicy") == "Merge"
	switch {
	case len(list(x, "spec", "target", "template", "templateFrom")) > 0, x.at("spec.target.creationPolicy") == "Merge":
		return nil
	case len(list(x, "spec", "dataFrom")) > 0 && (merged || len(template) == 0):
		return nil
	}
	keys := append([]string{}, slices.Sorted(maps.Keys(template))...)
	for _, d := range list(x, "spec", "data") {
		if key := text(d, "secretKey"); (merged || len(template) == 0) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
