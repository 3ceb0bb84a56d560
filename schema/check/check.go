// Package check holds the rules over the linked cluster that CUE cannot
// express: those that compare two fields, know a release, or look at the whole.
// One file a subject, one row a rule.
package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// rule is what is told of a code, and the function that finds it.
type rule struct {
	diag.Rule
	find func(*model.Cluster, *report)
}

// Cluster runs every rule and gives all findings, sorted. The cluster need not
// be sound: a reference that names nothing has no pointer, and rules that need
// the pointer are silent about it.
func Cluster(c *model.Cluster) diag.List {
	var all diag.List
	for _, rl := range rules() {
		r := report{rule: rl.Rule}
		rl.find(c, &r)
		all = append(all, r.merged()...)
	}
	return hideSecrets(c.Literals, all).Sort()
}

// Literals adds what the rules over single literals find to the findings of a
// spec that could not be loaded, so that a secret is found, and not shown, in
// whatever state the spec is.
func Literals(literals []model.Literal, loading diag.List) diag.List {
	c := &model.Cluster{Literals: literals}
	for _, rl := range secretRules {
		r := report{rule: rl.Rule}
		rl.find(c, &r)
		loading = append(loading, r.merged()...)
	}
	return hideSecrets(literals, loading).Sort()
}

// merged gives the findings of the rule. What stands in a template is found
// once for each thing made of it: the first is kept, with the paths of the
// others.
func (r *report) merged() diag.List {
	var out diag.List
	first := map[diag.Pos]int{}
	for _, f := range r.found {
		i, seen := first[f.Pos]
		if !seen || f.Path == "" || f.Path == out[i].Path || !f.Pos.IsValid() {
			if !seen {
				first[f.Pos] = len(out)
			}
			out = append(out, f.Diagnostic)
			continue
		}
		out[i].Notes = append(out[i].Notes, diag.Note{Message: "the same holds for " + f.Path})
	}
	return out
}

// Rules gives what `ichor explain` tells of each rule, sorted by code.
func Rules() []diag.Rule {
	var out []diag.Rule
	for _, rl := range rules() {
		out = append(out, rl.Rule)
	}
	slices.SortFunc(out, func(a, b diag.Rule) int { return strings.Compare(a.Code, b.Code) })
	return out
}

func rules() []rule {
	return slices.Concat(
		rangeRules, addressRules, poolRules, bgpRules, peerRules, ciliumRules, talosRules, machineRules, patchRules, diskRules, releaseRules,
		serviceRules, objectRules, manifestRules, loadBalancerRules, exposureRules, authentikRules, outpostRules,
		graphRules, orderRules, durationRules, secretRules, secretUseRules,
	)
}

// report collects the findings of one rule.
type report struct {
	rule  diag.Rule
	found []*finding
}

// finding is a diagnostic in the making.
type finding struct{ diag.Diagnostic }

// add reports a finding at a place and the CUE path of what stands there.
func (r *report) add(pos diag.Pos, path, message string) *finding {
	f := &finding{diag.Diagnostic{
		Code: r.rule.Code, Severity: r.rule.Severity, Message: message, Pos: pos, Path: path,
	}}
	r.found = append(r.found, f)
	return f
}

// at reports a finding about a value of the spec.
func at[T any](r *report, a model.At[T], format string, args ...any) *finding {
	return r.add(a.Pos, a.Path, fmt.Sprintf(format, args...))
}

// note adds a second place.
func (f *finding) note(pos diag.Pos, format string, args ...any) *finding {
	f.Notes = append(f.Notes, diag.Note{Message: fmt.Sprintf(format, args...), Pos: pos})
	return f
}

// help says what to do.
func (f *finding) help(format string, args ...any) *finding {
	f.Help = fmt.Sprintf(format, args...)
	return f
}

// nearest proposes the names that a mistyped one may have meant; where none is
// near, the help stays as it is.
func (f *finding) nearest(name string, names []string) *finding {
	if near := diag.Nearest(name, names); len(near) > 0 {
		return f.help("did you mean %s?", oneOf(near))
	}
	return f
}

// oneOf joins names for a sentence: "a", "b" or "c".
func oneOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	last := len(quoted) - 1
	if last < 1 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
