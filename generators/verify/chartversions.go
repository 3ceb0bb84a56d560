package verify

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var chartRules = []rule{
	{diag.Rule{
		Code: "chart-unknown", Severity: diag.Error,
		Summary: "The spec lists what a chart repository has, and this chart or version is not in the list. Flux never installs a chart that does not exist, and everything that waits for the chart waits forever.",
		Wrong:   `cluster: {chartRepositories: dns: {url: "https://charts.example.com", charts: "external-dns": ["1.18.0"]}, services: dns: {namespace: "dns", helm: {repository: "dns", chart: "external-dns", version: "2.20.4"}}}`,
		Right:   `cluster: {chartRepositories: dns: {url: "https://charts.example.com", charts: "external-dns": ["1.18.0"]}, services: dns: {namespace: "dns", helm: {repository: "dns", chart: "external-dns", version: "1.18.0"}}}`,
		Source:  "Flux documentation, HelmChart, Version; Helm documentation, The Chart Repository Guide",
	}, chartsUnknown},
}

// takenChart is a chart that a HelmRelease takes from a repository, and where it says so.
type takenChart struct {
	repository            *model.ChartRepository
	chart, version        string
	of                    *Object
	chartField, versionAt string
}

func chartsUnknown(o *objects, r *diag.Report) {
	for _, t := range o.takenCharts() {
		known := t.repository.Charts
		i := slices.IndexFunc(known, func(k *model.ListedChart) bool { return k.Name.V == t.chart })
		switch {
		case i < 0:
			t.noChart(r)
		case fullVersion.MatchString(t.version) && !slices.ContainsFunc(known[i].Versions, t.isVersion):
			t.noVersion(r, known[i])
		}
	}
}

// fullVersion is a version that names one release, and no range of them.
var fullVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

// isVersion reports whether a version is the one that is asked for. In an index
// a leading v does not count; the tag of a registry is what is written.
func (t takenChart) isVersion(v model.At[string]) bool {
	if t.repository.IsOCI() {
		return v.V == t.version
	}
	return strings.TrimPrefix(v.V, "v") == strings.TrimPrefix(t.version, "v")
}

func (t takenChart) noChart(r *diag.Report) {
	var names []string
	for _, k := range t.repository.Charts {
		names = append(names, k.Name.V)
	}
	at(r, t.of, t.chartField, "chart %q does not exist in chart repository %q", t.chart, t.repository.Name.V).
		Note(t.repository.Charts[0].Name.Pos, "the charts of %q are listed here", t.repository.Name.V).
		Advise("name a chart of the repository, or add this chart to its `charts`").
		Propose(t.chart, names)
}

// maxVersions is how many versions an advice names.
const maxVersions = 5

func (t takenChart) noVersion(r *diag.Report, known *model.ListedChart) {
	f := at(r, t.of, t.versionAt, "version %s of chart %q does not exist in chart repository %q", t.version, t.chart, t.repository.Name.V).
		Note(known.Name.Pos, "the versions that exist are listed here")
	var versions []string
	for _, v := range known.Versions[:min(maxVersions, len(known.Versions))] {
		versions = append(versions, v.V)
	}
	if len(versions) == 0 {
		f.Advise("add the version to `charts` once it exists")
		return
	}
	f.Advise("use %s, or add this version to `charts` once it exists", diag.OneOf(versions))
}

// takenCharts gives the charts that come from repositories of which it is known what they
// hold.
func (o *objects) takenCharts() []takenChart {
	known := o.listed()
	if len(known) == 0 {
		return nil
	}
	var out []takenChart
	for _, c := range o.charts() {
		for _, k := range known {
			if t, ok := o.from(k, c); ok {
				out = append(out, t)
			}
		}
	}
	return out
}

// listed gives the repositories of which it is known what they hold, each once: of
// one that has several names, what is said under any of these is in it.
func (o *objects) listed() []*model.ChartRepository {
	var out []*model.ChartRepository
	for _, k := range o.ChartRepositories {
		i := slices.IndexFunc(out, func(other *model.ChartRepository) bool { return address(other) == address(k) })
		switch {
		case len(k.Charts) == 0:
		case i < 0:
			one := *k
			out = append(out, &one)
		default:
			out[i].Charts = merged(out[i].Charts, k.Charts)
		}
	}
	return out
}

// merged gives what two lists of charts say together.
func merged(charts, more []*model.ListedChart) []*model.ListedChart {
	out := slices.Clone(charts)
	for _, k := range more {
		i := slices.IndexFunc(out, func(other *model.ListedChart) bool { return other.Name.V == k.Name.V })
		if i < 0 {
			out = append(out, k)
			continue
		}
		out[i] = &model.ListedChart{Name: out[i].Name, Versions: slices.Concat(out[i].Versions, k.Versions)}
	}
	return out
}

// from gives what a HelmRelease takes of a repository; false where it takes
// nothing of it.
func (o *objects) from(k *model.ChartRepository, c chart) (t takenChart, ok bool) {
	if source := o.sourceOf(c.Object, "OCIRepository", "spec", "chartRef"); source != nil {
		name, isThere := strings.CutPrefix(source.text("spec", "url"), address(k)+"/")
		return takenChart{k, name, source.text("spec", "ref", "tag"), source, "spec.url", "spec.ref.tag"}, isThere
	}
	source := o.sourceOf(c.Object, "HelmRepository", "spec", "chart", "spec", "sourceRef")
	if source == nil || strings.TrimSuffix(source.text("spec", "url"), "/") != address(k) {
		return takenChart{}, false
	}
	return takenChart{k, c.name, c.text("spec", "chart", "spec", "version"), c.Object, "spec.chart.spec.chart", "spec.chart.spec.version"}, true
}

// address gives that of a repository as it is compared.
func address(k *model.ChartRepository) string { return strings.TrimSuffix(k.URL.V, "/") }

// sourceOf gives the source that a reference names, if it is of a kind and is seen.
func (o *objects) sourceOf(x *Object, kind string, ref ...string) *Object {
	said := func(field string) string { return x.text(append(slices.Clone(ref), field)...) }
	namespace := cmp.Or(said("namespace"), x.GetNamespace())
	for _, source := range o.of("source.toolkit.fluxcd.io", kind) {
		if said("kind") == kind && source.GetName() == said("name") && source.GetNamespace() == namespace {
			return source
		}
	}
	return nil
}

// versionOf gives the version of a chart, or the range of them, that a HelmRelease
// asks for; empty where none is said.
func (o *objects) versionOf(c chart) string {
	if source := o.sourceOf(c.Object, "OCIRepository", "spec", "chartRef"); source != nil {
		return cmp.Or(source.text("spec", "ref", "semver"), source.text("spec", "ref", "tag"))
	}
	return c.text("spec", "chart", "spec", "version")
}
