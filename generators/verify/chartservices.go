package verify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// chartService is a Service of a HelmRelease as the table of charts knows it.
type chartService struct {
	of    chart
	name  string
	off   string   // the value by which it is not made; empty where it is
	ports []string // all that it has; none where they are not known
}

// chartServices gives the Services that are known of the charts in a namespace.
func (o *objects) chartServices(namespace string) []chartService {
	if o.neighbours.chartServices == nil {
		o.neighbours.chartServices = map[string][]chartService{}
		for _, c := range o.opaque() {
			in := targetNamespace(c.Object)
			o.neighbours.chartServices[in] = append(o.neighbours.chartServices[in], o.servicesOf(c)...)
		}
	}
	return o.neighbours.chartServices[namespace]
}

// servicesOf gives the Services that are known of a chart. Of one whose values
// rename what it makes, or are not all seen, none is.
func (o *objects) servicesOf(c chart) []chartService {
	names, all := model.ReleaseNames(c.Object.Object)
	if !all || len(names) != 1 || o.unlike(c) {
		return nil
	}
	var out []chartService
	for _, s := range o.Charts[c.name].Services {
		out = append(out, chartService{c, s.In(names[0], c.name), c.off(s), c.ports(s)})
	}
	return out
}

// off gives the value by which a chart does not make a Service; empty where it does.
func (c chart) off(s model.ChartService) string {
	for _, path := range slices.Sorted(maps.Keys(s.When)) {
		if !meets(c.value(strings.Split(path, ".")...), s.When[path]) {
			return path
		}
	}
	return c.denied(s.Unless)
}

// ports gives all ports of a Service; none where they are not known.
func (c chart) ports(s model.ChartService) []string {
	if slices.ContainsFunc(s.More, func(path string) bool { return given(c.value(strings.Split(path, ".")...)) }) {
		return nil
	}
	var out []string
	for _, p := range s.Ports {
		said := scalar(c.value(strings.Split(p.Value, ".")...))
		if variable("", said) || !c.filled(p.When, p.Unless) {
			return nil
		}
		if c.allow(p.When, p.Unless) {
			out = append(out, cmp.Or(said, fmt.Sprint(p.Port)))
		}
	}
	return out
}

// given reports whether a value says anything.
func given(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return value != nil && value != false && value != ""
}

// scalar writes a value; nothing for none.
func scalar(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// chartService gives what is known of a Service of a chart; nil where nothing is.
func (o *objects) chartService(namespace, name string) *chartService {
	all := o.chartServices(namespace)
	i := slices.IndexFunc(all, func(s chartService) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// chartMakesNot tells of a Service that a chart does not make since a value turns
// it off; nil where none does, or another release has its name.
func (o *objects) chartMakesNot(r *diag.Report, b backend) *diag.Finding {
	s := o.chartService(b.namespace, b.name)
	if s == nil || s.off == "" || o.anotherMakes(s) {
		return nil
	}
	return at(r, b.of, b.field, "%s names Service %q in namespace %q, which %s does not create while %s is %s", b.of, b.name, b.namespace, s.of, s.off, cmp.Or(scalar(s.of.value(strings.Split(s.off, ".")...)), "not set")).
		Note(s.of.Place("spec.values."+s.off).Pos, "the value that turns the Service off").
		Advise("change the value, or name a Service that exists")
}

// anotherMakes reports whether a Service may be of another release than the one
// that does not make it: one that is named so, or whose values say such a name.
func (o *objects) anotherMakes(s *chartService) bool {
	return slices.ContainsFunc(o.opaque(), func(c chart) bool {
		names, _ := model.ReleaseNames(c.Object.Object)
		return c.Object != s.of.Object && targetNamespace(c.Object) == targetNamespace(s.of.Object) && model.NamedFor(s.name, names)
	})
}

// chartHasNot tells of a port that the Service of a chart does not have; nil where
// its ports are not known.
func (o *objects) chartHasNot(r *diag.Report, b backend) *diag.Finding {
	s := o.chartService(b.namespace, b.name)
	if s == nil || s.off != "" || len(s.ports) == 0 || b.port.Type == intstr.String || b.port.IntVal == 0 || slices.Contains(s.ports, b.port.String()) {
		return nil
	}
	f := at(r, b.of, cmp.Or(b.portAt, b.field), "%s names %s.%s.svc:%s, but the Service that %s creates has port %s", b.of, b.name, b.namespace, &b.port, s.of, diag.OneOf(s.ports)).
		Note(s.of.Place("").Pos, "%s", s.of).
		Advise("use a port of the Service, not of the pods")
	if o.ByHand {
		f.Severity = diag.Warning // another version of the chart may have others
	}
	return f
}
