package check

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var loadBalancerRules = []rule{
	{diag.Rule{
		Code: "address-outside-pool", Severity: diag.Error,
		Summary: "A load balancer's address is outside its pool: Cilium assigns only addresses of the pool, and the Service waits forever.",
		Wrong:   `cluster: {pools: "bgp-ingress": {vlan: "lb", start: "172.29.52.200", stop: "172.29.52.220"}, services: web: loadBalancers: web: {pool: "bgp-ingress", address: "172.29.51.200", values: "service"}}`,
		Right:   `cluster: {pools: "bgp-ingress": {vlan: "lb", start: "172.29.52.200", stop: "172.29.52.220"}, services: web: loadBalancers: web: {pool: "bgp-ingress", address: "172.29.52.200", values: "service"}}`,
		Source:  "Cilium documentation, LoadBalancer IP Address Management, requesting IPs",
	}, outsidePools},
	{diag.Rule{
		Code: "load-balancer-source", Severity: diag.Error,
		Summary: "A load balancer is not clearly defined. It is either the chart's (`values` says where the Service is in the chart's values) or the spec's own (`selector` and `ports`).",
		Wrong:   `cluster: services: web: loadBalancers: web: {pool: "bgp-ingress", selector: app: "web"}`,
		Right:   `cluster: services: web: loadBalancers: web: {pool: "bgp-ingress", selector: app: "web", ports: http: port: 80}`,
	}, loadBalancerSources},
	{diag.Rule{
		Code: "pool-key-written", Severity: diag.Error,
		Summary: "The pool or the address of a load balancer is written by hand and not in loadBalancers. Written by hand, they end up in labels and annotations, and Cilium never assigns an address.",
		Wrong:   `cluster: services: web: helm: values: service: annotations: "io.cilium/lb-ipam-pool": "bgp-ingress"`,
		Right:   `cluster: services: web: loadBalancers: web: {pool: "bgp-ingress", values: "service"}`,
		Source:  "Cilium pkg/annotation/k8s.go: the pool is matched by label, the address by annotation",
	}, writtenPoolKeys},
	{diag.Rule{
		Code: "load-balancer-values", Severity: diag.Error,
		Summary: "A value of the chart contradicts loadBalancers: what follows from loadBalancers is merged into the chart's values and would silently overwrite this value.",
		Wrong:   `cluster: services: web: {helm: values: service: type: "ClusterIP", loadBalancers: web: {pool: "bgp-ingress", values: "service"}}`,
		Right:   `cluster: services: web: loadBalancers: web: {pool: "bgp-ingress", values: "service"}`,
	}, writtenValues},
}

func outsidePools(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, lb := range s.LoadBalancers {
			p := lb.Pool.To
			if !lb.Address.IsSet() || p == nil || !sound(p) || p.Contains(lb.Address.V) {
				continue
			}
			f := at(r, lb.Address, "%s of load balancer %q is outside pool %q (%s)", lb.Address.V, lb.Name.V, p.Name.V, extent(p)).
				Note(p.Name.Pos, "pool %q is declared here", p.Name.V).
				Advise("use an address of the pool%s", suggestion(lb, p))
			for _, other := range c.Pools {
				if sound(other) && other.Contains(lb.Address.V) {
					f.Advise("use an address of the pool, or write pool: %q", other.Name.V)
				}
			}
		}
	}
}

// suggestion proposes the address of the pool's VLAN with the same host part.
func suggestion(lb *model.LoadBalancer, p *model.Pool) string {
	if p.VLAN.To == nil {
		return ""
	}
	for _, cidr := range p.VLAN.To.CIDRs {
		if cidr.V.Addr().BitLen() == lb.Address.V.BitLen() {
			if a := moved(lb.Address.V, cidr.V); p.Contains(a) {
				return ", such as " + a.String()
			}
		}
	}
	return ""
}

func loadBalancerSources(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, lb := range s.LoadBalancers {
			name := fmt.Sprintf("load balancer %q", lb.Name.V)
			switch {
			case lb.Values.IsSet() && len(lb.Selector)+len(lb.Ports) > 0:
				at(r, lb.Values, "%s is both the chart's and the spec's own", name).Advise("keep `values`, or `selector` and `ports`")
			case lb.Values.IsSet() && s.Helm == nil:
				at(r, lb.Values, "%s names a path in the values of a chart, but service %q has no chart", name, s.Name.V).
					Advise("write `selector` and `ports` instead")
			case lb.Values.IsSet():
			case len(lb.Selector) == 0:
				at(r, lb.Name, "%s selects no pods", name).Advise("add `selector` and `ports`, or `values` if the chart creates the Service")
			case len(lb.Ports) == 0:
				at(r, lb.Name, "%s has no ports", name).Advise("add `ports`")
			}
		}
	}
}

// poolKeys are what the compiler writes: the pool's label and Cilium's
// annotations for an address, of which one is an old name, and the field of a
// Service that the annotations replace.
var poolKeys = map[string]string{
	model.PoolLabel:         "pool",
	model.AddressAnnotation: "address",
	"io.cilium/lb-ipam-ips": "address",
	"loadBalancerIP":        "address",
}

func writtenPoolKeys(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, t := range openTrees(s) {
			t.Walk(func(v *model.Tree) {
				field, owned := poolKeys[v.Key]
				if !owned || v.Scalar == nil || v.Scalar == "" {
					return
				}
				r.Add(v.Pos, v.Path, fmt.Sprintf("%q: %q chooses a load balancer's %s by hand", v.Key, fmt.Sprint(v.Scalar), field)).
					Advise("write it in services.%s.loadBalancers, in `%s`; the compiler writes what Cilium looks for", s.Name.V, field)
			})
		}
	}
}

// openTrees gives the open values of a service: the chart's and the bodies of
// its objects.
func openTrees(s *model.Service) []*model.Tree {
	var out []*model.Tree
	if s.Helm != nil {
		out = append(out, s.Helm.Values)
	}
	for _, m := range manifests(s) {
		out = append(out, m.Body)
	}
	return out
}

func writtenValues(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, lb := range s.LoadBalancers {
			if !lb.Values.IsSet() || s.Helm == nil {
				continue
			}
			for t, i := s.Helm.Values, 0; t != nil; i++ {
				path := strings.Split(lb.Values.V, ".")
				if !t.IsMap {
					r.Add(t.Pos, t.Path, fmt.Sprintf("load balancer %q needs a struct at %q of the chart's values, but %s is not a struct", lb.Name.V, lb.Values.V, strings.Join(path[:i], "."))).
						Note(lb.Values.Pos, "the load balancer").Advise("remove the value, or name another path in `values`")
					break
				}
				if i == len(path) {
					writtenType(r, lb, t)
					break
				}
				t = t.Lookup(path[i])
			}
		}
	}
}

func writtenType(r *diag.Report, lb *model.LoadBalancer, service *model.Tree) {
	kind := service.Lookup("type")
	if kind == nil || kind.Scalar == "LoadBalancer" {
		return
	}
	r.Add(kind.Pos, kind.Path, fmt.Sprintf("the chart's Service has type %q, but load balancer %q makes it a LoadBalancer", fmt.Sprint(kind.Scalar), lb.Name.V)).
		Note(lb.Values.Pos, "the load balancer").
		Advise("remove the type from the values")
}
