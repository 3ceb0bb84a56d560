package output

import (
	"fmt"
	"path"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// Prune is what Flux deletes from the cluster, or leaves in it, once the plan is
// applied and committed.
type Prune struct {
	Unit       string
	Objects    int      // number of its objects whose files go
	Namespaces []string // that are among them, with which all that is in them goes
	Whole      bool     // the unit itself goes
	Kept       bool     // Flux leaves in the cluster what goes, by what its Kustomization or the objects say
}

// Prunes gives what Flux deletes, sorted by unit: objects whose files go, and
// everything of a unit that goes; after it what it leaves.
func (p *Plan) Prunes() []Prune {
	units := p.leaving()
	var out []Prune
	for _, unit := range sorted(units) {
		out = append(out, p.prunes(unit, units[unit])...)
	}
	return out
}

// leaving is what goes of a unit.
type leaving struct {
	whole   bool
	objects [][]byte
}

func (p *Plan) leaving() map[string]leaving {
	units := map[string]leaving{}
	for _, c := range p.Changes {
		if c.Action != Delete || path.Base(c.Path) == indexName {
			continue
		}
		dir, name := path.Split(c.Path)
		dir = path.Clean(dir)
		switch {
		case dir == Flux:
			unit := strings.TrimSuffix(name, ".yaml")
			units[unit] = leaving{true, units[unit].objects}
		case path.Dir(dir) == Manifests:
			unit := path.Base(dir)
			units[unit] = leaving{units[unit].whole, append(units[unit].objects, c.Have)}
		}
	}
	return units
}

// prunes says of a unit what is deleted and what is left, each where there is any.
func (p *Plan) prunes(unit string, l leaving) []Prune {
	pruned, left := Prune{Unit: unit, Whole: l.whole}, Prune{Unit: unit, Whole: l.whole, Kept: true}
	kept := p.keeps(unit, l.whole)
	for _, content := range l.objects {
		var o unstructured.Unstructured
		legible := yaml.Unmarshal(content, &o.Object) == nil
		switch {
		case kept || legible && keptAlone(o):
			left.Objects++
			continue
		case legible && o.GetKind() == "Namespace":
			pruned.Namespaces = append(pruned.Namespaces, o.GetName())
		}
		pruned.Objects++
	}
	return slices.DeleteFunc([]Prune{pruned, left}, func(p Prune) bool {
		return p.Objects == 0 && (len(l.objects) > 0 || p.Kept != kept)
	})
}

// keptAlone reports whether an object says that Flux is not to delete it, or not to
// look at it. Source: kustomize-controller, deleteObjects.
func keptAlone(o unstructured.Unstructured) bool {
	for mark, value := range map[string]string{"prune": kustomizev1.DisabledValue, "reconcile": kustomizev1.DisabledValue, "ssa": kustomizev1.IgnoreValue} {
		mark = kustomizev1.GroupVersion.Group + "/" + mark
		if strings.EqualFold(o.GetAnnotations()[mark], value) || strings.EqualFold(o.GetLabels()[mark], value) {
			return true
		}
	}
	return false
}

// keeps reports whether Flux leaves what goes of a unit: without prune, and of a
// unit that goes by the policy that its Kustomization had.
func (p *Plan) keeps(unit string, whole bool) bool {
	i := slices.IndexFunc(p.Changes, func(c Change) bool { return c.Path == path.Join(Flux, unit+".yaml") })
	if i < 0 {
		return false
	}
	said := p.Changes[i].Want
	if whole {
		said = p.Changes[i].Have
	}
	var k kustomizev1.Kustomization
	if yaml.Unmarshal(said, &k) != nil {
		return false
	}
	if policy := k.Spec.DeletionPolicy; whole && policy != "" && policy != kustomizev1.DeletionPolicyMirrorPrune {
		return policy == kustomizev1.DeletionPolicyOrphan
	}
	return !k.Spec.Prune
}

// String says it as a line of the summary.
func (p Prune) String() string {
	what, does := "everything", "will prune"
	switch {
	case p.Objects == 1:
		what = "1 object"
	case p.Objects > 1:
		what = fmt.Sprintf("%d objects", p.Objects)
	}
	if p.Kept {
		does = "will leave in the cluster"
	}
	line := fmt.Sprintf("Flux %s %s of unit %s", does, what, p.Unit)
	if p.Whole {
		line += ", which is removed"
	}
	if len(p.Namespaces) > 0 {
		line += ", and with them everything in " + strings.Join(p.Namespaces, ", ")
	}
	return line
}
