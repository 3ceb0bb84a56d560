package verify

import "ichor/schema/diag"

var ownerRules = []rule{
	{diag.Rule{
		Code: "release-twice", Severity: diag.Error,
		Summary: "Two HelmReleases install under one release name in one namespace: each replaces what the other has installed.",
		Wrong:   `cluster: services: {a: {namespace: "web", helm: {repository: "charts", chart: "a", version: "1.0.0", release: "web"}}, b: {namespace: "web", manifests: HelmRelease: b: spec: {releaseName: "web", chart: spec: chart: "b"}}}`,
		Right:   `cluster: services: {a: {namespace: "web", helm: {repository: "charts", chart: "a", version: "1.0.0", release: "web"}}, b: {namespace: "web", manifests: HelmRelease: b: spec: {releaseName: "b", chart: spec: chart: "b"}}}`,
		Source:  "Flux documentation, HelmRelease, release name",
	}, releasedTwice},
}

func releasedTwice(o *objects, r *diag.Report) {
	first := map[[2]string]*Object{}
	for _, x := range o.of("helm.toolkit.fluxcd.io", "HelmRelease") {
		name := x.text("spec", "releaseName")
		if name == "" {
			name = x.GetName()
		}
		k := [2]string{targetNamespace(x), name}
		if other := first[k]; other != nil {
			at(r, x, "spec.releaseName", "%s and %s both install release %q in namespace %q", other, x, name, k[0]).
				Note(other.Place("").Pos, "%s", other).
				Advise("give one of them another release name")
			continue
		}
		first[k] = x
	}
}
