// Package depend computes the units of a cluster, what each brings and needs,
// and from that who waits for whom. Every edge has the rule and the reason it
// comes from; people write none.
package depend

import (
	"slices"
	"strings"

	"ichor/schema/model"
)

// Units fills c.Units: every unit with its facts, needs, edges and dependsOn.
func Units(c *model.Cluster) {
	units := slices.Concat(derived(c), services(c), outposts(c))
	slices.SortFunc(units, func(a, b *model.Unit) int { return strings.Compare(a.Name, b.Name) })
	c.Units = units
	sources := sourcesOf(units)
	for _, u := range units {
		u.Provides = unsaid(provides(c, u), append(Facts(u.Objects), installed(u.Objects, sources)...))
		u.Needs = append(needs(c, u), Needs(u.Objects, sources)...)
	}
	known(c, units)
	connect(units, c.Existing, func(u *model.Unit) []model.Edge { return after(c, u) })
}

// known adds what the table of charts knows of the charts of services, where
// nobody says that it is brought or there already. Of two releases of one chart
// the first counts.
func known(c *model.Cluster, units []*model.Unit) {
	said := map[model.Capability]bool{}
	for _, f := range c.Existing {
		said[f.Capability] = true
	}
	for _, u := range units {
		for _, f := range u.Provides {
			said[f.Capability] = true
		}
	}
	for _, u := range units {
		if u.Service == nil || u.Service.Helm == nil {
			continue
		}
		f := &facts{}
		f.brought(u.Service.Helm.Chart.V, &model.Object{Namespace: u.Namespace, Name: u.Service.ReleaseName(), Pos: u.Service.Helm.Chart.Pos})
		for _, fact := range f.all {
			if !said[fact.Capability] && fact.Kind != model.KindWebhook {
				u.Provides, said[fact.Capability] = append(u.Provides, fact), true
			}
		}
	}
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
	return slices.ContainsFunc(c.Services, func(s *model.Service) bool { return s.Helm != nil && s.Helm.Repository.To == r })
}

// services gives a unit to every service that has anything to apply.
func services(c *model.Cluster) []*model.Unit {
	var out []*model.Unit
	for _, s := range c.Services {
		if !hasObjects(s) {
			continue
		}
		out = append(out, &model.Unit{
			Name: s.Name.V, Namespace: s.Namespace.V, Pos: s.Pos, Service: s,
			Directory: strings.TrimPrefix(s.Directory.V, "./"), Objects: s.Objects, Timeout: s.Timeout.V, Interval: s.Interval.V,
		})
	}
	return out
}

func hasObjects(s *model.Service) bool {
	ingress := slices.ContainsFunc(s.Expose, func(e *model.Exposure) bool { return e.Auth == nil })
	ours := slices.ContainsFunc(s.LoadBalancers, func(l *model.LoadBalancer) bool { return !l.Values.IsSet() })
	return s.Helm != nil || s.Directory.IsSet() || ingress || ours ||
		len(s.Manifests)+len(s.Secrets)+len(s.SecretStores)+len(s.Issuers)+len(s.Databases) > 0
}

func outposts(c *model.Cluster) []*model.Unit {
	var out []*model.Unit
	for _, o := range c.Outposts() {
		out = append(out, &model.Unit{Name: o.Unit, Namespace: o.Namespace.V, Pos: o.Pos, Outpost: o})
	}
	return out
}
