package cilium

import (
	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slimv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// pools gives each pool of load-balancer addresses.
func pools(c *model.Cluster) []object.Placed {
	var out []object.Placed
	for _, p := range c.Pools {
		out = append(out, object.Placed{Unit: model.UnitCiliumPools, Object: pool(c, p), Origin: p.Name.Pos})
	}
	return out
}

// pool is one pool. Its form is the same in cilium.io/v2alpha1 and v2.
func pool(c *model.Cluster, p *model.Pool) *ciliumv2.CiliumLoadBalancerIPPool {
	return &ciliumv2.CiliumLoadBalancerIPPool{
		TypeMeta:   object.Type(c.Release.CiliumRow.APIVersion(), "CiliumLoadBalancerIPPool"),
		ObjectMeta: object.Meta(p.Name.V, ""),
		Spec: ciliumv2.CiliumLoadBalancerIPPoolSpec{
			Blocks:          []ciliumv2.CiliumLoadBalancerIPPoolIPBlock{block(p)},
			ServiceSelector: poolSelector(c, p),
		},
	}
}

// block is a range in one item: Cilium reads a start and a stop in two items
// as two ranges.
func block(p *model.Pool) ciliumv2.CiliumLoadBalancerIPPoolIPBlock {
	if p.CIDR.IsSet() {
		return ciliumv2.CiliumLoadBalancerIPPoolIPBlock{Cidr: ciliumv2.IPv4orIPv6CIDR(p.CIDR.V.Masked().String())}
	}
	return ciliumv2.CiliumLoadBalancerIPPoolIPBlock{Start: p.Start.V.String(), Stop: p.Stop.V.String()}
}

// poolSelector takes the Services that name the pool. A default pool takes all
// but those that name another, so that it has the Services without a label too.
func poolSelector(c *model.Cluster, p *model.Pool) *slimv1.LabelSelector {
	if !p.Default.V {
		return &slimv1.LabelSelector{MatchLabels: map[string]string{model.PoolLabel: p.Name.V}}
	}
	var others []string
	for _, o := range c.Pools {
		if o != p {
			others = append(others, o.Name.V)
		}
	}
	if len(others) == 0 {
		return nil // all Services
	}
	return selects(slimv1.LabelSelectorOpNotIn, others...)
}

// selects is a selector of one expression over the pool that a Service names.
func selects(operator slimv1.LabelSelectorOperator, values ...string) *slimv1.LabelSelector {
	return &slimv1.LabelSelector{MatchExpressions: []slimv1.LabelSelectorRequirement{
		{Key: model.PoolLabel, Operator: operator, Values: values},
	}}
}
