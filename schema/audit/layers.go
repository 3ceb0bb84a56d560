package audit

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/graph"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var layerRules = []rule{
	{diag.Rule{
		Code: "depends-on-upwards", Severity: diag.Warning,
		Summary: "A Kustomization installs something that every pod needs, such as the network or the DNS of the cluster, and waits for something that runs in pods. While those pods are down, Flux does not apply the change that would fix what they need.",
		Wrong:   "cilium: dependsOn: [{name: ingress-nginx}]",
		Right:   "cilium without a dependsOn on what runs in pods",
		Source:  "Flux documentation, Kustomization, dependencies; the charts that charts.yaml says are there before Flux",
	}, upwards},
}

func upwards(c *Cluster, r *diag.Report) {
	next := c.written(func(_, _ *scan.Kustomization) bool { return true })
	for i, k := range c.Kustomizations {
		chart := groundOf(c.Units[i])
		if chart == "" {
			continue
		}
		for j := range k.Spec.DependsOn {
			to, _ := c.unit(dependency(k, j))
			if to == nil || to == k {
				continue
			}
			if chain := c.toPods(to.ID(), next); chain != nil {
				f := r.Add(entry(k, j), k.ID(), fmt.Sprintf("%s installs %s, which every pod needs, and waits for %s, which runs in pods", k.Object, chart, chain[len(chain)-1]))
				if len(chain) > 1 {
					f.Note(diag.Pos{}, "the chain is %s", strings.Join(append([]string{k.ID()}, chain...), " -> "))
				}
				f.Advise("remove the entry, or move what needs this dependency out of %s", k.Name)
			}
		}
	}
}

// groundOf gives the chart of a unit that is there before Flux; empty for none.
func groundOf(u *model.Unit) string {
	for _, f := range u.Provides {
		if c, _ := depend.ChartOf(f.Name); f.Kind == model.KindChart && c.BeforeFlux {
			return f.Name
		}
	}
	return ""
}

// toPods gives the chain from a Kustomization to the nearest one that runs in pods;
// nil for none.
func (c *Cluster) toPods(from string, next graph.Edges[string]) []string {
	var best []string
	for i, k := range c.Kustomizations {
		if !runsPods(k, c.Units[i]) {
			continue
		}
		if chain := graph.Path(from, k.ID(), next); chain != nil && (best == nil || len(chain) < len(best)) {
			best = chain
		}
	}
	return best
}

// runsPods reports whether a Kustomization runs pods above the ground: by a chart
// that has more than kinds, or by a workload of its own.
func runsPods(k *scan.Kustomization, u *model.Unit) bool {
	if groundOf(u) != "" {
		return false
	}
	return slices.ContainsFunc(u.Provides, func(f model.Fact) bool {
		chart, _ := depend.ChartOf(f.Name)
		return f.Kind == model.KindChart && !chart.CRDsOnly && !strings.HasSuffix(f.Name, "crds")
	}) || slices.ContainsFunc(k.Objects, func(o *scan.Object) bool { return o.Group == "apps" })
}
