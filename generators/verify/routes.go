package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
)

var routeRules = []rule{
	{diag.Rule{
		Code: "route-parent", Severity: diag.Error,
		Summary: "No listener of the parent Gateway accepts a route: the Gateway or the named listener does not exist, or it accepts no routes of this namespace or no hosts of this name. The route is then not reachable, and nothing fails.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: HTTPRoute: web: {apiVersion: "gateway.networking.k8s.io/v1", metadata: namespace: "web", spec: parentRefs: [{name: "edge", sectionName: "htps"}]}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: HTTPRoute: web: {apiVersion: "gateway.networking.k8s.io/v1", metadata: namespace: "web", spec: parentRefs: [{name: "edge", sectionName: "https"}]}}`,
		Source:  "Gateway API reference, ParentReference, AllowedRoutes, Listener",
	}, routeParents},
	{diag.Rule{
		Code: "reference-grant", Severity: diag.Error,
		Summary: "A route sends to a Service of another namespace, and no ReferenceGrant in that namespace allows it.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: HTTPRoute: web: {apiVersion: "gateway.networking.k8s.io/v1", metadata: namespace: "web", spec: rules: [{backendRefs: [{name: "api", namespace: "api", port: 80}]}]}}`,
		Right:   `cluster: services: {web: {namespace: "web", manifests: HTTPRoute: web: {apiVersion: "gateway.networking.k8s.io/v1", metadata: namespace: "web", spec: rules: [{backendRefs: [{name: "api", namespace: "api", port: 80}]}]}}, api: {namespace: "api", manifests: ReferenceGrant: web: {apiVersion: "gateway.networking.k8s.io/v1beta1", metadata: namespace: "api", spec: {from: [{group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "web"}], to: [{group: "", kind: "Service"}]}}}}`,
		Source:  "Gateway API reference, ReferenceGrant",
	}, referenceGrants},
}

const groupGateway = "gateway.networking.k8s.io"

// routeRef is a ParentReference or a BackendRef of the Gateway API.
type routeRef struct {
	Group       *string `json:"group"`
	Kind        string  `json:"kind"`
	Namespace   string  `json:"namespace"`
	Name        string  `json:"name"`
	SectionName string  `json:"sectionName"`
	Port        int32   `json:"port"`
}

// What is read of the kinds of the Gateway API.
type (
	route struct {
		Spec struct {
			ParentRefs []routeRef  `json:"parentRefs"`
			Hostnames  []string    `json:"hostnames"`
			Rules      []routeRule `json:"rules"`
		} `json:"spec"`
	}
	routeRule struct {
		Matches     []map[string]any `json:"matches"`
		BackendRefs []routeRef       `json:"backendRefs"`
		Filters     []struct {
			RequestMirror *struct {
				BackendRef routeRef `json:"backendRef"`
			} `json:"requestMirror"`
		} `json:"filters"`
	}
	gateway struct {
		Spec struct {
			Listeners []listener `json:"listeners"`
		} `json:"spec"`
	}
	listener struct {
		Name          string `json:"name"`
		Port          int32  `json:"port"`
		Hostname      string `json:"hostname"`
		AllowedRoutes struct {
			Namespaces struct {
				From     string                `json:"from"`
				Selector *metav1.LabelSelector `json:"selector"`
			} `json:"namespaces"`
		} `json:"allowedRoutes"`
	}
	grant struct {
		Spec struct {
			From []struct {
				Group     string `json:"group"`
				Kind      string `json:"kind"`
				Namespace string `json:"namespace"`
			} `json:"from"`
			To []struct {
				Group string `json:"group"`
				Kind  string `json:"kind"`
				Name  string `json:"name"`
			} `json:"to"`
		} `json:"spec"`
	}
)

// routed is a route of any kind.
type routed struct{ seen[route] }

func (o *objects) routes() []routed {
	var out []routed
	for _, kind := range []string{"GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"} {
		for _, t := range read[route](o, groupGateway, kind) {
			out = append(out, routed{t})
		}
	}
	return out
}

// backends gives the Services that a route sends to.
func (t routed) backends() []backend {
	var out []backend
	add := func(field string, b routeRef) {
		if b.Name == "" || cmp.Or(b.Kind, "Service") != "Service" || b.Group != nil && *b.Group != "" {
			return
		}
		x := backend{of: t.Object, field: field + ".name", portAt: field + ".port", namespace: cmp.Or(b.Namespace, t.GetNamespace()), name: b.Name}
		if b.Port != 0 {
			x.port = intstr.FromInt32(b.Port)
		}
		out = append(out, x)
	}
	for i, rule := range t.v.Spec.Rules {
		for j, b := range rule.BackendRefs {
			add(fmt.Sprintf("spec.rules[%d].backendRefs[%d]", i, j), b)
		}
		for j, f := range rule.Filters {
			if f.RequestMirror != nil {
				add(fmt.Sprintf("spec.rules[%d].filters[%d].requestMirror.backendRef", i, j), f.RequestMirror.BackendRef)
			}
		}
	}
	return out
}

func referenceGrants(o *objects, r *diag.Report) {
	for _, t := range o.routes() {
		for _, b := range t.backends() {
			if b.namespace == t.GetNamespace() || o.granted(t, b) || o.unseenIn(b.namespace).anything {
				continue
			}
			at(r, t.Object, b.field, "%s sends to Service %q of namespace %q, and no ReferenceGrant there allows it", t, b.name, b.namespace).
				Advise("add a ReferenceGrant to namespace %q, from %s of namespace %q to Service", b.namespace, t.GetKind(), t.GetNamespace())
		}
	}
}

