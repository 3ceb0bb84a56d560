package verify

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var publicHostRules = []rule{
	{diag.Rule{
		Code: "host-public", Severity: diag.Error,
		Summary: "A host of the public domain, in an object or in the values of a chart, has no login in front of it, and the spec gives no reason why it needs none. Where ichor may not see the login, in hand-written files or inside an application, the finding is a warning.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Ingress: web: spec: {ingressClassName: "nginx", rules: [{host: "web.example.com", http: paths: [{path: "/", pathType: "Prefix", backend: service: {name: "web", port: number: 80}}]}]}}`,
		Right:   `cluster: services: web: {namespace: "web", public: "web.example.com": because: "it is the shop", manifests: Ingress: web: spec: {ingressClassName: "nginx", rules: [{host: "web.example.com", http: paths: [{path: "/", pathType: "Prefix", backend: service: {name: "web", port: number: 80}}]}]}}`,
	}, hostsPublic},
}

// published is a host name at which an object has something answer.
type published struct {
	*Object
	field, host string
	class       string   // ingress class; empty where it is another kind of route, or not known
	to          []string // the Services that answer, as far as they are named
	login       bool     // something beside the host may ask for a login
	address     bool     // it is the name of a Service's own address
}

func hostsPublic(o *objects, r *diag.Report) {
	if o.Domains.Public == "" {
		return
	}
	told := map[string]bool{}
	for _, p := range o.published() {
		if o.Domains.Of(p.host) != model.DomainPublic || o.Decided[p.host] || told[p.host] || o.asks(p) {
			continue
		}
		f := at(r, p.Object, p.field, "host %s is open to the internet through %s, and ichor finds no login in front of it", p.host, p.Object).
			Advise("put a login in front of the host, or write in the service why the host needs none: `public: %q: because: \"...\"`", p.host)
		if p.hand != nil || p.address || o.unseenIn(p.GetNamespace()).beyond {
			f.Severity = diag.Warning
		}
		told[p.host] = true
	}
}

// published gives every host that objects publish, those of charts among them. The
// hosts of a Gateway's listeners are answered by routes.
func (o *objects) published() []published {
	return slices.Concat(o.ingressesPublished(), o.routesPublished(), o.traefikPublished(), o.proxiesPublished(), o.chartsPublished(), o.addressesPublished())
}

func (o *objects) ingressesPublished() []published {
	var out []published
	for _, in := range read[networkingv1.Ingress](o, groupNetworking, "Ingress") {
		for i, rule := range in.v.Spec.Rules {
			p := published{Object: in.Object, field: fmt.Sprintf("spec.rules[%d].host", i), host: rule.Host, class: strings.TrimSpace(classOf(in.Object))}
			if rule.HTTP != nil {
				for _, path := range rule.HTTP.Paths {
					if path.Backend.Service != nil {
						p.to = append(p.to, path.Backend.Service.Name)
					}
				}
			}
			p.login = o.guardedIngress(in.GetAnnotations())
			out = append(out, p)
		}
	}
	return out
}

// routesPublished leaves out routes that only redirect, and kinds without hosts.
func (o *objects) routesPublished() []published {
	var out []published
	for _, t := range o.routes() {
		p := published{Object: t.Object, login: o.guardedRoute(t)}
		for _, b := range t.backends() {
			p.to = append(p.to, b.name)
		}
		if !slices.ContainsFunc(t.v.Spec.Rules, func(r routeRule) bool { return len(r.BackendRefs) > 0 }) {
			continue
		}
		for i, host := range t.v.Spec.Hostnames {
			p.field, p.host = fmt.Sprintf("spec.hostnames[%d]", i), host
			out = append(out, p)
		}
	}
	return out
}

// groupTraefik is the API group of Traefik's own kinds.
const groupTraefik = "traefik.io"

// traefikHost is a matcher of hosts in a rule of Traefik, and traefikName one of
// its names.
var (
	traefikHost = regexp.MustCompile(`\bHost(?:SNI)?\(([^)]*)\)`)
	traefikName = regexp.MustCompile("[`\"']([^`\"']+)[`\"']")
)

