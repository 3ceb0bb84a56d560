package e2e

import (
	"slices"
	"sort"
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/ssa"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// What Flux takes for ready decides which edges are hard: the table of
// schema/depend follows it.
func TestFluxReadiness(t *testing.T) {
	for _, tt := range []struct {
		name, object string
		want         status.Status
	}{
		{"a custom resource without a status is ready at once", "{apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: {name: x, generation: 1}, spec: {}}", status.CurrentStatus},
		{"one whose controller did not see it yet is not", "{apiVersion: example.com/v1, kind: W, metadata: {name: x, generation: 2}, status: {observedGeneration: 1}}", status.InProgressStatus},
		{"one that says that it is not ready is not", "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: x, generation: 1}, status: {conditions: [{type: Ready, status: \"False\"}]}}", status.InProgressStatus},
		{"a HelmRelease by its condition", "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: x, generation: 1}, status: {observedGeneration: 1, conditions: [{type: Ready, status: \"True\"}]}}", status.CurrentStatus},
		{"a claim that is not bound is not", "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: x}, status: {phase: Pending}}", status.InProgressStatus},
		{"a load balancer without an address is ready once it has an address in the cluster", "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {type: LoadBalancer, clusterIP: 10.0.0.1}}", status.CurrentStatus},
		{"an Ingress without a controller is ready", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: x}, spec: {ingressClassName: gone}}", status.CurrentStatus},
		{"a Secret is", "{apiVersion: v1, kind: Secret, metadata: {name: x}}", status.CurrentStatus},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(tt.object), &o.Object); err != nil {
				t.Fatal(err)
			}
			generation, _, _ := unstructured.NestedFloat64(o.Object, "metadata", "generation")
			o.SetGeneration(int64(generation))
			if observed, ok, _ := unstructured.NestedFloat64(o.Object, "status", "observedGeneration"); ok {
				if err := unstructured.SetNestedField(o.Object, int64(observed), "status", "observedGeneration"); err != nil {
					t.Fatal(err)
				}
			}
			got, err := status.Compute(o)
			if err != nil || got.Status != tt.want {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}

// Of the objects of one Kustomization, kinds and namespaces come before what
// needs them.
func TestFluxOrdersWithin(t *testing.T) {
	var objects ssa.SortableUnstructureds
	for _, kind := range []string{"Deployment", "Widget", "CustomResourceDefinition", "Namespace"} {
		objects = append(objects, &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": "x"}}})
	}
	sort.Sort(objects)
	first := []string{objects[0].GetKind(), objects[1].GetKind()}
	slices.Sort(first)
	if !slices.Equal(first, []string{"CustomResourceDefinition", "Namespace"}) {
		t.Errorf("first come %v", first)
	}
}

// Without a timeout, Flux waits for the interval less half a minute, and never
// less than that.
func TestFluxDefaults(t *testing.T) {
	var k kustomizev1.Kustomization
	if err := yaml.Unmarshal([]byte("spec: {interval: 10m}"), &k); err != nil {
		t.Fatal(err)
	}
	if got := k.GetTimeout().String(); got != "9m30s" {
		t.Errorf("timeout %s", got)
	}
	if err := yaml.Unmarshal([]byte("spec: {interval: 10s}"), &k); err != nil {
		t.Fatal(err)
	}
	if got := k.GetTimeout().String(); got != "30s" {
		t.Errorf("timeout %s", got)
	}
}
