// Package graph orders named things that wait for each other: a stable order or
// the exact cycle, reachability, paths, and the transitive reduction.
package graph

import (
	"cmp"
	"maps"
	"slices"
)

// Edges gives the nodes that a node leads to.
type Edges[N cmp.Ordered] func(N) []N

// Order gives every node after those it leads to, the smallest first where
// there is a choice. Of every group of nodes that lead to each other it gives
// one shortest cycle, beginning at its smallest node; the order then lacks what
// is in a cycle or leads to one.
func Order[N cmp.Ordered](nodes []N, edges Edges[N]) (order []N, cycles [][]N) {
	done := map[N]bool{}
	left := slices.Sorted(slices.Values(nodes))
	for {
		i := slices.IndexFunc(left, func(n N) bool {
			return !slices.ContainsFunc(edges(n), func(m N) bool { return !done[m] && slices.Contains(left, m) })
		})
		if i < 0 {
			return order, cyclesAmong(left, edges)
		}
		done[left[i]] = true
		order = append(order, left[i])
		left = slices.Delete(left, i, i+1)
	}
}

// cyclesAmong finds one shortest cycle in each group of nodes that reach each
// other. The nodes are sorted.
func cyclesAmong[N cmp.Ordered](nodes []N, edges Edges[N]) [][]N {
	var cycles [][]N
	seen := map[N]bool{}
	for _, n := range nodes {
		if seen[n] || !Reach(n, edges)[n] {
			continue
		}
		var best []N
		for _, m := range nodes {
			if m == n || Reach(n, edges)[m] && Reach(m, edges)[n] {
				seen[m] = true
				if c := shortestCycle(m, edges); best == nil || len(c) < len(best) {
					best = c
				}
			}
		}
		cycles = append(cycles, rotate(best))
	}
	return cycles
}

// shortestCycle goes from a node back to itself; the node stands once.
func shortestCycle[N cmp.Ordered](n N, edges Edges[N]) []N {
	var best []N
	for _, m := range slices.Sorted(slices.Values(edges(n))) {
		if p := Path(m, n, edges); p != nil && (best == nil || len(p) < len(best)) {
			best = p
		}
	}
	return append([]N{n}, best[:len(best)-1]...)
}

// rotate begins a cycle at its smallest node.
func rotate[N cmp.Ordered](cycle []N) []N {
	i := slices.Index(cycle, slices.Min(cycle))
	return append(slices.Clone(cycle[i:]), cycle[:i]...)
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
	before := map[N]N{from: from}
	for level := []N{from}; len(level) > 0; {
		if _, ok := before[to]; ok {
			return trace(from, to, before)
		}
		var next []N
		for _, n := range level {
			for _, m := range slices.Sorted(slices.Values(edges(n))) {
				if _, ok := before[m]; !ok {
					before[m] = n
					next = append(next, m)
				}
			}
		}
		level = next
	}
	return nil
}

func trace[N cmp.Ordered](from, to N, before map[N]N) []N {
	path := []N{to}
	for n := to; n != from; {
		n = before[n]
		path = append(path, n)
	}
	slices.Reverse(path)
	return path
}

// Reduce leaves out every edge that a longer path gives already. The graph must
// have no cycle.
func Reduce[N cmp.Ordered](nodes []N, edges Edges[N]) map[N][]N {
	reach := map[N]map[N]bool{}
	for _, n := range nodes {
		reach[n] = Reach(n, edges)
	}
	out := map[N][]N{}
	for _, n := range nodes {
		direct := map[N]bool{}
		for _, m := range edges(n) {
			direct[m] = true
		}
		for _, m := range slices.Sorted(maps.Keys(direct)) {
			longer := slices.ContainsFunc(edges(n), func(k N) bool { return k != m && reach[k][m] })
			if !longer {
				out[n] = append(out[n], m)
			}
		}
	}
	return out
}