func (o *objects) traefikPublished() []published {
	var out []published
	for _, x := range slices.Concat(o.of(groupTraefik, "IngressRoute"), o.of(groupTraefik, "IngressRouteTCP")) {
		for i, route := range list(x, "spec", "routes") {
			p := published{Object: x, field: fmt.Sprintf("spec.routes[%d].match", i), login: o.guardedTraefik(x, route)}
			services, _ := route["services"].([]any)
			for _, s := range services {
				if m, ok := s.(map[string]any); ok {
					p.to = append(p.to, text(m, "name"))
				}
			}
			for _, hosts := range traefikHost.FindAllStringSubmatch(text(route, "match"), -1) {
				for _, name := range traefikName.FindAllStringSubmatch(hosts[1], -1) {
					p.host = name[1]
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// proxiesPublished gives the hosts of Contour's and Istio's routes.
func (o *objects) proxiesPublished() []published {
	var out []published
	for _, x := range o.of("projectcontour.io", "HTTPProxy") {
		_, login := x.tree("spec", "virtualhost", "authorization")
		out = append(out, published{Object: x, field: "spec.virtualhost.fqdn", host: x.text("spec", "virtualhost", "fqdn"), login: login})
	}
	for _, x := range o.of("networking.istio.io", "VirtualService") {
		hosts, _ := x.Object["spec"].(map[string]any)
		all, _ := hosts["hosts"].([]any)
		for i, h := range all {
			host, _ := h.(string)
			out = append(out, published{Object: x, field: fmt.Sprintf("spec.hosts[%d]", i), host: host, login: o.guardedByIstio()})
		}
	}
	return out
}

// annotationDNS is the annotation by which external-dns gives a name to the address
// of a Service. Source: external-dns documentation, annotations.
const annotationDNS = "external-dns.alpha.kubernetes.io/hostname"

// addressesPublished leaves out charts of controllers, whose address is that of
// every host that they serve.
func (o *objects) addressesPublished() []published {
	var out []published
	add := func(p published, annotations map[string]string) {
		p.field += ".annotations." + annotationDNS
		for host := range strings.SplitSeq(annotations[annotationDNS], ",") {
			p.host, p.address = strings.TrimSpace(host), true
			out = append(out, p)
		}
	}
	for _, s := range o.services() {
		add(published{Object: s.Object, field: "metadata", to: []string{s.GetName()}}, s.GetAnnotations())
	}
	for _, c := range o.opaque() {
		known := o.Charts[c.name]
		if len(known.IngressClasses)+len(known.GatewayClasses) > 0 || controllerName.MatchString(c.name) {
			continue
		}
		login := o.chartAsks(c)
		c.structs(func(path string, of map[string]any) {
			if strings.Contains(path, "ervice") {
				add(published{Object: c.Object, field: path, login: login}, texts(of["annotations"]))
			}
		})
	}
	return out
}

// controllerName is part of the names of charts whose Services route requests.
var controllerName = regexp.MustCompile(`ingress|gateway|proxy|envoy|kong|contour|cilium|istio|traefik`)

// chartsPublished gives the hosts of the Ingresses and routes that the values of a
// chart switch on.
func (o *objects) chartsPublished() []published {
	var out []published
	for _, c := range o.opaque() {
		login := o.chartAsks(c)
		c.routes(func(path string, of map[string]any) {
			for _, key := range []string{"host", "hostname", "hosts", "hostnames"} {
				for _, h := range hostsIn(named(of[key], c), path+"."+key, []string{""}) {
					out = append(out, published{
						Object: c.Object, field: h.field, host: h.host, login: login || o.guardedValues(of),
						class: textOf(of, "ingressClassName", "className", "ingressClass"),
					})
				}
			}
		})
	}
	return out
}

// routeField is a field of values that configures an Ingress or a route.
var routeField = regexp.MustCompile(`(?i)^(.*ingress|(http|grpc|tls|ingress)?routes?|gateway(api)?)$`)

// routes visits the structs of values that configure an Ingress or a route which is
// switched on: by `enabled` there or above, or by being there for the chart app-template.
// Source: app-template, common library, ingress and route are enabled by default.
func (c chart) routes(visit func(path string, of map[string]any)) {
	always := c.name == "app-template"
	var walk func(path string, value any, inside, on bool)
	walk = func(path string, value any, inside, on bool) {
		of, ok := value.(map[string]any)
		if !ok || of["enabled"] == false {
			return
		}
		on = inside && (on || of["enabled"] == true || always)
		if on {
			visit(path, of)
		}
		for _, key := range slices.Sorted(maps.Keys(of)) {
			if key != "annotations" && key != "tls" {
				walk(path+"."+key, of[key], inside || routeField.MatchString(key), on)
			}
		}
	}
	walk("spec.values", c.values, false, false)
}

// named puts the name of the release into the hosts of values.
func named(value any, c chart) any {
	switch v := value.(type) {
	case string:
		return releaseTemplate.ReplaceAllString(v, releaseName(c.Object))
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = named(out[i], c)
		}
		return out
	case map[string]any:
		return map[string]any{"host": named(textOf(v, "host", "name"), c)}
	}
	return value
}

// releaseTemplate is the name of the release in a template.
var releaseTemplate = regexp.MustCompile(`\{\{-? *\.Release\.Name *-?\}\}`)
