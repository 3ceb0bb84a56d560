package verify

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var rolloutRules = []rule{
	{diag.Rule{
		Code: "rwo-rolling", Severity: diag.Warning,
		Summary: "A Deployment with a rolling update starts the new pod before it stops the old one. Two pods can mount a ReadWriteOnce volume only on the same node: on another node the new pod, and the rollout, wait forever. With a ReadWriteOncePod volume it is an error, since no second pod can mount it on any node. ichor does not report volumes that keep their pod on one node.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {PersistentVolumeClaim: web: spec: accessModes: ["ReadWriteOncePod"], Deployment: web: spec: template: spec: volumes: [{name: "web", persistentVolumeClaim: claimName: "web"}]}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {PersistentVolumeClaim: web: spec: accessModes: ["ReadWriteOncePod"], Deployment: web: spec: {strategy: type: "Recreate", template: spec: volumes: [{name: "web", persistentVolumeClaim: claimName: "web"}]}}}`,
		Source:  "Kubernetes documentation, Deployments, Strategy; Persistent Volumes, Access Modes; grafana/helm-charts issue 3801",
	}, rolloutsBlocked},
}

func rolloutsBlocked(o *objects, r *diag.Report) {
	for _, w := range o.workloads() {
		if w.GetKind() != "Deployment" || w.replicas() != 1 || !rolls(w.Object) || w.pinned() {
			continue
		}
		for i, v := range w.pods.Spec.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			c := o.claim(w.GetNamespace(), v.PersistentVolumeClaim.ClaimName)
			if c == nil || !o.blocks(c) {
				continue
			}
			f := at(r, w.Object, w.field(fmt.Sprintf("spec.volumes[%d]", i)), "%s starts a new pod before it stops the old one, and the new pod cannot mount %s (%s) while the old one runs on another node", w, c, c.modes[0]).
				Note(c.Place("spec.accessModes").Pos, "%s", c).
				Advise("write `strategy: {type: \"Recreate\"}`, or use a claim with ReadWriteMany and a storage class that supports it")
			if c.onePod() {
				f.Message = fmt.Sprintf("%s starts a new pod before it stops the old one, and the new pod cannot mount %s (%s) while the old one runs", w, c, c.modes[0])
				f.Severity = diag.Error
			}
		}
	}
	o.chartRollouts(r)
}

// claim is what is known of a claim: the object, or the values of a chart.
type heldVolume struct {
	*Object
	modes []corev1.PersistentVolumeAccessMode
	class *string // nil for the default one
}

// claim gives a claim by its name; nil where none is seen.
func (o *objects) claim(namespace, name string) *heldVolume {
	for _, c := range read[corev1.PersistentVolumeClaim](o, "", "PersistentVolumeClaim") {
		if c.GetNamespace() == namespace && c.GetName() == name && c.v.Spec.VolumeName == "" {
			return &heldVolume{c.Object, c.v.Spec.AccessModes, c.v.Spec.StorageClassName}
		}
	}
	return nil
}

func (c *heldVolume) onePod() bool { return slices.Contains(c.modes, corev1.ReadWriteOncePod) }

// blocks reports whether a second pod may wait for a claim: its volume is attached to
// one node at a time, and there is more than one.
func (o *objects) blocks(c *heldVolume) bool {
	switch {
	case len(c.modes) == 0 || slices.Contains(c.modes, corev1.ReadWriteMany) || slices.Contains(c.modes, corev1.ReadOnlyMany):
		return false
	case c.onePod():
		return true
	}
	return !o.oneNode() && o.attaches(c.class)
}

// oneNode reports whether all pods run on one node.
func (o *objects) oneNode() bool {
	workers := slices.DeleteFunc(slices.Clone(o.Nodes), (*model.Node).IsControlPlane)
	return len(o.Nodes) == 1 || len(workers) == 1 && o.Talos != nil && !o.Talos.ScheduleOnControlPlanes.V
}

