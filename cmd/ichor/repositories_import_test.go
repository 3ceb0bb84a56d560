package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/graph"
	"ichor/schema/importer"
	"ichor/schema/model"
)

// otherwise is all that differs between the order that is compiled of imported
// repositories and the one that the audit computes:
//
// Two Kustomizations read variables of a Secret that another makes in their own
// namespace. Units live in Flux's, where nobody makes it, so that the order that is
// lost would help nothing; a comment above the service tells of the Secret.
//
// One Kustomization applies an OCIRepository that the parent of others applies too.
// In a repository the parent's is enough, for it is there before its children; a
// spec knows no parents, and waits for both who bring it. The rule two-owners tells
// of the object.
var otherwise = []string{
	"bluevulpine/flux-talos valheim waits no more for valheim-syncthing-secret",
	"dapperdivers/dapper-cluster actual waits for gotenberg",
	"dapperdivers/dapper-cluster atuin waits for gotenberg",
	"dapperdivers/dapper-cluster entropy waits for gotenberg",
	"dapperdivers/dapper-cluster firefly waits for gotenberg",
	"dapperdivers/dapper-cluster ignidash waits for gotenberg",
	"dapperdivers/dapper-cluster obsidian-couchdb waits for gotenberg",
	"dapperdivers/dapper-cluster resume waits for gotenberg",
	"dapperdivers/dapper-cluster searxng waits for gotenberg",
	"dapperdivers/dapper-cluster unifi waits for gotenberg",
	"rafaribe/home-ops kanidm waits no more for kanidm-secrets",
}

// TestImportedRepositories makes a spec of every cluster of the repositories: the
// order that is compiled of its services is the one that the audit computes, but for
// what is otherwise, and no circle is more. Between a Kustomization and what it applies
// there is no order in a repository, for the one is there before the other; where a
// spec has one, it is not compared.
func TestImportedRepositories(t *testing.T) {
	base, err := os.ReadFile(buildCases + "/smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	edges := 0
	for _, c := range checkouts(t) {
		r, err := (&app{}).repository(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		before := depend.Before(r.read.Bootstrap)
		for _, cluster := range r.clusters {
			t.Run(c.name+"/"+cluster.Name, func(t *testing.T) {
				imported, err := importer.Flux(cluster, before)
				if err != nil {
					t.Fatal(err)
				}
				x := comparison{cluster, imported.Services, specOf(t, c.dir, string(base), imported.Text)}
				for _, u := range cluster.Units {
					edges += len(slices.DeleteFunc(slices.Clone(u.Edges), func(e model.Edge) bool { return e.Soft }))
				}
				for _, line := range x.differences() {
					found = append(found, c.name+" "+line)
				}
				if audited, compiled := circlesOf(cluster.Units), circlesOf(x.spec.Units); len(compiled) > len(audited) {
					t.Errorf("circles: %v; in the repository: %v", compiled, audited)
				}
			})
		}
	}
	t.Logf("of %d hard edges", edges)
	slices.Sort(found)
	if diff := cmp.Diff(otherwise, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// circlesOf gives the circles of units that wait for each other.
func circlesOf(units []*model.Unit) [][]string {
	var names []string
	byName := map[string]*model.Unit{}
	for _, u := range units {
		names, byName[u.Name] = append(names, u.Name), u
	}
	_, circles := graph.Order(names, func(name string) []string { return byName[name].HardNames() })
	return circles
}

// specOf gives the cluster of a spec that is laid beside the files of a
// repository, whatever its rules find.
func specOf(t *testing.T, dir, base, services string) *model.Cluster {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy")
	if out, err := exec.Command("git", "clone", "-q", dir, copied).CombinedOutput(); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	spec := filepath.Join(copied, "ichor-spec")
	if err := os.Mkdir(spec, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cluster.cue": base, "services.cue": services} {
		if err := os.WriteFile(filepath.Join(spec, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p := project{spec: "ichor-spec", fsys: os.DirFS(copied)}
	cluster, found := p.checked()
	if cluster == nil {
		t.Fatal(text(t, p, found))
	}
	return cluster
}

// comparison is a cluster as it is audited, and the spec that was made of it.
type comparison struct {
	cluster  *audit.Cluster
	services [][]string // of each Kustomization
	spec     *model.Cluster
}

// differences gives the order between two Kustomizations that is only audited, or
// only compiled.
func (x comparison) differences() []string {
	var out []string
	compiled := x.compiled()
	for i, u := range x.cluster.Units {
		hard := u.HardNames()
		for j, other := range x.cluster.Units {
			audited, waits := slices.Contains(hard, other.Name), compiled[[2]int{i, j}]
			switch {
			case i == j:
			case audited && !waits:
				out = append(out, fmt.Sprintf("%s waits no more for %s", u.Name, other.Name))
			case waits && !audited && !above(u, other) && !above(other, u):
				out = append(out, fmt.Sprintf("%s waits for %s", u.Name, other.Name))
			}
		}
	}
	return out
}

// compiled gives which Kustomizations have units that wait for those of which.
func (x comparison) compiled() map[[2]int]bool {
	made := map[string]int{} // units, by what they are made of
	for i, names := range x.services {
		for _, name := range names {
			made[name] = i
		}
	}
	out := map[[2]int]bool{}
	for _, u := range x.spec.Units {
		i, ok := made[u.Name]
		for _, name := range u.HardNames() {
			if j, too := made[name]; ok && too {
				out[[2]int{i, j}] = true
			}
		}
	}
	return out
}

// above reports whether a unit applies another, directly or through others.
func above(p, u *model.Unit) bool {
	return u.Parent != nil && (u.Parent == p || above(p, u.Parent))
}
