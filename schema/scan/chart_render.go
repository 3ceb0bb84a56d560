package scan

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"

	"ichor/schema/release"
)

// rendering is what came out of a chart with its values: texts by the paths of
// their templates, or the error of Helm.
type rendering struct {
	texts  map[string]string
	crds   []chart.CRD
	err    error
	name   string // of the chart
	parsed bool   // the error is there whatever the values are
	values error  // why the schema of the values refuses them
	given  []any  // the values
	habits habits
	lacks  bool // a chart that it builds on is not in the repository
}

// rendered renders a chart once for all that give it the same values.
func (r *Repository) rendered(in chartInput) []rendering {
	id, err := json.Marshal(in)
	if err != nil {
		return []rendering{{err: err, lacks: true}}
	}
	if out, ok := r.renderings[string(id)]; ok {
		return out
	}
	first := r.tree.renderWith(in, nil)
	out := []rendering{first}
	if first.habits.random {
		out = append(out, r.tree.renderWith(in, nil))
	}
	if in.Blanks || first.habits.asksAPI {
		other := in
		other.Values = otherwise(in.Values)
		out = append(out, r.tree.renderWith(other, first.habits.apis))
	}
	if r.renderings == nil {
		r.renderings = map[string][]rendering{}
	}
	r.renderings[string(id)] = out
	return out
}

// renderWith renders a chart as Helm does, without a cluster. With APIs the
// cluster is an old one that serves them all.
func (t *tree) renderWith(in chartInput, apis []string) (out rendering) {
	c, err := t.loadChart(in.Dir)
	if err != nil {
		return rendering{err: err, parsed: true}
	}
	if in.Defaults != nil {
		c.Values = in.Defaults
	}
	if in.Build != "" {
		version, _, _ := strings.Cut(c.Metadata.Version, "+")
		c.Metadata.Version = version + "+" + in.Build
	}
	out.name, out.habits, out.given = c.Name(), habitsOf(c, in.Values), []any{in.Values, c.Values}
	values := asRead(in.Values) // Helm changes them
	if err := chartutil.ProcessDependenciesWithMerge(c, values); err != nil {
		out.err = err
		return out
	}
	out.lacks = lacks(c)
	options := chartutil.ReleaseOptions{Name: in.Name, Namespace: in.Namespace, Revision: 1, IsInstall: true}
	top, err := chartutil.ToRenderValuesWithSchemaValidation(c, values, options, capabilities(apis), true)
	if err != nil {
		out.err = err
		return out
	}
	if table, err := top.Table("Values"); err == nil {
		out.given = []any{table.AsMap()}
		if closed(c) {
			out.values = chartutil.ValidateAgainstSchema(c, table)
		}
	}
	out.texts, out.err = engine.Render(c, top)
	out.parsed = out.err != nil && strings.HasPrefix(out.err.Error(), "parse error")
	if !in.WithoutCRDs {
		out.crds = c.CRDObjects()
	}
	return out
}

// capabilities is what a cluster serves: of Kubernetes' own what is final, in the
// newest release. With APIs it is what is older, too.
func capabilities(apis []string) *chartutil.Capabilities {
	minors := release.KubernetesMinors()
	out := &chartutil.Capabilities{HelmVersion: chartutil.DefaultCapabilities.HelmVersion, KubeVersion: kubeVersion(minors.Max)}
	if apis != nil {
		out.KubeVersion = kubeVersion(minors.Min)
		out.APIVersions = append(slices.Clone(chartutil.DefaultVersionSet), apis...)
		return out
	}
	for _, v := range chartutil.DefaultVersionSet {
		if !strings.Contains(v, "alpha") && !strings.Contains(v, "beta") {
			out.APIVersions = append(out.APIVersions, v)
		}
	}
	return out
}

func kubeVersion(m release.Minor) chartutil.KubeVersion {
	major, minor, _ := strings.Cut(m.String(), ".")
	return chartutil.KubeVersion{Version: "v" + m.String() + ".0", Major: major, Minor: minor}
}

// render fills a chart with what comes out of it: objects, or what is wrong. Where
// what is not known may be the reason, nothing is wrong.
func (r *reader) render(c *Chart, in chartInput) {
	all := r.rendered(in)
	first := all[0]
	c.given = first.given
	known := !in.Open && !first.lacks && !first.habits.unordered
	if first.err != nil {
		if first.parsed || known && !in.Blanks && !first.habits.asksLive && sameError(all) {
			r.brokenTemplate(c, first.err)
		}
		return
	}
	if first.values != nil && known && !in.Blanks {
		c.refusedValues(first.name, first.values)
	}
	if first.habits.unordered {
		return
	}
	docs := r.documentsOf(c, in, first)
	whole := true
	for _, other := range all[1:] {
		before := len(docs)
		docs = compare(docs, r.documentsOf(c, in, other), !first.habits.random)
		known, whole = known && other.err == nil, whole && len(docs) >= before
	}
	r.objects(c, in, docs, known && !in.Patched)
	c.Release.Rendered = c.Release.Rendered && whole
}

// sameError reports whether every rendering stops at the same.
func sameError(all []rendering) bool {
	return !slices.ContainsFunc(all, func(other rendering) bool { return other.err == nil || other.err.Error() != all[0].err.Error() })
}

// compare gives the documents of one rendering, with those unsure that another
// one has not, or not so, and those that only the other has. Where both may differ
// by chance, what only one has is left out.
func compare(docs, others []document, keep bool) []document {
	byID := map[string]document{}
	for _, d := range others {
		byID[d.id()] = d
	}
	var out []document
	for _, d := range docs {
		other, ok := byID[d.id()]
		delete(byID, d.id())
		switch {
		case !ok && !keep:
			continue
		case !ok:
			d.unsure, d.absent = true, true
		case d.content != nil:
			masked, sure := mask(d.content, other.content, "")
			d.content, _ = masked.(map[string]any)
			d.unsure = d.unsure || !sure
		default:
			d.unsure = d.unsure || d.text != other.text
		}
		out = append(out, d)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if d := byID[id]; keep && d.content != nil {
			d.unsure, d.absent = true, true
			out = append(out, d)
		}
	}
	return out
}

// maskedText stands in the place of what is another each time.
const maskedText = "${UNKNOWN}"

// looseFields may hold what is another each time, and what says it is sure all the
// same.
var looseFields = []string{"data", "stringData", "binaryData", "annotations", "caBundle"}

// mask gives a value with what differs from another one hidden, and whether it
// differs in nothing but loose fields.
func mask(value, other any, key string) (masked any, sure bool) {
	switch v := value.(type) {
	case map[string]any:
		if o, ok := other.(map[string]any); ok {
			masked, sure = maskMap(v, o)
			return masked, sure || slices.Contains(looseFields, key)
		}
	case []any:
		if o, ok := other.([]any); ok && len(v) == len(o) {
			return maskList(v, o)
		}
	default:
		if value == other {
			return value, true
		}
	}
	return maskedText, slices.Contains(looseFields, key)
}

// maskMap leaves out what only one of two has.
func maskMap(value, other map[string]any) (masked map[string]any, sure bool) {
	masked, sure = map[string]any{}, len(value) == len(other)
	for key, v := range value {
		o, both := other[key]
		if !both {
			sure = false
			continue
		}
		item, same := mask(v, o, key)
		masked[key], sure = item, sure && same
	}
	return masked, sure
}

func maskList(value, other []any) (masked []any, sure bool) {
	masked, sure = make([]any, len(value)), true
	for i := range value {
		item, same := mask(value[i], other[i], "")
		masked[i], sure = item, sure && same
	}
	return masked, sure
}
