package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var healthRules = []rule{
	{diag.Rule{
		Code: "health-checks-ignored", Severity: diag.Warning,
		Summary: "A Kustomization has wait: true and healthChecks: with wait: true, Flux waits for every object that it applies, and ignores healthChecks.",
		Wrong:   "spec: {wait: true, healthChecks: [{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, name: web, namespace: web}]}",
		Right:   "spec: {wait: true}   # or wait: false with healthChecks",
		Source:  "Flux documentation, Kustomization, wait",
	}, ignored},
	{diag.Rule{
		Code: "health-check-missing", Severity: diag.Error,
		Summary: "A health check names an object that nothing creates: Flux waits for the object until the timeout, and the Kustomization is never ready.",
		Wrong:   "spec: healthChecks: [{apiVersion: batch/v1, kind: Job, name: database-init, namespace: web}]   # which was taken out",
		Right:   "the Job again, or no health check",
		Source:  "Flux documentation, Kustomization, health checks",
	}, unhealthy},
}

func ignored(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		if k.Spec.Wait && len(k.Spec.HealthChecks) > 0 {
			r.Add(k.Place("spec.healthChecks"), k.ID(), fmt.Sprintf("%s waits for all objects that it applies, so Flux ignores its healthChecks", k.Object)).
				Note(k.Place("spec.wait"), "wait: true").
				Advise("remove healthChecks, or remove wait: true if only those objects count")
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
			if _, found := c.object(group, h.Kind, h.Namespace, h.Name); found != nil || group == scan.KustomizeGroup && c.outside(h.Namespace+"/"+h.Name) {
				continue
			}
			if may := c.mayMake(model.Object{Group: group, Kind: h.Kind, Namespace: h.Namespace, Name: h.Name}); may != likely {
				c.waitsForNothing(r, k, i, may)
			}
		}
	}
}

func (c *Cluster) waitsForNothing(r *diag.Report, k *scan.Kustomization, i int, may chance) {
	h := k.Spec.HealthChecks[i]
	f := r.Add(k.Place(fmt.Sprintf("spec.healthChecks[%d].name", i)), k.ID(),
		fmt.Sprintf("%s waits for %s %s/%s, which nothing creates", k.Object, h.Kind, cmp.Or(h.Namespace, "-"), h.Name)).
		Advise("correct the name or the namespace, or remove the health check")
	if may == hardly {
		f.Message += " that ichor can see, and no release of its namespace has a matching name"
		f.Severity = diag.Warning
	}
	for _, x := range k.Objects {
		if x.Kind == h.Kind && (x.Name == h.Name || x.Namespace == h.Namespace) {
			f.Note(x.Pos, "there is %s", x)
		}
	}
}

// chance is how well something that is not seen may make an object: a chart names
// what it makes for its release, but for some.
type chance int

const (
	never chance = iota
	hardly
	likely
)

// mayMake says so of the object of a health check: charts make any, but no
// HelmReleases and no Kustomizations.
func (c *Cluster) mayMake(of model.Object) chance {
	if !c.complete() || of.Kind == "CustomResourceDefinition" {
		return likely
	}
	if of.Group == scan.HelmGroup || of.Group == scan.KustomizeGroup {
		return never
	}
	best := never
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			best = max(best, makes(o, of))
		}
	}
	return best
}

// servers are the kinds of such groups for which an operator runs pods.
var servers = []string{"Alertmanager", "Gateway", "Prometheus", "PrometheusAgent", "ThanosRuler"}

// makes says how well one object may make another one.
func makes(o *scan.Object, of model.Object) chance {
	in := cmp.Or(o.Text("spec", "targetNamespace"), o.Namespace)
	inert := model.Inert(o.Group) && of.Kind != "Secret" && !slices.Contains(servers, o.Kind)
	switch {
	case o.Namespace == "" && isCustom(o.Group) && !model.Setting(o.Group), in == of.Namespace && isCustom(o.Group) && !inert:
		return likely
	case o.Group != scan.HelmGroup || in != of.Namespace:
		return never
	}
	names, seen := model.ReleaseNames(o.Content)
	if !seen || isCustom(of.Group) || of.Namespace == "kube-system" || model.NamedFor(of.Name, names) {
		return likely // charts of the system are older than the custom of naming for the release
	}
	return hardly
}

// isCustom reports whether a group is neither Kubernetes' own nor Flux's.
func isCustom(group string) bool {
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".toolkit.fluxcd.io")
}
