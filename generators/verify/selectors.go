package verify

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"ichor/schema/diag"
)

var selectorRules = []rule{
	{diag.Rule{
		Code: "selector-shared", Severity: diag.Error,
		Summary: "The selector of a workload or a Service matches the pods of two workloads. A workload must select only its own pods, and a Service only the pods of one workload; otherwise each takes the pods of the other.",
		Wrong:   `cluster: services: web: manifests: Deployment: {a: spec: {selector: matchLabels: app: "web", template: metadata: labels: app: "web"}, b: spec: {selector: matchLabels: app: "web", template: metadata: labels: app: "web"}}`,
		Right:   `cluster: services: web: manifests: Deployment: {a: spec: {selector: matchLabels: app: "a", template: metadata: labels: app: "a"}, b: spec: {selector: matchLabels: app: "b", template: metadata: labels: app: "b"}}`,
		Source:  "Kubernetes documentation, Deployment, selector",
	}, sharedSelectors},
	{diag.Rule{
		Code: "service-selects-nothing", Severity: diag.Error,
		Summary: "A Service selects no pods, so it answers nothing. It sends to the pods of its namespace that have all labels of its selector.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: metadata: labels: app: "web", Service: web: spec: {selector: app: "wbe", ports: [{port: 80}]}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: metadata: labels: app: "web", Service: web: spec: {selector: app: "web", ports: [{port: 80}]}}}`,
		Source:  "Kubernetes documentation, Service",
	}, servicesSelectNothing},
	{diag.Rule{
		Code: "policy-selects-nothing", Severity: diag.Warning,
		Summary: "A network policy or a PodDisruptionBudget selects no pods of its namespace, so it protects nothing.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: metadata: labels: app: "web", NetworkPolicy: web: spec: podSelector: matchLabels: app: "wbe"}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: metadata: labels: app: "web", NetworkPolicy: web: spec: podSelector: matchLabels: app: "web"}}`,
		Source:  "Kubernetes documentation, Network Policies; Specifying a Disruption Budget",
	}, policiesSelectNothing},
	{diag.Rule{
		Code: "spread-selects-others", Severity: diag.Warning,
		Summary: "The selector of a topology spread constraint does not match the pods of its own workload. The constraint counts only the pods that its selector matches, so nothing spreads the pods of the workload.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Deployment: web: spec: template: {metadata: labels: app: "web", spec: topologySpreadConstraints: [{maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: matchLabels: app: "wbe"}]}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Deployment: web: spec: template: {metadata: labels: app: "web", spec: topologySpreadConstraints: [{maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: matchLabels: app: "web"}]}}`,
		Source:  "Kubernetes documentation, Pod Topology Spread Constraints",
	}, spreadsSelectOthers},
}

func spreadsSelectOthers(o *objects, r *diag.Report) {
	for _, w := range o.workloads() {
		for i, c := range w.pods.Spec.TopologySpreadConstraints {
			of, err := metav1.LabelSelectorAsSelector(c.LabelSelector)
			if err == nil && !fits(of, w.pods.Labels) || c.LabelSelector == nil || len(c.LabelSelector.MatchLabels)+len(c.LabelSelector.MatchExpressions) == 0 {
				at(r, w.Object, w.field(fmt.Sprintf("spec.topologySpreadConstraints[%d].labelSelector", i)),
					"%s spreads by a selector that does not select its own pods by their labels", w).
					Advise("use the labels of its own pods")
			}
		}
	}
}

// lasting are the kinds whose pods stay, and are told from others by a selector.
var lasting = []string{"DaemonSet", "Deployment", "Pod", "ReplicaSet", "ReplicationController", "Rollout", "StatefulSet"}

// selector gives how a workload finds its pods; nothing for kinds that are
// given one.
func (w *workload) selector() labels.Selector {
	if w.GetKind() == "Pod" || !slices.Contains(lasting, w.GetKind()) {
		return labels.Nothing()
	}
	of, ok := selectorIn(w.Object, "spec", "selector")
	if !ok || of.Empty() {
		return labels.Nothing()
	}
	return of
}

// selectorIn reads a label selector; ok is false where there is none or it
// cannot be one. The selector of a ReplicationController or a Service is a map
// of labels.
func selectorIn(x *Object, path ...string) (s labels.Selector, ok bool) {
	var of metav1.LabelSelector
	tree, found := x.tree(path...)
	if !found {
		return nil, false
	}
	if x.GetKind() == "ReplicationController" || x.GetKind() == "Service" {
		tree = map[string]any{"matchLabels": tree}
	}
	if convert(tree, &of) != nil {
		return nil, false
	}
	if x.GroupVersionKind().Group == "cilium.io" {
		of = ofPods(of)
	}
	s, err := metav1.LabelSelectorAsSelector(&of)
	return s, err == nil
}