func (o *objects) granted(t routed, b backend) bool {
	for _, g := range read[grant](o, groupGateway, "ReferenceGrant") {
		if g.GetNamespace() != b.namespace {
			continue
		}
		from, to := false, false
		for _, f := range g.v.Spec.From {
			from = from || f.Group == groupGateway && f.Kind == t.GetKind() && f.Namespace == t.GetNamespace()
		}
		for _, x := range g.v.Spec.To {
			to = to || x.Group == "" && x.Kind == "Service" && (x.Name == "" || x.Name == b.name)
		}
		if from && to {
			return true
		}
	}
	return false
}

func routeParents(o *objects, r *diag.Report) {
	gateways := read[gateway](o, groupGateway, "Gateway")
	for _, t := range o.routes() {
		for i, p := range t.v.Spec.ParentRefs {
			if cmp.Or(p.Kind, "Gateway") != "Gateway" || p.Group != nil && *p.Group != groupGateway {
				continue
			}
			field, namespace := fmt.Sprintf("spec.parentRefs[%d]", i), cmp.Or(p.Namespace, t.GetNamespace())
			found := slices.IndexFunc(gateways, func(g seen[gateway]) bool { return g.GetNamespace() == namespace && g.GetName() == p.Name })
			if found >= 0 {
				o.attach(r, t, field, attachment{p, gateways[found]})
			} else if !o.unseenIn(namespace).anything {
				gatewayMissing(at(r, t.Object, field+".name", "%s attaches to Gateway %q, which nothing creates in namespace %q", t, p.Name, namespace), p.Name, gateways)
			}
		}
	}
}

func gatewayMissing(f *diag.Finding, name string, gateways []seen[gateway]) {
	f.Advise("add the Gateway, or name one that exists")
	var names []string
	for _, g := range gateways {
		names = append(names, g.GetName())
		if g.GetName() == name {
			f.Note(g.Place("").Pos, "a Gateway of this name is in namespace %q", g.GetNamespace()).Advise("add `namespace: %q` to the reference", g.GetNamespace())
			return
		}
	}
	f.Propose(name, names)
}

// attachment is a route's reference to a Gateway that is there.
type attachment struct {
	ref routeRef
	to  seen[gateway]
}

// attach reports what keeps a route from the listeners that it asks for: each
// step leaves the listeners that take it so far.
func (o *objects) attach(r *diag.Report, t routed, field string, a attachment) {
	all := a.to.v.Spec.Listeners
	left := slices.DeleteFunc(slices.Clone(all), func(l listener) bool {
		return a.ref.SectionName != "" && l.Name != a.ref.SectionName || a.ref.Port != 0 && l.Port != a.ref.Port
	})
	if len(left) == 0 {
		at(r, t.Object, field, "%s attaches to the listener with %s of %s, but this listener does not exist", t, a.asked(), a.to).
			Note(a.to.Place("spec.listeners").Pos, "the listeners of the Gateway").
			Advise("name a listener that exists, or remove sectionName and port").
			Propose(a.ref.SectionName, listenerNames(all))
		return
	}
	left = slices.DeleteFunc(left, func(l listener) bool { return !o.admits(l, a.to.GetNamespace(), t.GetNamespace()) })
	if len(left) == 0 {
		at(r, t.Object, field, "%s is in namespace %q, but %s accepts no routes from this namespace", t, t.GetNamespace(), a.to).
			Note(a.to.Place("spec.listeners").Pos, "its listeners accept only routes of their own namespace, unless allowedRoutes allows more").
			Advise("add `allowedRoutes: namespaces: from: \"All\"` to the listener")
		return
	}
	hosts := t.v.Spec.Hostnames
	if len(hosts) > 0 && !slices.ContainsFunc(left, func(l listener) bool { return serves(l, hosts) }) {
		at(r, t.Object, "spec.hostnames", "%s is for host %s, which no listener of %s serves", t, hosts[0], a.to).
			Note(a.to.Place("spec.listeners").Pos, "its listeners serve %s", left[0].Hostname).
			Advise("use a host that a listener serves")
	}
}

// asked writes how the reference names a listener.
func (a attachment) asked() string {
	var by []string
	if a.ref.SectionName != "" {
		by = append(by, fmt.Sprintf("name %q", a.ref.SectionName))
	}
	if a.ref.Port != 0 {
		by = append(by, fmt.Sprintf("port %d", a.ref.Port))
	}
	return strings.Join(by, " and ")
}

func listenerNames(all []listener) []string {
	var out []string
	for _, l := range all {
		out = append(out, l.Name)
	}
	return out
}

// admits reports whether a listener takes the routes of a namespace.
func (o *objects) admits(l listener, own, namespace string) bool {
	allowed := l.AllowedRoutes.Namespaces
	switch cmp.Or(allowed.From, "Same") {
	case "Same":
		return own == namespace
	case "Selector":
		set := labels.Set{"kubernetes.io/metadata.name": namespace}
		for _, x := range o.of("", "Namespace") {
			if x.GetName() == namespace {
				set = labels.Merge(x.GetLabels(), set)
			}
		}
		return allowed.Selector != nil && asSelector(allowed.Selector).Matches(set)
	}
	return allowed.From == "All"
}
