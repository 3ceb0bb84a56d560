package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var exposureRules = []rule{
	{diag.Rule{
		Code: "host-taken", Severity: diag.Error,
		Summary: "Two exposures have the same host name: a host name leads to one Service.",
		Wrong:   `cluster: services: {a: expose: web: {service: "a", port: 80, ingress: "nginx"}, b: expose: web: {service: "b", port: 80, ingress: "nginx"}}`,
		Right:   `cluster: services: {a: expose: web: {service: "a", port: 80, ingress: "nginx"}, b: expose: "web-b": {service: "b", port: 80, ingress: "nginx"}}`,
	}, hostsTaken},
	{diag.Rule{
		Code: "domain-missing", Severity: diag.Error,
		Summary: "A host name is public, but the cluster has no publicDomain.",
		Wrong:   `cluster: services: a: expose: web: {service: "a", port: 80, domain: "public", ingress: "nginx"}`,
		Right:   `cluster: {publicDomain: "example.com", services: a: expose: web: {service: "a", port: 80, domain: "public", ingress: "nginx", public: because: "it is the shop"}}`,
	}, domainsMissing},
	{diag.Rule{
		Code: "exposure-ingress", Severity: diag.Error,
		Summary: "An exposure has no ingress class, or has an ingress class or an issuer of its own behind an outpost. Behind an outpost, the ingress class and the issuer are the outpost's; without an outpost, the exposure has its own class or the class of its domain.",
		Wrong:   `cluster: services: a: expose: web: {service: "a", port: 80, ingress: "nginx", auth: outpost: "proxy"}`,
		Right:   `cluster: services: a: expose: web: {service: "a", port: 80, auth: outpost: "proxy"}`,
	}, exposureIngress},
	{diag.Rule{
		Code: "backend-disabled", Severity: diag.Error,
		Summary: "The Service behind a host name may not exist: the chart creates it only if the values enable it. For the Services of Hubble, cilium.hubble enables them.",
		Wrong:   `cluster: services: d: {helm: values: kong: enabled: false, expose: d: {service: "kong", port: 443, enabledBy: "kong.enabled"}}`,
		Right:   `cluster: services: d: {helm: values: kong: enabled: true, expose: d: {service: "kong", port: 443, enabledBy: "kong.enabled"}}`,
	}, backendsDisabled},
	{diag.Rule{
		Code: "backend-unknown", Severity: diag.Error,
		Summary: "A host name or a secret store leads to a Service that does not exist, or to a port that the Service does not have, where the spec creates the Services itself.",
		Wrong:   `cluster: services: a: {manifests: Service: web: spec: ports: [{port: 80}], expose: a: {service: "web", port: 8080, ingress: "nginx"}}`,
		Right:   `cluster: services: a: {manifests: Service: web: spec: ports: [{port: 80}], expose: a: {service: "web", port: 80, ingress: "nginx"}}`,
	}, backendsUnknown},
	{diag.Rule{
		Code: "skip-path-invalid", Severity: diag.Error,
		Summary: "A path that needs no login is not a regular expression that Go can read.",
		Wrong:   `cluster: services: a: expose: web: auth: skipPaths: ["^/api/("]`,
		Right:   `cluster: services: a: expose: web: auth: skipPaths: ["^/api/health$"]`,
		Source:  "authentik documentation, proxy provider, unauthenticated paths; Go regexp/syntax",
	}, skipPaths},
}

// exposures gives every host name of the cluster, authentik's own included.
func exposures(c *model.Cluster) []*model.Exposure {
	var out []*model.Exposure
	for _, s := range c.Services {
		out = append(out, s.Expose...)
	}
	return out
}

func hostsTaken(c *model.Cluster, r *diag.Report) {
	first := map[string]*model.Exposure{}
	for _, e := range exposures(c) {
		other, taken := first[e.Host]
		if !taken {
			first[e.Host] = e
			continue
		}
		at(r, e.Name, "host %s of service %q already belongs to service %q", e.Host, e.Service.Name.V, other.Service.Name.V).
			Note(other.Name.Pos, "service %q has this host", other.Service.Name.V).
			Advise("give one of them another first label")
	}
}

