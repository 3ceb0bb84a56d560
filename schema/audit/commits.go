package audit

import (
	"fmt"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// commitRules compare a cluster with what another commit has of it.
var commitRules = []rule{
	{diag.Rule{
		Code: "kustomization-gone", Severity: diag.Info,
		Summary: "A Kustomization of the commit before no longer exists, or has another name, so Flux deletes all objects that it applied. An object that another Kustomization applies now stays only if Flux applies that Kustomization first, because Flux does not delete objects with the labels of another Kustomization. The finding is a warning if there is such an object, or if Flux deletes data, a namespace or a kind.",
		Wrong:   "metadata: {name: web-app}   # was web, with prune: true",
		Right:   "web with deletionPolicy: Orphan in a commit before, and then the other name",
		Source:  "Flux documentation, Kustomization, prune and deletionPolicy; kustomize-controller: finalize deletes what has its own labels",
	}, gone},
}

// Since gives the cluster as another commit has it, to be compared with; commit
// is what people call that one.
func (c *Cluster) Since(before *Cluster, commit string) { c.before, c.commit = before, commit }

// Before gives the units of that other commit; none where there is none.
func (c *Cluster) Before() []*model.Unit {
	if c.before == nil {
		return nil
	}
	return c.before.Units
}

// gone tells of the topmost Kustomizations that are not there any more.
func gone(c *Cluster, r *diag.Report) {
	if c.before == nil {
		return
	}
	for _, k := range c.before.Kustomizations {
		by := c.pruner(k)
		if by == nil {
			continue
		}
		objects := c.deleted(k)
		if len(objects) == 0 {
			continue
		}
		f := r.Add(by.Pos, k.ID(), fmt.Sprintf("%s, which exists in %s, is gone: Flux deletes the %s that it applied", k.Object, c.commit, counted(len(objects), "object")))
		f.Note(diag.Pos{}, "its definition was at %s", k.Pos)
		if c.tellDeleted(f, objects) {
			f.Severity = diag.Warning
		}
		f.Advise("to keep the objects, first set `deletionPolicy: Orphan` on the Kustomization in a separate commit, and let Flux apply that commit")
	}
}

// pruner gives the Kustomization that deletes one of the commit before, since it
// applied it then and does not now; nil where it is still there, or where nothing
// is sure.
func (c *Cluster) pruner(k *scan.Kustomization) *scan.Kustomization {
	if _, still := c.unit(k.ID()); still != nil || k.Parent == nil {
		return nil
	}
	by, _ := c.unit(k.Parent.ID())
	if by == nil || !by.Spec.Prune || by.Spec.Suspend || by.Incomplete() || keeps(k.Object) {
		return nil
	}
	return by
}

// deleted gives what goes with a Kustomization: its objects, and those of the ones
// that it applied.
func (c *Cluster) deleted(k *scan.Kustomization) []*scan.Object {
	if !deletes(k) {
		return nil
	}
	var out []*scan.Object
	for _, o := range k.Objects {
		if !keeps(o) {
			out = append(out, o)
		}
	}
	for _, child := range c.before.Kustomizations {
		if _, still := c.unit(child.ID()); child.Parent == k && child != k && still == nil && !keeps(child.Object) {
			out = append(out, c.deleted(child)...)
		}
	}
	return out
}

// deletes reports whether Flux deletes what a Kustomization applied together with
// it.
func deletes(k *scan.Kustomization) bool {
	switch k.Spec.DeletionPolicy {
	case kustomizev1.DeletionPolicyDelete, kustomizev1.DeletionPolicyWaitForTermination:
		return !k.Spec.Suspend
	case kustomizev1.DeletionPolicyOrphan:
		return false
	}
	return k.Spec.Prune && !k.Spec.Suspend
}

// keeps reports whether an object says that Flux is not to delete it, or not to
// look at it. Source: kustomize-controller, deleteObjects.
func keeps(o *scan.Object) bool {
	metadata := o.Body.Lookup("metadata")
	for mark, value := range map[string]string{"prune": kustomizev1.DisabledValue, "reconcile": kustomizev1.DisabledValue, "ssa": kustomizev1.IgnoreValue} {
		mark = scan.KustomizeGroup + "/" + mark
		if strings.EqualFold(metadata.Lookup("annotations", mark).Text(), value) || strings.EqualFold(metadata.Lookup("labels", mark).Text(), value) {
			return true
		}
	}
	return false
}

// losses are kinds with which more goes than the object.
var losses = map[string]string{
	"PersistentVolumeClaim": "and the data in it, depending on the reclaim policy of its volume", "Namespace": "and everything in it",
	"CustomResourceDefinition": "and all objects of its kind", "HelmRelease": "and everything that its chart installed",
}

// tellDeleted notes what goes and what another applies now, and reports whether
// more is lost than what can be installed anew.
func (c *Cluster) tellDeleted(f *diag.Finding, objects []*scan.Object) (grave bool) {
	moved := map[string]int{}
	for _, o := range objects {
		if by, found := c.object(o.Group, o.Kind, o.Namespace, o.Name); found != nil {
			moved[by.Object.String()]++
			grave = true
		} else if more := losses[o.Kind]; more != "" {
			f.Note(diag.Pos{}, "Flux deletes %s, %s", o, more)
			grave = grave || o.Kind != "HelmRelease"
		}
	}
	for _, k := range c.Kustomizations {
		if n := moved[k.Object.String()]; n > 0 {
			f.Note(k.Pos, "%s now applies %d of them, which stay only if Flux applies this Kustomization first", k.Object, n)
			delete(moved, k.Object.String())
		}
	}
	if len(f.Notes) > maxNames {
		f.Notes = append(slices.Clone(f.Notes[:maxNames]), diag.Note{Message: fmt.Sprintf("and %d more", len(f.Notes)-maxNames)})
	}
	return grave
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
