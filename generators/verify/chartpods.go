package verify

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var chartPodRules = []rule{
	{diag.Rule{
		Code: "chart-pod-security", Severity: diag.Warning,
		Summary: "This chart runs pods that the namespace's Pod Security level rejects, and the release waits for them until its timeout. Set a value that turns the pod off or corrects it, or let the namespace allow more. ichor knows the pods of some charts.",
		Wrong:   `cluster: services: monitoring: {namespace: "monitoring", helm: {repository: "prometheus", chart: "kube-prometheus-stack", version: "75.15.0"}}`,
		Right:   `cluster: {namespaces: monitoring: podSecurity: "privileged", services: monitoring: {namespace: "monitoring", helm: {repository: "prometheus", chart: "kube-prometheus-stack", version: "75.15.0"}}}`,
		Source:  "schema/depend/charts.yaml, podSecurity and pods, with the source of each; Kubernetes documentation, Pod Security Standards",
	}, chartPods},
}

func chartPods(o *objects, r *diag.Report) {
	e := o.judge()
	for _, c := range o.opaque() {
		if o.unlike(c) {
			continue
		}
		level := o.admissionOf(targetNamespace(c.Object))
		for _, p := range o.Charts[c.name].PodSecurity {
			if refuses(level.policy.Enforce.Level, p.Level) && c.seen(p) && c.allow(p.When, p.Unless) {
				c.refused(r, level, p)
			}
		}
		for _, p := range o.Charts[c.name].Pods {
			if len(list(c.Object, "spec", "valuesFrom")) == 0 {
				c.judge(r, e, level, p)
			}
		}
	}
}

// collections have charts with the names of those of the projects, and values of
// their own, as parts of the addresses they are at.
var collections = []string{"bitnami", "geek-cookbook", "k8s-at-home", "truecharts"}

// unlike reports whether what a release makes is not what the table tells of its
// chart: it is of a collection, or a path that happens to have the name, or is
// patched afterwards, or its values put some of it into another namespace, or it is
// not installed here at all.
func (o *objects) unlike(c chart) bool {
	for _, source := range []*Object{o.sourceOf(c.Object, "HelmRepository", "spec", "chart", "spec", "sourceRef"), o.sourceOf(c.Object, "OCIRepository", "spec", "chartRef")} {
		if source != nil && slices.ContainsFunc(collections, func(s string) bool { return strings.Contains(source.text("spec", "url"), s) }) {
			return true
		}
	}
	_, elsewhere := c.tree("spec", "kubeConfig")
	suspended, _, _ := unstructured.NestedBool(c.Object.Object, "spec", "suspend")
	kind := c.text("spec", "chart", "spec", "sourceRef", "kind")
	return elsewhere || suspended || kind == "GitRepository" || kind == "Bucket" ||
		len(list(c.Object, "spec", "postRenderers")) > 0 || c.moves(func(string) bool { return true })
}

// moves reports whether values put what a chart makes, or some of it, into a
// namespace that is asked for.
func (c chart) moves(asked func(namespace string) bool) bool {
	return mentions(c.values, func(key, text string) bool { return key == "namespaceOverride" && text != "" && asked(text) })
}

// levels are the Pod Security Standards, the loosest first.
var levels = []api.Level{api.LevelPrivileged, api.LevelBaseline, api.LevelRestricted}

func refuses(level api.Level, loosest string) bool {
	return slices.Index(levels, level) >= slices.Index(levels, api.Level(loosest))
}

// seen reports whether the values are all there that decide whether a pod is made.
func (c chart) seen(p model.RefusedPod) bool {
	return len(p.When)+len(p.Unless) == 0 || len(list(c.Object, "spec", "valuesFrom")) == 0 && c.filled(p.When, p.Unless)
}

// filled reports whether no value that conditions ask for is still a variable.
func (c chart) filled(conditions ...model.Values) bool {
	for _, values := range conditions {
		for path := range values {
			if variable("", scalar(c.value(strings.Split(path, ".")...))) {
				return false
			}
		}
	}
	return true
}

// allow reports whether the values have what they are to have, and nothing of what
// they are not.
func (c chart) allow(when, unless model.Values) bool {
	for path, want := range when {
		if !meets(c.value(strings.Split(path, ".")...), want) {
			return false
		}
	}
	return c.denied(unless) == ""
}

