package release

import "testing"

func TestLifeOf(t *testing.T) {
	l, ok := LifeOf("policy/v1beta1", "PodDisruptionBudget")
	if want := (Life{Minor{1, 21}, Minor{1, 25}, "policy/v1 PodDisruptionBudget"}); !ok || l != want {
		t.Errorf("got %v %t", l, ok)
	}
	if l, ok := LifeOf("apps/v1", "Deployment"); ok {
		t.Errorf("apps/v1 Deployment ends: %v", l)
	}
}

// No release serves what its lifecycle says that it does not serve any more.
func TestLifecycleFitsTheSchemas(t *testing.T) {
	for i := range kubernetesTable {
		for _, e := range (Rows{Kubernetes: &kubernetesTable[i]}).Schemas().entries {
			if l, ok := LifeOf(e.APIVersion, e.Kind); ok && e.Builtin && l.Removed.Compare(kubernetesTable[i].Minor) <= 0 {
				t.Errorf("Kubernetes %s serves %s %s, which is gone since %s", kubernetesTable[i].Minor, e.APIVersion, e.Kind, l.Removed)
			}
		}
	}
}
