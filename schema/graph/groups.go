package graph

import (
	"cmp"
	"slices"
)

// Groups parts nodes into the largest groups whose members all lead to each
// other (strongly connected components), by Tarjan's algorithm. Each group is
// sorted; a node alone in its group need not have an edge to itself.
func Groups[N cmp.Ordered](nodes []N, edges Edges[N]) [][]N {
	s := search[N]{edges: edges, number: map[N]int{}, lowest: map[N]int{}, open: map[N]bool{}}
	for _, n := range nodes {
		if s.number[n] == 0 {
			s.visit(n)
		}
	}
	return s.groups
}

// search is the state of one depth-first search.
type search[N cmp.Ordered] struct {
	edges  Edges[N]
	number map[N]int  // order of discovery, from 1
	lowest map[N]int  // smallest number that is known to be in the node's group
	stack  []N        // discovered nodes whose group is not complete
	open   map[N]bool // those on the stack
	groups [][]N
}

func (s *search[N]) visit(n N) {
	s.number[n] = len(s.number) + 1
	s.lowest[n] = s.number[n]
	s.stack = append(s.stack, n)
	s.open[n] = true
	for _, m := range s.edges(n) {
		if s.number[m] == 0 {
			s.visit(m)
			s.lowest[n] = min(s.lowest[n], s.lowest[m])
		} else if s.open[m] {
			s.lowest[n] = min(s.lowest[n], s.number[m])
		}
	}
	if s.lowest[n] == s.number[n] {
		s.complete(slices.Index(s.stack, n))
	}
}

// complete takes a group from the stack.
func (s *search[N]) complete(from int) {
	group := slices.Clone(s.stack[from:])
	s.stack = s.stack[:from]
	for _, n := range group {
		s.open[n] = false
	}
	slices.Sort(group)
	s.groups = append(s.groups, group)
}
