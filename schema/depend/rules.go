package depend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/graph"
	"ichor/schema/model"
)

// strength says what a rule's edges do to dependsOn.
type strength int

const (
	// hard stops the apply, or keeps the unit from becoming ready.
	hard strength = iota
	// weak is waited for, but not where that closes a circle: what needs it tries
	// again until it is there.
	weak
	// soft works later by itself, and never becomes a dependsOn.
	soft
)

// rule is how a kind of capability orders units.
type rule struct {
	kind     string
	strength strength
	sentence string // with the consumer and the name
	source   string // why it has this strength
}

// rules is the table of all orders that follow from what is written. Which of
// them people write by hand, and how often, was counted over public
// repositories: storage, secrets, databases and operators mostly; gateways,
// ingress classes, monitoring and identity in front of an application
// practically never.
var rules = []rule{
	{model.KindCRD, hard, "%s is of API group %s", "API server: no matches for kind; Flux applies nothing of the unit"},
	{model.KindWebhook, hard, "%s is admitted by the webhook of %s", "Kubernetes: failurePolicy Fail refuses the object while nothing answers"},
	{model.KindOperator, weak, "%s is reconciled by the controller of %s", "kstatus: an object with conditions is ready when its controller says so"},
	{model.KindInstance, weak, "%s is a part of %s", "the operators' documentation: a part is not ready before what it belongs to"},
	{model.KindNamespace, hard, "%s are in namespace %s", "API server: namespaces not found"},
	{model.KindChartSource, hard, "%s takes its chart from repository %s", "helm-controller: HelmChart is not ready"},
	{model.KindSource, hard, "%s takes its chart or files from %s", "helm-controller and kustomize-controller: source not found"},
	{model.KindChart, hard, "%s builds on chart %s", "the charts' documentation"},
	{model.KindRelease, hard, "%s waits for HelmRelease %s", "helm-controller: dependency not ready"},
	{model.KindVariables, hard, "%s substitutes from %s", "kustomize-controller: substitute from error"},
	{model.KindValues, hard, "%s takes values from %s", "helm-controller: could not find values"},
	{model.KindSecretStore, hard, "%s reads secret store %s", "External Secrets: SecretSyncedError until the store is ready"},
	{model.KindStorageClass, hard, "%s requires storage class %s", "Kubernetes: the claim stays Pending"},
	{model.KindSnapshotClass, hard, "%s requires volume snapshot class %s", "external-snapshotter: no snapshot without its class"},
	{model.KindIssuer, hard, "%s is signed by issuer %s", "cert-manager: the Certificate is not ready"},
	{model.KindDatabase, hard, "%s connects to database %s", "applications migrate their schema before they answer"},
	{model.KindService, weak, "%s connects to Service %s", "cluster DNS: the name does not resolve"},
	{model.KindClaim, hard, "%s mounts claim %s", "kube-scheduler: persistentvolumeclaim not found"},
	{model.KindPool, hard, "%s uses addresses of pool %s", "Helm waits for the address of a chart's Service"},
	{model.KindIdentity, hard, "%s uses identity provider %s", "authentik: an outpost is not ready before its server"},
	{model.KindSecret, hard, "%s reads Secret %s", "kubelet: CreateContainerConfigError"},
	{model.KindConfigMap, hard, "%s reads ConfigMap %s", "kubelet: CreateContainerConfigError"},
	{model.KindNetwork, hard, "%s joins network %s", "Multus: the pod has no sandbox without the network's definition"},
	{model.KindDevice, hard, "%s requires device %s", "kube-scheduler: insufficient resource"},
	{model.KindDeviceClass, hard, "%s requires device class %s", "kube-scheduler: device class does not exist"},
	{model.KindRuntimeClass, hard, "%s runs with runtime class %s", "API server: RuntimeClass not found, pod rejected"},
	{model.KindNodeLabel, weak, "%s runs on nodes with a label of %s", "kube-scheduler: no node matches until the label is set"},
	{model.KindSeed, weak, "%s issues a certificate into Secret %s, which is restored first", "cert-manager: issues anew unless the Secret is there"},
	{model.KindIngressClass, soft, "%s is routed by ingress class %s", "an Ingress is ready without a controller"},
	{model.KindGateway, soft, "%s is routed by Gateway %s", "a route is ready without its Gateway"},
	{model.KindGatewayClass, soft, "%s is of gateway class %s", "a Gateway waits by itself"},
	{model.KindMonitoring, soft, "%s is watched by %s", "monitoring finds its targets later"},
	{model.KindPriorityClass, soft, "%s runs with priority class %s", "counted: people leave it out"},
	{model.KindIdentityHost, soft, "%s sends people to the identity provider at %s", "a login works as soon as its provider answers"},
	{model.KindOutpost, soft, "%s is behind outpost %s", "a login in front of an application does not stop it"},
}

func ruleOf(kind string) rule {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.kind == kind })
	if i < 0 {
		panic("depend: no rule for capability " + kind)
	}
	return rules[i]
}

// connect draws the edges, and from the hard ones each unit's dependsOn. What is
// there before Flux needs no edge.
func connect(units []*model.Unit, existing []model.Fact, after func(*model.Unit) []model.Edge) {
	p := providersOf(units, existing)
	for _, u := range units {
		for _, n := range u.Needs {
			for _, to := range p.of(n, u) {
				u.Edges = append(u.Edges, edge(n, to))
			}
		}
		u.Edges = tidy(append(u.Edges, after(u)...))
	}
	soften(units)
	reduce(units)
}

func edge(n model.Need, to *model.Unit) model.Edge {
	reason := fmt.Sprintf("the spec says that it needs %s %s", n.Kind, n.Name)
	if n.What != "" {
		reason = fmt.Sprintf(ruleOf(n.Kind).sentence, n.What, strings.TrimSuffix(n.Name, "/*"))
	}
	return model.Edge{To: to, Rule: n.Kind, Name: n.Name, Soft: n.Soft, Weak: n.Weak && !n.Soft, Pos: n.Pos, Reason: reason, What: n.What}
}

// after gives the orders that the spec states: with a reason, or by kinds that
// come apart.
func after(c *model.Cluster, u *model.Unit) []model.Edge {
	if u.Service == nil {
		return nil
	}
	var out []model.Edge
	if k := u.Service.CRDs; k != nil {
		if to := c.Unit(model.UnitOfCRDs(u.Name)); to != nil {
			out = append(out, model.Edge{To: to, Rule: model.KindCRD, Reason: "its kinds have a separate unit, which comes first", Pos: k.Pos})
		}
	}
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
func reduce(units []*model.Unit) {
	hard := map[string][]string{}
	var names []string
	for _, u := range units {
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
	for _, u := range units {
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
		if e.Soft || e.To.Name != name || saysLess(e, u.Edges) {
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

// saysLess reports whether an edge of an object to its controller says nothing
// beside the one to its kind, which the same unit brings.
func saysLess(e model.Edge, edges []model.Edge) bool {
	return e.Rule == model.KindOperator && slices.ContainsFunc(edges, func(other model.Edge) bool {
		return other.Rule == model.KindCRD && other.To == e.To && other.What == e.What && !other.Soft
	})
}
