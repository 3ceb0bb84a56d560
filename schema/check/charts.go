package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var chartRules = []rule{
	{diag.Rule{
		Code: "chart-pod-security", Severity: diag.Warning,
		Summary: "Of some charts it is known that they run pods that a strict namespace does not admit: the release then waits for them until its timeout. A value turns the pod off, or the namespace allows more.",
		Wrong:   `cluster: services: monitoring: {namespace: "monitoring", helm: {repository: "prometheus", chart: "kube-prometheus-stack", version: "75.15.0"}}`,
		Right:   `cluster: {namespaces: monitoring: podSecurity: "privileged", services: monitoring: {namespace: "monitoring", helm: {repository: "prometheus", chart: "kube-prometheus-stack", version: "75.15.0"}}}`,
		Source:  "schema/depend/charts.yaml, podSecurity, with the source of each; Kubernetes documentation, Pod Security Standards",
	}, chartPods},
}

func chartPods(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		if s.Helm == nil || isOther(s.Helm) {
			continue
		}
		chart, _ := depend.ChartOf(s.Helm.Chart.V)
		level := admitted(c, s.Namespace)
		for _, pod := range chart.PodSecurity {
			if refuses(level.V, pod.Level) && isMade(s.Helm.Values, pod) {
				at(r, s.Helm.Chart, "chart %q runs a pod that namespace %q does not admit at level %q: %s", s.Helm.Chart.V, s.Namespace.V, level.V, pod.Because).
					Note(level.Pos, "the level of the namespace").
					Advise("%s", remedyOf(s, pod))
			}
		}
	}
}

// isOther reports whether a chart is another one than the table's: Bitnami's
// charts have the names of those of the projects, and values of their own.
func isOther(h *model.Helm) bool {
	return h.Repository.To != nil && strings.Contains(h.Repository.To.URL.V, "bitnami")
}

// levels are the Pod Security Standards, the loosest first.
var levels = []string{"privileged", "baseline", "restricted"}

func refuses(level, loosest string) bool {
	return slices.Index(levels, level) >= slices.Index(levels, loosest)
}

// admitted gives the level of a namespace: what the spec says of it, or for one
// that is there before Flux the API server's own. kube-system is exempt there.
func admitted(c *model.Cluster, namespace model.At[string]) model.At[string] {
	i := slices.IndexFunc(c.Namespaces, func(n *model.Namespace) bool { return n.Name.V == namespace.V })
	switch {
	case i >= 0:
		return c.Namespaces[i].PodSecurity
	case namespace.V == model.CiliumNamespace || c.Talos == nil:
		return model.At[string]{V: "privileged", Pos: namespace.Pos}
	}
	return model.At[string]{V: c.Talos.APIServer.PodSecurity.Enforce.V, Pos: namespace.Pos}
}

// isMade reports whether the values have the chart make the pod.
func isMade(values *model.Tree, pod depend.Refused) bool {
	for path, want := range pod.When {
		if valueAt(values, path).Plain() != want {
			return false
		}
	}
	for path, off := range pod.Unless {
		if valueAt(values, path).Plain() == off {
			return false
		}
	}
	return true
}

// valueAt gives the value at a path, as persistence.enabled.
func valueAt(values *model.Tree, path string) *model.Tree {
	return values.Lookup(strings.Split(path, ".")...)
}

// remedyOf proposes the value that turns off the least: that of the longest path.
func remedyOf(s *model.Service, pod depend.Refused) string {
	looser := levels[slices.Index(levels, pod.Level)-1]
	say := fmt.Sprintf("say `namespaces: %q: podSecurity: %q`", s.Namespace.V, looser)
	if len(pod.Unless) == 0 {
		return say
	}
	path := slices.MaxFunc(slices.Sorted(maps.Keys(pod.Unless)), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	return fmt.Sprintf("set %s to %t in its values, or %s", path, pod.Unless[path], say)
}
