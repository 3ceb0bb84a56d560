package cilium

import (
	"net/netip"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slimv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// advertisement is the name of the one CiliumBGPAdvertisement, and the value of
// advertiseLabel, by which the families of a session find it. Without families,
// their label selector and the advertisement's own selector nothing would be
// advertised, and nothing would say so.
const (
	advertisement  = "load-balancers"
	advertiseLabel = "ichor.internal/advertise"
)

// passwordKey is the key of a Secret in which Cilium looks for a password.
const passwordKey = "password"

// session is what a node opens to one address of a peer. It carries the routes
// of its own address family.
type session struct {
	peer    *model.Peer
	address netip.Addr
}

func (s session) family() string {
	if s.address.Is4() {
		return "ipv4"
	}
	return "ipv6"
}

// name is that of the session's entry in the cluster configuration and of its
// peer configuration.
func (s session) name() string { return s.peer.Name.V + "-" + s.family() }

func (s session) unicast() ciliumv2.CiliumBGPFamily {
	return ciliumv2.CiliumBGPFamily{Afi: s.family(), Safi: "unicast"}
}

func sessions(c *model.Cluster) []session {
	var out []session
	for _, p := range c.BGP.Peers {
		for _, a := range p.Sessions() {
			out = append(out, session{p, a.V})
		}
	}
	return out
}

// bgp gives the cluster's end of each session, with its password.
func bgp(c *model.Cluster) []object.Placed {
	if c.BGP == nil {
		return nil
	}
	var out []object.Placed
	add := func(obj any, origin diag.Pos) {
		out = append(out, object.Placed{Unit: model.UnitCiliumBGP, Object: obj, Origin: origin})
	}
	for _, p := range c.BGP.Peers {
		if p.Password.IsSet() {
			add(object.ExternalSecret(c, password(p), model.CiliumNamespace), p.Password.Pos)
		}
	}
	if c.BGP.Legacy.V && c.Release.CiliumRow.PeeringPolicy {
		add(peeringPolicy(c), c.BGP.Legacy.Pos)
		return out
	}
	add(clusterConfig(c), c.BGP.Pos)
	for _, s := range sessions(c) {
		add(peerConfig(c, s), s.peer.Pos)
	}
	add(advertise(c), c.BGP.Pos)
	return out
}

func password(p *model.Peer) *model.Secret {
	at := func(v string) model.At[string] {
		return model.At[string]{V: v, Pos: p.Password.Pos, Path: p.Password.Item.Path}
	}
	return &model.Secret{
		Name: at(p.PasswordSecret()),
		Keys: []*model.SecretKey{{Name: at(passwordKey), SecretRef: p.Password}},
	}
}

// clusterConfig opens every session from every node: without a node selector
// all nodes speak. What v2alpha1 has beside (group and kind of the peer
// configuration) is defaulted there and gone in v2.
func clusterConfig(c *model.Cluster) *ciliumv2.CiliumBGPClusterConfig {
	instance := ciliumv2.CiliumBGPInstance{Name: c.Name.V, LocalASN: &c.BGP.ASN.V}
	for _, s := range sessions(c) {
		address := s.address.String()
		instance.Peers = append(instance.Peers, ciliumv2.CiliumBGPPeer{
			Name:          s.name(),
			PeerAddress:   &address,
			PeerASN:       &s.peer.ASN.V,
			PeerConfigRef: &ciliumv2.PeerConfigReference{Name: s.name()},
		})
	}
	return &ciliumv2.CiliumBGPClusterConfig{
		TypeMeta:   object.Type(c.Release.CiliumRow.APIVersion(), "CiliumBGPClusterConfig"),
		ObjectMeta: object.Meta(c.Name.V, ""),
		Spec:       ciliumv2.CiliumBGPClusterConfigSpec{BGPInstances: []ciliumv2.CiliumBGPInstance{instance}},
	}
}

func peerConfig(c *model.Cluster, s session) *ciliumv2.CiliumBGPPeerConfig {
	p := s.peer
	out := &ciliumv2.CiliumBGPPeerConfig{
		TypeMeta:   object.Type(c.Release.CiliumRow.APIVersion(), "CiliumBGPPeerConfig"),
		ObjectMeta: object.Meta(s.name(), ""),
		Spec: ciliumv2.CiliumBGPPeerConfigSpec{
			Transport: &ciliumv2.CiliumBGPTransport{PeerPort: number(p.Port)},
			Timers: &ciliumv2.CiliumBGPTimers{
				ConnectRetryTimeSeconds: number(p.Timers.ConnectRetry),
				HoldTimeSeconds:         number(p.Timers.Hold),
				KeepAliveTimeSeconds:    number(p.Timers.Keepalive),
			},
			GracefulRestart: &ciliumv2.CiliumBGPNeighborGracefulRestart{
				Enabled:            p.GracefulRestart.Enabled.V,
				RestartTimeSeconds: number(p.GracefulRestart.Seconds),
			},
			EBGPMultihop: number(p.Multihop),
			Families: []ciliumv2.CiliumBGPFamilyWithAdverts{{
				CiliumBGPFamily: s.unicast(),
				Advertisements:  &slimv1.LabelSelector{MatchLabels: advertiseLabels()},
			}},
		},
	}
	if p.Password.IsSet() {
		secret := p.PasswordSecret()
		out.Spec.AuthSecretRef = &secret
	}
	return out
}

// advertise announces the address of each Service that a pool serves, with the
// spec's community.
func advertise(c *model.Cluster) *ciliumv2.CiliumBGPAdvertisement {
	addresses := ciliumv2.BGPAdvertisement{
		AdvertisementType: ciliumv2.BGPServiceAdvert,
		Service:           &ciliumv2.BGPServiceOptions{Addresses: []ciliumv2.BGPServiceAddressType{ciliumv2.BGPLoadBalancerIPAddr}},
		Selector:          announced(c),
	}
	if communities := communities(c); communities != nil {
		addresses.Attributes = &ciliumv2.BGPAttributes{Communities: communities}
	}
	meta := object.Meta(advertisement, "")
	meta.Labels = advertiseLabels()
	return &ciliumv2.CiliumBGPAdvertisement{
		TypeMeta:   object.Type(c.Release.CiliumRow.APIVersion(), "CiliumBGPAdvertisement"),
		ObjectMeta: meta,
		Spec:       ciliumv2.CiliumBGPAdvertisementSpec{Advertisements: []ciliumv2.BGPAdvertisement{addresses}},
	}
}

func advertiseLabels() map[string]string { return map[string]string{advertiseLabel: advertisement} }

// noPool is no name that a pool can have.
const noPool = "None"

// announced selects the Services whose addresses are announced: those that name
// a pool, or all where a default pool serves those that name none. A selector
// is needed for all, too: Cilium takes none for no Service.
func announced(c *model.Cluster) *slimv1.LabelSelector {
	for _, p := range c.Pools {
		if p.Default.V {
			return selects(slimv1.LabelSelectorOpNotIn, noPool)
		}
	}
	return selects(slimv1.LabelSelectorOpExists)
}

func communities(c *model.Cluster) *ciliumv2.BGPCommunities {
	community := c.BGP.Communities.LoadBalancer
	if !community.IsSet() {
		return nil
	}
	return &ciliumv2.BGPCommunities{Standard: []ciliumv2.BGPStandardCommunity{ciliumv2.BGPStandardCommunity(community.V)}}
}

// number gives a field of Cilium's, each of which is bounded far below 2^31 in
// the spec's language; nil, its default, where the spec says nothing.
func number(n model.At[int]) *int32 {
	if !n.IsSet() {
		return nil
	}
	v := int32(n.V)
	return &v
}
