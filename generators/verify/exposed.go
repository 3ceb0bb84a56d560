package verify

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var exposedRules = []rule{
	{diag.Rule{
		Code: "backend-scheme", Severity: diag.Warning,
		Summary: "The scheme of an exposure differs from the one that the Service declares for the port, with appProtocol or with a port name such as https. A port that speaks TLS answers plain HTTP with an error. Without `scheme`, port 443 is https and any other port is http.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Service: web: spec: ports: [{name: "https", port: 8443}], expose: web: {service: "web", port: 8443, ingress: "nginx"}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Service: web: spec: ports: [{name: "https", port: 8443}], expose: web: {service: "web", port: 8443, scheme: "https", ingress: "nginx"}}`,
		Source:  "Kubernetes documentation, Service, Application protocol",
	}, backendSchemes},
}

// exposed gives where the hosts behind outposts lead to: of the others an Ingress
// of the output says it. What is part of Cilium, the rules over the spec judge.
func (o *objects) exposed() []backend {
	var out []backend
	for _, e := range o.Exposures {
		if e.Auth != nil && !e.Service.PartOf.IsSet() {
			out = append(out, backend{
				of: standIn(e), field: "service", portAt: "port",
				namespace: e.Service.Namespace.V, name: e.Backend.V, port: intstr.FromInt32(int32(e.Port.V)),
			})
		}
	}
	return out
}

// standIn stands for an exposure where findings name an object: it is called
// `host "web.example.com"`, and its fields are those of the spec.
func standIn(e *model.Exposure) *Object {
	return &Object{
		Unstructured: unstructured.Unstructured{Object: map[string]any{"kind": "host", "metadata": map[string]any{"name": e.Host}}},
		file: output.File{Origin: e.Pos, Fields: map[string]output.Place{
			"service": {Pos: e.Backend.Pos, Path: e.Backend.Path},
			"port":    {Pos: e.Port.Pos, Path: e.Port.Path},
			"scheme":  {Pos: e.Scheme.Pos, Path: e.Scheme.Path},
		}},
	}
}

func backendSchemes(o *objects, r *diag.Report) {
	for _, e := range o.Exposures {
		s := o.service(e.Service.Namespace.V, e.Backend.V)
		if s == nil {
			continue
		}
		for _, p := range s.v.Spec.Ports {
			said := speaks(p)
			if int(p.Port) != e.Port.V || said == "" || said == e.Scheme.V {
				continue
			}
			at(r, standIn(e), "scheme", "%s uses %s at port %d of %s, and the Service declares %s", e.Host, e.Scheme.V, p.Port, s, said).
				Note(s.Place("spec.ports").Pos, "the ports of %s", s).
				Advise("write `scheme: %q`, or correct the name or the appProtocol of the port in the Service", said)
		}
	}
}

// speaks gives the scheme that a port of a Service is said to speak; empty where
// it does not say.
func speaks(p corev1.ServicePort) string {
	said := p.Name
	if p.AppProtocol != nil {
		said = *p.AppProtocol
	}
	switch said = strings.ToLower(said); {
	case said == "https" || strings.HasPrefix(said, "https-") || strings.HasSuffix(said, "-https"):
		return "https"
	case said == "http" || strings.HasPrefix(said, "http-") || strings.HasSuffix(said, "-http"):
		return "http"
	}
	return ""
}
