package main

import (
	"fmt"
	"slices"

	"ichor/schema/graph"
	"ichor/schema/model"
)

// step is one unit that waits for another, with every edge that says so.
type step struct {
	from, to *model.Unit
	edges    []model.Edge // never empty
}

// chain gives a shortest chain from a unit to another, of hard edges, and also
// of soft ones if soft is set. It is nil where there is none.
func chain(from, to *model.Unit, soft bool) []step {
	units := map[string]*model.Unit{from.Name: from}
	names := graph.Path(from.Name, to.Name, func(name string) []string {
		var next []string
		for _, e := range units[name].Edges {
			if soft || !e.Soft {
				units[e.To.Name] = e.To
				next = append(next, e.To.Name)
			}
		}
		return next
	})
	var steps []step
	for i := 1; i < len(names); i++ {
		a, b := units[names[i-1]], units[names[i]]
		steps = append(steps, step{a, b, edges(a, b, soft)})
	}
	return steps
}

// edges gives the edges from a unit to another: the hard ones, or the soft
// ones where soft is set and there is no hard one.
func edges(from, to *model.Unit, soft bool) []model.Edge {
	var hard, all []model.Edge
	for _, e := range from.Edges {
		if e.To != to {
			continue
		}
		all = append(all, e)
		if !e.Soft {
			hard = append(hard, e)
		}
	}
	if soft && len(hard) == 0 {
		return all
	}
	return hard
}

// impact tells what a unit takes down with it if it never becomes ready.
type impact struct {
	down []step // units that never become ready, nearest first, each by what it waits for
	soft []step // units that do, but miss something
}

// impactOf follows hard edges backwards from a unit, and then the soft edges
// into what stays down.
func impactOf(all []*model.Unit, u *model.Unit) impact {
	var i impact
	down := map[*model.Unit]bool{u: true}
	for queue := []*model.Unit{u}; len(queue) > 0; queue = queue[1:] {
		for _, from := range all {
			if e := edges(from, queue[0], false); len(e) > 0 && !down[from] {
				down[from] = true
				i.down = append(i.down, step{from, queue[0], e})
				queue = append(queue, from)
			}
		}
	}
	for _, from := range all {
		if s, ok := softStep(from, down); ok && !down[from] {
			i.soft = append(i.soft, s)
		}
	}
	return i
}

// softStep gives the first soft edge from a unit into what stays down.
func softStep(from *model.Unit, down map[*model.Unit]bool) (step, bool) {
	for _, e := range from.Edges {
		if e.Soft && down[e.To] {
			return step{from, e.To, edges(from, e.To, true)}, true
		}
	}
	return step{}, false
}

// unit finds a unit by its name; its error names the nearest ones.
func unit(all []*model.Unit, name string) (*model.Unit, error) {
	if i := slices.IndexFunc(all, func(u *model.Unit) bool { return u.Name == name }); i >= 0 {
		return all[i], nil
	}
	return nil, fmt.Errorf("there is no unit %q; %s", name, didYouMean(name, names(all), "ichor graph lists all units"))
}

func names(all []*model.Unit) []string {
	names := make([]string, len(all))
	for i, u := range all {
		names[i] = u.Name
	}
	return names
}