func sharedSelectors(o *objects, r *diag.Report) {
	all := o.workloads()
	selectors := make([]labels.Selector, len(all))
	for i, w := range all {
		selectors[i] = w.selector()
		for j, earlier := range all[:i] {
			if w.GetNamespace() != earlier.GetNamespace() || !fits(selectors[i], earlier.pods.Labels) && !fits(selectors[j], w.pods.Labels) {
				continue
			}
			at(r, w.Object, "spec.selector.matchLabels", "the selectors of %s and %s match the same pods", w, earlier).
				Note(earlier.Place("").Pos, "%s", earlier).
				Advise("give the pods of each workload their own label, and select by that label")
		}
	}
	for _, s := range o.services() {
		found := slices.DeleteFunc(o.selected(s.GetNamespace(), s.selector), func(w *workload) bool { return !slices.Contains(lasting, w.GetKind()) })
		if len(found) > 1 {
			at(r, s.Object, "spec.selector", "%s selects the pods of %s and of %s", s, found[0], found[1]).
				Note(found[0].Place("").Pos, "%s", found[0]).
				Note(found[1].Place("").Pos, "%s", found[1]).
				Advise("select by a label that only one of them has")
		}
	}
}

func servicesSelectNothing(o *objects, r *diag.Report) {
	for _, s := range o.services() {
		_, selects := s.selector.Requirements()
		if s.v.Spec.Type == "ExternalName" || !selects || !o.unseenIn(s.GetNamespace()).none() || len(o.selected(s.GetNamespace(), s.selector)) > 0 {
			continue
		}
		f := at(r, s.Object, "spec.selector", "%s selects %s, but no pods of namespace %q match", s, s.selector, s.GetNamespace())
		o.podsOf(s.GetNamespace(), f)
	}
}

// podsOf notes the labels of the pods of a namespace, as far as two workloads.
func (o *objects) podsOf(namespace string, f *diag.Finding) {
	f.Advise("create such pods, or remove the object")
	for _, w := range o.workloads() {
		if w.GetNamespace() == namespace && len(f.Notes) < 2 {
			f.Note(w.Place(w.field("metadata.labels")).Pos, "the pods of %s have %s", w, written(w.pods.Labels)).
				Advise("select by labels that the pods have")
		}
	}
}

// written gives labels for a sentence.
func written(set map[string]string) string {
	if len(set) == 0 {
		return "no labels"
	}
	return strings.ReplaceAll(labels.Set(set).String(), ",", ", ")
}

// policies gives where kinds say which pods they are for.
var policies = []struct{ group, kind, field string }{
	{"cilium.io", "CiliumNetworkPolicy", "endpointSelector"},
	{"networking.k8s.io", "NetworkPolicy", "podSelector"},
	{"policy", "PodDisruptionBudget", "selector"},
}

func policiesSelectNothing(o *objects, r *diag.Report) {
	for _, k := range policies {
		for _, x := range o.of(k.group, k.kind) {
			s, ok := selectorIn(x, "spec", k.field)
			if !ok || s.Empty() || !o.unseenIn(x.GetNamespace()).none() || len(o.selected(x.GetNamespace(), s)) > 0 {
				continue
			}
			f := at(r, x, "spec."+k.field, "%s selects %s, but no pods of namespace %q match", x, s, x.GetNamespace())
			o.podsOf(x.GetNamespace(), f)
		}
	}
}

// ofPods gives what a selector of Cilium asks of the labels of pods: it may name
// the source of a label before its key, and ask for labels of Cilium's own.
// Source: Cilium documentation, Layer 3 Policies, Endpoints based.
func ofPods(s metav1.LabelSelector) metav1.LabelSelector {
	var out metav1.LabelSelector
	plain := func(key string) (string, bool) {
		key = strings.TrimPrefix(strings.TrimPrefix(key, "k8s:"), "any:")
		return key, !strings.HasPrefix(key, "io.kubernetes.pod.") && !strings.HasPrefix(key, "io.cilium.")
	}
	for key, value := range s.MatchLabels {
		if key, own := plain(key); own {
			metav1.AddLabelToSelector(&out, key, value)
		}
	}
	for _, e := range s.MatchExpressions {
		if key, own := plain(e.Key); own {
			e.Key = key
			out.MatchExpressions = append(out.MatchExpressions, e)
		}
	}
	return out
}
