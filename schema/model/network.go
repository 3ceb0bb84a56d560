package model

import (
	"net/netip"

	"ichor/schema/diag"
)

// VLAN is a layer-2 network and its address ranges.
type VLAN struct {
	Name    At[string]
	ID      At[int]            `json:"id"`      // 802.1Q tag, 1..4094
	CIDRs   []At[netip.Prefix] `json:"cidrs"`   // the first is of the cluster's first address family
	Gateway At[netip.Addr]     `json:"gateway"` // the default router, if the VLAN has one
}

// Range is an address range of the cluster (pods, services) in the order of
// its address families, and the mask each node gets a part of.
type Range struct {
	Pos      diag.Pos
	CIDRs    []At[netip.Prefix] `json:"cidrs"`
	NodeMask NodeMask           `json:"nodeMask"`
}

// NodeMask is the prefix length of a node's part of the pod range, a family.
type NodeMask struct {
	IPv4 At[int] `json:"ipv4"`
	IPv6 At[int] `json:"ipv6"`
}

// ControlPlane is the address under which the Kubernetes API is reached.
type ControlPlane struct {
	VIP      At[netip.Addr] `json:"vip"`      // shared address, held by one control plane at a time
	Endpoint At[string]     `json:"endpoint"` // host name or address instead of a VIP
	Port     At[int]        `json:"port"`     // TCP port, 6443
}

// Pool is a range of addresses that Cilium gives to Services of type LoadBalancer.
type Pool struct {
	Name    At[string]
	VLAN    Ref[VLAN]        `json:"vlan"`
	Start   At[netip.Addr]   `json:"start"` // with Stop, or CIDR alone
	Stop    At[netip.Addr]   `json:"stop"`  // inclusive
	CIDR    At[netip.Prefix] `json:"cidr"`
	Default At[bool]         `json:"default"` // also serves Services that name no pool
}

// First gives the lowest address of the pool.
func (p *Pool) First() netip.Addr {
	if p.CIDR.IsSet() {
		return p.CIDR.V.Masked().Addr()
	}
	return p.Start.V
}

// Last gives the highest address of the pool.
func (p *Pool) Last() netip.Addr {
	if p.CIDR.IsSet() {
		return LastAddr(p.CIDR.V)
	}
	return p.Stop.V
}

// Contains reports whether the address belongs to the pool.
func (p *Pool) Contains(a netip.Addr) bool {
	return a.BitLen() == p.First().BitLen() && a.Compare(p.First()) >= 0 && a.Compare(p.Last()) <= 0
}

// LastAddr gives the highest address of a range.
func LastAddr(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// BGP is how the cluster announces its load-balancer addresses.
type BGP struct {
	Pos         diag.Pos
	ASN         At[int64]   `json:"asn"` // 1..4294967295
	Peers       []*Peer     `json:"peers"`
	Communities Communities `json:"communities"`
	Legacy      At[bool]    `json:"legacy"` // ask for CiliumBGPPeeringPolicy where the release has it
}

// Communities are standard communities (ASN:value) set on announced routes.
type Communities struct {
	LoadBalancer At[string] `json:"loadBalancer"`
	Pods         At[string] `json:"pods"` // named for the router's filter; pod ranges are not announced
}

// Peer is a router that the nodes speak BGP with.
type Peer struct {
	Name            At[string]
	Pos             diag.Pos
	ASN             At[int64]       `json:"asn"`
	IBGP            At[bool]        `json:"ibgp"`     // the peer's ASN equals ours on purpose
	Address         At[netip.Addr]  `json:"address"`  // IPv4 session
	Address6        At[netip.Addr]  `json:"address6"` // IPv6 session
	Multihop        At[int]         `json:"multihop"` // eBGP hops; 0 where the peer is on the nodes' VLAN
	Port            At[int]         `json:"port"`     // TCP port, 179
	Password        SecretRef       `json:"password"`
	Timers          Timers          `json:"timers"`
	GracefulRestart GracefulRestart `json:"gracefulRestart"`
}

// Sessions gives the addresses the nodes connect to, IPv4 first.
func (p *Peer) Sessions() []At[netip.Addr] {
	var s []At[netip.Addr]
	for _, a := range []At[netip.Addr]{p.Address, p.Address6} {
		if a.IsSet() {
			s = append(s, a)
		}
	}
	return s
}

// PasswordSecret gives the name of the Secret with the session's password.
func (p *Peer) PasswordSecret() string { return "bgp-" + p.Name.V }

// Timers are BGP timers in seconds.
type Timers struct {
	Hold         At[int] `json:"hold"`
	Keepalive    At[int] `json:"keepalive"`
	ConnectRetry At[int] `json:"connectRetry"`
}

// GracefulRestart is RFC 4724.
type GracefulRestart struct {
	Enabled At[bool] `json:"enabled"`
	Seconds At[int]  `json:"seconds"`
}

// Cilium is the cluster's network: what may be chosen of it.
type Cilium struct {
	Pos              diag.Pos
	Owner            At[string] `json:"owner"`     // bootstrap: installed before Flux; flux: a HelmRelease
	Algorithm        At[string] `json:"algorithm"` // maglev or random
	OperatorReplicas At[int]    `json:"operatorReplicas"`
	Hubble           At[bool]   `json:"hubble"` // relay and UI
	Values           *Tree      `json:"values"` // further chart values
}
