package verify

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"ichor/schema/diag"
)

var claimRules = []rule{
	{diag.Rule{
		Code: "rwo-shared", Severity: diag.Error,
		Summary: "Two pods mount a ReadWriteOnce volume, which is attached to one node at a time. The second pod waits, unless it is on the same node; then the finding is a warning.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {PersistentVolumeClaim: media: spec: accessModes: ["ReadWriteOnce"], Deployment: {server: spec: template: spec: volumes: [{name: "media", persistentVolumeClaim: claimName: "media"}], worker: spec: template: spec: volumes: [{name: "media", persistentVolumeClaim: claimName: "media"}]}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {PersistentVolumeClaim: media: spec: accessModes: ["ReadWriteMany"], Deployment: {server: spec: template: spec: volumes: [{name: "media", persistentVolumeClaim: claimName: "media"}], worker: spec: template: spec: volumes: [{name: "media", persistentVolumeClaim: claimName: "media"}]}}}`,
		Source:  "Kubernetes documentation, Persistent Volumes, Access Modes",
	}, claimsShared},
}

// mount is a claim that the pods of a workload mount.
type mount struct {
	of    *workload
	field string
}

// mounts gives who mounts a claim.
func (o *objects) mounts(namespace, claim string) []mount {
	var out []mount
	for _, w := range o.workloads() {
		if w.GetNamespace() != namespace {
			continue
		}
		for i, v := range w.pods.Spec.Volumes {
			if v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == claim {
				out = append(out, mount{w, w.field(fmt.Sprintf("spec.volumes[%d]", i))})
				break
			}
		}
	}
	return out
}

func claimsShared(o *objects, r *diag.Report) {
	for _, c := range read[corev1.PersistentVolumeClaim](o, "", "PersistentVolumeClaim") {
		modes := c.v.Spec.AccessModes
		single := len(o.Nodes) == 1 && slices.Contains(modes, corev1.ReadWriteOnce)
		if single || len(modes) == 0 || slices.ContainsFunc(modes, func(m corev1.PersistentVolumeAccessMode) bool {
			return m == corev1.ReadWriteMany || m == corev1.ReadOnlyMany
		}) {
			continue
		}
		for i, m := range o.mounts(c.GetNamespace(), c.GetName()) {
			var f *diag.Finding
			switch first := o.mounts(c.GetNamespace(), c.GetName())[0]; {
			case i > 0:
				f = at(r, m.of.Object, m.field, "%s and %s mount %s, which is %s", first.of, m.of, c, modes[0]).
					Note(first.of.Place(first.field).Pos, "%s mounts it here", first.of)
			case m.of.replicas() > 1:
				f = at(r, m.of.Object, m.field, "%s has more than one pod, and all of them mount %s, which is %s", m.of, c, modes[0])
			default:
				continue
			}
			f.Note(c.Place("spec.accessModes").Pos, "%s", c).
				Advise("make the claim ReadWriteMany with a storage class that supports it, or give each pod its own claim")
			if m.of.pinned() && modes[0] == corev1.ReadWriteOnce {
				f.Severity = diag.Warning
			}
		}
	}
}

// replicas gives how many pods a workload keeps: 1 where it does not say, and
// two for what runs on every node.
func (w *workload) replicas() int64 {
	if w.GetKind() == "DaemonSet" {
		return 2
	}
	if n, ok, _ := unstructured.NestedInt64(w.Object.Object, "spec", "replicas"); ok {
		return n
	}
	return 1
}

// pinned reports whether the spec chooses the node: by its name, or by the pods
// that are there.
func (w *workload) pinned() bool {
	spec := w.pods.Spec
	return spec.NodeName != "" || spec.NodeSelector[corev1.LabelHostname] != "" ||
		spec.Affinity != nil && (spec.Affinity.PodAffinity != nil || spec.Affinity.NodeAffinity != nil)
}
