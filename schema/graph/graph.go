// Package graph orders named things that wait for each other: a stable order or
// the exact cycle, reachability, paths, and the transitive reduction. What it
// gives depends on the graph alone, never on the order of nodes or edges.
package graph

import (
	"cmp"
	"slices"
)

// Edges gives the nodes that a node leads to. It may give one more than once.
type Edges[N cmp.Ordered] func(N) []N

// Order gives every node after those it leads to, the smallest first where
// there is a choice. Of every group of nodes that lead to each other it gives
// one shortest cycle, beginning at its smallest node; the order then lacks what
// is in a cycle or leads to one. Edges to nodes that are not in the list count
// for nothing.
func Order[N cmp.Ordered](nodes []N, edges Edges[N]) (order []N, cycles [][]N) {
	nodes = set(nodes)
	within := among(nodes, edges)
	waits := map[N]int{}
	waiting := map[N][]N{}
	var ready []N // sorted
	for _, n := range nodes {
		next := within(n)
		if waits[n] = len(next); len(next) == 0 {
			ready = append(ready, n)
		}
		for _, m := range next {
			waiting[m] = append(waiting[m], n)
		}
	}
	for len(ready) > 0 {
		n := ready[0]
		ready, order = ready[1:], append(order, n)
		for _, m := range waiting[n] {
			if waits[m]--; waits[m] == 0 {
				i, _ := slices.BinarySearch(ready, m)
				ready = slices.Insert(ready, i, m)
			}
		}
	}
	left := slices.DeleteFunc(slices.Clone(nodes), func(n N) bool { return waits[n] == 0 })
	return order, cyclesAmong(left, within)
}

// cyclesAmong finds one shortest cycle in each group of nodes that lead to each
// other, sorted by their first nodes.
func cyclesAmong[N cmp.Ordered](nodes []N, edges Edges[N]) [][]N {
	var cycles [][]N
	for _, group := range Groups(nodes, edges) {
		if c := shortestCycle(group, among(group, edges)); c != nil {
			cycles = append(cycles, c)
		}
	}
	slices.SortFunc(cycles, slices.Compare)
	return cycles
}

// shortestCycle finds the shortest cycle of a sorted group, of several the
// smallest. The first node of the group that is on one as short as any is its
// smallest node, for a smaller one would have been found before.
func shortestCycle[N cmp.Ordered](group []N, edges Edges[N]) []N {
	var best []N
	for _, n := range group {
		if p := walk(n, n, edges); p != nil && (best == nil || len(p)-1 < len(best)) {
			best = p[:len(p)-1]
		}
	}
	return best
}

// Reach gives every node that a path of at least one edge leads to.
func Reach[N cmp.Ordered](from N, edges Edges[N]) map[N]bool {
	seen := map[N]bool{}
	todo := slices.Clone(edges(from))
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[n] {
			seen[n] = true
			todo = append(todo, edges(n)...)
		}
	}
	return seen
}

// Path gives a shortest path with both its ends, the smallest of several, or
// nil. The path of a node to itself is that node.
func Path[N cmp.Ordered](from, to N, edges Edges[N]) []N {
	if from == to {
		return []N{from}
	}
	return walk(from, to, edges)
}

// walk is Path of at least one edge. It goes level by level, each in the order
// of the paths that lead there, so the first path to a node is the smallest.
func walk[N cmp.Ordered](from, to N, edges Edges[N]) []N {
	before := map[N]N{}
	for level := []N{from}; len(level) > 0; {
		var next []N
		for _, n := range level {
			for _, m := range set(edges(n)) {
				if _, seen := before[m]; seen {
					continue
				}
				before[m] = n
				if m == to {
					return trace(from, to, before)
				}
				next = append(next, m)
			}
		}
		level = next
	}
	return nil
}

func trace[N cmp.Ordered](from, to N, before map[N]N) []N {
	path := []N{to}
	for n := before[to]; n != from; n = before[n] {
		path = append(path, n)
	}
	path = append(path, from)
	slices.Reverse(path)
	return path
}

// Reduce gives for each node the edges that no longer path replaces, sorted. The
// graph must have no cycle.
func Reduce[N cmp.Ordered](nodes []N, edges Edges[N]) map[N][]N {
	reach := map[N]map[N]bool{} // of the nodes that edges lead to
	out := map[N][]N{}
	for _, n := range set(nodes) {
		direct := set(edges(n))
		for _, m := range direct {
			if reach[m] == nil {
				reach[m] = Reach(m, edges)
			}
		}
		for _, m := range direct {
			if !slices.ContainsFunc(direct, func(k N) bool { return reach[k][m] }) {
				out[n] = append(out[n], m)
			}
		}
	}
	return out
}

// set sorts nodes and leaves out repetitions.
func set[N cmp.Ordered](nodes []N) []N {
	return slices.Compact(slices.Sorted(slices.Values(nodes)))
}

// among leaves out the edges that lead away from a sorted list of nodes, and
// sorts the others.
func among[N cmp.Ordered](nodes []N, edges Edges[N]) Edges[N] {
	return func(n N) []N {
		return slices.DeleteFunc(set(edges(n)), func(m N) bool {
			_, ok := slices.BinarySearch(nodes, m)
			return !ok
		})
	}
}
