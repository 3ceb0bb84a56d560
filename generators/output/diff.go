package output

import (
	"fmt"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff gives what a plan changes as one unified diff, in the order of the paths.
// The inventory follows from the other files and is left out.
func (p *Plan) Diff() string {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action == Unchanged || isReserved(c.Path) {
			continue
		}
		before, after := path.Join("a", p.dir, c.Path), path.Join("b", p.dir, c.Path)
		switch c.Action {
		case Create:
			before = "/dev/null"
		case Delete:
			after = "/dev/null"
		}
		b.Write(diff.Diff(before, c.Have, after, c.Want))
	}
	return b.String()
}

// Prune is what Flux deletes from the cluster once the plan is applied and
// committed.
type Prune struct {
	Unit    string
	Objects int  // number of its objects whose files go
	Whole   bool // the unit itself goes
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
			units[unit] = Prune{unit, units[unit].Objects, true}
		case path.Dir(dir) == Manifests:
			unit := path.Base(dir)
			units[unit] = Prune{unit, units[unit].Objects + 1, units[unit].Whole}
		}
	}
	var out []Prune
	for _, unit := range sorted(units) {
		out = append(out, units[unit])
	}
	return out
}

// String says it as a line of the summary.
func (p Prune) String() string {
	objects := fmt.Sprintf("%d objects", p.Objects)
	switch {
	case p.Objects == 0:
		return fmt.Sprintf("Flux will prune everything of unit %s, which goes", p.Unit)
	case p.Objects == 1:
		objects = "1 object"
	}
	if p.Whole {
		return fmt.Sprintf("Flux will prune %s of unit %s, which goes", objects, p.Unit)
	}
	return fmt.Sprintf("Flux will prune %s of unit %s", objects, p.Unit)
}
