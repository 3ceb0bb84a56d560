package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// chart is a HelmRelease: of most, the objects are not seen, and what it is told is.
type chart struct {
	*Object
	name   string // of the chart, as ingress-nginx; empty where it is not seen
	values map[string]any
}

func (o *objects) charts() []chart {
	var out []chart
	for _, x := range o.of(groupHelm, "HelmRelease") {
		values, _ := x.tree("spec", "values")
		out = append(out, chart{x, o.chartOf(x), values})
	}
	return out
}

// opaque gives the charts whose objects are not all seen: what others make of their
// values is told by these.
func (o *objects) opaque() []chart {
	return slices.DeleteFunc(o.charts(), func(c chart) bool { return c.rendered })
}

// value gives a value of the chart; nil where it is not said.
func (c chart) value(path ...string) any {
	var at any = c.values
	for _, key := range path {
		m, _ := at.(map[string]any)
		at = m[key]
	}
	return at
}

// structs visits every struct in the values, with its path in the object. What
// is switched off is passed over.
func (c chart) structs(visit func(path string, of map[string]any)) {
	walk("spec.values", c.values, visit)
}

func walk(path string, value any, visit func(path string, of map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		if v["enabled"] == false {
			return
		}
		visit(path, v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(path+"."+key, v[key], visit)
		}
	case []any:
		for i, item := range v {
			walk(fmt.Sprintf("%s[%d]", path, i), item, visit)
		}
	}
}

// texts gives the entries of a struct that are texts: labels, annotations.
func texts(value any) map[string]string {
	m, _ := value.(map[string]any)
	out := map[string]string{}
	for key, v := range m {
		if text, ok := v.(string); ok {
			out[key] = text
		}
	}
	return out
}

// chartLabels are the keys of labels that charts give by themselves.
// Source: Helm documentation, Labels and Annotations.
var chartLabels = []string{"app", "chart", "component", "heritage", "k8s-app", "release"}

// ofCharts reports whether a chart may give a label with this key unasked.
func ofCharts(key string) bool {
	return slices.Contains(chartLabels, key) || strings.HasPrefix(key, "app.kubernetes.io/") || strings.HasPrefix(key, "helm.sh/")
}
