package audit

import (
	"slices"

	"ichor/schema/graph"
	"ichor/schema/scan"
)

// Statistics counts what a cluster has written down, and what follows.
type Statistics struct {
	Objects  int
	Written  int // entries of dependsOn that name a Kustomization of the cluster
	Direct   int // of those, that an edge computed from the objects gives
	Through  int // of those, that a chain of computed edges gives
	Computed int // dependsOn that follows from the objects, after reduction
	Lacking  int // of those, that nothing written gives
}

// Statistics counts.
func (c *Cluster) Statistics() Statistics {
	var s Statistics
	computed := map[string][]string{}
	for i, k := range c.Kustomizations {
		s.Objects += len(k.Objects)
		s.Computed += len(c.Units[i].DependsOn)
		computed[c.Units[i].Name] = c.Units[i].HardNames()
	}
	edges := func(name string) []string { return computed[name] }
	written := c.written(func(_, _ *scan.Kustomization) bool { return true })
	for i, k := range c.Kustomizations {
		u := c.Units[i]
		for j := range k.Spec.DependsOn {
			switch _, to := c.unit(dependency(k, j)); {
			case to == nil:
				continue
			case slices.Contains(computed[u.Name], to.Name):
				s.Direct++
			case graph.Reach(u.Name, edges)[to.Name]:
				s.Through++
			}
			s.Written++
		}
		reached := graph.Reach(k.ID(), written)
		for _, e := range u.DependsOn {
			if !reached[c.idOf(e.To)] {
				s.Lacking++
			}
		}
	}
	return s
}
