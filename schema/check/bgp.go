package check

import (
	"strconv"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var bgpRules = []rule{
	{diag.Rule{
		Code: "asn-reserved", Severity: diag.Error,
		Summary: "An ASN is reserved: 0, 23456, 65535 and 4294967295 are not numbers of a network, and 64496-64511 and 65536-65551 belong to documentation. Routers drop routes that name a reserved ASN.",
		Wrong:   `cluster: bgp: asn: 65535`,
		Right:   `cluster: bgp: asn: 64512`,
		Source:  "RFC 7607, RFC 6793, RFC 7300, RFC 5398; private use is 64512-65534 and 4200000000-4294967294 (RFC 6996)",
	}, reservedASNs},
	{diag.Rule{
		Code: "asn-ibgp", Severity: diag.Error,
		Summary: "A peer has the cluster's own ASN without `ibgp`, or has `ibgp` with another ASN. A peer with the cluster's own ASN is an iBGP peer, which announces by other rules.",
		Wrong:   `cluster: bgp: {asn: 64512, peers: router: asn: 64512}`,
		Right:   `cluster: bgp: {asn: 64512, peers: router: {asn: 64512, ibgp: true}}`,
		Source:  "RFC 4271, section 1.1",
	}, ibgp},
	{diag.Rule{
		Code: "bgp-timers", Severity: diag.Error,
		Summary: "The hold time of a BGP session is less than 3 seconds or less than three keepalives: one lost packet ends the session. Cilium rejects a hold time of 0.",
		Wrong:   `cluster: bgp: peers: router: timers: {hold: 9, keepalive: 30}`,
		Right:   `cluster: bgp: peers: router: timers: {hold: 90, keepalive: 30}`,
		Source:  "RFC 4271, sections 4.2 and 10; Cilium's CiliumBGPPeerConfig (holdTimeSeconds, minimum 3)",
	}, bgpTimers},
	{diag.Rule{
		Code: "community-range", Severity: diag.Error,
		Summary: "A half of a standard community does not fit into 16 bits.",
		Wrong:   `cluster: bgp: communities: loadBalancer: "4200000000:100"`,
		Right:   `cluster: bgp: communities: loadBalancer: "64512:100"`,
		Source:  "RFC 1997",
	}, communityRange},
	{diag.Rule{
		Code: "bgp-legacy-gone", Severity: diag.Error,
		Summary: "The spec uses CiliumBGPPeeringPolicy, but this release of Cilium does not have this kind: nothing would act on the policy.",
		Wrong:   `cluster: {release: cilium: "1.19.1", bgp: legacy: true}`,
		Right:   `cluster: release: cilium: "1.19.1"`,
		Source:  "Cilium 1.19 upgrade notes: BGPv1 has been removed",
	}, legacyGone},
	{diag.Rule{
		Code: "pool-not-announced", Severity: diag.Warning,
		Summary: "No BGP session of their family announces the addresses of a pool: without such a session, the addresses are not reachable.",
		Wrong:   `cluster: {bgp: peers: router: {asn: 64513, address: "172.29.51.1"}, pools: six: {vlan: "lb", cidr: "fd00:52::/120"}}`,
		Right:   `cluster: {bgp: peers: router: {asn: 64513, address: "172.29.51.1", address6: "fd00:51::1"}, pools: six: {vlan: "lb", cidr: "fd00:52::/120"}}`,
	}, notAnnounced},
}

// peers gives the BGP peers, none where the spec has no bgp.
func peers(c *model.Cluster) []*model.Peer {
	if c.BGP == nil {
		return nil
	}
	return c.BGP.Peers
}

// asns gives the cluster's ASN and the peers'.
func asns(c *model.Cluster) []model.At[int64] {
	if c.BGP == nil {
		return nil
	}
	out := []model.At[int64]{c.BGP.ASN}
	for _, p := range c.BGP.Peers {
		out = append(out, p.ASN)
	}
	return out
}

func reservedASNs(c *model.Cluster, r *diag.Report) {
	for _, a := range asns(c) {
		if why := reservedASN(a.V); why != "" {
			at(r, a, "ASN %d is %s", a.V, why).
				Advise("use one for private use, 64512 to 65534 or 4200000000 to 4294967294")
		}
	}
}

func reservedASN(n int64) string {
	switch {
	case n == 0, n == 65535, n == 4294967295:
		return "reserved"
	case n == 23456:
		return "AS_TRANS, which stands for others"
	case n >= 64496 && n <= 64511, n >= 65536 && n <= 65551:
		return "reserved for documentation"
	}
	return ""
}

func ibgp(c *model.Cluster, r *diag.Report) {
	for _, p := range peers(c) {
		switch own := c.BGP.ASN; {
		case p.ASN.V == own.V && !p.IBGP.V:
			at(r, p.ASN, "peer %q has the cluster's own ASN, %d", p.Name.V, p.ASN.V).
				Note(own.Pos, "the cluster's ASN").
				Advise("write the peer's own ASN, or write `ibgp: true` if both ASNs are the same on purpose")
		case p.ASN.V != own.V && p.IBGP.V:
			at(r, p.IBGP, "peer %q has `ibgp`, but its ASN is %d and the cluster's ASN is %d", p.Name.V, p.ASN.V, own.V).
				Note(own.Pos, "the cluster's ASN").
				Advise("remove `ibgp`, or give both the same ASN")
		}
	}
}

// minHold is the shortest hold time, in seconds, that RFC 4271 and Cilium take.
const minHold = 3

func bgpTimers(c *model.Cluster, r *diag.Report) {
	for _, p := range peers(c) {
		hold, keepalive := p.Timers.Hold, p.Timers.Keepalive
		switch {
		case hold.V < minHold:
			at(r, hold, "the hold time of peer %q is %d seconds; Cilium requires at least %d", p.Name.V, hold.V, minHold).
				Advise("write 90, or at least three times the keepalive of %d", keepalive.V)
		case hold.V < 3*keepalive.V:
			at(r, hold, "the hold time of peer %q is %d seconds, less than three keepalives of %d", p.Name.V, hold.V, keepalive.V).
				Note(keepalive.Pos, "the keepalive is %d seconds", keepalive.V).
				Advise("write a hold time of at least %d seconds, or a keepalive of %d", 3*keepalive.V, max(hold.V/3, 1))
		}
	}
}

func communityRange(c *model.Cluster, r *diag.Report) {
	if c.BGP == nil {
		return
	}
	for _, a := range []model.At[string]{c.BGP.Communities.LoadBalancer, c.BGP.Communities.Pods} {
		for part := range strings.SplitSeq(a.V, ":") {
			if _, err := strconv.ParseUint(part, 10, 16); a.IsSet() && err != nil {
				at(r, a, "community %q has the part %s, which is over 65535", a.V, part).
					Advise("use an ASN and a value of at most 65535 each")
			}
		}
	}
}

func legacyGone(c *model.Cluster, r *diag.Report) {
	if c.BGP == nil || !c.BGP.Legacy.V || c.Release.CiliumRow == nil || c.Release.CiliumRow.PeeringPolicy {
		return
	}
	at(r, c.BGP.Legacy, "Cilium %s has no CiliumBGPPeeringPolicy", c.Release.Cilium.V).
		Note(c.Release.Cilium.Pos, "the release of Cilium").
		Advise("remove `legacy`: the kinds of this release announce the same")
}

func notAnnounced(c *model.Cluster, r *diag.Report) {
	for _, p := range c.Pools {
		if !sound(p) {
			continue
		}
		is4 := p.First().Is4()
		switch {
		case !c.HasFamily(is4):
			at(r, p.Name, "pool %q has %s addresses, but the cluster's Services have no addresses of this family", p.Name.V, family(p.First())).
				Advise("add an %s range to podNetwork and serviceNetwork, or remove the pool", family(p.First()))
		case c.BGP == nil:
			at(r, p.Name, "nothing announces the addresses of pool %q: the spec has no bgp", p.Name.V).
				Advise("add `bgp` with the router as peer, or remove the pool")
		case !carried(c.BGP, is4):
			at(r, p.Name, "no BGP session carries the %s addresses of pool %q", family(p.First()), p.Name.V).
				Note(c.BGP.Pos, "the peers").
				Advise("give a peer an %s address too", family(p.First()))
		}
	}
}

func carried(b *model.BGP, is4 bool) bool {
	for _, p := range b.Peers {
		if is4 && p.Address.IsSet() || !is4 && p.Address6.IsSet() {
			return true
		}
	}
	return false
}
