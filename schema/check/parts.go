package check

import (
	"slices"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var partRules = []rule{
	{diag.Rule{
		Code: "part-service", Severity: diag.Error,
		Summary: "A host of a service with `partOf: \"cilium\"` must lead to a Service that Cilium's chart creates, in namespace kube-system and at a port of that Service. For a name that is not in the table of charts, the finding is a warning.",
		Wrong:   `cluster: services: hubble: {namespace: "hubble", partOf: "cilium", expose: hubble: {service: "hubble-ui", port: 80, ingress: "nginx"}}`,
		Right:   `cluster: services: hubble: {namespace: "kube-system", partOf: "cilium", expose: hubble: {service: "hubble-ui", port: 80, ingress: "nginx"}}`,
		Source:  "install/kubernetes/cilium/templates, 1.16 to 1.20; schema/depend/charts.yaml",
	}, partServices},
}

func partServices(c *model.Cluster, r *diag.Report) {
	chart, _ := depend.ChartOf("cilium")
	for _, s := range c.Services {
		if !s.PartOf.IsSet() {
			continue
		}
		if s.Namespace.V != model.CiliumNamespace {
			at(r, s.Namespace, "service %q is part of Cilium, which runs in namespace %q", s.Name.V, model.CiliumNamespace).
				Note(s.PartOf.Pos, "it is part of Cilium").
				Advise("write `namespace: %q`", model.CiliumNamespace)
		}
		for _, e := range s.Expose {
			partBackend(r, c, chart, e)
		}
	}
}

// partBackend looks for the Service of an exposure among those of Cilium's chart.
// Values of the spec may give it other ports.
func partBackend(r *diag.Report, c *model.Cluster, chart model.Chart, e *model.Exposure) {
	i := slices.IndexFunc(chart.Services, func(x model.ChartService) bool { return x.Name == e.Backend.V })
	if i < 0 {
		var names []string
		for _, x := range chart.Services {
			names = append(names, x.Name)
		}
		at(r, e.Backend, "%s leads to Service %q, which Cilium's chart is not known to create", e.Host, e.Backend.V).
			Advise("name a Service of Cilium, such as hubble-ui").
			Propose(e.Backend.V, names).Severity = diag.Warning
		return
	}
	var ports []int64
	for _, p := range chart.Services[i].Ports {
		if c.Cilium == nil || p.Value != "" && valueAt(c.Cilium.Values, p.Value) != nil {
			return
		}
		ports = append(ports, int64(p.Port))
	}
	for _, path := range chart.Services[i].More {
		if c.Cilium == nil || valueAt(c.Cilium.Values, path) != nil {
			return
		}
	}
	if len(ports) > 0 && !slices.Contains(ports, int64(e.Port.V)) {
		at(r, e.Port, "%s leads to port %d, and Service %q of Cilium has %s", e.Host, e.Port.V, e.Backend.V, portList(ports)).
			Advise("use a port of the Service, not of the pod")
	}
}
