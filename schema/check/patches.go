package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var patchRules = []rule{
	{diag.Rule{
		Code: "patch-derived", Severity: diag.Error,
		Summary: "A patch writes what follows from the spec: the machine then differs from the spec, and the rest of the output does not fit the machine. A patch is for what the spec has no field for.",
		Wrong:   `cluster: nodes: a: patch: machine: install: disk: "/dev/sdb"`,
		Right:   `cluster: nodes: a: install: disk: path: "/dev/sdb"`,
		Source:  "Talos documentation, v1alpha1 configuration reference",
	}, derivedPatches},
}

func derivedPatches(c *model.Cluster, r *diag.Report) {
	if c.Talos != nil {
		derivedPatch(r, c.Talos.Patch, c.MachineParts(c.Nodes...))
	}
	for _, n := range c.Nodes {
		derivedPatch(r, n.Patch, c.MachineParts(n))
	}
}

func derivedPatch(r *diag.Report, patch *model.Tree, parts []model.MachinePart) {
	if patch == nil {
		return
	}
	walkPatch(patch, document(patch), func(t *model.Tree, keys []string) bool {
		return patchedPart(r, t, keys, parts)
	})
}

// document gives the kind and the name of the document that is patched, none
// for v1alpha1.
func document(patch *model.Tree) []string {
	var keys []string
	for _, field := range []string{"kind", "name"} {
		if t := patch.Lookup(field); t != nil {
			keys = append(keys, fmt.Sprint(t.Scalar))
		}
	}
	return keys
}

// walkPatch is walkBelow for trees whose lists hold elements with names.
func walkPatch(t *model.Tree, keys []string, visit func(*model.Tree, []string) bool) {
	for _, child := range slices.Concat(t.Map, t.List) {
		if below := append(slices.Clone(keys), patchKey(child)); visit(child, below) {
			walkPatch(child, below, visit)
		}
	}
}

// patchKey gives the label of a part, or the name by which Talos merges an
// element of a list.
func patchKey(t *model.Tree) string {
	for _, name := range []string{"interface", "name"} {
		if value := t.Lookup(name); t.Key == "" && value != nil {
			return fmt.Sprint(value.Scalar)
		}
	}
	return t.Key
}

// patchedPart reports what a place of a patch writes or deletes, and whether to
// look further below it.
func patchedPart(r *diag.Report, t *model.Tree, keys []string, parts []model.MachinePart) bool {
	deletes := t.Key == "$patch"
	if deletes {
		keys = keys[:len(keys)-1]
	}
	replaces := deletes || !t.IsMap && t.List == nil
	for _, p := range parts {
		if p.Covers(keys...) {
			patched(r, t, p, fmt.Sprintf("the patch %s %s, which follows from %s", verb(deletes), strings.Join(keys, "."), p.From))
			return false
		}
		if replaces && p.Below(keys...) {
			patched(r, t, p, fmt.Sprintf("the patch %s %s, and with it %s, which follows from %s", verb(deletes), place(keys), p.Name(), p.From))
			return false
		}
	}
	return true
}

func verb(deletes bool) string {
	if deletes {
		return "deletes"
	}
	return "writes"
}

// place names keys; none are the whole configuration.
func place(keys []string) string {
	if len(keys) == 0 {
		return "everything"
	}
	return strings.Join(keys, ".")
}

func patched(r *diag.Report, t *model.Tree, p model.MachinePart, message string) {
	f := r.Add(t.Pos, t.Path, message)
	f.Secret = p.Secret
	if p.Pos.IsValid() {
		f.Note(p.Pos, "the spec defines it here")
	}
	switch {
	case p.Secret:
		f.Advise("remove it from the patch: ichor writes a marker, and `ichor talos render` or `op inject` puts the secret in its place")
	case strings.Contains(p.From, " "):
		f.Advise("remove it from the patch")
	default:
		f.Advise("remove it from the patch, and write it in the field %s", p.From)
	}
}
