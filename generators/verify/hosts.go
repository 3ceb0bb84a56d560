package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"ichor/schema/diag"
)

var hostRules = []rule{
	{diag.Rule{
		Code: "host-twice", Severity: diag.Error,
		Summary: "Two objects define the same path of a host in one ingress class or at one listener: the controller uses either, or rejects the second. A definition in the values of a chart counts too.",
		Wrong:   `cluster: services: web: {namespace: "web", expose: web: {service: "web", port: 80, ingress: "nginx"}, helm: {repository: "r", chart: "web", version: "1.0.0", values: ingress: {enabled: true, hosts: ["web.lab.example.com"]}}}`,
		Right:   `cluster: services: web: {namespace: "web", expose: web: {service: "web", port: 80, ingress: "nginx"}, helm: {repository: "r", chart: "web", version: "1.0.0", values: ingress: enabled: false}}`,
		Source:  "ingress-nginx documentation, How it works; Gateway API reference, HTTPRouteRule",
	}, hostsTwice},
}

// hosted is a path of a host that an object answers for.
type hosted struct {
	*Object
	field string
	host  string
	match string // path and whatever else is matched; empty for all
	class string // ingress class or listener; empty where a chart chooses
	route bool   // of the Gateway API
}

// is begins the sentence about the owner.
func (h hosted) is() string {
	if h.GetKind() == "HelmRelease" {
		return fmt.Sprintf("the Ingress of %s", h)
	}
	return h.String()
}

// meets reports whether two answer for the same, and whether that is certain.
func (h hosted) meets(g hosted) (meet, certain bool) {
	sameMatch := h.match == g.match || h.match == "" || g.match == ""
	sameClass := h.class == g.class || h.class == "" || g.class == ""
	switch {
	case h.Object == g.Object || h.host != g.host || !sameMatch:
		return false, false
	case h.route != g.route:
		return true, false // two controllers: the names in DNS decide
	}
	return sameClass, true
}

func hostsTwice(o *objects, r *diag.Report) {
	byHost := map[string][]hosted{}
	for _, h := range slices.Concat(o.ingressHosts(), o.routeHosts(), o.chartHosts()) {
		for _, earlier := range byHost[h.host] {
			meet, certain := earlier.meets(h)
			if !meet {
				continue
			}
			f := at(r, h.Object, h.field, "host %s%s is defined by %s and by %s", cmp.Or(h.host, "*"), h.suffix(), earlier.is(), h.is()).
				Note(earlier.Place(earlier.field).Pos, "%s", earlier.is()).
				Advise("keep one of them")
			if !certain {
				f.Severity = diag.Warning
			}
			break
		}
		byHost[h.host] = append(byHost[h.host], h)
	}
}

// suffix writes the path after the host.
func (h hosted) suffix() string {
	path, _, _ := strings.Cut(h.match, " ")
	return strings.TrimSuffix(path, "/")
}

func (o *objects) ingressHosts() []hosted {
	var out []hosted
	for _, in := range read[networkingv1.Ingress](o, groupNetworking, "Ingress") {
		if in.GetAnnotations()["nginx.ingress.kubernetes.io/canary"] == "true" {
			continue // it shares the paths of another
		}
		for i, rule := range in.v.Spec.Rules {
			if rule.HTTP == nil {
				continue
			}
			for _, p := range rule.HTTP.Paths {
				match := cmp.Or(p.Path, "/")
				if p.PathType != nil && *p.PathType == networkingv1.PathTypeExact {
					match += " exactly"
				}
				out = append(out, hosted{Object: in.Object, field: fmt.Sprintf("spec.rules[%d]", i), host: rule.Host, match: match, class: classOf(in.Object)})
			}
		}
	}
	return out
}

// classOf gives the ingress class that an Ingress asks for; " " for the default,
// which is no name of a class.
func classOf(in *Object) string {
	return cmp.Or(in.text("spec", "ingressClassName"), in.GetAnnotations()["kubernetes.io/ingress.class"], " ")
}

