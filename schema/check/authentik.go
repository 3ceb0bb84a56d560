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
		Summary: "The service that auth.authentik names does not install authentik's own chart: addresses, ports and the mount of blueprints follow from this chart.",
		Wrong:   `cluster: auth: authentik: service: "cert-manager"`,
		Right:   `cluster: auth: authentik: service: "authentik"`,
		Source:  "authentik's chart, values.yaml: server.service and blueprints",
	}, authentikService},
	{diag.Rule{
		Code: "authentik-exposed", Severity: diag.Error,
		Summary: "The spec exposes authentik's own host by hand, but the host follows from auth.authentik, with the port of the chart's Service. A host that is exposed by hand tends to get the pod's port, which the Service does not have.",
		Wrong:   `cluster: services: authentik: expose: login: {service: "authentik-server", port: 9000, ingress: "nginx"}`,
		Right:   `cluster: auth: authentik: {service: "authentik", host: "login", ingress: "nginx"}`,
		Source:  "authentik's chart, values.yaml: server.service.servicePortHttp is 80",
	}, authentikExposed},
	{diag.Rule{
		Code: "authentik-redis", Severity: diag.Error,
		Summary: "The values disable Redis, but authentik before 2025.10 does not start without Redis. The chart installs a Redis, which follows from the release, or the values name the host of another Redis.",
		Wrong:   `cluster: {release: authentik: "2025.6.4", services: authentik: helm: values: redis: enabled: false}`,
		Right:   `cluster: {release: authentik: "2025.6.4", services: authentik: helm: values: authentik: redis: host: "redis.redis.svc"}`,
		Source:  "authentik release notes, 2025.10; authentik's chart, values.yaml: redis.enabled and authentik.redis.host",
	}, authentikRedis},
	{diag.Rule{
		Code: "authentik-redis-unused", Severity: diag.Warning,
		Summary: "The values install a Redis, but authentik uses no Redis from 2025.10 on.",
		Wrong:   `cluster: {release: authentik: "2025.10.0", services: authentik: helm: values: redis: enabled: true}`,
		Right:   `cluster: {release: authentik: "2025.10.0", services: authentik: helm: values: {}}`,
		Source:  "authentik release notes, 2025.10",
	}, authentikRedisUnused},
	{diag.Rule{
		Code: "slug-taken", Severity: diag.Error,
		Summary: "Two exposures behind outposts have the same name: each exposure is an application of authentik, and the slug of the application is the name of the exposure.",
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

func authentikService(c *model.Cluster, r *diag.Report) {
	a := identity(c)
	if a == nil || a.Service.To == nil {
		return
	}
	switch s := a.Service.To; {
	case s.Helm == nil:
		at(r, a.Service.Name, "service %q is not a Helm release, so it cannot be authentik", s.Name.V).
			Note(s.Name.Pos, "service %q", s.Name.V).Advise("name the service that installs authentik's chart")
	case s.Helm.ChartName().V != "authentik":
		at(r, a.Service.Name, "service %q installs the chart %q, not authentik", s.Name.V, s.Helm.ChartName().V).
			Note(s.Helm.ChartName().Pos, "its chart").Advise("name the service that installs authentik's chart")
	}
}

// authentikExposed leaves the exposure alone that follows from auth.authentik
// itself: it stands where the host is written.
func authentikExposed(c *model.Cluster, r *diag.Report) {
	a := identity(c)
	if a == nil || a.Service.To == nil {
		return
	}
	for _, e := range a.Service.To.Expose {
		if e.Name.Path != a.Host.Path && strings.HasSuffix(e.Backend.V, "-server") {
			at(r, e.Name, "authentik's Service %q is exposed by hand, at port %d", e.Backend.V, e.Port.V).
				Note(a.Host.Pos, "authentik's host is written here").
				Advise("remove the exposure; auth.authentik.host gives the host, and the port follows from the chart")
		}
	}
}

func authentikRedis(c *model.Cluster, r *diag.Report) {
	h, said := redisSwitch(c)
	if said == nil || said.Scalar != false || !c.Release.AuthentikRow.ServerUsesRedis || h.SaysRedisHost() {
		return
	}
	r.Add(said.Pos, said.Path, fmt.Sprintf("redis.enabled is false, but authentik %s does not start without Redis", c.Release.Authentik.V)).
		Note(c.Release.Authentik.Pos, "the release").
		Advise("remove `redis.enabled`, and the chart installs a Redis; or name the host of another Redis in `authentik.redis.host` in the values")
}

func authentikRedisUnused(c *model.Cluster, r *diag.Report) {
	_, said := redisSwitch(c)
	if said == nil || said.Scalar != true || c.Release.AuthentikRow.ServerUsesRedis {
		return
	}
	r.Add(said.Pos, said.Path, fmt.Sprintf("redis.enabled is true, but authentik %s uses no Redis", c.Release.Authentik.V)).
		Note(c.Release.Authentik.Pos, "the release").
		Advise("remove `redis` from the values")
}

// redisSwitch gives authentik's chart and the value that has it install Redis;
// the value is nil where the spec does not say it, or names no known release.
func redisSwitch(c *model.Cluster) (*model.Helm, *model.Tree) {
	a := identity(c)
	if a == nil || a.Service.To == nil || a.Service.To.Helm == nil || c.Release.AuthentikRow == nil {
		return nil, nil
	}
	h := a.Service.To.Helm
	return h, h.Values.Lookup("redis", "enabled")
}

func slugsTaken(c *model.Cluster, r *diag.Report) {
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
					Note(other.Name.Pos, "host %s", other.Host).
					Advise("give one of them another first label")
			}
		}
	}
}

// outpostName is how findings call an outpost.
func outpostName(o *model.Outpost) string { return fmt.Sprintf("outpost %q", o.Name.V) }
