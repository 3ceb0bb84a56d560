package e2e

import (
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// What the golden of the newest releases tells Flux of Cilium's objects, by
// Flux's own evaluator, over statuses as Cilium's operator writes them
// (operator/pkg/lbipam/lbipam.go, operator/pkg/bgp/cluster.go and peer.go).
func TestHealthExpressions(t *testing.T) {
	byKind := expressions(t, load(t, "current", repository+"/testdata/build/current"))
	if len(byKind) != 3 {
		t.Fatalf("%d kinds with expressions", len(byKind))
	}
	const (
		seen     = "{type: cilium.io/IPsTotal, status: Unknown, observedGeneration: 2}"
		free     = "{type: cilium.io/PoolConflict, status: \"False\", observedGeneration: 1}"
		conflict = "{type: cilium.io/PoolConflict, status: \"True\", observedGeneration: 2}"
		node     = "{type: cilium.io/NoMatchingNode, status: \"False\", observedGeneration: 2}"
		peers    = "{type: cilium.io/MissingPeerConfigs, status: \"False\", observedGeneration: 2}"
		noPeers  = "{type: cilium.io/MissingPeerConfigs, status: \"True\", observedGeneration: 2}"
		oldPeers = "{type: cilium.io/MissingPeerConfigs, status: \"False\", observedGeneration: 1}"
		one      = "{type: cilium.io/ConflictingClusterConfig, status: \"False\", observedGeneration: 2}"
		auth     = "{type: cilium.io/MissingAuthSecret, status: \"False\", observedGeneration: 2}"
		noAuth   = "{type: cilium.io/MissingAuthSecret, status: \"True\", observedGeneration: 2}"
	)
	for _, tt := range []struct {
		name, kind, conditions string
		want                   status.Status
	}{
		{"a pool that the operator knows", "CiliumLoadBalancerIPPool", free + "," + seen, status.CurrentStatus},
		{"one that it does not know yet", "CiliumLoadBalancerIPPool", "", status.InProgressStatus},
		{"one whose change it has not seen", "CiliumLoadBalancerIPPool", free, status.InProgressStatus},
		{"one whose addresses are another's", "CiliumLoadBalancerIPPool", conflict + "," + seen, status.InProgressStatus},
		{"sessions in order", "CiliumBGPClusterConfig", node + "," + peers + "," + one, status.CurrentStatus},
		{"sessions without their settings", "CiliumBGPClusterConfig", node + "," + noPeers + "," + one, status.InProgressStatus},
		{"sessions judged before the last change", "CiliumBGPClusterConfig", node + "," + oldPeers + "," + one, status.InProgressStatus},
		{"settings with their password", "CiliumBGPPeerConfig", auth, status.CurrentStatus},
		{"settings without it", "CiliumBGPPeerConfig", noAuth, status.InProgressStatus},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := &unstructured.Unstructured{}
			text := "{apiVersion: cilium.io/v2, kind: " + tt.kind + ", metadata: {name: x, generation: 2}, status: {conditions: [" + tt.conditions + "]}}"
			if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
				t.Fatal(err)
			}
			got, err := byKind[tt.kind].Evaluate(t.Context(), o)
			if err != nil || got.Status != tt.want {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}

// expressions gives the evaluators of all health expressions, by kind.
func expressions(t *testing.T, c *compiled) map[string]*cel.StatusEvaluator {
	t.Helper()
	out := map[string]*cel.StatusEvaluator{}
	for _, u := range c.units {
		var k kustomizev1.Kustomization
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.kustomization.Object, &k); err != nil {
			t.Fatal(err)
		}
		for _, h := range k.Spec.HealthCheckExprs {
			e, err := cel.NewStatusEvaluator(&kustomize.HealthCheckExpressions{Current: h.Current, Failed: h.Failed, InProgress: h.InProgress})
			if err != nil {
				t.Fatal(err)
			}
			out[h.Kind] = e
		}
	}
	return out
}
