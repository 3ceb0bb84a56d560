package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/graph"
	"ichor/schema/model"
)

var cycleRules = []rule{
	{diag.Rule{
		Code: "cycle", Severity: diag.Error,
		Summary: "Units that wait for each other in a circle never start. The notes name each step of the circle, with its reason and its place.",
		Wrong:   `cluster: services: {a: after: [{service: "b", because: "..."}], b: after: [{service: "a", because: "..."}]}`,
		Right:   `cluster: services: a: after: [{service: "b", because: "..."}]`,
		Source:  "Flux documentation, Kustomization, dependencies",
	}, cycles},
	{diag.Rule{
		Code: "child-deadlock", Severity: diag.Error,
		Summary: "A unit applies a Kustomization that waits for this unit, or for something that waits for this unit. The unit waits until everything that it applies is ready: the Kustomization never starts, and the unit is never ready.",
		Wrong:   `cluster: services: apps: path: "apps" // a Kustomization in it has dependsOn: [{name: apps}]`,
		Right:   `cluster: services: apps: path: "apps" // its Kustomization has no dependsOn on apps: what applies it is there`,
		Source:  "Flux kustomize-controller: dependencies are asked to be Ready, and wait: true asks the same of what is applied",
	}, childDeadlocks},
}

func cycles(c *model.Cluster, r *diag.Report) {
	names := make([]string, len(c.Units))
	for i, u := range c.Units {
		names[i] = u.Name
	}
	_, found := graph.Order(names, func(name string) []string { return c.Unit(name).HardNames() })
	for _, cycle := range found {
		first := c.Unit(cycle[0])
		f := r.Add(first.Pos, pathOf(first), fmt.Sprintf("units wait for each other in a circle: %s", strings.Join(append(slices.Clone(cycle), cycle[0]), " -> ")))
		all := steps(c, cycle)
		for _, s := range all {
			for _, e := range s.edges {
				f.Note(e.Pos, "%s needs %s (%s): %s", s.from, s.to, e.Rule, e.Reason)
			}
		}
		f.Advise("%s", opening(all))
	}
}

// step is what makes one unit of a cycle wait for the next.
type step struct {
	from, to string
	edges    []model.Edge
}

func steps(c *model.Cluster, cycle []string) []step {
	out := make([]step, len(cycle))
	for i, name := range cycle {
		next := cycle[(i+1)%len(cycle)]
		out[i] = step{name, next, c.Unit(name).HardEdges(next)}
	}
	return out
}

// opening says how a cycle opens most cheaply: by an order that the spec gives
// by hand, by kinds that come apart, or by the fewest objects that move.
func opening(all []step) string {
	slices.SortStableFunc(all, func(a, b step) int { return cmp.Compare(len(a.edges), len(b.edges)) })
	for _, s := range all {
		if s.only(model.KindAfter) {
			return fmt.Sprintf("remove the `after` by which %s waits for %s", s.from, s.to)
		}
	}
	for _, s := range all {
		if s.only(model.KindCRD) && s.from != model.UnitOfConfig(s.to) {
			return fmt.Sprintf("move the kinds of %s into a separate unit (`crds` of the service: a chart or the manifests of the kinds alone), "+
				"or install them before Flux and name them in bootstrap.provides.crds", strings.TrimSuffix(s.to, model.UnitOfConfig("")))
		}
	}
	for _, s := range all {
		if what := s.movable(); what != "" {
			return fmt.Sprintf("move %s out of %s, into a service of its own", what, s.from)
		}
	}
	return fmt.Sprintf("install what %s needs from %s before Flux and name it in bootstrap.provides, or remove the need", all[0].from, all[0].to)
}

func (s step) only(rule string) bool {
	return !slices.ContainsFunc(s.edges, func(e model.Edge) bool { return e.Rule != rule })
}

// movable names what can stand in another unit: objects, and no release, which is
// what its service is for. What comes apart already moves nowhere.
func (s step) movable() string {
	var out []string
	for _, e := range s.edges {
		if e.What == "" || strings.HasPrefix(e.What, "HelmRelease ") || s.from == model.UnitOfConfig(s.to) {
			return ""
		}
		out = append(out, e.What)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// childDeadlocks looks at Kustomizations that stand in directories and among
// inline objects: the unit is ready after them, they begin after others.
func childDeadlocks(c *model.Cluster, r *diag.Report) {
	for _, u := range c.Units {
		for _, o := range depend.Children(u) {
			for _, ref := range o.Body.Lookup("spec", "dependsOn").Items() {
				on := c.Unit(ref.Lookup("name").Text())
				if on == nil || cmp.Or(ref.Lookup("namespace").Text(), o.Namespace) != c.Flux.Namespace.V {
					continue
				}
				childDeadlock(c, r, u, o, on, ref.Pos)
			}
		}
	}
}

func childDeadlock(c *model.Cluster, r *diag.Report, u *model.Unit, child *model.Object, on *model.Unit, pos diag.Pos) {
	way := graph.Path(on.Name, u.Name, func(name string) []string { return c.Unit(name).HardNames() })
	if way == nil {
		return
	}
	f := r.Add(pos, pathOf(u), fmt.Sprintf("unit %q waits for %s, which waits for %q: neither is ever ready", u.Name, child, on.Name)).
		Note(u.Pos, "the unit applies this Kustomization, and waits for everything that the unit applies")
	for i := 1; i < len(way); i++ {
		e := c.Unit(way[i-1]).HardEdges(way[i])[0]
		f.Note(e.Pos, "%s needs %s (%s): %s", way[i-1], way[i], e.Rule, e.Reason)
	}
	f.Advise("remove it from dependsOn: the unit that applies a Kustomization exists before the Kustomization")
}
