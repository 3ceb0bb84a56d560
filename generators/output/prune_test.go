package output_test

import (
	"strings"
	"testing"
)

func TestPrunes(t *testing.T) {
	prunes, leaves := "spec: {prune: true}", "spec: {prune: false}"
	m := newMemory()
	apply(t, m, map[string]string{
		"flux/kept.yaml": prunes, "flux/gone.yaml": prunes, "flux/one.yaml": prunes, "flux/path.yaml": prunes, "flux/kustomization.yaml": "",
		"manifests/kept/kustomization.yaml": "", "manifests/kept/pod-a.yaml": "", "manifests/kept/pod-b.yaml": "",
		"manifests/gone/kustomization.yaml": "", "manifests/gone/pod-a.yaml": "", "manifests/gone/pod-b.yaml": "",
		"manifests/one/kustomization.yaml": "", "manifests/one/pod-a.yaml": "", "talos/gone.yaml": "",
		"flux/kinds.yaml": leaves, "manifests/kinds/crd-a.yaml": "", "manifests/kinds/crd-b.yaml": "",
		"flux/left.yaml": leaves, "flux/orphan.yaml": "spec: {prune: true, deletionPolicy: Orphan}",
		"flux/deleted.yaml":    "spec: {prune: false, deletionPolicy: Delete}",
		"flux/namespaces.yaml": prunes, "manifests/namespaces/namespace-a.yaml": namespace("a", "prune: disabled"),
		"manifests/namespaces/namespace-b.yaml": namespace("b", "prune: enabled"), "manifests/namespaces/namespace-c.yaml": namespace("c", "reconcile: Disabled"),
		"flux/marked.yaml": prunes, "manifests/marked/namespace-d.yaml": namespace("d", "ssa: Ignore"),
	})
	p := plan(t, m, map[string]string{
		"flux/kept.yaml": prunes, "flux/kustomization.yaml": "", "manifests/kept/pod-a.yaml": "", "flux/kinds.yaml": leaves, "manifests/kinds/crd-a.yaml": "",
		"flux/namespaces.yaml": prunes,
	})
	var lines []string
	for _, u := range p.Prunes() {
		lines = append(lines, u.String())
	}
	same(t, strings.Join(lines, "\n"), `Flux will prune everything of unit deleted, which is removed
Flux will prune 2 objects of unit gone, which is removed
Flux will prune 1 object of unit kept
Flux will leave in the cluster 1 object of unit kinds
Flux will leave in the cluster everything of unit left, which is removed
Flux will leave in the cluster 1 object of unit marked, which is removed
Flux will prune 1 object of unit namespaces, and with them everything in b
Flux will leave in the cluster 2 objects of unit namespaces
Flux will prune 1 object of unit one, which is removed
Flux will leave in the cluster everything of unit orphan, which is removed
Flux will prune everything of unit path, which is removed`)
}

func namespace(name, mark string) string {
	return "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + ", annotations: {kustomize.toolkit.fluxcd.io/" + mark + "}}}"
}
