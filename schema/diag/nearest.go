package diag

import (
	"cmp"
	"slices"
)

// Nearest gives the names that a mistyped one may have meant: those within a
// third of its length by edit distance, at most three, the nearest first.
func Nearest(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, n := range names {
		if d := distance(name, n); d <= max(len(name), 3)/3 {
			near = append(near, candidate{n, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range near[:min(len(near), 3)] {
		out = append(out, c.name)
	}
	return out
}

// distance is that of optimal string alignment: how many insertions, deletions
// and replacements of one character, and exchanges of two neighbours, turn a
// into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	d := make([][]int, len(s)+1)
	for i := range d {
		d[i] = make([]int, len(t)+1)
		d[i][0] = i
	}
	for j := range t {
		d[0][j+1] = j + 1
	}
	for i := range s {
		for j := range t {
			d[i+1][j+1] = cheapest(d, s, t, i, j)
		}
	}
	return d[len(s)][len(t)]
}

// cheapest gives the distance of s up to i from t up to j, both included, where
// d has those of everything shorter.
func cheapest(d [][]int, s, t []rune, i, j int) int {
	if s[i] == t[j] {
		return d[i][j]
	}
	least := min(d[i][j], d[i][j+1], d[i+1][j]) + 1
	if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
		least = min(least, d[i-1][j-1]+1)
	}
	return least
}
