package check

import (
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// backend is a Service and a port that something of the spec leads to.
type backend struct {
	of   string
	name model.At[string]
	port model.At[int]
}

func backendsUnknown(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		if !spelledOut(s) {
			continue
		}
		known := portsByService(s)
		for _, b := range backends(s) {
			ports, ok := known[b.name.V]
			switch {
			case !ok:
				at(r, b.name, "%s leads to Service %q, which service %q does not create", b.of, b.name.V, s.Name.V).
					Advise("add the Service to `manifests`, or name a Service that exists").
					Propose(b.name.V, slices.Sorted(maps.Keys(known)))
			case !slices.Contains(ports, int64(b.port.V)):
				at(r, b.port, "%s leads to port %d, but Service %q has %s", b.of, b.port.V, b.name.V, portList(ports)).
					Advise("use a port of the Service, not of the pod")
			}
		}
	}
}

// spelledOut reports whether all Services of a service stand in the spec: no
// chart, directory or operator makes more.
func spelledOut(s *model.Service) bool {
	for _, k := range s.Manifests {
		if _, ok := release.BuiltinKind(k.Name.V); !ok {
			return false
		}
	}
	return s.Helm == nil && !s.Directory.IsSet() && !s.PartOf.IsSet() && len(s.Databases) == 0
}

func backends(s *model.Service) []backend {
	var out []backend
	for _, e := range s.Expose {
		if e.Backend.Path != e.Name.Path { // the one of auth.authentik follows from a chart
			out = append(out, backend{"host " + e.Host, e.Backend, e.Port})
		}
	}
	for _, x := range s.SecretStores {
		if x.Connect != nil {
			out = append(out, backend{fmt.Sprintf("secret store %q", x.Name.V), x.Connect.Host, x.Connect.Port})
		}
	}
	return out
}

// portsByService gives the ports of the Services that a service makes itself.
func portsByService(s *model.Service) map[string][]int64 {
	out := map[string][]int64{}
	for _, m := range manifests(s) {
		if m.Kind.V != "Service" {
			continue
		}
		out[m.Name.V] = nil
		if list := m.Body.Lookup("spec", "ports"); list != nil {
			for _, p := range list.List {
				if n, ok := p.Lookup("port").Plain().(int64); ok {
					out[m.Name.V] = append(out[m.Name.V], n)
				}
			}
		}
	}
	for _, lb := range s.LoadBalancers {
		if !lb.Values.IsSet() {
			for _, p := range lb.Ports {
				out[lb.Name.V] = append(out[lb.Name.V], int64(p.Port.V))
			}
		}
	}
	return out
}

func portList(ports []int64) string {
	switch len(ports) {
	case 0:
		return "no ports"
	case 1:
		return fmt.Sprintf("port %d", ports[0])
	}
	out := fmt.Sprintf("ports %d", ports[0])
	for _, p := range ports[1:] {
		out += fmt.Sprintf(", %d", p)
	}
	return out
}

func skipPaths(c *model.Cluster, r *diag.Report) {
	for _, e := range exposures(c) {
		if e.Auth == nil {
			continue
		}
		for _, p := range e.Auth.SkipPaths {
			if _, err := syntax.Parse(p.V, syntax.Perl); err != nil {
				at(r, p, "%q is not a regular expression: %v", p.V, err).Advise("correct the expression")
			}
		}
	}
}
