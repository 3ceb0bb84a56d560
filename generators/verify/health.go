package verify

import (
	"fmt"
	"strings"

	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"ichor/schema/diag"
)

var healthRules = []rule{
	{diag.Rule{
		Code: "health-expression", Severity: diag.Error,
		Summary: "A health expression is not CEL, cannot work, or is the second one for its kind. The Kustomization applies nothing until someone changes the expression.",
		Wrong:   `cluster: services: web: {path: "apps/web", kustomization: healthCheckExprs: [{apiVersion: "example.com/v1", kind: "Widget", current: "status.phase = 'Ready'"}]}`,
		Right:   `cluster: services: web: {path: "apps/web", kustomization: healthCheckExprs: [{apiVersion: "example.com/v1", kind: "Widget", current: "status.phase == 'Ready'"}]}`,
		Source:  "kustomize-controller: Reconcile (InvalidCELExpression); fluxcd/pkg/runtime/cel: NewStatusReader",
	}, healthExpressions},
}

// healthChecked is what is read of what waits for objects by expressions.
type healthChecked struct {
	Spec struct {
		Suspend          bool                          `json:"suspend"`
		HealthCheckExprs []kustomize.CustomHealthCheck `json:"healthCheckExprs"`
	} `json:"spec"`
}

// healthExpressions leaves out what is suspended: Flux does not read it.
func healthExpressions(o *objects, r *diag.Report) {
	all := read[healthChecked](o, "kustomize.toolkit.fluxcd.io", "Kustomization")
	for _, k := range append(all, read[healthChecked](o, "helm.toolkit.fluxcd.io", "HelmRelease")...) {
		first := map[schema.GroupKind]bool{}
		for i, check := range k.v.Spec.HealthCheckExprs {
			if k.v.Spec.Suspend {
				break
			}
			field := fmt.Sprintf("spec.healthCheckExprs[%d]", i)
			refused(r, k.Object, field, check)
			kind := schema.FromAPIVersionAndKind(check.APIVersion, check.Kind).GroupKind()
			if row := o.Releases.Flux; first[kind] && row != nil && row.OneHealthExpression {
				at(r, k.Object, field, "%s defines twice when %s is ready", k, checked(check)).Advise("join both expressions with && or ||")
			}
			first[kind] = true
		}
	}
}

// checked names the objects that an expression is asked of: those of a kind, or of a
// whole API group.
func checked(check kustomize.CustomHealthCheck) string {
	if check.Kind == "" {
		return "each object of " + schema.FromAPIVersionAndKind(check.APIVersion, "").Group
	}
	return "each " + check.Kind
}

// refused tells of the expressions of a kind that Flux's own reader refuses. One
// with a variable is not known.
func refused(r *diag.Report, k *Object, field string, check kustomize.CustomHealthCheck) {
	for _, e := range []struct{ name, text string }{
		{"current", check.Current}, {"inProgress", check.InProgress}, {"failed", check.Failed},
	} {
		if e.text == "" || variable("", e.text) {
			continue
		}
		if _, err := cel.NewExpression(e.text); err != nil {
			at(r, k, field+"."+e.name, "%s has an expression for %s that Flux rejects: %s", k, checked(check), complaint(err)).
				Advise("write an expression over the fields of the object, such as status.phase == 'Ready'")
		}
	}
}

// complaint gives what CEL says first: of what it cannot parse, line and column in
// the expression and what stands there.
func complaint(err error) string {
	text := err.Error()
	if _, place, ok := strings.Cut(text, "ERROR: <input>:"); ok {
		text = place
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}
