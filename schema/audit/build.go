package audit

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"

	"ichor/schema/diag"
	"ichor/schema/scan"
)

var buildRules = []rule{
	{diag.Rule{
		Code: "build-failed", Severity: diag.Error,
		Summary: "The path of a Kustomization cannot be built, so Flux applies nothing of it: the path or a file does not exist, a file is not a Kubernetes object, or kustomize rejects the path. If the path is too large for ichor, the finding is a warning, because ichor does not know what Flux applies.",
		Wrong:   "spec: path: ./apps/wbe   # there is ./apps/web",
		Right:   "spec: path: ./apps/web",
		Source:  "Flux kustomize-controller: BuildFailed, ArtifactFailed",
	}, builds},
	{diag.Rule{
		Code: "resource-missing", Severity: diag.Error,
		Summary: "A kustomization file names a file or directory that is not in the git index, so the build fails, and the whole Kustomization fails with it.",
		Wrong:   "resources: [./secrets.yaml]   # which .gitignore hides",
		Right:   "resources: [./secrets.sops.yaml]",
		Source:  "kustomize: accumulating resources; Flux builds what is committed",
	}, resources},
	{diag.Rule{
		Code: "object-twice", Severity: diag.Error,
		Summary: "Two Kustomizations apply the same object. Each undoes what the other wrote, and removing one of the Kustomizations deletes the object.",
		Wrong:   "an Ingress web/web in the paths of two Kustomizations",
		Right:   "the object in one of them, and a dependsOn in the other",
		Source:  "Flux documentation, Kustomization, prune and inventory",
	}, twice},
}

func builds(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		if k.Failed == nil {
			continue
		}
		f := r.Add(k.FailedAt, k.ID(), fmt.Sprintf("%s cannot be built: %s", k.Object, k.Failed))
		if k.TooLarge() {
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("%s is too large for ichor to judge: %s", k.Object, k.Failed)
			f.Advise("split the Kustomization into several: Flux also needs a long time to build it")
		}
		if k.FailedAt.File != k.Object.File {
			f.Note(k.Pos, "%s applies it", k.Object)
		}
		if !c.Repository.IsDir(k.Path) {
			f.Advise("name a directory of the repository, relative to its root").Propose(k.Spec.Path, c.Repository.Siblings(k.Path))
		}
	}
}

func resources(c *Cluster, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range c.Kustomizations {
		for _, m := range k.Missing {
			at := m.Pos.String() + m.Entry
			if seen[at] {
				continue
			}
			seen[at] = true
			c.Repository.Mend(r.Add(m.Pos, k.ID(), m.String()).Note(k.Pos, "%s cannot be built without it", k.Object), m)
		}
	}
}

func twice(c *Cluster, r *diag.Report) {
	first := map[string]owned{}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			id := o.Group + "/" + o.String()
			other, taken := first[id]
			if !taken {
				first[id] = owned{k, o}
				continue
			}
			if other.by == k || shared(o) || shared(other.o) {
				continue
			}
			f := r.Add(o.Pos, k.ID(), fmt.Sprintf("%s is applied by %s and by %s", o, other.by.Object, k.Object))
			f.Note(other.o.Pos, "%s applies it from here", other.by.Object)
			f.Note(k.Pos, "%s applies it too", k.Object).Advise("apply the object in only one of them")
			if same(o, other.o) {
				f.Severity = diag.Warning // neither changes what the other wrote
			}
		}
	}
}

// shared reports whether an object says that several may own it: Flux then leaves
// it alone when it is there, or when it goes.
func shared(o *scan.Object) bool {
	const ssa = "kustomize.toolkit.fluxcd.io/ssa"
	metadata := o.Body.Lookup("metadata")
	how := cmp.Or(metadata.Lookup("annotations", ssa).Text(), metadata.Lookup("labels", ssa).Text())
	return how == "IfNotPresent" || how == "Merge" || o.Is("", "Namespace")
}

// same reports whether two objects say the same: whichever of two Kustomizations
// writes last, they stay as they are. What is encrypted, nobody sees.
func same(a, b *scan.Object) bool {
	if a.Encrypted || b.Encrypted {
		return true
	}
	return reflect.DeepEqual(said(a), said(b))
}

// said is what an object says beside its metadata: Flux writes its own labels there.
func said(o *scan.Object) map[string]any {
	out := maps.Clone(o.Content)
	delete(out, "metadata")
	delete(out, "status")
	return out
}
