package graph_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/graph"
)

// of reads a graph written as node to nodes, one letter each.
func of(m map[string]string) (nodes []string, edges graph.Edges[string]) {
	return slices.Collect(maps.Keys(m)), func(n string) []string {
		var out []string
		for _, r := range m[n] {
			out = append(out, string(r))
		}
		return out
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		graph  map[string]string
		order  []string
		cycles [][]string
	}{
		{nil, nil, nil},
		{map[string]string{"c": "", "a": "", "b": ""}, []string{"a", "b", "c"}, nil},
		{map[string]string{"a": "c", "b": "", "c": ""}, []string{"b", "c", "a"}, nil},
		{map[string]string{"a": "bcb", "b": "c", "c": ""}, []string{"c", "b", "a"}, nil},
		{map[string]string{"a": "z", "b": ""}, []string{"a", "b"}, nil},
		{map[string]string{"a": "a", "b": "a", "c": ""}, []string{"c"}, [][]string{{"a"}}},
		{map[string]string{"c": "a", "a": "b", "b": "c"}, nil, [][]string{{"a", "b", "c"}}},
		// The long way round a b c d, and the short way c d.
		{map[string]string{"a": "b", "b": "c", "c": "d", "d": "ac"}, nil, [][]string{{"c", "d"}}},
		// Two groups, of which the one leads to the other.
		{map[string]string{"x": "y", "y": "xa", "a": "b", "b": "a"}, nil, [][]string{{"a", "b"}, {"x", "y"}}},
		// Two shortest cycles: a b and a c.
		{map[string]string{"a": "cb", "b": "a", "c": "a"}, nil, [][]string{{"a", "b"}}},
	} {
		nodes, edges := of(c.graph)
		order, cycles := graph.Order(nodes, edges)
		if d := cmp.Diff(c.order, order); d != "" {
			t.Errorf("%v: order (-want +got):\n%s", c.graph, d)
		}
		if d := cmp.Diff(c.cycles, cycles); d != "" {
			t.Errorf("%v: cycles (-want +got):\n%s", c.graph, d)
		}
	}
}

func TestPath(t *testing.T) {
	_, edges := of(map[string]string{"a": "cb", "b": "d", "c": "d", "d": "e", "e": "a", "f": "f"})
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"a", "e", []string{"a", "b", "d", "e"}},
		{"a", "a", []string{"a"}},
		{"d", "c", []string{"d", "e", "a", "c"}},
		{"a", "f", nil},
		{"f", "a", nil},
	} {
		if d := cmp.Diff(c.want, graph.Path(c.from, c.to, edges)); d != "" {
			t.Errorf("%s to %s (-want +got):\n%s", c.from, c.to, d)
		}
	}
}

// A chain of many nodes is the deepest graph there is.
func TestALongChain(t *testing.T) {
	const n = 20000
	nodes := make([]int, n)
	for i := range nodes {
		nodes[i] = i
	}
	chain := func(i int) []int { return []int{i + 1} }
	order, cycles := graph.Order(nodes, chain)
	if len(order) != n || len(cycles) != 0 || order[0] != n-1 {
		t.Errorf("%d in order, %d cycles", len(order), len(cycles))
	}
	if p := graph.Path(0, n-1, func(i int) []int { return chain(i)[:min(1, n-1-i)] }); len(p) != n {
		t.Errorf("the path has %d nodes", len(p))
	}
}

// naive is a graph of few nodes as a matrix, with everything about it worked
// out by trying.
type naive struct {
	n    int
	edge [][]bool
}

func random(r *rand.Rand, acyclic bool) naive {
	g := naive{n: r.IntN(9)}
	density := r.Float64() / 2
	names := r.Perm(g.n) // so that an acyclic graph has edges up and down
	g.edge = make([][]bool, g.n)
	for i := range g.edge {
		g.edge[i] = make([]bool, g.n)
	}
	for i := range g.n {
		for j := range g.n {
			if r.Float64() < density && (!acyclic || i < j) {
				g.edge[names[i]][names[j]] = true
			}
		}
	}
	return g
}

// shuffled gives nodes and edges in any order, with repetitions.
func (g naive) shuffled(r *rand.Rand) ([]int, graph.Edges[int]) {
	nodes := r.Perm(g.n)
	if g.n > 0 {
		nodes = append(nodes, nodes[0])
	}
	return nodes, func(i int) []int {
		var out []int
		for _, j := range append(r.Perm(g.n), r.Perm(g.n)...) {
			if g.edge[i][j] {
				out = append(out, j)
			}
		}
		return out
	}
}

