package verify

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
)

var backendRules = []rule{
	{diag.Rule{
		Code: "backend-missing", Severity: diag.Error,
		Summary: "An Ingress or a route sends to a Service that does not exist in its namespace, or in the namespace that a route names. Where a chart may create the Service, ichor reports nothing.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Service: web: spec: ports: [{port: 80}], Ingress: web: spec: defaultBackend: service: {name: "wbe", port: number: 80}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Service: web: spec: ports: [{port: 80}], Ingress: web: spec: defaultBackend: service: {name: "web", port: number: 80}}}`,
		Source:  "Kubernetes documentation, Ingress, the Ingress resource; Gateway API reference, BackendRef",
	}, backendsMissing},
	{diag.Rule{
		Code: "backend-port", Severity: diag.Error,
		Summary: "An Ingress or a route sends to a port that the Service does not have. It must name a port of the Service, not of the pods.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Service: web: spec: ports: [{port: 80, targetPort: 8080}], Ingress: web: spec: defaultBackend: service: {name: "web", port: number: 8080}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Service: web: spec: ports: [{port: 80, targetPort: 8080}], Ingress: web: spec: defaultBackend: service: {name: "web", port: number: 80}}}`,
		Source:  "Kubernetes documentation, Ingress, the Ingress resource; Gateway API reference, BackendRef",
	}, backendPorts},
}

// backend is a Service and a port that an object sends to.
type backend struct {
	of              *Object
	field, portAt   string // of the name and of the port
	namespace, name string
	port            intstr.IntOrString // zero for none
}

const groupNetworking = "networking.k8s.io"

// backends gives where every Ingress, route and host behind an outpost sends to.
func (o *objects) backends() []backend {
	var out []backend
	for _, in := range read[networkingv1.Ingress](o, groupNetworking, "Ingress") {
		add := func(field string, b networkingv1.IngressBackend) {
			if b.Service == nil {
				return
			}
			x := backend{of: in.Object, field: field + ".service.name", portAt: field + ".service.port", namespace: in.GetNamespace(), name: b.Service.Name}
			switch p := b.Service.Port; {
			case p.Name != "":
				x.port = intstr.FromString(p.Name)
			case p.Number != 0:
				x.port = intstr.FromInt32(p.Number)
			}
			out = append(out, x)
		}
		if in.v.Spec.DefaultBackend != nil {
			add("spec.defaultBackend", *in.v.Spec.DefaultBackend)
		}
		for i, rule := range in.v.Spec.Rules {
			if rule.HTTP == nil {
				continue
			}
			for j, p := range rule.HTTP.Paths {
				add(fmt.Sprintf("spec.rules[%d].http.paths[%d].backend", i, j), p.Backend)
			}
		}
	}
	for _, t := range o.routes() {
		out = append(out, t.backends()...)
	}
	return append(out, o.exposed()...)
}

// servicesIn gives the Services of a namespace, and their names.
func (o *objects) servicesIn(namespace string) (all []service, names []string) {
	for _, s := range o.services() {
		if s.GetNamespace() == namespace {
			all = append(all, s)
			names = append(names, s.GetName())
		}
	}
	return all, names
}

// service gives a Service by its name; nil where none is seen.
func (o *objects) service(namespace, name string) *service {
	for _, s := range o.services() {
		if s.GetNamespace() == namespace && s.GetName() == name {
			return &s
		}
	}
	return nil
}

func backendsMissing(o *objects, r *diag.Report) {
	for _, b := range o.backends() {
		switch {
		case o.service(b.namespace, b.name) != nil:
		case o.unseenIn(b.namespace).makes(b.name):
			o.chartMakesNot(r, b)
		default:
			f := at(r, b.of, b.field, "%s sends to Service %q, which nothing creates in namespace %q", b.of, b.name, b.namespace)
			o.elsewhere(f, b.namespace, b.name)
		}
	}
}

// elsewhere advises the names that a missing Service may have meant, and notes
// those of its name in other namespaces.
func (o *objects) elsewhere(f *diag.Finding, namespace, name string) {
	_, names := o.servicesIn(namespace)
	f.Advise("add the Service, or name one that exists").Propose(name, names)
	for _, s := range o.services() {
		if s.GetName() == name {
			f.Note(s.Place("").Pos, "a Service of this name is in namespace %q", s.GetNamespace())
		}
	}
}

func backendPorts(o *objects, r *diag.Report) {
	for _, b := range o.backends() {
		s := o.service(b.namespace, b.name)
		if s == nil {
			o.chartHasNot(r, b)
			continue
		}
		if b.port == (intstr.IntOrString{}) || s.has(b.port) {
			continue
		}
		f := at(r, b.of, b.portAt, "%s sends to port %s of %s, which has %s", b.of, quoted(b.port), s, s.portList()).
			Note(s.Place("spec.ports").Pos, "the ports of %s", s).
			Advise("use a port of the Service, not of the pods")
		if b.port.Type == intstr.String {
			var names []string
			for _, p := range s.v.Spec.Ports {
				names = append(names, p.Name)
			}
			f.Propose(b.port.StrVal, slices.DeleteFunc(names, func(n string) bool { return n == "" }))
		}
	}
}

// has reports whether a Service has a port; one that is a name elsewhere need
// not say its ports.
func (s service) has(port intstr.IntOrString) bool {
	if s.v.Spec.Type == corev1.ServiceTypeExternalName && len(s.v.Spec.Ports) == 0 {
		return true
	}
	return slices.ContainsFunc(s.v.Spec.Ports, func(p corev1.ServicePort) bool {
		return port.Type == intstr.Int && p.Port == port.IntVal || port.Type == intstr.String && p.Name == port.StrVal
	})
}

// portList writes the ports as `80 ("http"), 443`.
func (s service) portList() string {
	out := ""
	for i, p := range s.v.Spec.Ports {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprint(p.Port)
		if p.Name != "" {
			out += fmt.Sprintf(" (%q)", p.Name)
		}
	}
	if out == "" {
		return "no ports"
	}
	return out
}

// quoted writes a number as it is and a name in quotes.
func quoted(port intstr.IntOrString) string {
	if port.Type == intstr.Int {
		return port.String()
	}
	return fmt.Sprintf("%q", port.StrVal)
}
