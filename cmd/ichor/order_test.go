package main

import (
	"os"
	"testing"

	"ichor/schema/graph"
)

// Of a spec that is accepted, every unit depends on units that are there, and
// none on itself by any way.
func TestUnitsOfAcceptedSpecsHaveAnOrder(t *testing.T) {
	for name, dir := range cases(t) {
		t.Run(name, func(t *testing.T) {
			needs := map[string][]string{}
			for _, u := range accepted(t, os.DirFS(dir)).Units {
				needs[u.Name] = []string{}
				for _, e := range u.DependsOn {
					needs[u.Name] = append(needs[u.Name], e.To.Name)
				}
			}
			for _, from := range sortedKeys(needs) {
				for _, to := range needs[from] {
					if needs[to] == nil {
						t.Errorf("%s depends on %s, which is no unit", from, to)
					}
				}
			}
			order, cycles := graph.Order(sortedKeys(needs), func(u string) []string { return needs[u] })
			if len(cycles) > 0 || len(order) != len(needs) {
				t.Errorf("cycles: %q", cycles)
			}
		})
	}
}
