package flux

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/apis/kustomize"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"ichor/generators/object"
	"ichor/schema/model"
)

// freePool holds where the addresses of a pool are those of no other, by two
// conditions that Cilium's operator sets on every pool that it knows; the number
// of its addresses it counts anew for each generation. Source:
// operator/pkg/lbipam/lbipam.go, Cilium 1.16 to 1.20.
const freePool = "status.conditions.exists(c, c.type == 'cilium.io/PoolConflict' && c.status == 'False') && " +
	"status.conditions.exists(c, c.type == 'cilium.io/IPsTotal' && c.observedGeneration == metadata.generation)"

// ready holds once the controller has said so of an object.
const ready = "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')"

// late are kinds that Flux takes for ready until their controllers have written a
// first condition, so that what waits for them could start too early: kstatus
// knows a condition Ready only where it stands already. Their controllers write it
// in every release. Source: pkg/kstatus/status (checkReadyCondition); the API types of
// External Secrets (SecretStoreReady, ExternalSecretReady), cert-manager
// (IssuerConditionReady, CertificateConditionReady) and CloudNativePG
// (ConditionClusterReady).
var late = map[schema.GroupKind]bool{
	{Group: "external-secrets.io", Kind: "ClusterSecretStore"}: true,
	{Group: "external-secrets.io", Kind: "SecretStore"}:        true,
	{Group: "external-secrets.io", Kind: "ExternalSecret"}:     true,
	{Group: "cert-manager.io", Kind: "ClusterIssuer"}:          true,
	{Group: "cert-manager.io", Kind: "Issuer"}:                 true,
	{Group: "cert-manager.io", Kind: "Certificate"}:            true,
	{Group: "postgresql.cnpg.io", Kind: "Cluster"}:             true,
}

// addHealth tells Flux when an object works that it would take for ready too soon.
// Only what the controller of the release writes is asked for; another expression
// would wait until the timeout. What the spec says of a kind stands.
func addHealth(c *model.Cluster, u *model.Unit, k *kustomizev1.Kustomization, objects []object.Placed) {
	if !c.Release.FluxRow.HealthExpressions {
		return
	}
	switch {
	case u.Name == model.UnitCiliumPools:
		addExpression(k, ciliumKind(c, "CiliumLoadBalancerIPPool"), freePool)
	case u.Name == model.UnitCiliumBGP && reportsBGP(c):
		addExpression(k, ciliumKind(c, "CiliumBGPClusterConfig"), falseNow(ciliumv2.BGPClusterConfigConditionNoMatchingNode,
			ciliumv2.BGPClusterConfigConditionMissingPeerConfigs, ciliumv2.BGPClusterConfigConditionConflictingClusterConfigs))
		addExpression(k, ciliumKind(c, "CiliumBGPPeerConfig"), falseNow(ciliumv2.BGPPeerConfigConditionMissingAuthSecret))
	}
	for _, kind := range kindsOf(u, objects) {
		if late[kind.GroupKind()] && controlled(c, u, kind.Group) {
			addExpression(k, kind, ready)
		}
	}
}

// controlled reports whether the controller of an API group is there before a unit
// is judged: the unit brings it, or waits for what does. Where order could not be
// had without a circle, nobody would ever write what an expression asks for.
func controlled(c *model.Cluster, u *model.Unit, group string) bool {
	apart := slices.ContainsFunc(c.Units, func(u *model.Unit) bool { return provides(u, model.KindOperator, group) })
	operates := func(u *model.Unit) bool {
		return provides(u, model.KindOperator, group) || !apart && provides(u, model.KindCRD, group)
	}
	return operates(u) || slices.ContainsFunc(u.Edges, func(e model.Edge) bool { return !e.Soft && operates(e.To) })
}

// provides reports whether a unit's chart brings the kinds or the controller of an
// API group.
func provides(u *model.Unit, kind, group string) bool {
	return slices.ContainsFunc(u.Provides, func(f model.Fact) bool {
		return f.Kind == kind && f.Name == group && (f.ByChart || kind == model.KindOperator)
	})
}

func ciliumKind(c *model.Cluster, kind string) schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(c.Release.CiliumRow.APIVersion(), kind)
}

// addExpression adds an expression for a kind that has none: of two for one kind
// Flux refuses the second.
func addExpression(k *kustomizev1.Kustomization, kind schema.GroupVersionKind, current string) {
	for _, h := range k.Spec.HealthCheckExprs {
		of := schema.FromAPIVersionAndKind(h.APIVersion, h.Kind)
		if of.Group == kind.Group && (of.Kind == kind.Kind || of.Kind == "") {
			return
		}
	}
	version, name := kind.ToAPIVersionAndKind()
	k.Spec.HealthCheckExprs = append(k.Spec.HealthCheckExprs, kustomize.CustomHealthCheck{
		APIVersion: version, Kind: name, HealthCheckExpressions: kustomize.HealthCheckExpressions{Current: current},
	})
}

// kindsOf gives the kinds of a unit's objects, those that it generates and those of
// its directory, sorted by group and name.
func kindsOf(u *model.Unit, objects []object.Placed) []schema.GroupVersionKind {
	seen := map[schema.GroupVersionKind]bool{}
	for _, o := range objects {
		seen[o.Kind()] = true
	}
	for _, o := range u.Objects {
		seen[schema.GroupVersionKind{Group: o.Group, Version: o.Version, Kind: o.Kind}] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b schema.GroupVersionKind) int {
		return cmp.Compare(a.String(), b.String())
	})
}

// reportsBGP reports whether the operator writes conditions into the BGP objects:
// the chart's default, which a value turns off. The policy of old has none.
func reportsBGP(c *model.Cluster) bool {
	row := c.Release.CiliumRow
	said := c.Cilium.Values.Lookup("bgpControlPlane", "statusReport", "enabled").Plain()
	return row.BGPStatus && said != false && !(c.BGP.Legacy.V && row.PeeringPolicy)
}

// falseNow is an expression that holds where the conditions are false of the
// object as it is now.
func falseNow(conditions ...string) string {
	return fmt.Sprintf("['%s'].all(t, status.conditions.exists(c, c.type == t && c.status == 'False' && c.observedGeneration == metadata.generation))",
		strings.Join(conditions, "', '"))
}
