package output_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ichor/generators/output"
)

// Each case has an output directory with the file talos/a.yaml of cluster home,
// written by the spec clusters/home, and another maker that wants talos/b.yaml.
func TestOwners(t *testing.T) {
	gone := func(string) bool { return true }
	stays := func(string) bool { return false }
	for _, c := range []struct {
		name    string
		cluster string
		spec    string
		gone    func(string) bool
		help    string // of the conflict; empty where the output is taken over
	}{
		{"the same", "home", "clusters/home", stays, ""},
		{"the same, elsewhere", "home", "clusters/home", nil, ""},
		{"another cluster of another spec", "lab", "clusters/lab", stays,
			"give this cluster an output directory of its own, such as `flux: path: \"out-lab\"`; if the cluster has another name now, set `\"cluster\": \"lab\"` and `\"spec\": \"clusters/lab\"` in out/inventory.json"},
		{"moved and renamed at once", "lab", "clusters/lab", gone,
			"give this cluster an output directory of its own, such as `flux: path: \"out-lab\"`; if the cluster has another name now, set `\"cluster\": \"lab\"` and `\"spec\": \"clusters/lab\"` in out/inventory.json"},
		{"renamed", "lab", "clusters/home", stays, ""},
		{"moved", "home", "clusters/prod", gone, ""},
		{"copied", "home", "clusters/prod", stays,
			"give this cluster an output directory of its own, such as `flux: path: \"out-home\"`; if the spec moved here, delete the old spec in clusters/home"},
		{"another repository's cluster", "lab", "clusters/home", nil,
			"name another directory with --out-dir; if the cluster has another name now, set `\"cluster\": \"lab\"` and `\"spec\": \"clusters/home\"` in out/inventory.json"},
		{"another repository's spec", "home", "spec", nil,
			"name another directory with --out-dir; if the spec has moved, set `\"cluster\": \"home\"` and `\"spec\": \"spec\"` in out/inventory.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory()
			first := output.Maker{Tool: "ichor test", Owner: output.Owner{Cluster: "home", Spec: "clusters/home"}}
			made(t, m, map[string]string{"talos/a.yaml": "a"}, first)
			maker := output.Maker{Tool: "ichor test", Owner: output.Owner{Cluster: c.cluster, Spec: c.spec}, Gone: c.gone}
			p := made(t, m, map[string]string{"talos/b.yaml": "b"}, maker)
			if c.help == "" {
				same(t, strings.Join(slices.Sorted(maps.Keys(m.tree())), " "), "inventory.json talos/b.yaml")
				same(t, told(made(t, m, map[string]string{"talos/b.yaml": "b"}, maker)), "")
				return
			}
			same(t, told(p), "error[output-owner]: out holds the output of cluster \"home\" (spec clusters/home), and generating cluster \""+
				c.cluster+"\" (spec "+c.spec+") there would delete it\nhelp: "+c.help+"\n")
			same(t, strings.Join(slices.Sorted(maps.Keys(m.tree())), " "), "inventory.json talos/a.yaml")
		})
	}
}

// An inventory of schema 1 does not record its owner.
func TestUnrecordedOwner(t *testing.T) {
	const config = "version: v1alpha1\ncluster:\n  clusterName: home\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n"
	home := output.Owner{Cluster: "home", Spec: "spec"}
	for _, c := range []struct {
		name  string
		have  map[string]string
		maker output.Owner
		taken bool
	}{
		{"the cluster that the machine configurations name", map[string]string{"talos/a.yaml": config, "flux/x.yaml": "x"}, home, true},
		{"another one", map[string]string{"talos/a.yaml": config, "flux/x.yaml": "x"}, output.Owner{Cluster: "lab", Spec: "spec"}, false},
		{"unknown, and a file would go", map[string]string{"flux/x.yaml": "x"}, home, false},
		{"unknown, and nothing would go", map[string]string{"talos/b.yaml": "b"}, home, true},
		{"of no cluster", map[string]string{"auth.cue": "x"}, output.Owner{}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory()
			made(t, m, c.have, output.Maker{Tool: "ichor test"})
			replaceInventory(m)
			p := made(t, m, map[string]string{"talos/b.yaml": "b"}, output.Maker{Tool: "ichor test", Owner: c.maker})
			if taken := len(p.Conflicts) == 0; taken != c.taken {
				t.Fatalf("taken over: %v\n%s", taken, told(p))
			}
			if !c.taken {
				same(t, p.Conflicts[0].Code, "output-owner")
				return
			}
			if got := m.tree()["inventory.json"]; !strings.Contains(got, `"schema": 2`) || c.maker.Spec != "" && !strings.Contains(got, `"spec": "spec"`) {
				t.Errorf("the inventory is not upgraded:\n%s", got)
			}
		})
	}
}

// replaceInventory makes the inventory one of schema 1.
func replaceInventory(m *memory) {
	m.write("inventory.json", strings.Replace(m.tree()["inventory.json"], `"schema": 2`, `"schema": 1`, 1))
}

func made(t *testing.T, m *memory, want map[string]string, maker output.Maker) *output.Plan {
	t.Helper()
	p, err := output.Apply(m, files(want), maker)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
