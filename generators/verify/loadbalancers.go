package verify

import (
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"ichor/schema/diag"
)

var loadBalancerRules = []rule{
	{diag.Rule{
		Code: "load-balancer-unserved", Severity: diag.Error,
		Summary: "A Service of type LoadBalancer has an address only from a pool whose selector takes it; without one it waits for ever.",
		Wrong:   `cluster: services: web: {namespace: "web", helm: {repository: "r", chart: "web", version: "1.0.0", values: service: type: "LoadBalancer"}}`,
		Right:   `cluster: services: web: {namespace: "web", helm: {repository: "r", chart: "web", version: "1.0.0", values: service: type: "LoadBalancer"}, loadBalancers: web: {pool: "apps", values: "service"}}`,
		Source:  "Cilium documentation, LoadBalancer IP Address Management, service selectors; operator/pkg/lbipam/lbipam.go",
	}, loadBalancersUnserved},
}

// Labels by which Cilium's selectors of Services know name and namespace.
// Source: operator/pkg/lbipam/lbipam.go.
const (
	labelServiceName      = "io.kubernetes.service.name"
	labelServiceNamespace = "io.kubernetes.service.namespace"
)

// balanced is a Service of type LoadBalancer that Cilium serves.
type balanced struct {
	*Object
	field  string // where its type stands
	is     string // for a sentence
	labels map[string]string
	// unsaid tells that its labels may be more: a chart's own, and its name.
	unsaid bool
	// beside are other labels in the values of its chart, which may be its.
	beside []map[string]string
}

// takenBy reports whether a selector may take the Service.
func (b balanced) takenBy(s labels.Selector) bool {
	for _, set := range append(b.beside, b.labels) {
		requirements, selectable := s.Requirements()
		taken := selectable
		for _, q := range requirements {
			unknown := b.unsaid && (ofCharts(q.Key()) || q.Key() == labelServiceName)
			taken = taken && (unknown || q.Matches(labels.Set(set)))
		}
		if taken {
			return true
		}
	}
	return false
}

// serviceLabels gives the labels that Cilium's selectors see.
func serviceLabels(set map[string]string, namespace, name string) map[string]string {
	out := map[string]string{labelServiceNamespace: namespace}
	maps.Copy(out, set)
	if name != "" {
		out[labelServiceName] = name
	}
	return out
}

// ciliums reports whether Cilium serves the class of a load balancer.
func ciliums(class string) bool { return class == "" || strings.HasPrefix(class, "io.cilium/") }

// balanced gives the load balancers: Services, and those that the values of
// charts ask for.
func (o *objects) balanced() []balanced {
	var out []balanced
	for _, s := range o.services() {
		if s.v.Spec.Type == corev1.ServiceTypeLoadBalancer && ciliums(s.text("spec", "loadBalancerClass")) {
			set := serviceLabels(s.GetLabels(), s.GetNamespace(), s.GetName())
			out = append(out, balanced{Object: s.Object, field: "spec.type", is: s.String(), labels: set})
		}
	}
	for _, c := range o.charts() {
		out = append(out, c.balanced()...)
	}
	return out
}

func (c chart) balanced() []balanced {
	var out []balanced
	var all []map[string]string
	namespace := targetNamespace(c.Object)
	c.structs(func(path string, of map[string]any) {
		all = append(all, serviceLabels(texts(of), namespace, ""))
		class, _ := of["loadBalancerClass"].(string)
		if of["type"] == string(corev1.ServiceTypeLoadBalancer) && ciliums(class) {
			set := serviceLabels(texts(of["labels"]), namespace, "")
			out = append(out, balanced{Object: c.Object, field: path + ".type", is: "the Service of " + c.String(), labels: set, unsaid: true})
		}
	})
	for i := range out {
		out[i].beside = all
	}
	return out
}

// pool is what is read of a CiliumLoadBalancerIPPool.
type pool struct {
	Spec struct {
		Disabled        bool                  `json:"disabled"`
		ServiceSelector *metav1.LabelSelector `json:"serviceSelector"`
	} `json:"spec"`
}

// takes gives the Services that the pool serves: all where it does not say.
func (p pool) takes() labels.Selector {
	if p.Spec.ServiceSelector == nil {
		return labels.Everything()
	}
	return asSelector(p.Spec.ServiceSelector)
}

// asSelector gives a selector that takes nothing for one that is none.
func asSelector(of *metav1.LabelSelector) labels.Selector {
	s, err := metav1.LabelSelectorAsSelector(of)
	if err != nil {
		return labels.Nothing()
	}
	return s
}

func loadBalancersUnserved(o *objects, r *diag.Report) {
	pools := read[pool](o, "cilium.io", "CiliumLoadBalancerIPPool")
	if len(pools) == 0 || len(o.Directories) > 0 {
		return // something else may serve them
	}
	for _, b := range o.balanced() {
		if served(b, pools) {
			continue
		}
		f := at(r, b.Object, b.field, "%s is a load balancer that no pool takes: it has %s", b.is, written(b.said()))
		for _, p := range pools[:min(len(pools), 2)] {
			f.Note(p.file.Place("spec.serviceSelector").Pos, "pool %q takes %s", p.GetName(), selection(p.v.takes()))
		}
		if at, ok := strings.CutPrefix(strings.TrimSuffix(b.field, ".type"), "spec.values."); ok {
			f.Advise("add `loadBalancers` to the service, with a pool and values: %q; ichor writes the label", at)
			continue
		}
		f.Advise("write it in `loadBalancers` of the service, with a pool, and take the object out; ichor writes the label")
	}
}

func served(b balanced, pools []seen[pool]) bool {
	for _, p := range pools {
		if !p.v.Spec.Disabled && b.takenBy(p.v.takes()) {
			return true
		}
	}
	return false
}

// said gives the labels of the Service that the spec or ichor writes.
func (b balanced) said() map[string]string {
	out := maps.Clone(b.labels)
	delete(out, labelServiceName)
	delete(out, labelServiceNamespace)
	return out
}

// selection gives a selector for a sentence.
func selection(s labels.Selector) string {
	if s.Empty() {
		return "everything"
	}
	return strings.ReplaceAll(s.String(), ",", ", ")
}
