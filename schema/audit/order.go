package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/graph"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var orderRules = []rule{
	{diag.Rule{
		Code: "depends-on-missing", Severity: diag.Error,
		Summary: "dependsOn names a Kustomization that nothing creates, so Flux waits for it forever. If the entry has no namespace, Flux looks in the namespace of the dependent Kustomization, not in flux-system.",
		Wrong:   "dependsOn: [{name: longhorn}]   # which lives in longhorn-system",
		Right:   "dependsOn: [{name: longhorn, namespace: longhorn-system}]",
		Source:  "Flux documentation, Kustomization, dependencies",
	}, missing},
	{diag.Rule{
		Code: "depends-on-cycle", Severity: diag.Error,
		Summary: "Kustomizations wait for each other in a circle and never start: by dependsOn, or because a parent waits for its children to be ready while one of the children waits for the parent.",
		Wrong:   "a: dependsOn: [{name: b}], b: dependsOn: [{name: a}]",
		Right:   "a: dependsOn: [{name: b}]",
		Source:  "Flux kustomize-controller: dependency not ready, retried forever; a Kustomization that waits is ready when all that it applied is",
	}, deadlocks},
	{diag.Rule{
		Code: "depends-on-suspended", Severity: diag.Warning,
		Summary: "A Kustomization depends on a suspended Kustomization, which does not follow new commits: the dependent waits from the next commit on.",
		Wrong:   "dependsOn: [{name: rook-ceph}]   # which has suspend: true",
		Right:   "rook-ceph without suspend, or no dependsOn",
		Source:  "Flux kustomize-controller: the revision of a dependency of the same source must be the current one",
	}, suspended},
	{diag.Rule{
		Code: "depends-on-unwaited", Severity: diag.Info,
		Summary: "A Kustomization that others depend on neither waits for its objects nor has health checks: it becomes ready as soon as Flux has applied its objects.",
		Wrong:   "longhorn: spec: wait: false, and others depend on it",
		Right:   "longhorn: spec: wait: true",
		Source:  "Flux documentation, Kustomization, wait and health checks",
	}, unwaited},
	{diag.Rule{
		Code: "depends-on-redundant", Severity: diag.Info,
		Summary: "An entry of dependsOn is redundant, because another entry waits for the same unit.",
		Wrong:   "app: dependsOn: [{name: stores}, {name: operator}], stores: dependsOn: [{name: operator}]",
		Right:   "app: dependsOn: [{name: stores}]",
		Source:  "Flux kustomize-controller: with one source, a dependency is ready at the revision of its dependent",
	}, redundant},
	{diag.Rule{
		Code: "depends-on-lacking", Severity: diag.Info,
		Summary: "A Kustomization needs something that another Kustomization provides, and does not wait for it. On a fresh cluster, or after both change, it fails or is not ready until the other Kustomization is ready.",
		Wrong:   "app has an ExternalSecret of store vault, and no dependsOn on the Kustomization that makes the store",
		Right:   "app: dependsOn: [{name: stores, namespace: external-secrets}]",
		Source:  "the rule that the note names; `ichor audit --fix` writes them",
	}, lacking},
}

// dependency gives the ID of what an entry of dependsOn names.
func dependency(k *scan.Kustomization, i int) string {
	d := k.Spec.DependsOn[i]
	return cmp.Or(d.Namespace, k.Namespace) + "/" + d.Name
}

func entry(k *scan.Kustomization, i int) diag.Pos {
	return k.Place(fmt.Sprintf("spec.dependsOn[%d].name", i))
}

func missing(c *Cluster, r *diag.Report) {
	var all []string
	for _, k := range c.Kustomizations {
		all = append(all, k.Name)
	}
	for _, k := range c.Kustomizations {
		for i, d := range k.Spec.DependsOn {
			id := dependency(k, i)
			if _, u := c.unit(id); u != nil || strings.Contains(id, "${") || c.outside(id) {
				continue
			}
			f := r.Add(entry(k, i), k.ID(), fmt.Sprintf("%s depends on Kustomization %s, which nothing creates", k.Object, id))
			f.Advise("correct the name, or remove the entry").
				Propose(d.Name, slices.DeleteFunc(slices.Clone(all), func(n string) bool { return n == k.Name }))
			if !c.complete() {
				f.Severity = diag.Warning // what is not seen may make it
			}
			for _, other := range c.Kustomizations {
				if other.Name == d.Name {
					f.Note(other.Pos, "there is %s", other.Object).Advise("add `namespace: %s` to the entry", other.Namespace)
				}
			}
		}
	}
}

func suspended(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		for i := range k.Spec.DependsOn {
			if to, _ := c.unit(dependency(k, i)); to != nil && to.Spec.Suspend && !k.Spec.Suspend {
				r.Add(entry(k, i), k.ID(), fmt.Sprintf("%s depends on %s, which is suspended", k.Object, to.Object)).
					Note(to.Place("spec.suspend"), "suspend: true").
					Advise("remove the suspension from the repository, or remove the entry")
			}
		}
	}
}

