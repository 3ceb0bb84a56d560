package verify

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var loadBalancerRules = []rule{
	{diag.Rule{
		Code: "load-balancer-unserved", Severity: diag.Error,
		Summary: "No pool selects a Service of type LoadBalancer, or no pool that selects the Service holds the address that it requests. The Service then waits for an address forever.",
		Wrong:   `cluster: services: web: {namespace: "web", helm: {repository: "r", chart: "web", version: "1.0.0", values: service: type: "LoadBalancer"}}`,
		Right:   `cluster: services: web: {namespace: "web", helm: {repository: "r", chart: "web", version: "1.0.0", values: service: type: "LoadBalancer"}, loadBalancers: web: {pool: "apps", values: "service"}}`,
		Source:  "Cilium documentation, LoadBalancer IP Address Management, service selectors; operator/pkg/lbipam/lbipam.go",
	}, loadBalancersUnserved},
	{diag.Rule{
		Code: "pool-takes-all", Severity: diag.Warning,
		Summary: "A pool without a selector takes every load balancer, including those that request another pool by its label. Cilium then gives an address of either pool.",
		Wrong:   `cluster: services: pools: {namespace: "kube-system", manifests: CiliumLoadBalancerIPPool: spare: spec: blocks: [{cidr: "172.29.53.0/24"}]}`,
		Right:   `cluster: pools: spare: {vlan: "loadbalancer", cidr: "172.29.53.0/24"}`,
		Source:  "Cilium documentation, LoadBalancer IP Address Management, Service Selectors",
	}, poolsTakeAll},
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
	// annotations ask for addresses; they stand at the field notes.
	annotations map[string]string
	notes       string
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

// pooled are the classes of load balancers that have their addresses from pools.
// Source: Cilium pkg/k8s/apis/cilium.io/v2alpha1, BGPLoadBalancerClass and
// L2AnnounceLoadBalancerClass; io.cilium/node has those of nodes.
var pooled = []string{"", "io.cilium/bgp-control-plane", "io.cilium/l2-announcer"}

// balanced gives the load balancers: Services, and those that the values of
// charts ask for.
func (o *objects) balanced() []balanced {
	var out []balanced
	for _, s := range o.services() {
		if s.v.Spec.Type == corev1.ServiceTypeLoadBalancer && slices.Contains(pooled, s.text("spec", "loadBalancerClass")) {
			set := serviceLabels(s.GetLabels(), s.GetNamespace(), s.GetName())
			out = append(out, balanced{Object: s.Object, field: "spec.type", is: s.String(), labels: set, annotations: s.GetAnnotations(), notes: "metadata.annotations"})
		}
	}
	for _, c := range o.opaque() {
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
		if of["type"] == string(corev1.ServiceTypeLoadBalancer) && slices.Contains(pooled, class) {
			set := serviceLabels(texts(of["labels"]), namespace, "")
			out = append(out, balanced{
				Object: c.Object, field: path + ".type", is: "the Service of " + c.String(), labels: set, unsaid: true,
				annotations: texts(of["annotations"]), notes: path + ".annotations",
			})
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
		Blocks          []block               `json:"blocks"`
	} `json:"spec"`
}

// block is a range of addresses: a CIDR, or the first and the last.
type block struct {
	CIDR  string `json:"cidr"`
	Start string `json:"start"`
	Stop  string `json:"stop"`
}

// holds reports whether an address is of the pool.
func (p pool) holds(a netip.Addr) bool {
	return slices.ContainsFunc(p.Spec.Blocks, func(b block) bool {
		if b.CIDR != "" {
			cidr, err := netip.ParsePrefix(b.CIDR)
			return err == nil && cidr.Contains(a)
		}
		extent, err := netipx.ParseIPRange(b.Start + "-" + cmp.Or(b.Stop, b.Start))
		return err == nil && extent.Contains(a)
	})
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
		by := slices.DeleteFunc(slices.Clone(pools), func(p seen[pool]) bool { return p.v.Spec.Disabled || !b.takenBy(p.v.takes()) })
		if len(by) > 0 {
			b.addressesHeld(r, by)
			continue
		}
		f := at(r, b.Object, b.field, "%s is a load balancer that no pool selects: it has %s", b.is, written(b.said()))
		for _, p := range pools[:min(len(pools), 2)] {
			f.Note(p.Place("spec.serviceSelector").Pos, "pool %q selects %s", p.GetName(), selection(p.v.takes()))
		}
		if at, ok := strings.CutPrefix(strings.TrimSuffix(b.field, ".type"), "spec.values."); ok {
			f.Advise("add `loadBalancers` to the service, with a pool and values: %q; ichor writes the label", at)
			continue
		}
		f.Advise("define the load balancer in `loadBalancers` of the service, with a pool, and remove the object; ichor writes the label")
	}
}

func poolsTakeAll(o *objects, r *diag.Report) {
	pools := read[pool](o, "cilium.io", "CiliumLoadBalancerIPPool")
	selecting := slices.IndexFunc(pools, func(p seen[pool]) bool { return !p.v.takes().Empty() })
	for _, p := range pools {
		if p.v.takes().Empty() && !p.v.Spec.Disabled && selecting >= 0 {
			at(r, p.Object, "spec.serviceSelector", "pool %q takes every load balancer, including those of pool %q", p.GetName(), pools[selecting].GetName()).
				Note(pools[selecting].Place("spec.serviceSelector").Pos, "pool %q selects %s", pools[selecting].GetName(), selection(pools[selecting].v.takes())).
				Advise("select by a label, or write the pool in `pools`: ichor writes its selector")
		}
	}
}

// addressesHeld reports the addresses that a load balancer asks for, and that
// no pool holds that takes it.
func (b balanced) addressesHeld(r *diag.Report, by []seen[pool]) {
	said := b.annotations[model.AddressAnnotation]
	if said == "" {
		return
	}
	for _, text := range strings.Split(said, ",") {
		a, err := netip.ParseAddr(strings.TrimSpace(text))
		if err == nil && slices.ContainsFunc(by, func(p seen[pool]) bool { return p.v.holds(a) }) {
			continue
		}
		at(r, b.Object, b.notes+"."+model.AddressAnnotation, "%s requests address %q, which pool %q does not hold", b.is, text, by[0].GetName()).
			Note(by[0].Place("spec.blocks").Pos, "pool %q selects the load balancer", by[0].GetName()).
			Advise("request an address of the pool, or none")
	}
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
