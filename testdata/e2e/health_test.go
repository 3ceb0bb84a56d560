package e2e

import (
	"maps"
	"slices"
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// What goldens tell Flux of objects that it does not know, by Flux's own evaluator,
// over statuses as their controllers write them (for Cilium
// operator/pkg/lbipam/lbipam.go, operator/pkg/bgp/cluster.go and peer.go).
func TestHealthExpressions(t *testing.T) {
	byKind := map[string]*cel.StatusEvaluator{}
	for _, golden := range []string{"current", "splits", "backups"} {
		maps.Copy(byKind, expressions(t, load(t, golden, repository+"/testdata/build/"+golden)))
	}
	late := []string{"Certificate", "Cluster", "ClusterIssuer", "ClusterSecretStore", "ExternalSecret"}
	kinds := append([]string{"CiliumBGPClusterConfig", "CiliumBGPPeerConfig", "CiliumLoadBalancerIPPool"}, late...)
	slices.Sort(kinds)
	if got := slices.Sorted(maps.Keys(byKind)); !slices.Equal(got, kinds) {
		t.Fatalf("kinds with expressions: %v", got)
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
	cases := []health{
		{"a pool that the operator knows", "CiliumLoadBalancerIPPool", free + "," + seen, status.CurrentStatus},
		{"one that it does not know yet", "CiliumLoadBalancerIPPool", "", status.InProgressStatus},
		{"one whose change it has not seen", "CiliumLoadBalancerIPPool", free, status.InProgressStatus},
		{"one whose addresses are another's", "CiliumLoadBalancerIPPool", conflict + "," + seen, status.InProgressStatus},
		{"sessions in order", "CiliumBGPClusterConfig", node + "," + peers + "," + one, status.CurrentStatus},
		{"sessions without their settings", "CiliumBGPClusterConfig", node + "," + noPeers + "," + one, status.InProgressStatus},
		{"sessions judged before the last change", "CiliumBGPClusterConfig", node + "," + oldPeers + "," + one, status.InProgressStatus},
		{"settings with their password", "CiliumBGPPeerConfig", auth, status.CurrentStatus},
		{"settings without it", "CiliumBGPPeerConfig", noAuth, status.InProgressStatus},
	}
	for _, kind := range late {
		cases = append(cases,
			health{kind + " that works", kind, "{type: Ready, status: \"True\"}", status.CurrentStatus},
			health{kind + " that does not", kind, "{type: Ready, status: \"False\"}", status.InProgressStatus},
			health{kind + " that nobody has seen", kind, "", status.InProgressStatus})
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) { tt.hold(t, byKind[tt.kind]) })
	}
}

// health is what a controller says of an object, and what Flux takes it for.
type health struct {
	name, kind, conditions string
	want                   status.Status
}

func (h health) hold(t *testing.T, e *cel.StatusEvaluator) {
	o := &unstructured.Unstructured{}
	text := "{apiVersion: any/v1, kind: " + h.kind + ", metadata: {name: x, generation: 2}, status: {conditions: [" + h.conditions + "]}}"
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Evaluate(t.Context(), o); err != nil || got.Status != h.want {
		t.Errorf("%+v %v", got, err)
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