// paths gives every walk of a number of edges between two nodes, in order.
func (g naive) paths(from, to, length int) [][]int {
	if length == 0 {
		if from == to {
			return [][]int{{to}}
		}
		return nil
	}
	var out [][]int
	for j := range g.n {
		if g.edge[from][j] {
			for _, p := range g.paths(j, to, length-1) {
				out = append(out, append([]int{from}, p...))
			}
		}
	}
	return out
}

// distances gives the number of edges of the shortest path of at least one
// edge between any two nodes, or 0.
func (g naive) distances() [][]int {
	d := make([][]int, g.n)
	for i := range d {
		d[i] = make([]int, g.n)
		for j := range d[i] {
			if g.edge[i][j] {
				d[i][j] = 1
			}
		}
	}
	for k := range g.n {
		for i := range g.n {
			for j := range g.n {
				if via := d[i][k] + d[k][j]; d[i][k] > 0 && d[k][j] > 0 && (d[i][j] == 0 || via < d[i][j]) {
					d[i][j] = via
				}
			}
		}
	}
	return d
}

func TestRandomOrders(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 0))
		g := random(r, seed%2 == 0)
		order, cycles := graph.Order(g.shuffled(r))
		wantOrder, wantCycles := g.order(), g.cycles()
		if !slices.Equal(order, wantOrder) || fmt.Sprint(cycles) != fmt.Sprint(wantCycles) {
			t.Fatalf("seed %d, %v: order %v, want %v; cycles %v, want %v", seed, g.edge, order, wantOrder, cycles, wantCycles)
		}
	}
}

// order takes the smallest node that waits for nothing, again and again.
func (g naive) order() []int {
	var order []int
	for {
		i := -1
		for n := g.n - 1; n >= 0; n-- {
			waits := slices.Contains(order, n)
			for m := range g.n {
				waits = waits || g.edge[n][m] && !slices.Contains(order, m)
			}
			if !waits {
				i = n
			}
		}
		if i < 0 {
			return order
		}
		order = append(order, i)
	}
}

// cycles tries, for each group of nodes that reach each other, every closed
// walk of every length from every node.
func (g naive) cycles() [][]int {
	d := g.distances()
	var out [][]int
	done := map[int]bool{}
	for i := range g.n {
		if d[i][i] == 0 || done[i] {
			continue
		}
		var best []int
		for j := range g.n {
			if d[i][j] == 0 || d[j][i] == 0 {
				continue
			}
			done[j] = true
			if c := g.paths(j, j, d[j][j])[0]; best == nil || len(c)-1 < len(best) {
				best = c[:len(c)-1]
			}
		}
		out = append(out, best)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

func TestCyclesBeginAtTheirSmallestNode(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := random(r, false)
		_, cycles := graph.Order(g.shuffled(r))
		for _, c := range cycles {
			for i, n := range c {
				if !g.edge[n][c[(i+1)%len(c)]] || n < c[0] || slices.Contains(c[:i], n) {
					t.Fatalf("seed %d, %v: %v", seed, g.edge, c)
				}
			}
		}
	}
}

func TestRandomReachAndPaths(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 2))
		g := random(r, seed%2 == 0)
		_, edges := g.shuffled(r)
		d := g.distances()
		for i := range g.n {
			reach := graph.Reach(i, edges)
			for j := range g.n {
				if reach[j] != (d[i][j] > 0) {
					t.Fatalf("seed %d, %v: reach of %d is %v", seed, g.edge, i, reach)
				}
				var want []int
				if i == j {
					want = []int{i}
				} else if d[i][j] > 0 {
					want = g.paths(i, j, d[i][j])[0]
				}
				if got := graph.Path(i, j, edges); !slices.Equal(got, want) {
					t.Fatalf("seed %d, %v: path %v, want %v", seed, g.edge, got, want)
				}
			}
		}
	}
}

// An edge stays if and only if its ends are not connected without it.
func TestRandomReductions(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 3))
		g := random(r, true)
		got := graph.Reduce(g.shuffled(r))
		for i := range g.n {
			var want []int
			for j := range g.n {
				if !g.edge[i][j] {
					continue
				}
				g.edge[i][j] = false
				if g.distances()[i][j] == 0 {
					want = append(want, j)
				}
				g.edge[i][j] = true
			}
			if !slices.Equal(got[i], want) {
				t.Fatalf("seed %d, %v: %d leads to %v, want %v", seed, g.edge, i, got[i], want)
			}
		}
	}
}
