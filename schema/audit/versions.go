package audit

import (
	"fmt"

	"ichor/schema/diag"
	"ichor/schema/release"
)

var versionRules = []rule{
	{diag.Rule{
		Code: "api-removed", Severity: diag.Error,
		Summary: "The Kubernetes version of the repository does not serve this API version of the kind. If the repository names no Kubernetes version, no version that is still supported serves it. The API server rejects the object, and Flux rejects the whole Kustomization.",
		Wrong:   "apiVersion: policy/v1beta1, kind: PodDisruptionBudget",
		Right:   "apiVersion: policy/v1, kind: PodDisruptionBudget",
		Source:  "Kubernetes documentation, Deprecated API Migration Guide",
	}, removed},
}

// oldest is the oldest minor of Kubernetes that Talos or Flux still supports,
// for a repository that does not say which one it runs.
var oldest = release.Minor{Major: 1, Minor: 28}

func removed(c *Cluster, r *diag.Report) {
	running := oldest
	if k := c.Releases().Kubernetes; k != nil {
		running = k.Minor
	}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			apiVersion := o.Text("apiVersion")
			life, ends := release.LifeOf(apiVersion, o.Kind)
			if !ends || life.Removed.Compare(running) > 0 {
				continue
			}
			f := r.Add(o.Place("apiVersion"), k.ID(), fmt.Sprintf("%s: Kubernetes does not serve %s %s from version %s on", o, apiVersion, o.Kind, life.Removed))
			if life.Replacement != "" {
				f.Advise("use %s, and compare its fields", life.Replacement)
			}
		}
	}
}