// meets reports whether a value is what a condition wants, or one of several.
func meets(value, want any) bool {
	if several, ok := want.([]any); ok {
		return slices.ContainsFunc(several, func(one any) bool { return meets(value, one) })
	}
	return reflect.DeepEqual(value, want)
}

// denied gives the path of the first condition that the values fulfil.
func (c chart) denied(unless model.Values) string {
	for _, path := range slices.Sorted(maps.Keys(unless)) {
		if meets(c.value(strings.Split(path, ".")...), unless[path]) {
			return path
		}
	}
	return ""
}

func (c chart) refused(r *diag.Report, a admission, p model.RefusedPod) {
	f := at(r, c.Object, c.field(), "chart %q runs a pod that namespace %q does not admit at level %q: %s", c.name, targetNamespace(c.Object), a.policy.Enforce.Level, p.Because)
	a.note(f, api.EnforceLevelLabel, "enforces %s", a.policy.Enforce.Level)
	looser := a.loosen(targetNamespace(c.Object), levels[slices.Index(levels, api.Level(p.Level))-1])
	if len(p.Unless) == 0 {
		f.Advise("%s", looser)
		return
	}
	path := slices.MaxFunc(slices.Sorted(maps.Keys(p.Unless)), func(a, b string) int { return cmp.Compare(len(a), len(b)) }) // turns off the least
	f.Advise("set %s to %v in its values, or %s", path, p.Unless[path], looser)
}

// field is that where a HelmRelease names its chart.
func (c chart) field() string {
	if _, ok := c.tree("spec", "chartRef"); ok {
		return "spec.chartRef"
	}
	return "spec.chart.spec.chart"
}

// judge has the API server's own checks look at a pod with the security contexts
// of the values.
func (c chart) judge(r *diag.Report, e policy.Evaluator, a admission, p model.ChartPod) {
	pod, ok := c.pod(p)
	refused := policy.AggregateCheckResults(e.EvaluatePod(a.policy.Enforce, &pod.ObjectMeta, &pod.Spec))
	if !ok || refused.Allowed {
		return
	}
	f := at(r, c.Object, c.field(), "chart %q runs a pod that namespace %q does not admit at level %q: %s", c.name, targetNamespace(c.Object), a.policy.Enforce.Level, refused.ForbiddenDetail())
	a.note(f, api.EnforceLevelLabel, "enforces %s", a.policy.Enforce.Level)
	f.Advise("set what the parentheses name in %s and %s of its values, or %s", p.Of.Value, p.Pod.Value, a.loosen(targetNamespace(c.Object), admits(e, pod)))
}

// pod is what the chart makes as far as its security counts; false where the
// values have another form.
func (c chart) pod(p model.ChartPod) (pod corev1.Pod, ok bool) {
	of, pods := &corev1.SecurityContext{}, &corev1.PodSecurityContext{}
	ok = c.context(p.Of, of) && c.context(p.Pod, pods)
	pod.Spec.SecurityContext = pods
	pod.Spec.Containers = []corev1.Container{{Name: p.Container, SecurityContext: of}}
	return pod, ok
}

// context reads a security context: what the chart has, with the values over it.
// Where they take it out, the chart may have another one for that.
func (c chart) context(s model.SecurityContext, into any) bool {
	tree := runtime.DeepCopyJSON(s.Default)
	if tree == nil {
		tree = map[string]any{}
	}
	way := strings.Split(s.Value, ".")
	around, _ := c.value(way[:len(way)-1]...).(map[string]any)
	value, given := around[way[len(way)-1]]
	said, isTree := value.(map[string]any)
	maps.Copy(tree, said)
	return (isTree || !given) && convert(tree, into) == nil
}

// admits gives the strictest level that admits a pod.
func admits(e policy.Evaluator, pod corev1.Pod) api.Level {
	for _, level := range slices.Backward(levels) {
		if policy.AggregateCheckResults(e.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)).Allowed {
			return level
		}
	}
	return api.LevelPrivileged
}

// loosen proposes a looser level.
func (a admission) loosen(namespace string, level api.Level) string {
	if a.byHand {
		return fmt.Sprintf("label the namespace with pod-security.kubernetes.io/enforce: %s", level)
	}
	return fmt.Sprintf("allow the pods with namespaces: %q: podSecurity: %q", namespace, level)
}
