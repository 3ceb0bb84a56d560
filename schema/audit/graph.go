package audit

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/graph"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var graphRules = []rule{
	{diag.Rule{
		Code: "self-blocking-path", Severity: diag.Warning,
		Summary: "A Kustomization applies an object whose kind is installed by a HelmRelease of the same Kustomization, or of a Kustomization below it. On a fresh cluster, Flux rejects the whole Kustomization and never installs the chart.",
		Wrong:   "one path with the HelmRelease cert-manager and a ClusterIssuer",
		Right:   "two Kustomizations, the one with the ClusterIssuer depending on the other",
		Source:  "Flux kustomize-controller: server-side dry run of the whole set before it is applied",
	}, selfBlocking},
	{diag.Rule{
		Code: "computed-cycle", Severity: diag.Warning,
		Summary: "Two or more Kustomizations need each other, so no dependsOn can order them. One of them must be split, or what it needs must exist before Flux.",
		Wrong:   "external-secrets applies its store, which needs the server of onepassword, which needs a Secret of external-secrets",
		Right:   "the stores in a Kustomization of their own",
		Source:  "the rules that the notes name",
	}, computedCycles},
}

// selfBlocking looks for kinds that come by a chart of the same unit, or of one
// that the unit applies, and from nowhere else.
func selfBlocking(c *Cluster, r *diag.Report) {
	for i, u := range c.Units {
		seen := map[string]bool{}
		for _, n := range u.Needs {
			if n.Kind != model.KindCRD || n.ByChart || seen[n.Name] || c.existing[n.Capability] {
				continue
			}
			by, pos, ok := c.onlyBelow(u, n.Capability)
			if !ok {
				continue
			}
			seen[n.Name] = true
			f := r.Add(n.Pos, c.Kustomizations[i].ID(), fmt.Sprintf("%s is of API group %s, which a chart of %s installs", n.What, n.Name, itOr(u, by)))
			f.Note(pos, "the chart").Note(c.Kustomizations[i].Pos, "%s applies both", c.Kustomizations[i].Object).
				Advise("move the object to a separate Kustomization that depends on %s, or install the kinds before Flux", by.Name)
		}
	}
}

func itOr(u, by *model.Unit) string {
	if u == by {
		return "the same Kustomization"
	}
	return by.Name + ", which this Kustomization applies"
}

// onlyBelow finds the chart by which alone a capability comes: one of the unit or
// of those that it applies.
func (c *Cluster) onlyBelow(u *model.Unit, need model.Capability) (by *model.Unit, pos diag.Pos, ok bool) {
	for _, p := range c.provided[need] {
		if !p.fact.ByChart || p.by != u && !isBelow(p.by, u) {
			return nil, pos, false
		}
		by, pos = p.by, p.fact.Pos
	}
	return by, pos, by != nil
}

// isBelow reports whether a unit is applied by another, directly or through
// others.
func isBelow(u, above *model.Unit) bool {
	for u = u.Parent; u != nil; u = u.Parent {
		if u == above {
			return true
		}
	}
	return false
}

func computedCycles(c *Cluster, r *diag.Report) {
	names := make([]string, len(c.Units))
	byName := map[string]int{}
	for i, u := range c.Units {
		names[i], byName[u.Name] = u.Name, i
	}
	_, cycles := graph.Order(names, func(name string) []string { return c.Units[byName[name]].HardNames() })
	for _, cycle := range cycles {
		k := c.Kustomizations[byName[cycle[0]]]
		f := r.Add(k.Pos, k.ID(), fmt.Sprintf("Kustomizations need each other in a circle: %s", strings.Join(append(slices.Clone(cycle), cycle[0]), " -> ")))
		for i, name := range cycle {
			next := cycle[(i+1)%len(cycle)]
			for _, e := range c.Units[byName[name]].HardEdges(next) {
				f.Note(e.Pos, "%s needs %s (%s): %s", name, next, e.Rule, e.Reason)
			}
		}
		f.Advise("%s", c.opening(cycle, byName))
	}
}

// circles gives each unit the number of the group of units that all need each
// other, which is a group of one for most.
func (c *Cluster) circles() map[string]int {
	byName := map[string]*model.Unit{}
	var names []string
	for _, u := range c.Units {
		names, byName[u.Name] = append(names, u.Name), u
	}
	in := map[string]int{}
	for i, group := range graph.Groups(names, func(n string) []string { return byName[n].HardNames() }) {
		for _, name := range group {
			in[name] = i
		}
	}
	return in
}

