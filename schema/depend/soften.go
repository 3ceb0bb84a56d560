package depend

import (
	"ichor/schema/graph"
	"ichor/schema/model"
)

// weakest are the rules whose edges are the first to become soft, each only
// where the ones before left a circle.
var weakest = []string{
	model.KindService, model.KindNodeLabel, model.KindSeed, model.KindInstance, model.KindOperator,
}

// soften makes the weak edges soft that lie on a circle of hard ones: of what
// works later by itself, nothing may keep two units waiting for each other. A
// circle that is left then is a mistake, and a check names it.
func soften(units []*model.Unit) {
	for _, kind := range weakest {
		in := circles(units)
		for _, u := range units {
			for i, e := range u.Edges {
				if e.Weak && e.Rule == kind && in[u.Name] == in[e.To.Name] {
					u.Edges[i].Soft = true
				}
			}
		}
	}
}

// circles gives each unit the number of its group: of units that all wait for
// each other, or of itself alone.
func circles(units []*model.Unit) map[string]int {
	hard := map[string][]string{}
	var names []string
	for _, u := range units {
		names = append(names, u.Name)
		for _, e := range u.Edges {
			if !e.Soft {
				hard[u.Name] = append(hard[u.Name], e.To.Name)
			}
		}
	}
	in := map[string]int{}
	for i, group := range graph.Groups(names, func(n string) []string { return hard[n] }) {
		for _, n := range group {
			in[n] = i + 1
		}
	}
	return in
}
