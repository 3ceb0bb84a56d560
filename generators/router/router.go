// Package router writes the FRR configuration of each router that the cluster
// speaks BGP with: the other end of the sessions that generators/cilium opens.
// It accepts the addresses of the pools and nothing else.
package router

import (
	"bytes"
	_ "embed"
	"net/netip"
	"text/template"

	"go4.org/netipx"

	"ichor/generators/output"
	"ichor/schema/model"
)

// text is the file in the order that UniFi asks for: prefix lists and route
// maps stand after `router bgp` is left. FRR 8.1 knows every statement.
//
//go:embed frr.conf.tmpl
var text string

// maximumPaths is how many equal routes FRR keeps where it is built with its
// default (--enable-multipath=64 in UniFi's and most distributions' builds).
const maximumPaths = 64

// Generate writes router/<peer>.conf for each peer.
func Generate(c *model.Cluster) ([]output.File, error) {
	if c.BGP == nil {
		return nil, nil
	}
	t, err := template.New("frr").Parse(text)
	if err != nil {
		return nil, err
	}
	var files []output.File
	for _, p := range c.BGP.Peers {
		var b bytes.Buffer
		if err := t.Execute(&b, configure(c, p)); err != nil {
			return nil, err
		}
		files = append(files, output.File{Path: "router/" + p.Name.V + ".conf", Content: b.Bytes(), Origin: p.Pos})
	}
	return files, nil
}

// config is what the file says.
type config struct {
	Cluster, Peer   string
	ASN, ClusterASN int64
	IBGP            bool
	RouterID        string // empty where the peer has no IPv4 address
	Multihop        int
	Password        string // marker, or empty
	PasswordSource  string // 1Password reference, or empty
	Timers          model.Timers
	GracefulRestart model.GracefulRestart
	MaximumPaths    int
	Families        []family
}

// family is one address family: its sessions and the ranges it accepts.
type family struct {
	Name      string // ipv4 or ipv6
	Command   string // ip or ipv6, as prefix lists and matches are called
	Group     string
	Neighbors []neighbor
	Listen    []string // ranges that sessions are accepted from, where nodes' addresses are not known
	Permits   []permit
}

type neighbor struct{ Address, Node string }

// permit is a line of a prefix list: every address of a range as a host route.
type permit struct {
	Seq    int
	Prefix netip.Prefix
}

// Bits is the length of a host route.
func (p permit) Bits() int { return p.Prefix.Addr().BitLen() }

// Wider reports whether the range holds more than one address.
func (p permit) Wider() bool { return !p.Prefix.IsSingleIP() }

func configure(c *model.Cluster, p *model.Peer) config {
	out := config{
		Cluster: c.Name.V, Peer: p.Name.V, ASN: p.ASN.V, ClusterASN: c.BGP.ASN.V, IBGP: p.ASN.V == c.BGP.ASN.V,
		Multihop: p.Multihop.V, Password: password(p), PasswordSource: passwordSource(p), Timers: p.Timers, GracefulRestart: p.GracefulRestart,
		MaximumPaths: min(len(c.Nodes), maximumPaths),
	}
	if p.Address.IsSet() {
		out.RouterID = p.Address.V.String()
		out.Families = append(out.Families, ipv4(c))
	}
	if p.Address6.IsSet() {
		out.Families = append(out.Families, ipv6(c))
	}
	return out
}

func ipv4(c *model.Cluster) family {
	f := family{Name: "ipv4", Command: "ip", Group: c.Name.V + "-ipv4", Permits: permits(c, true)}
	for _, n := range c.Nodes {
		f.Neighbors = append(f.Neighbors, neighbor{n.Address.V.String(), n.Name.V})
	}
	return f
}

// ipv6 names the nodes whose IPv6 address the spec gives. Where one takes its
// address from router advertisements, sessions are accepted from its VLAN.
func ipv6(c *model.Cluster) family {
	f := family{Name: "ipv6", Command: "ipv6", Group: c.Name.V + "-ipv6", Permits: permits(c, false)}
	listen := map[netip.Prefix]bool{}
	for _, n := range c.Nodes {
		if n.Address6.IsSet() {
			f.Neighbors = append(f.Neighbors, neighbor{n.Address6.V.String(), n.Name.V})
			continue
		}
		for _, r := range n.VLAN.CIDRs {
			if r.V.Addr().Is6() && !listen[r.V] {
				listen[r.V] = true
				f.Listen = append(f.Listen, r.V.String())
			}
		}
	}
	return f
}

// permits covers the pools of a family exactly.
func permits(c *model.Cluster, is4 bool) []permit {
	var out []permit
	for _, p := range c.Pools {
		if p.First().Is4() != is4 {
			continue
		}
		for _, r := range netipx.IPRangeFrom(p.First(), p.Last()).Prefixes() {
			out = append(out, permit{Seq: 10 * (len(out) + 1), Prefix: r})
		}
	}
	return out
}

// password marks where the session's password belongs. FRR takes one word
// there, so that a 1Password reference, whose item may have spaces, cannot be
// the marker: it stands in a comment.
func password(p *model.Peer) string {
	if !p.Password.IsSet() {
		return ""
	}
	return "secret://bgp/" + p.Name.V + "/password"
}

// passwordSource is the 1Password reference of the password, if that is where
// it lives.
func passwordSource(p *model.Peer) string {
	store := p.Password.Store.To
	if store == nil || store.Connect == nil {
		return ""
	}
	return "op://" + store.Connect.Vaults[0].V + "/" + p.Password.Item.V + "/" + p.Password.Property.V
}
