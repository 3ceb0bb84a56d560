package model

import "strings"

// The domains that a host name can belong to.
const (
	DomainInternal = "internal"
	DomainPublic   = "public"
)

// Domains are the two domains of a cluster's host names; empty for one that the
// cluster does not have.
type Domains struct{ Internal, Public string }

// Domains gives the domains that the spec names.
func (c *Cluster) Domains() Domains { return Domains{c.Domain.V, c.PublicDomain.V} }

// Of gives the domain of a host name, which may begin with a wildcard: internal,
// public, or empty for neither. Where one domain lies in the other, the longer one
// counts.
func (d Domains) Of(host string) string {
	internal, public := under(host, d.Internal), under(host, d.Public)
	switch {
	case internal && public && len(d.Public) > len(d.Internal), public && !internal:
		return DomainPublic
	case internal:
		return DomainInternal
	}
	return ""
}

// under reports whether a host lies in a domain, or is the domain itself.
func under(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// PublicHost is a host of a service's objects or chart that the internet reaches
// without a login in front of it.
type PublicHost struct {
	Name    At[string] // the whole host name, as blog.example.com
	Because At[string] `json:"because"` // the reason
}

// DecidedHosts gives the hosts whose login is decided in the spec: those of
// exposures, and those with a reason to need none.
func (c *Cluster) DecidedHosts() map[string]bool {
	out := map[string]bool{}
	for _, s := range c.Services {
		for _, e := range s.Expose {
			out[e.Host] = true
		}
		for _, h := range s.Public {
			out[h.Name.V] = true
		}
	}
	return out
}