// unwaited tells once of each unit that others depend on.
func unwaited(c *Cluster, r *diag.Report) {
	by := map[*scan.Kustomization][]string{}
	for _, k := range c.Kustomizations {
		for i := range k.Spec.DependsOn {
			if to, _ := c.unit(dependency(k, i)); to != nil && !waits(to) && !slices.Contains(by[to], k.Name) {
				by[to] = append(by[to], k.Name)
			}
		}
	}
	for _, k := range c.Kustomizations {
		if dependents := by[k]; len(dependents) > 0 && len(k.Objects) > 0 && needsTime(k) {
			r.Add(k.Pos, k.ID(), fmt.Sprintf("%s is ready as soon as it is applied, and %s", k.Object, dependOnIt(dependents))).
				Advise("set wait: true, or add a health check on what they need")
		}
	}
}

// needsTime reports whether something that a Kustomization applies is not ready
// at once.
func needsTime(k *scan.Kustomization) bool {
	return slices.ContainsFunc(k.Objects, func(o *scan.Object) bool {
		return strings.Contains(o.Group, ".") && o.Group != "rbac.authorization.k8s.io" && o.Group != "storage.k8s.io" || o.Group == "apps" || o.Group == "batch"
	})
}

func waits(k *scan.Kustomization) bool { return k.Spec.Wait || len(k.Spec.HealthChecks) > 0 }

// maxNames is how many names a sentence lists.
const maxNames = 8

func dependOnIt(names []string) string {
	slices.Sort(names)
	switch n := len(names); {
	case n == 1:
		return names[0] + " depends on it"
	case n > maxNames:
		return fmt.Sprintf("%d others depend on it", n)
	}
	return strings.Join(names, ", ") + " depend on it"
}

// redundant follows only chains of one source: with another, a dependency may be
// ready at an older revision.
func redundant(c *Cluster, r *diag.Report) {
	next := c.written(func(a, b *scan.Kustomization) bool { return a.Source() == b.Source() })
	for _, k := range c.Kustomizations {
		seen := map[string]bool{}
		for i := range k.Spec.DependsOn {
			id := dependency(k, i)
			if to, _ := c.unit(id); to == nil || to == k {
				continue
			}
			if seen[id] {
				r.Add(entry(k, i), k.ID(), fmt.Sprintf("%s depends on %s twice", k.Object, id)).Advise("remove the entry")
				continue
			}
			seen[id] = true
			for _, other := range next(k.ID()) {
				if path := graph.Path(other, id, next); other != id && path != nil && !slices.Contains(path, k.ID()) {
					r.Add(entry(k, i), k.ID(), fmt.Sprintf("%s depends on %s, which follows from its dependency on %s", k.Object, id, other)).
						Note(diag.Pos{}, "the chain is %s", strings.Join(path, " -> ")).Advise("remove the entry, unless you want to state it explicitly")
					break
				}
			}
		}
	}
}

// written gives the edges that people wrote, between Kustomizations by their IDs.
func (c *Cluster) written(counts func(from, to *scan.Kustomization) bool) graph.Edges[string] {
	edges := map[string][]string{}
	for _, k := range c.Kustomizations {
		for i := range k.Spec.DependsOn {
			if to, _ := c.unit(dependency(k, i)); to != nil && counts(k, to) {
				edges[k.ID()] = append(edges[k.ID()], to.ID())
			}
		}
	}
	return func(id string) []string { return edges[id] }
}

// lacking tells of each unit what it needs and does not wait for, by what people
// wrote: of the needs that nothing makes good later by itself.
func lacking(c *Cluster, r *diag.Report) {
	steps := c.steps()
	next := func(s string) []string { return steps[s] }
	circles := c.circles()
	for i, k := range c.Kustomizations {
		reached := graph.Reach(applied(k), next)
		var lack []model.Edge
		for _, e := range c.Units[i].Edges {
			to, _ := c.unit(c.idOf(e.To))
			told := slices.ContainsFunc(lack, func(l model.Edge) bool { return l.To == e.To })
			circle := circles[c.Units[i].Name] == circles[e.To.Name] // which a finding of its own tells of
			if e.Soft || e.Weak || told || circle || reached[ready(to)] || graph.Reach(ready(to), next)[applied(k)] {
				continue // what would close a circle, no dependsOn can order
			}
			lack = append(lack, e)
		}
		c.tellLack(r, k, lack)
	}
}

func (c *Cluster) tellLack(r *diag.Report, k *scan.Kustomization, lack []model.Edge) {
	if len(lack) == 0 || k.Parent == nil {
		return
	}
	var names []string
	for _, e := range lack {
		names = append(names, e.To.Name)
	}
	f := r.Add(k.Pos, k.ID(), fmt.Sprintf("%s needs %s, and does not wait for any of them", k.Object, strings.Join(names, ", ")))
	if len(names) == 1 {
		f.Message = fmt.Sprintf("%s needs %s, and does not wait for it", k.Object, names[0])
	}
	for _, e := range lack {
		f.Note(e.Pos, "%s, from %s [%s]", e.Reason, e.To.Name, e.Rule)
	}
	f.Advise("add what is missing to dependsOn; `ichor audit --fix` does this")
}

// idOf gives the ID of the Kustomization of a unit.
func (c *Cluster) idOf(u *model.Unit) string { return c.ids[u] }
