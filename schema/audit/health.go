package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/scan"
)

var healthRules = []rule{
	{diag.Rule{
		Code: "health-checks-ignored", Severity: diag.Warning,
		Summary: "With wait: true Flux waits for every object that it applies, and does not look at healthChecks.",
		Wrong:   "spec: {wait: true, healthChecks: [{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, name: web, namespace: web}]}",
		Right:   "spec: {wait: true}   # or wait: false with healthChecks",
		Source:  "Flux documentation, Kustomization, wait",
	}, ignored},
	{diag.Rule{
		Code: "health-check-missing", Severity: diag.Error,
		Summary: "A health check names an object that nothing makes: Flux waits for it until the timeout, and the Kustomization is never ready.",
		Wrong:   "spec: healthChecks: [{apiVersion: batch/v1, kind: Job, name: database-init, namespace: web}]   # which was taken out",
		Right:   "the Job again, or no health check",
		Source:  "Flux documentation, Kustomization, health checks",
	}, unhealthy},
}

func ignored(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		if k.Spec.Wait && len(k.Spec.HealthChecks) > 0 {
			r.Add(k.Place("spec.healthChecks"), k.ID(), fmt.Sprintf("%s waits for all that it applies, so its healthChecks are not looked at", k.Object)).
				Note(k.Place("spec.wait"), "wait: true").
				Advise("take out one of the two: healthChecks, or wait: true where only those objects count")
		}
	}
}

func unhealthy(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		if k.Spec.Wait {
			continue
		}
		for i, h := range k.Spec.HealthChecks {
			group, _ := scan.GroupVersion(h.APIVersion)
			if _, found := c.object(group, h.Kind, h.Namespace, h.Name); found != nil || c.mayMake(group, h.Kind, h.Namespace) {
				continue
			}
			f := r.Add(k.Place(fmt.Sprintf("spec.healthChecks[%d].name", i)), k.ID(),
				fmt.Sprintf("%s waits for %s %s/%s, which nothing makes", k.Object, h.Kind, cmp.Or(h.Namespace, "-"), h.Name)).
				Advise("mend the name or the namespace, or take the health check out")
			for _, x := range k.Objects {
				if x.Kind == h.Kind && (x.Name == h.Name || x.Namespace == h.Namespace) {
					f.Note(x.Pos, "there is %s", x)
				}
			}
		}
	}
}

// mayMake reports whether something that is not seen may make an object of a
// health check: charts do, but no HelmReleases and no Kustomizations.
func (c *Cluster) mayMake(group, kind, namespace string) bool {
	if !c.complete() || kind == "CustomResourceDefinition" {
		return true
	}
	if group == scan.HelmGroup || group == scan.KustomizeGroup {
		return false
	}
	return slices.ContainsFunc(c.Kustomizations, func(other *scan.Kustomization) bool {
		return slices.ContainsFunc(other.Objects, func(o *scan.Object) bool {
			in := cmp.Or(o.Text("spec", "targetNamespace"), o.Namespace)
			return in == namespace && (o.Group == scan.HelmGroup || isCustom(o.Group)) || isCustom(o.Group) && o.Namespace == ""
		})
	})
}

// isCustom reports whether a group is neither Kubernetes' own nor Flux's.
func isCustom(group string) bool {
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".toolkit.fluxcd.io")
}