func domainsMissing(c *model.Cluster, r *diag.Report) {
	for _, e := range exposures(c) {
		if e.Domain.V == model.DomainPublic && !c.PublicDomain.IsSet() {
			at(r, e.Domain, "host %q is public, but the cluster has no publicDomain", e.Name.V).
				Advise("add `publicDomain`, or make the host internal")
		}
	}
}

func exposureIngress(c *model.Cluster, r *diag.Report) {
	for _, e := range exposures(c) {
		switch {
		case e.Auth == nil && !e.Ingress.IsSet():
			at(r, e.Name, "host %s has neither an ingress class nor an outpost", e.Host).
				Advise("set `cluster: ingress: %s` to the class that serves its domain, or add `ingress` here", e.Domain.V)
		case e.Auth != nil && e.Ingress.IsSet():
			at(r, e.Ingress, "host %s is behind an outpost, but has ingress class %q of its own", e.Host, e.Ingress.V).
				Note(e.Auth.Pos, "the outpost").
				Advise("remove `ingress`: the outpost has the class, and another class would go around the login")
		case e.Auth != nil && e.Issuer.IsSet():
			at(r, e.Issuer.Name, "host %s is behind an outpost, but has issuer %q of its own", e.Host, e.Issuer.Name.V).
				Note(e.Auth.Pos, "the outpost").
				Advise("remove `issuer`: the outpost has the issuer")
		}
	}
	for _, o := range c.Outposts() {
		if !o.Ingress.IsSet() {
			at(r, o.Name, "outpost %q has no ingress class", o.Name.V).
				Advise("set in `cluster: ingress` which class serves which domain, or add `ingress` here")
		}
	}
}

func backendsDisabled(c *model.Cluster, r *diag.Report) {
	for _, e := range exposures(c) {
		hubbleDisabled(c, e, r)
		if !e.EnabledBy.IsSet() {
			continue
		}
		if e.Service.Helm == nil {
			at(r, e.EnabledBy, "%q is a path in the values of a chart, but service %q has no chart", e.EnabledBy.V, e.Service.Name.V).
				Advise("remove `enabledBy`")
			continue
		}
		switch t := e.Service.Helm.Values.Lookup(strings.Split(e.EnabledBy.V, ".")...); {
		case t == nil && onByDefault(e):
		case t == nil:
			at(r, e.EnabledBy, "nothing sets %q to true, so the Service %q behind %s may not exist", e.EnabledBy.V, e.Backend.V, e.Host).
				Note(e.Service.Helm.Pos, "the chart").
				Advise("set %s to true in the values", e.EnabledBy.V)
		case t.Scalar != true:
			r.Add(t.Pos, t.Path, fmt.Sprintf("%s is %v, so the Service %q behind %s does not exist", e.EnabledBy.V, t.Scalar, e.Backend.V, e.Host)).
				Note(e.Backend.Pos, "%s leads to this Service", e.Host).
				Advise("set it to true, or do not expose %s", e.Name.V)
		}
	}
}

// onByDefault reports whether the chart of an exposure is known to create its Service
// unless the value that enables it is false.
func onByDefault(e *model.Exposure) bool {
	name := e.Service.Helm.ChartName().V
	chart, _ := depend.ChartOf(name)
	return slices.ContainsFunc(chart.Services, func(s model.ChartService) bool {
		return s.In(e.Service.ReleaseName(), name) == e.Backend.V && s.Unless[e.EnabledBy.V] == false
	})
}

// hubbleDisabled finds the exposure of a Service that Cilium's chart makes only
// with Hubble: hubble-ui, hubble-relay and the others of that name. Source:
// install/kubernetes/cilium/templates/hubble*, 1.16 to 1.20.
func hubbleDisabled(c *model.Cluster, e *model.Exposure, r *diag.Report) {
	if e.Service.PartOf.V != "cilium" || !strings.HasPrefix(e.Backend.V, "hubble-") || c.Cilium.Hubble.V {
		return
	}
	at(r, e.Backend, "cilium.hubble is false, so the Service %q behind %s does not exist", e.Backend.V, e.Host).
		Note(c.Cilium.Hubble.Pos, "Hubble is switched off here").
		Advise("set cilium.hubble to true, or do not expose %s", e.Name.V)
}
