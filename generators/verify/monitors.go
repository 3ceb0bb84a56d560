package verify

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"ichor/schema/diag"
)

var monitorRules = []rule{
	{diag.Rule{
		Code: "monitor-selects-nothing", Severity: diag.Error,
		Summary: "A ServiceMonitor selects no Service, or a PodMonitor selects no pod: nothing is measured, and nothing else reports it. A monitor selects by the labels of the Services or pods themselves, in its own namespace or in the namespaces that it names.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Service: web: {metadata: labels: app: "web", spec: ports: [{name: "http", port: 80}]}, ServiceMonitor: web: {apiVersion: "monitoring.coreos.com/v1", spec: {selector: matchLabels: app: "wbe", endpoints: [{port: "http"}]}}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Service: web: {metadata: labels: app: "web", spec: ports: [{name: "http", port: 80}]}, ServiceMonitor: web: {apiVersion: "monitoring.coreos.com/v1", spec: {selector: matchLabels: app: "web", endpoints: [{port: "http"}]}}}}`,
		Source:  "Prometheus Operator documentation, API reference, ServiceMonitorSpec",
	}, monitorsSelectNothing},
	{diag.Rule{
		Code: "monitor-port", Severity: diag.Error,
		Summary: "A monitor's endpoint names a port that does not exist: it must be a port of the selected Service, or of the container for a PodMonitor.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Service: web: {metadata: labels: app: "web", spec: ports: [{name: "http", port: 80}]}, ServiceMonitor: web: {apiVersion: "monitoring.coreos.com/v1", spec: {selector: matchLabels: app: "web", endpoints: [{port: "metrics"}]}}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Service: web: {metadata: labels: app: "web", spec: ports: [{name: "http", port: 80}]}, ServiceMonitor: web: {apiVersion: "monitoring.coreos.com/v1", spec: {selector: matchLabels: app: "web", endpoints: [{port: "http"}]}}}}`,
		Source:  "Prometheus Operator documentation, API reference, Endpoint",
	}, monitorPorts},
}

// monitor is what is read of a ServiceMonitor or a PodMonitor.
type monitor struct {
	Spec struct {
		Selector          metav1.LabelSelector `json:"selector"`
		NamespaceSelector struct {
			Any        bool     `json:"any"`
			MatchNames []string `json:"matchNames"`
		} `json:"namespaceSelector"`
		Endpoints           []endpoint `json:"endpoints"`
		PodMetricsEndpoints []endpoint `json:"podMetricsEndpoints"`
	} `json:"spec"`
}

type endpoint struct {
	Port string `json:"port"`
}

// measured is what a monitor may select.
type measured struct {
	*Object
	labels map[string]string
	at     string   // the field of its labels
	ports  []string // names
}

// monitors pairs each monitor with all that it may select by namespace.
func (o *objects) monitors(visit func(m seen[monitor], what string, from []measured)) {
	const group = "monitoring.coreos.com"
	for _, m := range read[monitor](o, group, "ServiceMonitor") {
		visit(m, "Service", slices.DeleteFunc(o.measuredServices(), m.v.outside(m.GetNamespace())))
	}
	for _, m := range read[monitor](o, group, "PodMonitor") {
		visit(m, "pod", slices.DeleteFunc(o.measuredPods(), m.v.outside(m.GetNamespace())))
	}
}

func (m monitor) outside(own string) func(measured) bool {
	return func(x measured) bool {
		return !m.Spec.NamespaceSelector.Any && !slices.Contains(m.namespaces(own), x.GetNamespace())
	}
}

// namespaces gives where a monitor looks, unless it looks everywhere.
func (m monitor) namespaces(own string) []string {
	if names := m.Spec.NamespaceSelector.MatchNames; len(names) > 0 {
		return names
	}
	return []string{own}
}

func (o *objects) measuredServices() []measured {
	var out []measured
	for _, s := range o.services() {
		x := measured{Object: s.Object, labels: s.GetLabels(), at: "metadata.labels"}
		for _, p := range s.v.Spec.Ports {
			x.ports = append(x.ports, p.Name)
		}
		out = append(out, x)
	}
	return out
}

func (o *objects) measuredPods() []measured {
	var out []measured
	for _, w := range o.workloads() {
		x := measured{Object: w.Object, labels: w.pods.Labels, at: w.field("metadata.labels")}
		for _, p := range w.ports() {
			x.ports = append(x.ports, p.Name)
		}
		out = append(out, x)
	}
	return out
}

func taken(s labels.Selector, from []measured) []measured {
	return slices.DeleteFunc(slices.Clone(from), func(x measured) bool { return !fits(s, x.labels) })
}

// hidden reports whether a monitor may select what is not seen.
func (o *objects) hidden(m seen[monitor]) bool {
	if m.v.Spec.NamespaceSelector.Any {
		return len(o.opaque())+len(o.Directories) > 0
	}
	return slices.ContainsFunc(m.v.namespaces(m.GetNamespace()), func(n string) bool { return !o.unseenIn(n).none() })
}

func monitorsSelectNothing(o *objects, r *diag.Report) {
	o.monitors(func(m seen[monitor], what string, from []measured) {
		s := asSelector(&m.v.Spec.Selector)
		if o.hidden(m) || len(taken(s, from)) > 0 {
			return
		}
		where := "its namespaces"
		if names := m.v.namespaces(m.GetNamespace()); !m.v.Spec.NamespaceSelector.Any && len(names) == 1 {
			where = fmt.Sprintf("namespace %q", names[0])
		}
		f := at(r, m.Object, "spec.selector", "%s selects %s, but no %s of %s matches", m, selection(s), what, where).
			Advise("create what the monitor measures, or remove the monitor; name another namespace in namespaceSelector.matchNames")
		for _, x := range from[:min(len(from), 2)] {
			f.Note(x.Place(x.at).Pos, "%s has %s", x, written(x.labels)).
				Advise("select by labels of the %s itself", what)
		}
	})
}

func monitorPorts(o *objects, r *diag.Report) {
	o.monitors(func(m seen[monitor], _ string, from []measured) {
		found := taken(asSelector(&m.v.Spec.Selector), from)
		if len(found) == 0 {
			return
		}
		endpoints, field := m.v.Spec.Endpoints, "spec.endpoints[%d].port"
		if m.GetKind() == "PodMonitor" {
			endpoints, field = m.v.Spec.PodMetricsEndpoints, "spec.podMetricsEndpoints[%d].port"
		}
		var names []string
		for _, x := range found {
			names = append(names, x.ports...)
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
		for i, e := range endpoints {
			if e.Port == "" || slices.Contains(names, e.Port) {
				continue
			}
			at(r, m.Object, fmt.Sprintf(field, i), "%s measures port %q, but %s has no port of this name", m, e.Port, found[0]).
				Note(found[0].Place("").Pos, "%s names %s", found[0], namesOf(found[0].ports)).
				Advise("use the name of one of its ports").
				Propose(e.Port, names)
		}
	})
}

// namesOf joins the names of ports for a sentence.
func namesOf(ports []string) string {
	named := slices.DeleteFunc(slices.Clone(ports), func(n string) bool { return n == "" })
	if len(named) == 0 {
		return "no port"
	}
	return strings.ReplaceAll(diag.OneOf(named), " or ", " and ")
}
