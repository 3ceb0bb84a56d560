package depend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// rulesDir holds a case for every rule over objects: <kind of
// capability>[-variant].txtar with what Kustomization a needs of b, and a
// Kustomization fine that looks much the same and needs nothing of b. `want` has
// the edges of a to b, a line each: -> for hard, ~> for soft.
const rulesDir = "../../testdata/rules"

// kustomizations applies the directories of a case, each by itself. What a
// Kustomization needs by itself stands here: a substitutes from settings, and b
// has a health check on a CRD that it does not apply.
const kustomizations = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: a, namespace: flux-system}
spec:
  path: ./apps/a
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: fine, namespace: flux-system}
spec:
  path: ./apps/fine
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings, optional: true}]}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: b, namespace: flux-system}
spec:
  path: ./apps/b
  sourceRef: {kind: GitRepository, name: flux-system}
  healthChecks: [{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: gates.barrier.example.com}]
`

func TestObjectRules(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(rulesDir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	covered := map[string]bool{}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			units, want := unitsOf(t, archive)
			got := edgesTo(units["a"], "b")
			for _, e := range units["a"].Edges {
				covered[e.Rule] = covered[e.Rule] || e.To.Name == "b"
			}
			if got == "" {
				t.Error("a needs nothing of b")
			}
			fine := hardTo(units["fine"], "b")
			if fine != "" {
				t.Errorf("fine needs of b:\n%s", fine)
			}
			if os.Getenv("ICHOR_UPDATE") != "" {
				archive.Files[len(archive.Files)-1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
	for _, r := range rules {
		if !covered[r.kind] && !ofSpecs[r.kind] {
			t.Errorf("no case for rule %s", r.kind)
		}
		if r.source == "" || r.sentence == "" {
			t.Errorf("rule %s has no source or no sentence", r.kind)
		}
	}
}

// ofSpecs are the rules that only a spec knows the consumers of; TestRules has
// them.
var ofSpecs = map[string]bool{
	model.KindChartSource: true, model.KindDatabase: true, model.KindPool: true, model.KindIdentity: true, model.KindOutpost: true,
}

func unitsOf(t *testing.T, archive *txtar.Archive) (units map[string]*model.Unit, want string) {
	t.Helper()
	all := fstest.MapFS{"flux/ks.yaml": {Data: []byte(kustomizations)}}
	for _, f := range archive.Files {
		all[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	want = string(all["want"].Data)
	delete(all, "want")
	files, err := scan.All(all)
	if err != nil {
		t.Fatal(err)
	}
	r := scan.Read(files)
	units = map[string]*model.Unit{}
	for _, c := range r.Clusters {
		for _, k := range c.Kustomizations {
			if k.Failed != nil {
				t.Fatal(k.ID(), k.Failed)
			}
		}
		for _, u := range Repository(c, r.Bootstrap) {
			units[u.Name] = u
		}
	}
	return units, want
}

// edgesTo writes the edges from a unit to another.
func edgesTo(u *model.Unit, to string) string {
	var b strings.Builder
	for _, e := range u.Edges {
		if e.To.Name != to {
			continue
		}
		arrow := "->"
		if e.Soft {
			arrow = "~>"
		}
		b.WriteString(arrow + " " + e.Rule + ": " + e.Reason + " (" + e.Pos.String() + ")\n")
	}
	return b.String()
}

func hardTo(u *model.Unit, to string) string {
	var kept []string
	for line := range strings.Lines(edgesTo(u, to)) {
		if strings.HasPrefix(line, "->") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
