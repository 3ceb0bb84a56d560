package output

import (
	"fmt"
	"path"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"sigs.k8s.io/yaml"
)

// Prune is what Flux deletes from the cluster once the plan is applied and
// committed.
type Prune struct {
	Unit    string
	Objects int  // number of its objects whose files go
	Whole   bool // the unit itself goes
	Kept    bool // Flux leaves in the cluster what goes, by what its Kustomization says
}

// Prunes gives what Flux deletes, sorted by unit: objects whose files go, and
// everything of a unit that goes.
func (p *Plan) Prunes() []Prune {
	units := map[string]Prune{}
	for _, c := range p.Changes {
		if c.Action != Delete || path.Base(c.Path) == indexName {
			continue
		}
		dir, name := path.Split(c.Path)
		dir = path.Clean(dir)
		switch {
		case dir == Flux:
			unit := strings.TrimSuffix(name, ".yaml")
			units[unit] = Prune{Unit: unit, Objects: units[unit].Objects, Whole: true}
		case path.Dir(dir) == Manifests:
			unit := path.Base(dir)
			units[unit] = Prune{Unit: unit, Objects: units[unit].Objects + 1, Whole: units[unit].Whole}
		}
	}
	var out []Prune
	for _, unit := range sorted(units) {
		u := units[unit]
		u.Kept = p.keeps(u)
		out = append(out, u)
	}
	return out
}

// keeps reports whether Flux leaves what goes of a unit: without prune, and of a
// unit that goes by the policy that its Kustomization had.
func (p *Plan) keeps(u Prune) bool {
	i := slices.IndexFunc(p.Changes, func(c Change) bool { return c.Path == path.Join(Flux, u.Unit+".yaml") })
	if i < 0 {
		return false
	}
	said := p.Changes[i].Want
	if u.Whole {
		said = p.Changes[i].Have
	}
	var k kustomizev1.Kustomization
	if yaml.Unmarshal(said, &k) != nil {
		return false
	}
	if policy := k.Spec.DeletionPolicy; !u.Whole || policy == "" || policy == kustomizev1.DeletionPolicyMirrorPrune {
		return !k.Spec.Prune
	}
	return k.Spec.DeletionPolicy == kustomizev1.DeletionPolicyOrphan
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
		line += ", which goes"
	}
	return line
}
