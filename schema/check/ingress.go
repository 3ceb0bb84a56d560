package check

import (
	"fmt"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var ingressRules = []rule{
	{diag.Rule{
		Code: "ingress-domain", Severity: diag.Error,
		Summary: "The spec defines which ingress class serves which domain, but a host is behind the class of the other domain: an internal host would be open to the internet, and a public host would not be reachable.",
		Wrong:   `cluster: {ingress: {internal: "nginx-internal", public: "nginx"}, services: web: expose: web: {service: "web", port: 80, ingress: "nginx"}}`,
		Right:   `cluster: {ingress: {internal: "nginx-internal", public: "nginx"}, services: web: expose: web: {service: "web", port: 80}}`,
	}, ingressDomains},
}

// hostClass is a host, the domain it is of, and the ingress class that it is behind.
type hostClass struct {
	host, domain string
	class        model.At[string]
	at           diag.Pos // where either was chosen
	path         string
	help         string
}

func ingressDomains(c *model.Cluster, r *diag.Report) {
	for _, h := range append(exposedHosts(c), writtenHosts(c)...) {
		right, other := c.Ingress.Of(h.domain), c.Ingress.Of(otherDomain(h.domain))
		if h.class.V == right.V || h.class.V != other.V || h.class.V == "" {
			continue
		}
		r.Add(h.at, h.path, fmt.Sprintf("host %s is %s, but ingress class %q serves the %s domain", h.host, h.domain, h.class.V, otherDomain(h.domain))).
			Note(other.Pos, "the class of the %s domain", otherDomain(h.domain)).
			Advise("%s", h.help)
	}
}

func otherDomain(domain string) string {
	if domain == model.DomainPublic {
		return model.DomainInternal
	}
	return model.DomainPublic
}

// exposedHosts gives the hosts of exposures; those with a login are behind the
// class of their outpost.
func exposedHosts(c *model.Cluster) []hostClass {
	var out []hostClass
	for _, e := range exposures(c) {
		h := hostClass{e.Host, e.Domain.V, e.Ingress, e.Ingress.Pos, e.Ingress.Path, "remove `ingress`: it follows from the domain"}
		if !c.Ingress.Of(e.Domain.V).IsSet() {
			h.help = "set `cluster: ingress: " + e.Domain.V + "` to the class that serves its domain, and remove `ingress` here"
		}
		if e.Auth != nil && e.Auth.Outpost.To != nil {
			o := e.Auth.Outpost
			h.class, h.at, h.path = o.To.Ingress, o.Name.Pos, o.Name.Path
			h.help = "put the host behind an outpost of the " + e.Domain.V + " domain: an outpost has one ingress class"
		}
		out = append(out, h)
	}
	return out
}

// writtenHosts gives the hosts of Ingresses among the inline objects and in the
// directories of services.
func writtenHosts(c *model.Cluster) []hostClass {
	var out []hostClass
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if m.Kind.V == "Ingress" {
				out = append(out, hostsOf(c, m.Body)...)
			}
		}
		for _, o := range s.Objects {
			if o.Is("networking.k8s.io", "Ingress") {
				out = append(out, hostsOf(c, o.Body)...)
			}
		}
	}
	return out
}

func hostsOf(c *model.Cluster, ingress *model.Tree) []hostClass {
	class := wordOf(ingress.Lookup("spec", "ingressClassName"))
	var out []hostClass
	for _, rule := range ingress.Lookup("spec", "rules").Items() {
		host := wordAt(rule, "host")
		if domain := c.Domains().Of(host); domain != "" {
			out = append(out, hostClass{host, domain, class, class.Pos, class.Path, "name the class of the " + domain + " domain, or another host"})
		}
	}
	return out
}