func (o *objects) routeHosts() []hosted {
	var out []hosted
	for _, t := range o.routes() {
		if t.GetKind() != "HTTPRoute" {
			continue
		}
		for _, p := range t.v.Spec.ParentRefs {
			class := fmt.Sprintf("%s/%s/%s/%d", cmp.Or(p.Namespace, t.GetNamespace()), p.Name, p.SectionName, p.Port)
			for i, host := range t.v.Spec.Hostnames {
				for _, match := range t.matches() {
					out = append(out, hosted{Object: t.Object, field: fmt.Sprintf("spec.hostnames[%d]", i), host: host, match: match, class: class, route: true})
				}
			}
		}
	}
	return out
}

// matches writes what a route matches, the path first: for a path alone as an
// Ingress has it.
func (t routed) matches() []string {
	var out []string
	for _, rule := range t.v.Spec.Rules {
		if len(rule.Matches) == 0 {
			out = append(out, "/")
		}
		for _, m := range rule.Matches {
			path, _ := m["path"].(map[string]any)
			value, _ := path["value"].(string)
			match := cmp.Or(value, "/")
			switch kind, _ := path["type"].(string); kind {
			case "", "PathPrefix":
			case "Exact":
				match += " exactly"
			default:
				match += " " + kind
			}
			for _, also := range []string{"method", "headers", "queryParams"} {
				if m[also] != nil {
					match += fmt.Sprintf(" %s %v", also, m[also])
				}
			}
			out = append(out, match)
		}
	}
	return out
}

// chartHosts gives the hosts of the Ingresses that charts are told to make: an
// enabled struct in one of the name ingress, with host, hostname or hosts.
func (o *objects) chartHosts() []hosted {
	var out []hosted
	for _, c := range o.opaque() {
		c.structs(func(path string, of map[string]any) {
			if of["enabled"] != true || !strings.Contains(strings.ToLower(path), "ingress") {
				return
			}
			class := textOf(of, "ingressClassName", "className", "ingressClass")
			for _, x := range []string{"host", "hostname", "hosts"} {
				for _, h := range hostsIn(of[x], path+"."+x, pathsIn(of)) {
					h.Object, h.class = c.Object, class
					out = append(out, h)
				}
			}
		})
	}
	return out
}

// pathsIn gives the paths that a struct of a chart's values names beside a host;
// the empty one, which is all, where it names none.
func pathsIn(of map[string]any) []string {
	var out []string
	if path := textOf(of, "path"); path != "" {
		out = append(out, path)
	}
	list, _ := of["paths"].([]any)
	for _, item := range list {
		path, _ := item.(string)
		if m, ok := item.(map[string]any); ok {
			path = textOf(m, "path")
		}
		if path != "" {
			out = append(out, path)
		}
	}
	if len(out) == 0 {
		out = append(out, "")
	}
	return out
}

// textOf gives the first of some entries that is a text.
func textOf(of map[string]any, keys ...string) string {
	for _, key := range keys {
		if text, ok := of[key].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// hostsIn gives the hosts in a value, each with its paths: a text, or a list of
// texts or of structs with `host` or `name`, which may have paths of their own.
// Templates are left out.
func hostsIn(value any, field string, paths []string) []hosted {
	var out []hosted
	switch v := value.(type) {
	case string:
		if v == "" || strings.ContainsAny(v, "{$") {
			return nil
		}
		for _, path := range paths {
			out = append(out, hosted{field: field, host: v, match: path})
		}
	case []any:
		for i, item := range v {
			at, own := fmt.Sprintf("%s[%d]", field, i), paths
			if of, ok := item.(map[string]any); ok {
				item, own = textOf(of, "host", "name"), pathsIn(of)
			}
			if host, ok := item.(string); ok {
				out = append(out, hostsIn(host, at, own)...)
			}
		}
	}
	return out
}

// serves reports whether a listener serves one of the hosts: one without a host
// serves all, and a wildcard what ends as it does.
func serves(l listener, hosts []string) bool {
	return l.Hostname == "" || slices.ContainsFunc(hosts, func(h string) bool { return covers(l.Hostname, h) || covers(h, l.Hostname) })
}

// covers reports whether a name is another, or a wildcard over it.
func covers(name, other string) bool {
	end, wildcard := strings.CutPrefix(name, "*")
	return name == other || wildcard && strings.HasSuffix(other, end)
}
