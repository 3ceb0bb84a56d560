// Package depend computes the units of a cluster, what each brings and needs,
// and from that who waits for whom. Every edge has the rule and the reason it
// comes from; people write none.
package depend

import (
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// Units fills c.Units: every unit with its facts, needs, edges and dependsOn.
func Units(c *model.Cluster) {
	units := slices.Concat(derived(c), services(c), outposts(c))
	slices.SortFunc(units, func(a, b *model.Unit) int { return strings.Compare(a.Name, b.Name) })
	c.Units = units
	sources, databases := sourcesOf(units), databasesOf(c)
	for _, u := range units {
		u.Provides = unitProvides(c, u, sources)
		u.Timeout = timeout(c, u)
		u.Needs = append(needs(c, u), databases.connected(Needs(Objects(u), sources))...)
		if u.Service != nil && u.Directory != "" {
			u.Needs = append(u.Needs, directoryNeeds(c, u.Service)...)
		}
	}
	known(c, units)
	operate(c, units)
	connect(units, c.Existing, func(u *model.Unit) []model.Edge { return after(c, u) })
}

// Objects gives the objects of a unit that stand somewhere as they are applied:
// in the files of its directory, or in the spec.
func Objects(u *model.Unit) []*model.Object {
	if u.Service == nil {
		return u.Objects
	}
	return append(slices.Clone(u.Objects), written(u.Service)...)
}

// Children gives the Flux Kustomizations among the objects of a unit.
func Children(u *model.Unit) []*model.Object {
	return slices.DeleteFunc(Objects(u), func(o *model.Object) bool { return !o.Is(scan.KustomizeGroup, "Kustomization") })
}

// unitProvides is what the spec says that a unit brings, and what its objects do.
func unitProvides(c *model.Cluster, u *model.Unit, sources map[string]*model.Object) []model.Fact {
	out := provides(c, u)
	if u.Service == nil {
		return out
	}
	objects := slices.Concat(u.Objects, inlines(u.Service))
	out = unsaid(out, Facts(objects))
	out = unsaid(out, slices.Concat(
		releaseFacts(u.Service), remoteFacts(c, u.Service), installed(objects, sources), identityHosts(objects, sources),
	))
	return unsaid(out, later(slices.Concat(Facts(u.Service.Below), installed(u.Service.Below, sources))))
}

// later marks what is not there yet when the objects of a unit are applied.
func later(facts []model.Fact) []model.Fact {
	for i := range facts {
		facts[i].ByChart = true
	}
	return facts
}

// known adds what the table of charts knows of the charts of services, where
// nobody says that it is brought or there already. Of two releases of one chart
// the first counts.
func known(c *model.Cluster, units []*model.Unit) {
	said := saidOf(c.Existing)
	for _, u := range units {
		for _, f := range u.Provides {
			said[f.Capability] = true
		}
	}
	for _, u := range units {
		if u.Service == nil {
			continue
		}
		for _, fact := range chartFacts(u.Service) {
			if !said[fact.Capability] && fact.Kind != model.KindWebhook {
				u.Provides, said[fact.Capability] = append(u.Provides, fact), true
			}
		}
	}
}

// operate says of services whose kinds come apart that their controllers work on
// the objects of those.
func operate(c *model.Cluster, units []*model.Unit) {
	for _, u := range units {
		kinds := c.Unit(model.UnitOfCRDs(u.Name))
		if u.Service == nil || u.Service.CRDs == nil || kinds == nil {
			continue
		}
		for _, f := range kinds.Provides {
			if f.Kind == model.KindCRD {
				u.Provides = unsaid(u.Provides, []model.Fact{{Capability: model.Capability{Kind: model.KindOperator, Name: f.Name}, Pos: u.Service.CRDs.Pos, ByChart: u.Service.Helm != nil}})
			}
		}
	}
}

func saidOf(facts []model.Fact) map[model.Capability]bool {
	said := map[model.Capability]bool{}
	for _, f := range facts {
		said[f.Capability] = true
	}
	return said
}

// chartFacts is what the table knows of a service's chart. Kinds that come apart
// are brought by the service that stands for them, whatever its chart is.
func chartFacts(s *model.Service) []model.Fact {
	f := &facts{}
	if s.Helm != nil {
		f.brought(s.Helm.ChartName().V, helmRelease(s))
	}
	if of := s.KindsOf; of != nil && of.Helm != nil {
		c, _ := ChartOf(of.Helm.ChartName().V)
		for _, group := range c.CRDs {
			f.all = append(f.all, model.Fact{Capability: model.Capability{Kind: model.KindCRD, Name: group}, Pos: s.Pos, ByChart: s.Helm != nil})
		}
	}
	return slices.DeleteFunc(f.all, func(f model.Fact) bool { return s.CRDs != nil && f.Kind == model.KindCRD })
}

// unsaid adds to what is said those facts that nobody says yet.
func unsaid(said, more []model.Fact) []model.Fact {
	for _, f := range more {
		if !slices.ContainsFunc(said, func(s model.Fact) bool { return s.Capability == f.Capability }) {
			said = append(said, f)
		}
	}
	return said
}

// derived are the units that no service stands for.
func derived(c *model.Cluster) []*model.Unit {
	var out []*model.Unit
	if len(c.Namespaces) > 0 {
		out = append(out, &model.Unit{Name: model.UnitNamespaces, Pos: c.Namespaces[0].Name.Pos})
	}
	for _, r := range c.Charts {
		if chartInUse(c, r) {
			out = append(out, &model.Unit{Name: model.UnitOfCharts(r.Name.V), Namespace: c.Flux.Namespace.V, Pos: r.Name.Pos})
		}
	}
	if c.Cilium.Owner.V == "flux" {
		out = append(out, &model.Unit{Name: model.UnitCilium, Namespace: model.CiliumNamespace, Pos: c.Cilium.Owner.Pos})
	}
	if len(c.Pools) > 0 {
		out = append(out, &model.Unit{Name: model.UnitCiliumPools, Namespace: model.CiliumNamespace, Pos: c.Pools[0].Name.Pos})
	}
	if c.BGP != nil {
		out = append(out, &model.Unit{Name: model.UnitCiliumBGP, Namespace: model.CiliumNamespace, Pos: c.BGP.Pos})
	}
	return out
}

func chartInUse(c *model.Cluster, r *model.ChartRepository) bool {
	if c.Cilium.Owner.V == "flux" && r.Name.V == model.CiliumCharts {
		return true
	}
	source := sourceOf(c, r.Name.V)
	return slices.ContainsFunc(c.Services, func(s *model.Service) bool {
		return s.Helm != nil && s.Helm.Repository.To == r ||
			slices.ContainsFunc(Needs(slices.Concat(s.Objects, inlines(s)), nil), func(n model.Need) bool { return n.Capability == source })
	})
}

// sourceOf is what the object of a chart repository is to releases in files.
func sourceOf(c *model.Cluster, repository string) model.Capability {
	return model.Capability{Kind: model.KindSource, Name: "HelmRepository/" + c.Flux.Namespace.V + "/" + repository}
}

func outposts(c *model.Cluster) []*model.Unit {
	var out []*model.Unit
	for _, o := range c.Outposts() {
		out = append(out, &model.Unit{Name: o.Unit, Namespace: o.Namespace.V, Pos: o.Pos, Outpost: o})
	}
	return out
}
