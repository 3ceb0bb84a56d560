package depend

import (
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// provides gives what a unit brings, in the order of the spec.
func provides(c *model.Cluster, u *model.Unit) []model.Fact {
	var out []model.Fact
	add := func(kind, name string, pos diag.Pos) {
		out = append(out, model.Fact{Capability: model.Capability{Kind: kind, Name: name}, Pos: pos})
	}
	switch {
	case u.Service != nil:
		return serviceProvides(u.Service)
	case u.Name == model.UnitNamespaces:
		for _, n := range c.Namespaces {
			add(model.KindNamespace, n.Name.V, n.Name.Pos)
		}
	case u.Name == model.UnitCilium:
		out = append(out, model.Fact{Capability: model.Capability{Kind: model.KindCRD, Name: "cilium.io"}, Pos: u.Pos, ByChart: true})
	case u.Name == model.UnitCiliumPools:
		for _, p := range c.Pools {
			add(model.KindPool, p.Name.V, p.Name.Pos)
		}
	case u.Outpost != nil:
		add(model.KindOutpost, u.Outpost.Name.V, u.Pos)
		add(model.KindSecret, u.Namespace+"/"+u.Outpost.TokenSecret(), u.Pos)
	case strings.HasPrefix(u.Name, model.UnitOfCharts("")):
		name := strings.TrimPrefix(u.Name, model.UnitOfCharts(""))
		add(model.KindChartSource, name, u.Pos)
		out = append(out, model.Fact{Capability: sourceOf(c, name), Pos: u.Pos})
	}
	return out
}

// serviceProvides is what the service says its chart brings, and what it
// declares itself. Of kinds that come apart it brings the controller.
func serviceProvides(s *model.Service) []model.Fact {
	out := s.Provides.Facts()
	for i := range out {
		out[i].ByChart = s.Helm != nil
		if s.CRDs != nil && out[i].Kind == model.KindCRD {
			out[i].Kind = model.KindOperator
		}
	}
	add := func(kind string, name model.At[string]) {
		out = append(out, model.Fact{Capability: model.Capability{Kind: kind, Name: name.V}, Pos: name.Pos})
	}
	for _, x := range s.SecretStores {
		add(model.KindSecretStore, x.Name)
	}
	for _, x := range s.Issuers {
		add(model.KindIssuer, x.Name)
	}
	for _, x := range s.Databases {
		add(model.KindDatabase, x.Name)
		for _, secret := range x.OperatorSecrets() {
			add(model.KindSecret, model.At[string]{V: s.Namespace.V + "/" + secret, Pos: x.Name.Pos})
		}
	}
	for _, x := range s.Secrets {
		add(model.KindSecret, model.At[string]{V: s.Namespace.V + "/" + x.Name.V, Pos: x.Name.Pos})
	}
	return out
}
