package e2e

import (
	"testing"

	"ichor.internal/e2e/cluster"
)

// The API server takes every object of every golden, in the order in which Flux
// applies them, with the CRDs of the releases of its spec; and it has nothing to
// warn of.
func TestApply(t *testing.T) {
	for _, c := range goldens(t) {
		t.Run(c.name, func(t *testing.T) {
			if len(c.units) == 0 {
				return // a cluster on which Flux has nothing to do
			}
			crds, err := cluster.CRDs(c.releases, c.groups())
			if err != nil {
				t.Fatal(err)
			}
			k := cluster.Start(t, append(crds, c.crds(t)...))
			for _, n := range c.namespaces() {
				if err := k.Namespace(t.Context(), n); err != nil {
					t.Fatal(err)
				}
			}
			count := 0
			for _, u := range c.units {
				for _, o := range append(u.objects, u.kustomization) {
					warnings, err := k.DryRun(t.Context(), o)
					if err != nil {
						t.Errorf("unit %s: %s %s: %v", u.name, o.GetKind(), o.GetName(), err)
					}
					for _, w := range warnings {
						t.Errorf("unit %s: %s %s: the server warns: %s", u.name, o.GetKind(), o.GetName(), w)
					}
					count++
				}
			}
			t.Logf("%d objects, %d CRDs", count, len(crds))
		})
	}
}
