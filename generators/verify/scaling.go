package verify

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"ichor/schema/diag"
)

var scalingRules = []rule{
	{diag.Rule{
		Code: "scale-target", Severity: diag.Error,
		Summary: "A HorizontalPodAutoscaler scales a workload that does not exist. It names a workload of its namespace by API group, kind and name.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: spec: containers: [{name: "web", image: "web:1"}], HorizontalPodAutoscaler: web: spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: "apps/v1", kind: "Deployment", name: "wbe"}}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: spec: containers: [{name: "web", image: "web:1"}], HorizontalPodAutoscaler: web: spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: "apps/v1", kind: "Deployment", name: "web"}}}}`,
		Source:  "Kubernetes API reference, CrossVersionObjectReference",
	}, scaleTargets},
}

func scaleTargets(o *objects, r *diag.Report) {
	for _, x := range o.of("autoscaling", "HorizontalPodAutoscaler") {
		to := schema.FromAPIVersionAndKind(x.text("spec", "scaleTargetRef", "apiVersion"), x.text("spec", "scaleTargetRef", "kind"))
		name := x.text("spec", "scaleTargetRef", "name")
		var names []string
		found := false
		for _, w := range o.of(to.Group, to.Kind) {
			if w.GetNamespace() == x.GetNamespace() {
				names = append(names, w.GetName())
				found = found || w.GetName() == name
			}
		}
		if found || name == "" || o.unseenIn(x.GetNamespace()).makes(name) {
			continue
		}
		f := at(r, x, "spec.scaleTargetRef.name", "%s scales %s %q, which nothing creates in namespace %q", x, to.Kind, name, x.GetNamespace()).
			Advise("name a workload that exists").
			Propose(name, names)
		for _, w := range o.workloads() {
			if w.GetNamespace() == x.GetNamespace() && w.GetName() == name {
				f.Note(w.Place("").Pos, "%s has this name", w).
					Advise("write %s", fmt.Sprintf("{apiVersion: %q, kind: %q, name: %q}", w.GetAPIVersion(), w.GetKind(), name))
			}
		}
	}
}
