package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/model"
)

// TestImportedRepositories makes a spec of every repository: the order that is
// compiled of its services is the one that the audit computes, but for one edge in
// a hundred at most: what a Kustomization applies beside others is not imported, as
// ConfigMaps with variables, and Secrets with them stand in other namespaces.
func TestImportedRepositories(t *testing.T) {
	base, err := os.ReadFile(buildCases + "/smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	total, agreed := 0, 0
	for _, c := range checkouts(t) {
		t.Run(c.name, func(t *testing.T) {
			r, err := (&app{}).repository(c.dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.clusters) > 1 {
				return // a spec is of one cluster
			}
			services, err := imported(r.clusters[0], depend.Before(r.read.Bootstrap))
			if err != nil {
				t.Fatal(err)
			}
			same, all := agreeing(t, r.clusters[0], specOf(t, c.dir, string(base), services))
			t.Logf("%d of %d", same, all)
			total, agreed = total+all, agreed+same
		})
	}
	if total == 0 || agreed*100 < total*99 {
		t.Errorf("of %d edges that are audited, %d are compiled", total, agreed)
	}
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
	p := project{root: copied, spec: "ichor-spec", fsys: os.DirFS(copied)}
	cluster, found := p.checked()
	if cluster == nil {
		t.Fatal(text(t, p, found))
	}
	return cluster
}

// agreeing counts the hard edges between imported Kustomizations, and those that
// the spec has too.
func agreeing(t *testing.T, audited *audit.Cluster, spec *model.Cluster) (same, all int) {
	t.Helper()
	name := func(u *model.Unit) string { return strings.ReplaceAll(u.Name, "/", "-") }
	for _, u := range audited.Units {
		mine := spec.Unit(name(u))
		for _, e := range u.Edges {
			if e.Soft || mine == nil || spec.Unit(name(e.To)) == nil {
				continue
			}
			all++
			if slices.ContainsFunc(mine.Edges, func(x model.Edge) bool { return !x.Soft && x.To.Name == name(e.To) }) {
				same++
			} else {
				t.Logf("%s needs %s (%s): %s", u.Name, e.To.Name, e.Rule, e.Reason)
			}
		}
	}
	return same, all
}
