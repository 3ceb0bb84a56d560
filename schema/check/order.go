package check

import (
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var orderRules = []rule{
	{diag.Rule{
		Code: "after-unknown", Severity: diag.Error,
		Summary: "`after` names neither a service nor another unit of the cluster.",
		Wrong:   `cluster: services: {longhorn: namespace: "longhorn-system", web: after: [{service: "longhor", because: "it restores from there"}]}`,
		Right:   `cluster: services: {longhorn: namespace: "longhorn-system", web: after: [{service: "longhorn", because: "it restores from there"}]}`,
	}, afterUnknown},
	{diag.Rule{
		Code: "after-self", Severity: diag.Error,
		Summary: "`after` names its own unit: a unit cannot wait for itself.",
		Wrong:   `cluster: services: web: after: [{service: "web", because: "..."}]`,
		Right:   `cluster: services: web: after: [{service: "database", because: "..."}]`,
	}, afterSelf},
	{diag.Rule{
		Code: "after-redundant", Severity: diag.Warning,
		Summary: "`after` writes an order that follows from the spec anyway: the written order stays when its reason no longer exists.",
		Wrong:   `cluster: services: {storage: provides: storageClasses: ["fast"], web: {helm: values: storageClass: "fast", after: [{service: "storage", because: "it stores there"}]}}`,
		Right:   `cluster: services: {storage: provides: storageClasses: ["fast"], web: helm: values: storageClass: "fast"}`,
	}, afterRedundant},
}

func afterUnknown(c *model.Cluster, r *diag.Report) {
	names := make([]string, len(c.Units))
	for i, u := range c.Units {
		names[i] = u.Name
	}
	for _, s := range c.Services {
		for _, a := range s.After {
			if c.Unit(a.Service.V) == nil {
				at(r, a.Service, "service %q comes after %q, but no such unit exists", s.Name.V, a.Service.V).
					Advise("`ichor graph` shows all units").
					Propose(a.Service.V, names)
			}
		}
	}
}

func afterSelf(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, a := range s.After {
			if a.Service.V == s.Name.V {
				at(r, a.Service, "service %q comes after itself", s.Name.V).Advise("name another unit, or remove the order")
			}
		}
	}
}

func afterRedundant(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		u := c.Unit(s.Name.V)
		if u == nil {
			continue
		}
		for _, a := range s.After {
			i := slices.IndexFunc(u.Edges, func(e model.Edge) bool {
				return e.To.Name == a.Service.V && e.Rule != model.KindAfter && !e.Soft
			})
			if i >= 0 {
				at(r, a.Service, "the order of %q after %q follows anyway: %s", s.Name.V, a.Service.V, u.Edges[i].Reason).
					Note(u.Edges[i].Pos, "the order follows from this").
					Advise("remove the order")
			}
		}
	}
}
