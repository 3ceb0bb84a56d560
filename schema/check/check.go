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
	find func(*model.Cluster, *diag.Report)
}

// Cluster runs every rule and gives all findings, sorted. The cluster need not
// be sound: a reference that names nothing has no pointer, and rules that need
// the pointer are silent about it.
func Cluster(c *model.Cluster) diag.List {
	var all diag.List
	for _, rl := range slices.Concat(rules(), auditedRules) {
		r := diag.Report{Rule: rl.Rule}
		rl.find(c, &r)
		all = append(all, r.Merged()...)
	}
	return hideSecrets(c.Literals, all).Sort()
}

// Literals adds what the rules over single literals find to the findings of a
// spec that could not be loaded, so that a secret is found, and not shown, in
// whatever state the spec is.
func Literals(literals []model.Literal, loading diag.List) diag.List {
	c := &model.Cluster{Literals: literals}
	for _, rl := range secretRules {
		r := diag.Report{Rule: rl.Rule}
		rl.find(c, &r)
		loading = append(loading, r.Merged()...)
	}
	return hideSecrets(literals, loading).Sort()
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
		rangeRules, addressRules, poolRules, bgpRules, peerRules, ciliumRules, talosRules, machineRules, patchRules, machineFieldRules, diskRules, longhornRules, releaseRules,
		serviceRules, objectRules, manifestRules, loadBalancerRules, exposureRules, publicRules, partRules, ingressRules, chartRules, authentikRules, outpostRules,
		cycleRules, graphRules, orderRules, durationRules, secretRules, secretUseRules, vaultRules, backupRules,
	)
}

// at reports a finding about a value of the spec.
func at[T any](r *diag.Report, a model.At[T], format string, args ...any) *diag.Finding {
	return r.Add(a.Pos, a.Path, fmt.Sprintf(format, args...))
}
