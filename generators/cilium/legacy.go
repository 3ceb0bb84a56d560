package cilium

import (
	"net/netip"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slimv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/apis/meta/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// bgpPeeringPolicy is CiliumBGPPeeringPolicy, as far as ichor writes it. The
// kind and its Go types are gone from Cilium 1.19 on. Source:
// pkg/k8s/apis/cilium.io/client/crds/v2alpha1/ciliumbgppeeringpolicies.yaml at v1.17.6.
type bgpPeeringPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec peeringPolicySpec `json:"spec"`
}

// peeringPolicySpec has no nodeSelector: all nodes speak.
type peeringPolicySpec struct {
	VirtualRouters []virtualRouter `json:"virtualRouters"`
}

type virtualRouter struct {
	LocalASN              int64                            `json:"localASN"`
	ExportPodCIDR         bool                             `json:"exportPodCIDR"`
	ServiceSelector       *slimv1.LabelSelector            `json:"serviceSelector"`
	ServiceAdvertisements []ciliumv2.BGPServiceAddressType `json:"serviceAdvertisements"`
	Neighbors             []bgpNeighbor                    `json:"neighbors"`
}

type bgpNeighbor struct {
	PeerAddress              string                                     `json:"peerAddress"` // a host route, as 172.29.51.1/32
	PeerASN                  int64                                      `json:"peerASN"`
	PeerPort                 *int32                                     `json:"peerPort,omitempty"`
	AuthSecretRef            string                                     `json:"authSecretRef,omitempty"`
	EBGPMultihopTTL          *int32                                     `json:"eBGPMultihopTTL,omitempty"`
	ConnectRetryTimeSeconds  *int32                                     `json:"connectRetryTimeSeconds,omitempty"`
	HoldTimeSeconds          *int32                                     `json:"holdTimeSeconds,omitempty"`
	KeepAliveTimeSeconds     *int32                                     `json:"keepAliveTimeSeconds,omitempty"`
	GracefulRestart          *ciliumv2.CiliumBGPNeighborGracefulRestart `json:"gracefulRestart"`
	Families                 []ciliumv2.CiliumBGPFamily                 `json:"families"`
	AdvertisedPathAttributes []pathAttributes                           `json:"advertisedPathAttributes,omitempty"`
}

// pathAttributes without a selector are those of all objects of the type.
type pathAttributes struct {
	SelectorType string                   `json:"selectorType"`
	Communities  *ciliumv2.BGPCommunities `json:"communities"`
}

// peeringPolicy says in one object what the later kinds say in three.
func peeringPolicy(c *model.Cluster) *bgpPeeringPolicy {
	router := virtualRouter{
		LocalASN:              c.BGP.ASN.V,
		ServiceSelector:       announced(c),
		ServiceAdvertisements: []ciliumv2.BGPServiceAddressType{ciliumv2.BGPLoadBalancerIPAddr},
	}
	for _, s := range sessions(c) {
		router.Neighbors = append(router.Neighbors, peeringNeighbor(c, s))
	}
	return &bgpPeeringPolicy{
		TypeMeta:   object.Type("cilium.io/v2alpha1", "CiliumBGPPeeringPolicy"),
		ObjectMeta: object.Meta(c.Name.V, ""),
		Spec:       peeringPolicySpec{VirtualRouters: []virtualRouter{router}},
	}
}

func peeringNeighbor(c *model.Cluster, s session) bgpNeighbor {
	p := s.peer
	n := bgpNeighbor{
		PeerAddress:             netip.PrefixFrom(s.address, s.address.BitLen()).String(),
		PeerASN:                 p.ASN.V,
		PeerPort:                number(p.Port),
		EBGPMultihopTTL:         number(p.Multihop),
		ConnectRetryTimeSeconds: number(p.Timers.ConnectRetry),
		HoldTimeSeconds:         number(p.Timers.Hold),
		KeepAliveTimeSeconds:    number(p.Timers.Keepalive),
		GracefulRestart: &ciliumv2.CiliumBGPNeighborGracefulRestart{
			Enabled:            p.GracefulRestart.Enabled.V,
			RestartTimeSeconds: number(p.GracefulRestart.Seconds),
		},
		Families: []ciliumv2.CiliumBGPFamily{s.unicast()},
	}
	if p.Password.IsSet() {
		n.AuthSecretRef = p.PasswordSecret()
	}
	if communities := communities(c); communities != nil {
		n.AdvertisedPathAttributes = []pathAttributes{{SelectorType: "CiliumLoadBalancerIPPool", Communities: communities}}
	}
	return n
}