// opening says by which split a circle opens most cheaply: of its steps that with
// the fewest objects behind it, which then go into a Kustomization of their own.
func (c *Cluster) opening(cycle []string, byName map[string]int) string {
	var best []model.Edge
	at := 0
	for i, name := range cycle {
		edges := c.Units[byName[name]].HardEdges(cycle[(i+1)%len(cycle)])
		if best == nil || len(edges) < len(best) {
			best, at = edges, i
		}
	}
	var what []string
	for _, e := range best {
		what = append(what, e.What)
	}
	slices.Sort(what)
	name, next := cycle[at], cycle[(at+1)%len(cycle)]
	return fmt.Sprintf("move %s out of %s, into a separate Kustomization that depends on %s and %s",
		strings.Join(slices.Compact(what), ", "), name, name, next)
}

// deadlocks looks for circles among the states of Kustomizations: one is applied
// when its parent is applied and its dependencies are ready, and ready when it is
// applied and what its health checks look at is ready; with wait: true that is
// every Kustomization that it applies.
func deadlocks(c *Cluster, r *diag.Report) {
	var nodes []string
	for _, k := range c.Kustomizations {
		nodes = append(nodes, applied(k), ready(k))
	}
	steps := c.steps()
	_, cycles := graph.Order(nodes, func(n string) []string { return steps[n] })
	for _, cycle := range cycles {
		c.tellDeadlock(r, cycle)
	}
}

func applied(k *scan.Kustomization) string { return "applied " + k.ID() }
func ready(k *scan.Kustomization) string   { return "ready " + k.ID() }

// steps gives for each state those that come before it.
func (c *Cluster) steps() map[string][]string {
	steps := map[string][]string{}
	for _, k := range c.Kustomizations {
		steps[ready(k)] = append(steps[ready(k)], applied(k))
		if k.Parent != nil && k.Parent.ID() != k.ID() {
			steps[applied(k)] = append(steps[applied(k)], applied(k.Parent))
		}
		for i := range k.Spec.DependsOn {
			if to, _ := c.unit(dependency(k, i)); to != nil {
				steps[applied(k)] = append(steps[applied(k)], ready(to))
			}
		}
		for _, to := range c.watched(k) {
			steps[ready(k)] = append(steps[ready(k)], ready(to))
		}
	}
	return steps
}

// watched gives the Kustomizations that one looks at to be ready itself; Flux
// leaves itself out.
func (c *Cluster) watched(k *scan.Kustomization) []*scan.Kustomization {
	var out []*scan.Kustomization
	add := func(id string) {
		if to, _ := c.unit(id); to != nil && to != k && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	if !k.Spec.Wait {
		for _, h := range k.Spec.HealthChecks {
			if h.Kind == "Kustomization" && strings.HasPrefix(h.APIVersion, scan.KustomizeGroup) {
				add(h.Namespace + "/" + h.Name)
			}
		}
		return out
	}
	for _, o := range k.Objects {
		if o.Is(scan.KustomizeGroup, "Kustomization") {
			add(o.Namespace + "/" + o.Name)
		}
	}
	return out
}

func (c *Cluster) tellDeadlock(r *diag.Report, cycle []string) {
	ids := kustomizationsOf(cycle)
	first, _ := c.unit(ids[0])
	f := r.Add(first.Pos, first.ID(), fmt.Sprintf("Kustomizations wait for each other forever: %s", strings.Join(append(slices.Clone(ids), ids[0]), " -> ")))
	for i, s := range cycle {
		c.tellStep(f, s, cycle[(i+1)%len(cycle)])
	}
	f.Advise("remove one of these steps: a dependsOn, or the wait of a parent")
}

// tellStep notes why one state waits for another.
func (c *Cluster) tellStep(f *diag.Finding, from, to string) {
	a, id, _ := strings.Cut(from, " ")
	b, other, _ := strings.Cut(to, " ")
	k, _ := c.unit(id)
	switch {
	case id == other && a == "applied":
		f.Note(k.Place("spec.dependsOn"), "%s depends on itself", id)
	case id == other:
	case a == "applied" && b == "applied":
		f.Note(k.Pos, "%s is applied by %s", id, other)
	case a == "applied":
		i := slices.IndexFunc(indices(k), func(i int) bool { return dependency(k, i) == other })
		f.Note(entry(k, i), "%s depends on %s", id, other)
	case k.Spec.Wait:
		f.Note(k.Place("spec.wait"), "%s applies %s, and waits until it is ready", id, other)
	default:
		f.Note(k.Place("spec.healthChecks"), "%s has a health check on %s", id, other)
	}
}

func indices(k *scan.Kustomization) []int {
	out := make([]int, len(k.Spec.DependsOn))
	for i := range out {
		out[i] = i
	}
	return out
}
