package check

import (
	"fmt"
	"net/netip"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var poolRules = []rule{
	{diag.Rule{
		Code: "pool-range", Severity: diag.Error,
		Summary: "A pool is not clearly defined. It requires either start and stop, of one address family and in order, or a cidr.",
		Wrong:   `cluster: pools: web: {vlan: "lb", start: "172.29.52.220", stop: "172.29.52.200"}`,
		Right:   `cluster: pools: web: {vlan: "lb", start: "172.29.52.200", stop: "172.29.52.220"}`,
		Source:  "Cilium documentation, LoadBalancer IP Address Management",
	}, poolRanges},
	{diag.Rule{
		Code: "pool-outside-vlan", Severity: diag.Error,
		Summary: "A pool has addresses outside the range of its VLAN: routers send traffic for these addresses elsewhere.",
		Wrong:   `cluster: {vlans: lb: {id: 52, cidrs: ["172.29.52.0/24"]}, pools: web: {vlan: "lb", start: "172.29.52.200", stop: "172.29.51.220"}}`,
		Right:   `cluster: {vlans: lb: {id: 52, cidrs: ["172.29.52.0/24"]}, pools: web: {vlan: "lb", start: "172.29.52.200", stop: "172.29.52.220"}}`,
	}, poolsOutside},
	{diag.Rule{
		Code: "pools-overlap", Severity: diag.Error,
		Summary: "Two pools share addresses: Cilium marks the later pool as conflicting and assigns nothing from it.",
		Wrong:   `cluster: pools: {a: {vlan: "lb", start: "172.29.52.50", stop: "172.29.52.100"}, b: {vlan: "lb", start: "172.29.52.100", stop: "172.29.52.199"}}`,
		Right:   `cluster: pools: {a: {vlan: "lb", start: "172.29.52.50", stop: "172.29.52.99"}, b: {vlan: "lb", start: "172.29.52.100", stop: "172.29.52.199"}}`,
		Source:  "Cilium documentation, LoadBalancer IP Address Management, pool conflicts",
	}, poolsOverlap},
	{diag.Rule{
		Code: "pool-holds-address", Severity: diag.Error,
		Summary: "A pool holds the address of a machine: Cilium would assign this address to a Service one day.",
		Wrong:   `cluster: {controlPlane: vip: "172.29.51.10", pools: web: {vlan: "servers", start: "172.29.51.10", stop: "172.29.51.20"}}`,
		Right:   `cluster: {controlPlane: vip: "172.29.51.10", pools: web: {vlan: "servers", start: "172.29.51.100", stop: "172.29.51.120"}}`,
	}, poolHolds},
}

// sound reports whether a pool has a range to speak of; pool-range and
// pool-outside-vlan report the others.
func sound(p *model.Pool) bool {
	if p.CIDR.IsSet() {
		return !p.Start.IsSet() && !p.Stop.IsSet()
	}
	return p.Start.IsSet() && p.Stop.IsSet() && p.Start.V.BitLen() == p.Stop.V.BitLen() && p.Start.V.Compare(p.Stop.V) <= 0
}

// spans reports whether both ends of a pool are known and of one family; they
// may be the wrong way round.
func spans(p *model.Pool) bool {
	return sound(p) || !p.CIDR.IsSet() && p.Start.IsSet() && p.Stop.IsSet() && p.Start.V.BitLen() == p.Stop.V.BitLen()
}

func poolRanges(c *model.Cluster, r *diag.Report) {
	for _, p := range c.Pools {
		name := fmt.Sprintf("pool %q", p.Name.V)
		switch {
		case p.CIDR.IsSet() && p.Start.IsSet():
			at(r, p.Start, "%s has both a start and a cidr", name).Note(p.CIDR.Pos, "the cidr").Advise("keep one of them")
		case p.CIDR.IsSet() && p.Stop.IsSet():
			at(r, p.Stop, "%s has both a stop and a cidr", name).Note(p.CIDR.Pos, "the cidr").Advise("keep one of them")
		case p.CIDR.IsSet():
		case !p.Start.IsSet() && !p.Stop.IsSet():
			at(r, p.Name, "%s has no addresses", name).Advise("add start and stop, or cidr")
		case !p.Start.IsSet():
			at(r, p.Stop, "%s has a stop and no start", name).Advise("add `start`")
		case !p.Stop.IsSet():
			at(r, p.Start, "%s has a start and no stop", name).Advise("add `stop`; for one address, the same")
		case p.Start.V.BitLen() != p.Stop.V.BitLen():
			at(r, p.Stop, "%s starts with the %s address %s and stops with the %s address %s", name,
				family(p.Start.V), p.Start.V, family(p.Stop.V), p.Stop.V).Advise("use addresses of one family; a second pool can hold the other")
		case p.Start.V.Compare(p.Stop.V) > 0 && (p.VLAN.To == nil || !strays(p.VLAN.To, p)):
			at(r, p.Stop, "%s stops at %s, before it starts at %s", name, p.Stop.V, p.Start.V).Advise("exchange start and stop")
		}
	}
}

func poolsOutside(c *model.Cluster, r *diag.Report) {
	for _, p := range c.Pools {
		v := p.VLAN.To
		if v == nil || !spans(p) || within(v, p) || !sound(p) && !strays(v, p) {
			continue
		}
		switch {
		case p.CIDR.IsSet():
			outsidePool(c, p, at(r, p.CIDR, "pool %q is %s", p.Name.V, p.CIDR.V))
		case !holds(v, p.Start.V):
			outsidePool(c, p, at(r, p.Start, "pool %q starts at %s", p.Name.V, p.Start.V))
		default:
			outsidePool(c, p, at(r, p.Stop, "pool %q ends at %s", p.Name.V, p.Stop.V))
		}
	}
}

// outsidePool completes a finding with the VLAN that the pool names, and with
// the one it lies in.
func outsidePool(c *model.Cluster, p *model.Pool, f *diag.Finding) {
	v := p.VLAN.To
	f.Message += fmt.Sprintf(", outside %s (%s)", vlanName(v), ranges(v))
	f.Note(v.Name.Pos, "%s is declared here", vlanName(v))
	for _, other := range c.VLANs {
		if within(other, p) {
			f.Advise("use addresses of %s, or write vlan: %q", ranges(v), other.Name.V)
			return
		}
	}
	f.Advise("use addresses of %s", ranges(v))
}

// within reports whether one range of the VLAN holds the whole pool.
func within(v *model.VLAN, p *model.Pool) bool {
	for _, cidr := range v.CIDRs {
		if cidr.V.Masked().Contains(p.First()) && cidr.V.Masked().Contains(p.Last()) {
			return true
		}
	}
	return false
}

// strays reports whether an end of the pool lies in no range of the VLAN.
func strays(v *model.VLAN, p *model.Pool) bool { return !holds(v, p.First()) || !holds(v, p.Last()) }

func poolsOverlap(c *model.Cluster, r *diag.Report) {
	for i, p := range c.Pools {
		for _, earlier := range c.Pools[:i] {
			if !sound(p) || !sound(earlier) || !p.Contains(earlier.First()) && !earlier.Contains(p.First()) {
				continue
			}
			at(r, p.Name, "pool %q (%s) overlaps pool %q (%s)", p.Name.V, extent(p), earlier.Name.V, extent(earlier)).
				Note(earlier.Name.Pos, "pool %q", earlier.Name.V).
				Advise("move one of them; they share the addresses from %s", later(p.First(), earlier.First()))
		}
	}
}

func extent(p *model.Pool) string { return p.First().String() + " to " + p.Last().String() }

func later(a, b netip.Addr) netip.Addr {
	if a.Compare(b) > 0 {
		return a
	}
	return b
}

func poolHolds(c *model.Cluster, r *diag.Report) {
	seen := map[netip.Addr]bool{}
	for _, u := range append(machines(c), gateways(c)...) {
		if seen[u.addr.V] {
			continue
		}
		seen[u.addr.V] = true
		for _, p := range c.Pools {
			if sound(p) && p.Contains(u.addr.V) {
				at(r, p.Name, "pool %q (%s) holds %s, the address of %s", p.Name.V, extent(p), u.addr.V, u.of).
					Note(u.addr.Pos, "the address of %s", u.of).
					Advise("leave %s out of the pool", u.addr.V)
			}
		}
	}
}
