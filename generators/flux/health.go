package flux

import (
	"fmt"
	"strings"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/apis/kustomize"

	"ichor/schema/model"
)

// freePool holds where the addresses of a pool are those of no other, by two
// conditions that Cilium's operator sets on every pool that it knows; the number
// of its addresses it counts anew for each generation. Source:
// operator/pkg/lbipam/lbipam.go, Cilium 1.16 to 1.20.
const freePool = "status.conditions.exists(c, c.type == 'cilium.io/PoolConflict' && c.status == 'False') && " +
	"status.conditions.exists(c, c.type == 'cilium.io/IPsTotal' && c.observedGeneration == metadata.generation)"

// addHealth tells Flux when a pool or a BGP object works: their conditions are
// none that it knows, so that it would take them for ready as soon as they are
// there. Only what the operator of the release writes is asked for; another
// expression would wait until the timeout.
func addHealth(c *model.Cluster, u *model.Unit, k *kustomizev1.Kustomization) {
	if !c.Release.FluxRow.HealthExpressions {
		return
	}
	version := c.Release.CiliumRow.APIVersion()
	add := func(kind, current string) {
		k.Spec.HealthCheckExprs = append(k.Spec.HealthCheckExprs, kustomize.CustomHealthCheck{
			APIVersion: version, Kind: kind,
			HealthCheckExpressions: kustomize.HealthCheckExpressions{Current: current},
		})
	}
	switch {
	case u.Name == model.UnitCiliumPools:
		add("CiliumLoadBalancerIPPool", freePool)
	case u.Name == model.UnitCiliumBGP && reportsBGP(c):
		add("CiliumBGPClusterConfig", falseNow(ciliumv2.BGPClusterConfigConditionNoMatchingNode,
			ciliumv2.BGPClusterConfigConditionMissingPeerConfigs, ciliumv2.BGPClusterConfigConditionConflictingClusterConfigs))
		add("CiliumBGPPeerConfig", falseNow(ciliumv2.BGPPeerConfigConditionMissingAuthSecret))
	}
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
