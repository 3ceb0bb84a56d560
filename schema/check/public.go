package check

import (
	"fmt"
	"regexp"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var publicRules = []rule{
	{diag.Rule{
		Code: "exposure-public", Severity: diag.Error,
		Summary: "A host is open to the internet and has neither a login nor a reason why it needs no login. Without this rule, a dashboard is open to everybody and no one notices.",
		Wrong:   `cluster: services: a: expose: web: {service: "a", port: 80, domain: "public", ingress: "nginx"}`,
		Right:   `cluster: services: a: expose: web: {service: "a", port: 80, domain: "public", ingress: "nginx", public: because: "it is the shop"}`,
	}, exposuresPublic},
	{diag.Rule{
		Code: "public-reason", Severity: diag.Error,
		Summary: "The `public` of a service gives a reason for each host of the public domain that needs no login and is defined in the objects, the directory or the chart of the service. A host that `expose` creates has its reason in `expose`.",
		Wrong:   `cluster: {publicDomain: "example.com", services: a: public: "web.example.net": because: "it is the shop"}`,
		Right:   `cluster: {publicDomain: "example.com", services: a: public: "web.example.com": because: "it is the shop"}`,
	}, publicReasons},
	{diag.Rule{
		Code: "skip-path-all", Severity: diag.Error,
		Summary: "skipPaths names the part of a host that needs no login. Patterns that match every path remove the login: the finding is an error for a host of the public domain, and a warning for an internal one.",
		Wrong:   `cluster: services: a: expose: web: {service: "a", port: 80, auth: {outpost: "proxy", skipPaths: [".*"]}}`,
		Right:   `cluster: services: a: expose: web: {service: "a", port: 80, auth: {outpost: "proxy", skipPaths: ["^/api/"]}}`,
		Source:  "authentik internal/outpost/proxyv2/application/auth.go, IsAllowlisted: each pattern is searched for anywhere in the path",
	}, skipPathsAll},
}

// exposuresPublic does not ask authentik's own host, which is internal.
func exposuresPublic(c *model.Cluster, r *diag.Report) {
	for _, e := range exposures(c) {
		isPublic := e.Domain.V == model.DomainPublic
		switch {
		case isPublic && e.Auth == nil && e.Public == nil:
			at(r, e.Domain, "host %s is open to the internet without a login", e.Host).
				Advise("add `auth` with the outpost where people sign in, or write why the host needs no login: `public: because: \"...\"`")
		case e.Public != nil && !isPublic:
			r.Add(e.Public.Pos, e.Public.Because.Path, fmt.Sprintf("host %s is internal, but `public` gives a reason to open it to the internet", e.Host)).
				Advise("remove `public`, or add `domain: \"public\"`")
		case e.Public != nil && e.Auth != nil:
			r.Add(e.Public.Pos, e.Public.Because.Path, fmt.Sprintf("host %s has a login, but `public` gives a reason to have none", e.Host)).
				Note(e.Auth.Pos, "the login").
				Advise("keep one of `auth` and `public`")
		}
	}
}

func publicReasons(c *model.Cluster, r *diag.Report) {
	exposed := map[string]*model.Exposure{}
	for _, e := range exposures(c) {
		exposed[e.Host] = e
	}
	for _, s := range c.Services {
		for _, h := range s.Public {
			e := exposed[h.Name.V]
			switch {
			case c.Domains().Of(h.Name.V) != model.DomainPublic:
				f := at(r, h.Name, "host %s is not in the public domain, but `public` gives a reason to open it to the internet", h.Name.V).
					Advise("remove the reason, or name a host of the public domain")
				if c.PublicDomain.IsSet() {
					f.Note(c.PublicDomain.Pos, "the public domain")
				}
			case e != nil:
				at(r, h.Name, "the reason for host %s is in the wrong place: `expose` creates the host", h.Name.V).
					Note(e.Name.Pos, "`expose` creates it here").
					Advise("write the reason in `expose`, as `public: because: \"...\"`; if the host has `auth` there, remove the reason")
			}
		}
	}
}

// probes are paths that a pattern for a part of a host has no reason to match.
var probes = []string{"/qzk", "/vxj/wqk", "/jqx/zvk.pwz", "/zjv/42/kq_w", "/xkz-7/"}

func skipPathsAll(c *model.Cluster, r *diag.Report) {
	for _, e := range exposures(c) {
		if e.Auth == nil {
			continue
		}
		by, all := skipsAll(e.Auth.SkipPaths)
		if !all {
			continue
		}
		f := at(r, by, "%q lets every path of %s pass without a login", by.V, e.Host).
			Note(e.Auth.Outpost.Name.Pos, "the login")
		if len(e.Auth.SkipPaths) > 1 {
			f.Message = fmt.Sprintf("%q and the other skipPaths let every path of %s pass without a login", by.V, e.Host)
		}
		instead := "remove `auth` and write why the host needs no login: `public: because: \"...\"`"
		if e.Domain.V != model.DomainPublic {
			f.Severity = diag.Warning
			instead = "remove `auth`"
		}
		f.Advise("match only the paths that need no login, as \"^/api/\", or %s", instead)
	}
}

// skipsAll reports whether patterns together match every path, and the pattern
// that matches the most of them. skip-path-invalid reports one that does not compile.
func skipsAll(patterns []model.At[string]) (by model.At[string], all bool) {
	matched, most := map[string]bool{}, 0
	for _, p := range patterns {
		exp, err := regexp.Compile(p.V)
		if err != nil {
			continue
		}
		n := 0
		for _, path := range probes {
			if exp.MatchString(path) {
				matched[path] = true
				n++
			}
		}
		if n > most {
			by, most = p, n
		}
	}
	return by, len(matched) == len(probes)
}
