package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/graph"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var standoffRules = []rule{
	{diag.Rule{
		Code: "depends-on-standoff", Severity: diag.Warning,
		Summary: "A Kustomization cannot be applied, or cannot become ready, without what another Kustomization provides, and the other waits for it. On a fresh cluster neither ever starts, unless what is needed exists before Flux.",
		Wrong:   "app has a ServiceMonitor, whose kind the chart of monitoring alone brings, and monitoring: dependsOn: [{name: app}]",
		Right:   "the ServiceMonitor in a Kustomization of its own that depends on both, or no dependsOn on app",
		Source:  "Flux kustomize-controller: a dry run of all objects before any is applied, and dependencies that must be ready",
	}, standoffs},
}

// blocked says which state of a Kustomization is not reached without a capability
// of a kind, where only one other brings it.
var blocked = map[string]func(*scan.Kustomization) string{
	model.KindCRD: applied, model.KindNamespace: applied, model.KindVariables: applied,
	model.KindSecretStore: ready, model.KindIssuer: ready, model.KindSource: ready, model.KindValues: ready, model.KindRelease: ready,
}

// standoffs looks for circles that neither the written order alone nor the
// objects alone close: of each group the shortest.
func standoffs(c *Cluster, r *diag.Report) {
	written := c.steps()
	all, needs := c.blockedSteps(written)
	next := func(s string) []string { return all[s] }
	group := map[string]int{}
	for i, g := range graph.Groups(slices.Sorted(maps.Keys(all)), next) {
		for _, s := range g {
			group[s] = i
		}
	}
	best := map[int][]string{}
	for _, from := range slices.Sorted(maps.Keys(needs)) {
		for _, to := range slices.Sorted(maps.Keys(needs[from])) {
			if group[from] != group[to] {
				continue
			}
			circle := graph.Path(to, from, next)
			have, taken := best[group[from]]
			if mixed(circle, written) && (!taken || len(circle) < len(have)) {
				best[group[from]] = circle
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(best)) {
		c.tellStandoff(r, best[i], needs)
	}
}

// needed is what makes one state need another, by both.
type needed map[string]map[string][]model.Edge

// blockedSteps adds to the written steps those that needs give: nothing is
// applied before its kind is there.
func (c *Cluster) blockedSteps(written map[string][]string) (map[string][]string, needed) {
	all, needs := map[string][]string{}, needed{}
	for s, next := range written {
		all[s] = slices.Clone(next)
	}
	for i, k := range c.Kustomizations {
		for _, e := range c.Units[i].Edges {
			state, ok := blocked[e.Rule]
			if !ok || e.Soft || !onlyFrom(e, c.Units[i].Edges) || e.Rule == model.KindNamespace && livesIn(k, e.Name) {
				continue
			}
			to, _ := c.unit(c.idOf(e.To))
			from := state(k)
			if from == ready(k) && !k.Spec.Wait {
				continue // it is ready without
			}
			if needs[from] == nil {
				needs[from] = map[string][]model.Edge{}
			}
			needs[from][applied(to)] = append(needs[from][applied(to)], e)
			all[from] = append(all[from], applied(to))
		}
	}
	return all, needs
}

// livesIn reports whether a Kustomization or one that applies it lives in a
// namespace: it is there already.
func livesIn(k *scan.Kustomization, namespace string) bool {
	for ; k != nil; k = k.Parent {
		if k.Namespace == namespace {
			return true
		}
	}
	return false
}

// onlyFrom reports whether no other unit brings what an edge is drawn for.
func onlyFrom(e model.Edge, edges []model.Edge) bool {
	return !slices.ContainsFunc(edges, func(o model.Edge) bool { return o.Rule == e.Rule && o.Name == e.Name && o.To != e.To })
}

// mixed reports whether a circle that a need closes has a step between two
// Kustomizations that people wrote: without one, a rule of its own tells of it.
func mixed(circle []string, written map[string][]string) bool {
	for i := range circle[1:] {
		_, a, _ := strings.Cut(circle[i], " ")
		_, b, _ := strings.Cut(circle[i+1], " ")
		if a != b && slices.Contains(written[circle[i]], circle[i+1]) {
			return true
		}
	}
	return false
}

func (c *Cluster) tellStandoff(r *diag.Report, circle []string, needs needed) {
	first := slices.Index(circle, slices.Min(circle))
	circle = slices.Concat(circle[first:], circle[:first])
	ids := kustomizationsOf(circle)
	k, _ := c.unit(ids[0])
	f := r.Add(k.Pos, k.ID(), fmt.Sprintf("Kustomizations wait for what the others provide: %s", strings.Join(append(slices.Clone(ids), ids[0]), " -> ")))
	opened := false
	for i, from := range circle {
		to := circle[(i+1)%len(circle)]
		edges := needs[from][to]
		if len(edges) == 0 {
			c.tellStep(f, from, to)
		}
		for _, e := range edges {
			f.Note(e.Pos, "%s needs %s (%s): %s", idIn(from), idIn(to), e.Rule, e.Reason)
		}
		if len(edges) > 0 && !opened {
			f.Advise("remove one of these dependsOn entries; or %s", apart(edges, idIn(from), idIn(to)))
			opened = true
		}
	}
}

// apart says how what needs another is parted from the rest.
func apart(edges []model.Edge, from, to string) string {
	var what []string
	for _, e := range edges {
		if e.Rule == model.KindNamespace {
			return fmt.Sprintf("create namespace %s in %s itself", e.Name, from)
		}
		what = append(what, e.What)
	}
	slices.Sort(what)
	return fmt.Sprintf("move %s out of %s, into a separate Kustomization that depends on %s and %s", strings.Join(slices.Compact(what), ", "), from, from, to)
}

func idIn(state string) string {
	_, id, _ := strings.Cut(state, " ")
	return id
}

// kustomizationsOf gives the Kustomizations of a circle of states, each once.
func kustomizationsOf(circle []string) []string {
	var ids []string
	for _, s := range circle {
		if id := idIn(s); len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}
	if len(ids) > 1 && ids[0] == ids[len(ids)-1] {
		ids = ids[:len(ids)-1]
	}
	return ids
}
