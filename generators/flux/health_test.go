package flux_test

import (
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/google/go-cmp/cmp"

	"ichor/schema/model"
)

// Flux is told when a pool or a BGP object works where its release can hear it
// and the operator of Cilium's release says it; testdata/e2e holds the
// expressions to Flux's own evaluator.
func TestHealthExpressions(t *testing.T) {
	pools, all := []string{"cilium.io/v2alpha1 CiliumLoadBalancerIPPool"}, []string{"cilium.io/v2 CiliumLoadBalancerIPPool", "cilium.io/v2 CiliumBGPClusterConfig", "cilium.io/v2 CiliumBGPPeerConfig"}
	for _, tt := range []struct {
		name, flux, cilium string
		change             func(*model.Cluster)
		want               []string
	}{
		{"no field in this release of Flux", "2.4.0", "1.18.0", nil, nil},
		{"pools alone have conditions", "2.5.0", "1.16.0", nil, pools},
		{"both", "2.8.0", "1.18.0", nil, all},
		{"the operator is told to be silent", "2.8.0", "1.18.0", silent, all[:1]},
		{"the policy of old has no conditions", "2.8.0", "1.18.0", func(c *model.Cluster) { c.BGP.Legacy = at(true) }, all[:1]},
		{"and is gone", "2.8.0", "1.19.0", func(c *model.Cluster) { c.BGP.Legacy = at(true) }, all},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster()
			c.Release, c.BGP = releases(tt.flux, tt.cilium), &model.BGP{}
			c.Units = []*model.Unit{{Name: model.UnitCiliumPools}, {Name: model.UnitCiliumBGP}, {Name: "plain"}}
			if tt.change != nil {
				tt.change(c)
			}
			var got []string
			files := generate(t, c)
			for _, u := range c.Units {
				for _, h := range into[kustomizev1.Kustomization](t, files, "flux/"+u.Name+".yaml").Spec.HealthCheckExprs {
					got = append(got, h.APIVersion+" "+h.Kind)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// silent is a spec that turns the reports of BGP off.
func silent(c *model.Cluster) {
	section := func(key string, below *model.Tree) *model.Tree {
		return &model.Tree{Key: key, IsMap: true, Map: []*model.Tree{below}}
	}
	off := &model.Tree{Key: "enabled", Scalar: false}
	c.Cilium.Values = section("", section("bgpControlPlane", section("statusReport", off)))
}
