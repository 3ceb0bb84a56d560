package audit

import (
	"maps"
	"slices"

	"ichor/schema/graph"
	"ichor/schema/scan"
)

// Order is what a Kustomization is to depend on: what people wrote, and what
// follows from the objects and nothing written gives.
type Order struct {
	*scan.Kustomization
	Want  []*scan.Kustomization // those written first, each once
	Added int                   // of them, those that are not written
}

// Orders gives the Kustomizations whose dependsOn is to change: what they need
// and do not wait for is added, and repetitions go. Nothing is added that would
// make two wait for each other, and nothing written is lost. Entries that name
// nothing stay: they are a finding, and people know what they meant.
func (c *Cluster) Orders() []Order {
	steps := c.steps()
	next := func(s string) []string { return steps[s] }
	var out []Order
	for _, i := range c.deepFirst() {
		k := c.Kustomizations[i]
		if o := c.order(i, steps, next); o.Added > 0 || len(o.Want) < c.resolved(k) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Order) int { return a.Pos.Compare(b.Pos) })
	return out
}

// order plans one Kustomization, and adds its edges to the steps.
func (c *Cluster) order(i int, steps map[string][]string, next graph.Edges[string]) Order {
	k := c.Kustomizations[i]
	o := Order{Kustomization: k}
	for j := range k.Spec.DependsOn {
		if to, _ := c.unit(dependency(k, j)); to != nil && to != k && !slices.Contains(o.Want, to) {
			o.Want = append(o.Want, to)
		}
	}
	if k.Parent == nil {
		return o
	}
	for _, e := range c.Units[i].DependsOn {
		to, _ := c.unit(c.idOf(e.To))
		given := graph.Reach(applied(k), next)[ready(to)]
		closes := graph.Reach(ready(to), next)[applied(k)]
		if given || closes || to == k {
			continue
		}
		o.Want, o.Added = append(o.Want, to), o.Added+1
		steps[applied(k)] = append(steps[applied(k)], ready(to))
	}
	return o
}

// resolved counts the entries of dependsOn that name a Kustomization of the
// cluster.
func (c *Cluster) resolved(k *scan.Kustomization) int {
	n := 0
	for j := range k.Spec.DependsOn {
		if to, _ := c.unit(dependency(k, j)); to != nil {
			n++
		}
	}
	return n
}

// deepFirst gives the indices of units, each after those it is computed to need;
// those in a circle come last.
func (c *Cluster) deepFirst() []int {
	index := map[string]int{}
	for i, u := range c.Units {
		index[u.Name] = i
	}
	order, _ := graph.Order(slices.Collect(maps.Keys(index)), func(n string) []string { return c.Units[index[n]].HardNames() })
	var out []int
	for _, name := range order {
		out = append(out, index[name])
		delete(index, name)
	}
	for _, name := range slices.Sorted(maps.Keys(index)) {
		out = append(out, index[name])
	}
	return out
}
