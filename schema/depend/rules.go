package depend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/graph"
	"ichor/schema/model"
)

// rule is how a kind of capability orders units. A hard one stops the apply, or
// keeps the unit from becoming ready, until the capability is there; what is
// soft works later by itself, and never becomes a dependsOn.
type rule struct {
	kind     string
	soft     bool
	sentence string // with the consumer and the name
}

// rules is the table of all orders that follow from the spec. Which of them
// people write by hand, and how often, was counted over public repositories:
// storage, secrets, databases and operators mostly; gateways, ingress classes
// and identity in front of an application practically never.
var rules = []rule{
	{model.KindCRD, false, "%s is of API group %s"},
	{model.KindWebhook, false, "%s is admitted by the webhook of %s"},
	{model.KindNamespace, false, "%s live in namespace %s"},
	{model.KindChartSource, false, "%s takes its chart from repository %s"},
	{model.KindSecretStore, false, "%s reads secret store %s"},
	{model.KindStorageClass, false, "%s asks for storage class %s"},
	{model.KindSnapshotClass, false, "%s asks for volume snapshot class %s"},
	{model.KindIssuer, false, "%s is signed by issuer %s"},
	{model.KindDatabase, false, "%s connects to database %s"},
	{model.KindPool, false, "%s uses addresses of pool %s"},
	{model.KindIdentity, false, "%s asks identity provider %s"},
	{model.KindSecret, false, "%s reads Secret %s"},
	{model.KindIngressClass, true, "%s is routed by ingress class %s"},
	{model.KindOutpost, true, "%s is behind outpost %s"},
}

func ruleOf(kind string) rule {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.kind == kind })
	if i < 0 {
		panic("depend: no rule for capability " + kind)
	}
	return rules[i]
}

// connect draws the edges, and from the hard ones each unit's dependsOn.
func connect(c *model.Cluster) {
	providers := map[model.Capability][]*model.Unit{}
	for _, u := range c.Units {
		for _, f := range u.Provides {
			providers[f.Capability] = append(providers[f.Capability], u)
		}
	}
	for _, u := range c.Units {
		for _, n := range u.Needs {
			for _, p := range providers[n.Capability] {
				if p != u {
					u.Edges = append(u.Edges, edge(n, p))
				}
			}
		}
		u.Edges = append(u.Edges, after(c, u)...)
		u.Edges = tidy(u.Edges)
	}
	reduce(c)
}

func edge(n model.Need, to *model.Unit) model.Edge {
	reason := fmt.Sprintf("the spec says that it needs %s %s", n.Kind, n.Name)
	if n.What != "" {
		reason = fmt.Sprintf(ruleOf(n.Kind).sentence, n.What, n.Name)
	}
	return model.Edge{To: to, Rule: n.Kind, Soft: n.Soft, Pos: n.Pos, Reason: reason}
}

// after gives the orders that the spec states with a reason.
func after(c *model.Cluster, u *model.Unit) []model.Edge {
	if u.Service == nil {
		return nil
	}
	var out []model.Edge
	for _, a := range u.Service.After {
		if to := c.Unit(a.Service.V); to != nil && to != u {
			out = append(out, model.Edge{To: to, Rule: model.KindAfter, Reason: a.Because.V, Pos: a.Service.Pos})
		}
	}
	return out
}

// tidy sorts edges by unit, strength and rule, and drops repeated reasons.
func tidy(edges []model.Edge) []model.Edge {
	slices.SortStableFunc(edges, func(a, b model.Edge) int {
		return cmp.Or(strings.Compare(a.To.Name, b.To.Name), compareBool(a.Soft, b.Soft), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Reason, b.Reason))
	})
	return slices.CompactFunc(edges, func(a, b model.Edge) bool {
		return a.To == b.To && a.Rule == b.Rule && a.Soft == b.Soft && a.Reason == b.Reason
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// reduce keeps of the hard edges those that no longer path gives already. That
// is safe as every unit has the same source: Flux then waits for the whole
// chain at one revision. A cyclic graph is left as it is, for a check to name.
func reduce(c *model.Cluster) {
	hard := map[string][]string{}
	var names []string
	for _, u := range c.Units {
		names = append(names, u.Name)
		for _, e := range u.Edges {
			if !e.Soft && !slices.Contains(hard[u.Name], e.To.Name) {
				hard[u.Name] = append(hard[u.Name], e.To.Name)
			}
		}
	}
	next := func(n string) []string { return hard[n] }
	kept := hard
	if _, cycles := graph.Order(names, next); len(cycles) == 0 {
		kept = graph.Reduce(names, next)
	}
	for _, u := range c.Units {
		for _, name := range slices.Sorted(slices.Values(kept[u.Name])) {
			u.DependsOn = append(u.DependsOn, joined(u, name))
		}
	}
}

// joined makes one edge of all hard ones to a unit, with every reason.
func joined(u *model.Unit, name string) model.Edge {
	var out model.Edge
	var reasons []string
	for _, e := range u.Edges {
		if e.Soft || e.To.Name != name {
			continue
		}
		if out.To == nil {
			out = e
		}
		reasons = append(reasons, e.Reason)
	}
	out.Reason = strings.Join(reasons, "; ")
	return out
}
