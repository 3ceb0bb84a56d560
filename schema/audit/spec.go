package audit

import (
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// Directories is what a spec applies and what comes out of it.
type Directories struct {
	Spec       *model.Cluster
	Repository *scan.Repository
	// Applied are the Kustomizations that apply directories of services, and Below
	// those of Flux that come out of these.
	Applied, Below []*scan.Kustomization
	// Written are the objects that ichor writes for a unit, by its name.
	Written map[string][]*model.Object
}

// inSpec are the rules that judge the Kustomizations of Flux in the directories of a
// spec. What ichor computes of objects, and what other rules say of them, is left out.
func inSpec() []rule {
	return slices.DeleteFunc(slices.Concat(buildRules, fluxRules, orderRules, graphRules, healthRules, timeoutRules, standoffRules, layerRules), func(r rule) bool {
		return slices.Contains([]string{"object-twice", "depends-on-lacking", "depends-on-redundant", "depends-on-unwaited"}, r.Code)
	})
}

// SpecRules gives the rules that judge a spec too.
func SpecRules() []diag.Rule {
	var out []diag.Rule
	for _, rl := range inSpec() {
		out = append(out, rl.Rule)
	}
	return out
}

// Findings judges the Kustomizations of Flux that come out of directories of a spec, beside the
// units of the spec.
func (d Directories) Findings() diag.List {
	if len(d.Below) == 0 {
		return nil
	}
	all := &scan.Cluster{Name: d.Spec.Name.V}
	for _, u := range d.Spec.Units {
		all.Kustomizations = append(all.Kustomizations, d.standing(u))
	}
	all.Kustomizations = append(all.Kustomizations, d.Below...)
	units := depend.Kustomizations(all, d.Spec.Existing)
	brought := map[model.Capability]bool{}
	for _, u := range units[len(d.Spec.Units):] {
		for _, f := range u.Provides {
			brought[f.Capability] = true
		}
	}
	for i, u := range d.Spec.Units {
		units[i].Provides = append(units[i].Provides, slices.DeleteFunc(slices.Clone(u.Provides), func(f model.Fact) bool { return brought[f.Capability] })...)
	}
	c := New(d.Repository, all, units, d.Spec.Existing)
	c.spec = d.Spec
	return c.ofBelow(d.Below)
}

// standing gives the Kustomization that ichor writes for a unit. Each waits for all
// that it applies.
func (d Directories) standing(u *model.Unit) *scan.Kustomization {
	k := &scan.Kustomization{Object: &scan.Object{Document: -1, Object: model.Object{
		Group: scan.KustomizeGroup, Version: "v1", Kind: "Kustomization", Namespace: d.Spec.Flux.Namespace.V, Name: u.Name,
		Pos: u.Pos, Body: &model.Tree{Pos: u.Pos, IsMap: true}, Content: map[string]any{},
	}}}
	if i := slices.IndexFunc(d.Applied, func(k *scan.Kustomization) bool { return k.Service == u.Name }); i >= 0 {
		k = d.Applied[i]
	}
	for _, o := range d.Written[u.Name] {
		k.Objects = append(k.Objects, &scan.Object{Object: *o, Document: -1})
	}
	source := d.Spec.Flux.Source
	k.Spec.SourceRef.Kind, k.Spec.SourceRef.Namespace, k.Spec.SourceRef.Name = source.Kind.V, d.Spec.Flux.Namespace.V, source.Name.V
	k.Spec.Wait = true
	for _, e := range u.DependsOn {
		k.Spec.DependsOn = append(k.Spec.DependsOn, kustomizev1.DependencyReference{Namespace: d.Spec.Flux.Namespace.V, Name: e.To.Name})
	}
	return k
}

// ofBelow gives what rules find of some Kustomizations. Units that wait for each
// other are judged over the spec; here such a circle goes through one of these.
func (c *Cluster) ofBelow(below []*scan.Kustomization) diag.List {
	var found diag.List
	for _, rl := range inSpec() {
		r := diag.Report{Rule: rl.Rule}
		rl.find(c, &r)
		for _, f := range r.Found {
			about := slices.ContainsFunc(below, func(k *scan.Kustomization) bool { return k.ID() == f.Path || isIn(f, k) })
			if about || f.Code == "depends-on-cycle" {
				found = append(found, f.Diagnostic)
			}
		}
	}
	return found.Sort()
}

// isIn reports whether a finding is about an object of a Kustomization.
func isIn(f *diag.Finding, k *scan.Kustomization) bool {
	return slices.ContainsFunc(k.Objects, func(o *scan.Object) bool { return o.Namespace+"/"+o.Name == f.Path && o.Pos.File == f.Pos.File })
}

// outside reports whether a Kustomization may be one that no directory of the spec
// brings: that by which Flux begins, or one that another file of the repository
// defines.
func (c *Cluster) outside(id string) bool {
	if c.spec == nil {
		return false
	}
	name := id[strings.LastIndex(id, "/")+1:]
	return name == model.FluxNamespace || name == c.spec.Flux.Source.Name.V || slices.ContainsFunc(c.Repository.Definitions(name), func(at diag.Pos) bool {
		return !slices.ContainsFunc(c.Kustomizations, func(k *scan.Kustomization) bool { return k.Object.Pos == at })
	})
}
