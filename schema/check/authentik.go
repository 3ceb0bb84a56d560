package check

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var authentikRules = []rule{
	{diag.Rule{
		Code: "authentik-service", Severity: diag.Error,
		Summary: "The service that auth.authentik names installs authentik's own chart: addresses, ports and the mount of blueprints follow from it.",
		Wrong:   `cluster: auth: authentik: service: "cert-manager"`,
		Right:   `cluster: auth: authentik: service: "authentik"`,
		Source:  "authentik's chart, values.yaml: server.service and blueprints",
	}, authentikService},
	{diag.Rule{
		Code: "authentik-exposed", Severity: diag.Error,
		Summary: "authentik's own host follows from auth.authentik, with the port of the chart's Service. Exposed by hand, it tends to get the pod's port, which the Service does not have.",
		Wrong:   `cluster: services: authentik: expose: login: {service: "authentik-server", port: 9000, ingress: "nginx"}`,
		Right:   `cluster: auth: authentik: {service: "authentik", host: "login", ingress: "nginx"}`,
		Source:  "authentik's chart, values.yaml: server.service.servicePortHttp is 80",
	}, authentikExposed},
	{diag.Rule{
		Code: "slug-taken", Severity: diag.Error,
		Summary: "Behind outposts each exposure is an application of authentik, whose slug is the exposure's name.",
		Wrong:   `cluster: services: {a: expose: web: {domain: "internal", auth: outpost: "proxy"}, b: expose: web: {domain: "public", auth: outpost: "proxy"}}`,
		Right:   `cluster: services: {a: expose: web: {domain: "internal", auth: outpost: "proxy"}, b: expose: "web-public": {domain: "public", auth: outpost: "proxy"}}`,
		Source:  "authentik_core.application: slug is unique",
	}, slugsTaken},
}

// identity gives the identity provider, or nil.
func identity(c *model.Cluster) *model.Authentik {
	if c.Auth == nil {
		return nil
	}
	return c.Auth.Authentik
}

func authentikService(c *model.Cluster, r *report) {
	a := identity(c)
	if a == nil || a.Service.To == nil {
		return
	}
	switch s := a.Service.To; {
	case s.Helm == nil:
		at(r, a.Service.Name, "service %q is no Helm release, so it cannot be authentik", s.Name.V).
			note(s.Name.Pos, "service %q", s.Name.V).help("name the service that installs authentik's chart")
	case s.Helm.Chart.V != "authentik":
		at(r, a.Service.Name, "service %q installs the chart %q, not authentik", s.Name.V, s.Helm.Chart.V).
			note(s.Helm.Chart.Pos, "its chart").help("name the service that installs authentik's chart")
	}
}

// authentikExposed leaves the exposure alone that follows from auth.authentik
// itself: it stands where the host is written.
func authentikExposed(c *model.Cluster, r *report) {
	a := identity(c)
	if a == nil || a.Service.To == nil {
		return
	}
	for _, e := range a.Service.To.Expose {
		if e.Name.Path != a.Host.Path && strings.HasSuffix(e.Backend.V, "-server") {
			at(r, e.Name, "authentik's Service %q is exposed by hand, at port %d", e.Backend.V, e.Port.V).
				note(a.Host.Pos, "authentik's host is written here").
				help("remove the exposure; auth.authentik.host gives the host, and the port follows from the chart")
		}
	}
}

func slugsTaken(c *model.Cluster, r *report) {
	first := map[string]*model.Exposure{}
	for _, o := range c.Outposts() {
		for _, e := range o.Exposures {
			other, taken := first[e.Name.V]
			if !taken {
				first[e.Name.V] = e
				continue
			}
			if e.Host != other.Host {
				at(r, e.Name, "%s and %s are both the application %q", other.Host, e.Host, e.Name.V).
					note(other.Name.Pos, "host %s", other.Host).
					help("give one of them another first label")
			}
		}
	}
}

// outpostName is how findings call an outpost.
func outpostName(o *model.Outpost) string { return fmt.Sprintf("outpost %q", o.Name.V) }
