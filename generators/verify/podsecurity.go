package verify

import (
	"cmp"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var podSecurityRules = []rule{
	{diag.Rule{
		Code: "pod-security", Severity: diag.Error,
		Summary: "The Pod Security level of the namespace rejects these pods, so they are never created. The Deployment, Job or CronJob is still applied, and waits without a pod.",
		Wrong:   `cluster: {namespaces: web: podSecurity: "restricted", services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "web", image: "web:1"}]}}`,
		Right:   `cluster: {namespaces: web: podSecurity: "restricted", services: web: {namespace: "web", manifests: Pod: web: spec: {securityContext: {runAsNonRoot: true, seccompProfile: type: "RuntimeDefault"}, containers: [{name: "web", image: "web:1", securityContext: {allowPrivilegeEscalation: false, capabilities: drop: ["ALL"]}}]}}}`,
		Source:  "Kubernetes documentation, Pod Security Standards; judged by k8s.io/pod-security-admission",
	}, podsRefused},
	{diag.Rule{
		Code: "pod-security-warn", Severity: diag.Warning,
		Summary: "A pod does not pass the level at which the labels of its namespace warn or audit, which is stricter than the level that the namespace enforces. The namespace reports each such pod.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Namespace: next: metadata: labels: "pod-security.kubernetes.io/warn": "restricted", Pod: web: {metadata: namespace: "next", spec: containers: [{name: "web", image: "web:1"}]}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Namespace: next: metadata: labels: "pod-security.kubernetes.io/warn": "baseline", Pod: web: {metadata: namespace: "next", spec: containers: [{name: "web", image: "web:1"}]}}}`,
		Source:  "Kubernetes documentation, Pod Security Admission",
	}, podsTold},
}

// admission is how the pods of a namespace are judged.
type admission struct {
	policy api.Policy
	labels *Object // the Namespace; nil where the output has none
	byHand bool    // no spec says the level: there is none, or the Namespace stands in a directory
}

// admissionOf gives the levels of a namespace: its labels', or the API server's
// own. kube-system is exempt there (generators/talos), whatever its labels say.
func (o *objects) admissionOf(namespace string) admission {
	a := admission{byHand: o.ByHand, policy: api.Policy{
		Enforce: defaultLevel(o.Admission.Enforce), Audit: defaultLevel(o.Admission.Audit), Warn: defaultLevel(o.Admission.Warn),
	}}
	if namespace == model.CiliumNamespace {
		a.policy.Enforce = api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
		return a
	}
	for _, x := range o.of("", "Namespace") {
		if x.GetName() == namespace {
			a.labels, a.byHand = x, x.hand != nil
			a.policy, _ = api.PolicyToEvaluate(x.GetLabels(), a.policy) // a level that is none is judged as the strictest
		}
	}
	return a
}

func defaultLevel(said model.At[string]) api.LevelVersion {
	level := api.Level(cmp.Or(said.V, string(api.LevelPrivileged)))
	return api.LevelVersion{Level: level, Version: api.LatestVersion()}
}

// judge is the evaluator of the Kubernetes release; the newest of the library
// where the release is not known.
func (o *objects) judge() policy.Evaluator {
	var of *api.Version
	if o.Releases.Kubernetes != nil {
		of = new(api.MajorMinorVersion(o.Releases.Kubernetes.Minor.Major, o.Releases.Kubernetes.Minor.Minor))
	}
	e, err := policy.NewEvaluator(policy.DefaultChecks(), of)
	if err != nil {
		panic(err) // the library's own checks contradict each other
	}
	return e
}

// refusal gives what a level does not admit of the pods.
func (w *workload) refusal(e policy.Evaluator, at api.LevelVersion) policy.AggregateCheckResult {
	return policy.AggregateCheckResults(e.EvaluatePod(at, &w.pods.ObjectMeta, &w.pods.Spec))
}

func podsRefused(o *objects, r *diag.Report) {
	e := o.judge()
	for _, w := range o.workloads() {
		a := o.admissionOf(w.GetNamespace())
		refused := w.refusal(e, a.policy.Enforce)
		if refused.Allowed {
			continue
		}
		f := at(r, w.Object, w.insecure(refused), "%s in namespace %q, which enforces %s: %s",
			w.are("rejected"), w.GetNamespace(), a.policy.Enforce.Level, refused.ForbiddenDetail())
		a.note(f, api.EnforceLevelLabel, "enforces %s", a.policy.Enforce.Level)
		f.Advise("%s", a.remedy(w, admits(e, corev1.Pod{ObjectMeta: w.pods.ObjectMeta, Spec: w.pods.Spec})))
	}
}

// are begins the sentence about the pods.
func (w *workload) are(what string) string {
	if w.path == "" {
		return fmt.Sprintf("%s is %s", w, what)
	}
	return fmt.Sprintf("the pods of %s are %s", w, what)
}

// remedy proposes to mend the pods, or a level that admits them.
func (a admission) remedy(w *workload, level api.Level) string {
	const mend = "correct what the parentheses name"
	if a.labels == nil && !a.byHand {
		return fmt.Sprintf("%s, or move the workload to a namespace with podSecurity: %q", mend, level)
	}
	return mend + ", or " + a.loosen(w.GetNamespace(), level)
}

// note adds the place of a level's label.
func (a admission) note(f *diag.Finding, label, format string, level api.Level) {
	if a.labels != nil {
		f.Note(a.labels.Place("metadata.labels."+label).Pos, "namespace %q "+format, a.labels.GetName(), level)
	}
}

// podsTold reports what a label that the spec itself writes asks to be told of.
// The labels that ichor gives to each namespace are not a wish of the spec.
func podsTold(o *objects, r *diag.Report) {
	e := o.judge()
	for _, w := range o.workloads() {
		a := o.admissionOf(w.GetNamespace())
		if a.labels == nil || !w.refusal(e, a.policy.Enforce).Allowed {
			continue
		}
		for _, asked := range []struct {
			label, does string
			level       api.LevelVersion
		}{{api.WarnLevelLabel, "warns at %s", a.policy.Warn}, {api.AuditLevelLabel, "audits at %s", a.policy.Audit}} {
			said := a.labels.says("metadata.labels." + asked.label)
			told := w.refusal(e, asked.level)
			if !said || told.Allowed {
				continue
			}
			f := at(r, w.Object, w.insecure(told), "%s at level %s, at which namespace %q warns or audits: %s",
				w.are("not admitted"), asked.level.Level, w.GetNamespace(), told.ForbiddenDetail())
			a.note(f, asked.label, asked.does, asked.level.Level)
			f.Advise("correct what the parentheses name, or remove the label")
			break
		}
	}
}

// insecure gives the field nearest to what is refused: the first container or
// volume that a refusal names, or the pods' own.
func (w *workload) insecure(refused policy.AggregateCheckResult) string {
	for _, detail := range refused.ForbiddenDetails {
		for _, c := range w.containers() {
			if strings.Contains(detail, "container") && strings.Contains(detail, fmt.Sprintf("%q", c.Name)) {
				return c.path + ".securityContext"
			}
		}
		for i, v := range w.pods.Spec.Volumes {
			if strings.Contains(detail, "volume") && strings.Contains(detail, fmt.Sprintf("%q", v.Name)) {
				return w.field(fmt.Sprintf("spec.volumes[%d]", i))
			}
		}
		if host, _, found := strings.Cut(detail, "=true"); found && strings.HasPrefix(host, "host") {
			return w.field("spec." + host)
		}
	}
	return w.field("spec.securityContext")
}
