package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var ciliumRules = []rule{
	{diag.Rule{
		Code: "cilium-value-derived", Severity: diag.Error,
		Summary: "The values of Cilium's chart set a value that follows from the nodes, the ranges and the routers: one of the two would silently override the other.",
		Wrong:   `cluster: cilium: values: loadBalancer: acceleration: "native"`,
		Right:   `cluster: nodes: a: xdp: true`,
		Source:  "Cilium install/kubernetes/cilium/values.yaml",
	}, derivedCiliumValues},
	{diag.Rule{
		Code: "cilium-value-unknown", Severity: diag.Error,
		Summary: "The spec sets a value that Cilium's chart of this release does not have: Helm does not report such a value.",
		Wrong:   `cluster: cilium: values: enableIPv6: true`,
		Right:   `cluster: podNetwork: cidrs: ["10.244.0.0/16", "fd00:244::/56"]`,
		Source:  "Cilium install/kubernetes/cilium (values.yaml and templates), 1.16 to 1.20",
	}, unknownCiliumValues},
	{diag.Rule{
		Code: "cilium-charts-missing", Severity: diag.Error,
		Summary: "Flux installs Cilium, but no chart repository has the name cilium: Flux takes the chart from the repository of this name.",
		Wrong:   `cluster: cilium: owner: "flux"`,
		Right:   `cluster: {cilium: owner: "flux", chartRepositories: cilium: url: "https://helm.cilium.io/"}`,
	}, missingCiliumCharts},
}

// walkCiliumValues visits what the spec adds to the values of Cilium's chart,
// parents first, and goes below what the visitor asks for.
func walkCiliumValues(c *model.Cluster, visit func(t *model.Tree, path []string) bool) {
	if c.Cilium != nil && c.Cilium.Values != nil {
		walkBelow(c.Cilium.Values, nil, visit)
	}
}

func walkBelow(t *model.Tree, path []string, visit func(*model.Tree, []string) bool) {
	for _, child := range t.Map {
		if below := append(slices.Clone(path), child.Key); visit(child, below) {
			walkBelow(child, below, visit)
		}
	}
}

func derivedCiliumValues(c *model.Cluster, r *diag.Report) {
	walkCiliumValues(c, func(t *model.Tree, path []string) bool {
		v, ok := model.CiliumDerived(path...)
		if ok && v.Covers(path...) {
			r.Add(t.Pos, t.Path, fmt.Sprintf("%s of Cilium follows from %s", v.Path, v.From)).
				Advise("remove it from cilium.values")
			return false
		}
		if ok && !t.IsMap {
			r.Add(t.Pos, t.Path, fmt.Sprintf("%s of Cilium holds %s, which follows from %s", strings.Join(path, "."), v.Path, v.From)).
				Advise("remove it from cilium.values, or write the values below it that you mean")
		}
		return ok
	})
}

func unknownCiliumValues(c *model.Cluster, r *diag.Report) {
	row := c.Release.CiliumRow
	if row == nil {
		return
	}
	walkCiliumValues(c, func(t *model.Tree, path []string) bool {
		if v, ok := model.CiliumDerived(path...); ok && v.Covers(path...) {
			return false
		}
		if row.ChartKey(path...) {
			return true
		}
		name, parent := strings.Join(path, "."), path[:len(path)-1]
		f := r.Add(t.Pos, t.Path, fmt.Sprintf("the chart of Cilium %s has no value %s", c.Release.Cilium.V, name)).
			Advise("remove it: Helm would ignore it").
			Propose(t.Key, row.ChartKeys(parent...))
		if instead, ok := insteadOf(name); ok {
			f.Advise("remove it: %s", instead)
		}
		return false
	})
}

// insteadOf tells of values that many write, and that no chart of a known
// release reads: old names, flags of the agent, and names that never were.
func insteadOf(name string) (string, bool) {
	switch name {
	case "enableIPv4", "enableIPv6":
		return "podNetwork defines the address families", true
	case "enable-lb-ipam":
		return "the cluster's `pools` define this", true
	case "enableXDPPrefilter":
		return "a node's `xdp` defines this", true
	case "datapathMode":
		return "the chart calls this value bpf.datapathMode", true
	case "loadBalancer.l2":
		return "the routers learn the addresses by BGP", true
	case "bgpControlPlane.secretNamespace":
		return "the passwords are where Cilium looks for them", true
	}
	return "", false
}

func missingCiliumCharts(c *model.Cluster, r *diag.Report) {
	if c.Cilium == nil || c.Cilium.Owner.V != "flux" {
		return
	}
	isCilium := func(charts *model.ChartRepository) bool { return charts.Name.V == model.CiliumCharts }
	if !slices.ContainsFunc(c.Charts, isCilium) {
		at(r, c.Cilium.Owner, "Flux installs Cilium, but no chart repository has the name %q", model.CiliumCharts).
			Advise(`add chartRepositories: %s: url: %q`, model.CiliumCharts, model.CiliumChartsURL)
	}
}
