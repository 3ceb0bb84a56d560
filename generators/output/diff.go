package output

import (
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"ichor/schema/diag"
)

// Diff gives what a plan changes as one unified diff, in the order of the paths.
// The inventory follows from the other files and is left out.
func (p *Plan) Diff() string {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action == Unchanged || isReserved(c.Path) {
			continue
		}
		before, after := diag.Plain(path.Join("a", p.dir, c.Path)), diag.Plain(path.Join("b", p.dir, c.Path))
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
