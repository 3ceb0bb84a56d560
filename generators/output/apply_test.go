package output_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/generators/output"
)

func files(tree map[string]string) []output.File {
	var out []output.File
	for p, content := range tree {
		out = append(out, output.File{Path: p, Content: []byte(content), Origin: at(1)})
	}
	return out
}

func apply(t *testing.T, d output.Dir, want map[string]string) *output.Plan {
	t.Helper()
	p, err := output.Apply(d, files(want), output.Maker{Tool: "ichor test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Conflicts {
		t.Errorf("conflict: %s: %s", c.Code, c.Message)
	}
	return p
}

// The trees of the crash tests: each change of each kind, directories that come
// and go, and files that are not ours.
var (
	before = map[string]string{
		"flux/a.yaml": "a1", "flux/b.yaml": "b1", "flux/kustomization.yaml": "a b",
		"manifests/a/x.yaml": "x1", "manifests/b/y.yaml": "y1", "manifests/b/z.yaml": "z1",
		"talos/n1.yaml": "n1", "talos/schematics/old.yaml": "s", "router/udm.conf": "frr", "empty.yaml": "",
	}
	after = map[string]string{
		"flux/a.yaml": "a1", "flux/c.yaml": "c1", "flux/kustomization.yaml": "a c",
		"manifests/a/x.yaml": "x2", "manifests/c/deep/y.yaml": "y1", "talos/n1.yaml": "n1 longer than before",
		"talos/n2.yaml": "", "empty.yaml": "no more",
	}
	theirs = map[string]string{"flux/notes.md": "mine", "manifests/b/README.md": "mine", "manifests/mine/own.yaml": "mine"}
)

// fresh gives a directory with the first tree and files of the user.
func fresh(t *testing.T) *memory {
	t.Helper()
	m := newMemory()
	apply(t, m, before)
	for _, p := range slices.Sorted(maps.Keys(theirs)) {
		m.write(p, theirs[p])
	}
	m.settle()
	return m
}

// holds checks that a directory holds exactly our files and the user's, and
// that nothing is left to do.
func holds(t *testing.T, m *memory, want map[string]string) {
	t.Helper()
	got := m.tree()
	delete(got, "inventory.json")
	all := maps.Clone(theirs)
	maps.Copy(all, want)
	if d := cmp.Diff(all, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	p, err := output.NewPlan(m, files(want), output.Maker{Tool: "ichor test"})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Clean() {
		t.Errorf("not clean: %d to create, %d to update, %d to delete, conflicts %v",
			p.Count(output.Create), p.Count(output.Update), p.Count(output.Delete), p.Conflicts)
	}
}

// oldOrNew checks that every file is as it was or as it is wanted, and that the
// user's are untouched.
func oldOrNew(t *testing.T, m *memory, trees ...map[string]string) {
	t.Helper()
	got := m.tree()
	for p, content := range theirs {
		if got[p] != content {
			t.Errorf("%s of the user is %q", p, got[p])
		}
	}
	delete(got, "inventory.json")
	delete(got, ".ichor.tmp")
	for p, content := range got {
		known := slices.ContainsFunc(append(trees, theirs), func(tree map[string]string) bool {
			c, ok := tree[p]
			return ok && c == content
		})
		if !known && content != "dir" {
			t.Errorf("%s is %q, which is neither its old nor its new content", p, content)
		}
	}
}

// eachCrash runs the change from before to after once for every operation and
// every way it can go wrong there.
func eachCrash(t *testing.T, check func(t *testing.T, m *memory)) {
	for _, kind := range allFaults {
		for k, crashed := 1, true; crashed; k++ {
			t.Run(fmt.Sprintf("%s %d", kind, k), func(t *testing.T) {
				m := fresh(t)
				err := (&faulty{memory: m, at: k, fault: kind}).run(after)
				if crashed = err != nil; !crashed {
					if k < 20 {
						t.Fatalf("only %d operations: the test does not test much", k)
					}
					return
				}
				if !errors.Is(err, errKilled) && !errors.Is(err, errFault) {
					t.Fatal(err)
				}
				oldOrNew(t, m, before, after)
				check(t, m)
			})
		}
	}
}

func TestEveryCrashIsFinishedByTheNextRun(t *testing.T) {
	eachCrash(t, func(t *testing.T, m *memory) {
		apply(t, m, after)
		holds(t, m, after)
	})
}

func TestAfterACrashTheSpecMayGoBack(t *testing.T) {
	eachCrash(t, func(t *testing.T, m *memory) {
		apply(t, m, before)
		holds(t, m, before)
	})
}

func TestEveryPowerLossIsFinishedByTheNextRun(t *testing.T) {
	eachCrash(t, func(t *testing.T, m *memory) {
		m.losePower(rand.New(rand.NewPCG(uint64(len(m.log)), 1)))
		oldOrNew(t, m, before, after)
		apply(t, m, after)
		holds(t, m, after)
	})
}

func TestAFinishedRunOutlastsAPowerLoss(t *testing.T) {
	eachCrash(t, func(t *testing.T, m *memory) {
		apply(t, m, after)
		m.losePower(rand.New(rand.NewPCG(7, uint64(len(m.log)))))
		holds(t, m, after)
	})
}

// Any history of specs, kills and power losses leaves no conflict, and a run
// that is left in peace gives the tree it was asked for.
func TestAnyHistory(t *testing.T) {
	paths := []string{
		"flux/a.yaml", "flux/b.yaml", "manifests/a/x.yaml", "manifests/a/y.yaml", "manifests/b/x.yaml",
		"talos/n.yaml", "talos/schematics/s.yaml", "top.yaml",
	}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 0))
		m := newMemory()
		for p, content := range theirs {
			m.write(p, content)
		}
		var trees []map[string]string
		for range 1 + r.IntN(8) {
			tree := map[string]string{}
			for _, p := range paths {
				if n := r.IntN(4); n > 0 {
					tree[p] = fmt.Sprint(n)
				}
			}
			trees = append(trees, tree)
			_ = (&faulty{memory: m, at: r.IntN(50), fault: allFaults[r.IntN(len(allFaults))]}).run(tree)
			if r.IntN(3) == 0 {
				m.losePower(r)
			}
			oldOrNew(t, m, trees...)
		}
		last := trees[len(trees)-1]
		apply(t, m, last)
		if holds(t, m, last); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestASecondRunIsRefused(t *testing.T) {
	m := newMemory()
	unlock, err := m.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := output.Apply(m, files(before), output.Maker{Tool: "ichor test"}); !errors.Is(err, output.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if len(m.tree()) != 0 {
		t.Errorf("it wrote %v", m.tree())
	}
	must(unlock())
	apply(t, m, before)
	if m.locked {
		t.Error("the lock is still held")
	}
}

func TestARunWithNothingToDoChangesNothing(t *testing.T) {
	m := fresh(t)
	apply(t, m, before)
	if len(m.log) != 0 {
		t.Errorf("%d changes", len(m.log))
	}
}
