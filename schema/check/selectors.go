package check

import (
	"fmt"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// workload is an inline object that makes pods.
type workload struct {
	name      string // as `Deployment "web"`
	namespace string
	at        model.At[string]
	selector  *model.Tree
	pods      map[string]any // labels of its pods
}

func workloads(c *model.Cluster) []workload {
	var out []workload
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet"}, m.Kind.V) {
				out = append(out, workload{
					fmt.Sprintf("%s %q", m.Kind.V, m.Name.V), namespaceOf(s, m), m.Name,
					m.Body.Lookup("spec", "selector", "matchLabels"),
					m.Body.Lookup("spec", "template", "metadata", "labels").PlainMap(),
				})
			}
		}
	}
	return out
}

func sharedSelectors(c *model.Cluster, r *diag.Report) {
	all := workloads(c)
	for i, w := range all {
		for _, earlier := range all[:i] {
			if w.namespace != earlier.namespace || !fits(w.selector.PlainMap(), earlier.pods) && !fits(earlier.selector.PlainMap(), w.pods) {
				continue
			}
			pos, path := placeOf(w.selector, w.at)
			r.Add(pos, path, fmt.Sprintf("the selectors of %s and %s fit the same pods", w.name, earlier.name)).
				Note(earlier.at.Pos, "%s", earlier.name).
				Advise("give the pods of each a label of their own, and select by it")
		}
	}
	for _, s := range serviceSelectors(c) {
		var found []workload
		for _, w := range all {
			if w.namespace == s.namespace && fits(s.labels, w.pods) {
				found = append(found, w)
			}
		}
		if len(found) > 1 {
			r.Add(s.pos, s.path, fmt.Sprintf("%s selects the pods of %s and of %s", s.name, found[0].name, found[1].name)).
				Note(found[0].at.Pos, "%s", found[0].name).
				Note(found[1].at.Pos, "%s", found[1].name).
				Advise("select by a label that only one of them has")
		}
	}
}

// placeOf gives where a tree stands, or where what it belongs to does.
func placeOf(t *model.Tree, around model.At[string]) (diag.Pos, string) {
	if t == nil {
		return around.Pos, around.Path
	}
	return t.Pos, t.Path
}

// fits reports whether a selector selects pods with the labels. An empty one is
// none: the API server asks for a selector.
func fits(selector, labels map[string]any) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

// selecting is an inline Service, or a load balancer of our own.
type selecting struct {
	name, namespace string
	labels          map[string]any
	pos             diag.Pos
	path            string
}

func serviceSelectors(c *model.Cluster) []selecting {
	var out []selecting
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if t := m.Body.Lookup("spec", "selector"); m.Kind.V == "Service" && t != nil {
				out = append(out, selecting{fmt.Sprintf("Service %q", m.Name.V), namespaceOf(s, m), t.PlainMap(), t.Pos, t.Path})
			}
		}
		for _, lb := range s.LoadBalancers {
			labels := map[string]any{}
			for k, v := range lb.Selector {
				labels[k] = v.V
			}
			out = append(out, selecting{fmt.Sprintf("load balancer %q", lb.Name.V), s.Namespace.V, labels, lb.Name.Pos, lb.Name.Path})
		}
	}
	return out
}
