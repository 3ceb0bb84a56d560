package audit

import (
	"cmp"
	"fmt"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
)

var installRules = []rule{
	{diag.Rule{
		Code: "bootstrap-differs", Severity: diag.Warning,
		Summary: "A release that is installed before Flux has another version than the HelmRelease with which Flux takes it over. A new cluster starts with one version and changes to the other at once, and no pod of Flux runs if that change fails. The finding is an info where only the patch version differs.",
		Wrong:   "helmfile: version: 1.17.2, and the HelmRelease: version: 1.18.0",
		Right:   "one version in both",
		Source:  "Cilium documentation, Upgrade Guide: one minor at a time",
	}, bootstraps},
	{diag.Rule{
		Code: "chart-version-only", Severity: diag.Info,
		Summary: "A HelmRelease takes its chart from files of a GitRepository or Bucket, and Flux looks only at the version in its Chart.yaml: Flux never installs a change that keeps the version. The finding is a warning where the chart is in this repository.",
		Wrong:   "chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}}",
		Right:   "chart: {spec: {chart: ./charts/web, reconcileStrategy: Revision, sourceRef: {kind: GitRepository, name: flux-system}}}",
		Source:  "Flux documentation, HelmChart, reconcile strategy",
	}, versionOnly},
}

// bootstraps looks at repositories of one cluster: of several, nobody tells which
// was set up by what.
func bootstraps(c *Cluster, r *diag.Report) {
	if len(c.Repository.Clusters) != 1 {
		return
	}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if o.Is(scan.HelmGroup, "HelmRelease") {
				c.bootstrapped(r, k, o)
			}
		}
	}
}

// bootstrapped compares a HelmRelease with what is installed before Flux by its
// name.
func (c *Cluster) bootstrapped(r *diag.Report, k *scan.Kustomization, o *scan.Object) {
	chart := c.chartOf(&o.Object)
	for _, b := range c.Repository.Bootstrap.Releases {
		patches, differ := release.Differ(b.Version, chart.Version.V)
		if b.Chart != chart.Name.V || b.Name != o.Name || cmp.Or(b.Namespace, o.Namespace) != o.Namespace || !differ {
			continue
		}
		f := r.Add(b.Pos, k.ID(), fmt.Sprintf("%s %s is installed before Flux, and %s has version %s", b.Chart, b.Version, o, chart.Version.V)).
			Note(chart.Version.Pos, "version %s is here", chart.Version.V).Advise("write the same version in both places, and let your update tool change both")
		if patches {
			f.Severity = diag.Info
		}
	}
}

// chartOf gives the chart of a HelmRelease, with the version of its own or of its
// source.
func (c *Cluster) chartOf(o *model.Object) depend.Installed {
	return depend.InstalledBy(o, func(kind, namespace, name string) *model.Object {
		if _, source := c.object(scan.SourceGroup, kind, namespace, name); source != nil {
			return &source.Object
		}
		return nil
	})
}

func versionOnly(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			spec := o.Body.Lookup("spec", "chart", "spec")
			chart, kind := spec.Lookup("chart").Text(), spec.Lookup("sourceRef", "kind").Text()
			files := kind == "GitRepository" || kind == "Bucket"
			if !o.Is(scan.HelmGroup, "HelmRelease") || !files || spec.Lookup("reconcileStrategy").Text() == "Revision" {
				continue
			}
			f := r.Add(spec.Place("chart"), k.ID(), fmt.Sprintf("%s installs a change of chart %q of a %s only when the version in its Chart.yaml changes", o, chart, kind)).
				Advise("write `reconcileStrategy: Revision` beside `chart`, or raise the version with every change")
			if sourceOf(o, spec.Lookup("sourceRef")) == k.Source() && !k.External && c.Repository.IsDir(chart) {
				f.Severity = diag.Warning
			}
		}
	}
}

// sourceOf names the source that a field of an object refers to.
func sourceOf(o *scan.Object, ref *model.Tree) scan.SourceID {
	return scan.SourceID{
		Kind: ref.Lookup("kind").Text(), Namespace: cmp.Or(ref.Lookup("namespace").Text(), o.Namespace), Name: ref.Lookup("name").Text(),
	}
}