// rolls reports whether a Deployment of one pod starts the next one first: by
// default a quarter more pods may run, rounded up, and a quarter fewer, rounded down.
// Source: Kubernetes documentation, Deployments, Rolling Update Deployment.
func rolls(x *Object) bool {
	var d appsv1.Deployment
	if convert(x.Object, &d) != nil {
		return false
	}
	s := d.Spec.Strategy
	if s.Type != "" && s.Type != appsv1.RollingUpdateDeploymentStrategyType {
		return false
	}
	if s.RollingUpdate == nil {
		return true
	}
	return surges(s.RollingUpdate.MaxSurge, s.RollingUpdate.MaxUnavailable)
}

// surges reports whether one pod is followed by a second one before it may go.
func surges(surge, unavailable *intstr.IntOrString) bool {
	more, err := intstr.GetScaledValueFromIntOrPercent(intstr.ValueOrDefault(surge, intstr.FromString("25%")), 1, true)
	fewer, err2 := intstr.GetScaledValueFromIntOrPercent(intstr.ValueOrDefault(unavailable, intstr.FromString("25%")), 1, false)
	return err == nil && err2 == nil && more > 0 && fewer == 0
}

// chartRollouts looks at the claims that charts are known to make.
func (o *objects) chartRollouts(r *diag.Report) {
	for _, c := range o.opaque() {
		if o.unlike(c) || len(list(c.Object, "spec", "valuesFrom")) > 0 || mentions(c.values, pins) {
			continue
		}
		for _, k := range o.Charts[c.name].Claims {
			o.chartRollout(r, c, k)
		}
	}
}

// pins reports whether values may choose the node.
func pins(key, _ string) bool {
	return slices.Contains([]string{corev1.LabelHostname, "nodeAffinity", "nodeName", "podAffinity"}, key)
}

func (o *objects) chartRollout(r *diag.Report, c chart, k model.ChartClaim) {
	if !c.filled(k.When, k.Unless) || !c.allow(k.When, k.Unless) || !c.rolls(k.Strategy) {
		return
	}
	claim := o.chartClaim(c, k)
	if claim == nil || !o.blocks(claim) {
		return
	}
	f := at(r, c.Object, c.told(k), "chart %q starts a new pod of %s before it stops the old one, and the new pod cannot mount the volume (%s) while the old one runs on another node", c.name, k.Of, claim.modes[0]).
		Advise("set the type of %s to Recreate in its values, or set the access mode to ReadWriteMany and use a storage class that supports it", k.Strategy)
	if claim.onePod() {
		f.Message = fmt.Sprintf("chart %q starts a new pod of %s before it stops the old one, and the new pod cannot mount the volume (%s) while the old one runs", c.name, k.Of, claim.modes[0])
		f.Severity = diag.Error
	}
}

// told is the first value that has the chart make a claim; the chart where it does
// by default.
func (c chart) told(k model.ChartClaim) string {
	for _, path := range []string{k.Strategy, k.Class, k.Modes} {
		if c.value(strings.Split(path, ".")...) != nil {
			return "spec.values." + path
		}
	}
	for path := range k.When {
		return "spec.values." + path
	}
	return c.field()
}

// chartClaim gives the claim that a chart makes, or the one that its values name; nil
// where that is not seen.
func (o *objects) chartClaim(c chart, k model.ChartClaim) *heldVolume {
	at := func(path string) any { return c.value(strings.Split(path, ".")...) }
	if name := scalar(at(k.Existing)); name != "" {
		return o.claim(targetNamespace(c.Object), name)
	}
	out := &heldVolume{Object: c.Object, modes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}}
	switch said := at(k.Modes).(type) {
	case string:
		out.modes = []corev1.PersistentVolumeAccessMode{corev1.PersistentVolumeAccessMode(said)}
	case []any:
		out.modes = nil
		for _, mode := range said {
			out.modes = append(out.modes, corev1.PersistentVolumeAccessMode(scalar(mode)))
		}
	}
	if class := scalar(at(k.Class)); class != "" {
		out.class = &class
	}
	return out
}

// rolls reports whether a chart's Deployment of one pod starts the next one first.
// Its strategy is a struct as Kubernetes has it, or the name of its type; without
// either the chart rolls.
func (c chart) rolls(path string) bool {
	switch said := c.value(strings.Split(path, ".")...).(type) {
	case string:
		return said == "RollingUpdate"
	case map[string]any:
		return rolls(&Object{Unstructured: unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"strategy": said}}}})
	}
	return true
}
