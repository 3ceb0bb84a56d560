package object

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"ichor/schema/model"
)

// Annotations that cert-manager and external-dns read on an Ingress.
// Source: cert-manager.io, Annotated Ingress resource; external-dns,
// docs/annotations/annotations.md.
const (
	annotationIssuer  = "cert-manager.io/cluster-issuer"
	annotationDNSHost = "external-dns.alpha.kubernetes.io/hostname"
	annotationDNSTo   = "external-dns.alpha.kubernetes.io/target"
)

// Route is what an Ingress sends to a Kubernetes Service of its namespace:
// everything that is asked of its hosts.
type Route struct {
	Name      string // of the Ingress; names the Secret of its certificate too
	Namespace string
	Class     string   // ingress class
	Hosts     []string // full host names
	Service   string
	Port      int    // the Service's
	Issuer    string // ClusterIssuer of the certificate; empty for none
	TLS       bool   // HTTPS without an issuer too, with the controller's own certificate
}

// Ingress gives the Ingress of a route, with the DNS names it is to have and,
// if the class answers at fixed addresses, with these.
func Ingress(c *model.Cluster, r Route) *networkingv1.Ingress {
	hosts := slices.Sorted(slices.Values(r.Hosts))
	in := &networkingv1.Ingress{
		TypeMeta:   Type("networking.k8s.io/v1", "Ingress"),
		ObjectMeta: Meta(r.Name, r.Namespace),
		Spec:       networkingv1.IngressSpec{IngressClassName: &r.Class},
	}
	in.Annotations = map[string]string{annotationDNSHost: strings.Join(hosts, ",")}
	if to := ClassAddresses(c, r.Class); len(to) > 0 {
		in.Annotations[annotationDNSTo] = strings.Join(to, ",")
	}
	for _, h := range hosts {
		in.Spec.Rules = append(in.Spec.Rules, rule(h, r))
	}
	switch {
	case r.Issuer != "":
		in.Annotations[annotationIssuer] = r.Issuer
		in.Spec.TLS = []networkingv1.IngressTLS{{Hosts: hosts, SecretName: model.CertificateSecret(r.Name)}}
	case r.TLS:
		in.Spec.TLS = []networkingv1.IngressTLS{{Hosts: hosts}}
	}
	return in
}

func rule(host string, r Route) networkingv1.IngressRule {
	prefix := networkingv1.PathTypePrefix
	backend := networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
		Name: r.Service,
		Port: networkingv1.ServiceBackendPort{Number: int32(r.Port)},
	}}
	return networkingv1.IngressRule{
		Host: host,
		IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
			Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &prefix, Backend: backend}},
		}},
	}
}

// ClassAddresses gives the fixed load-balancer addresses of the service that
// provides an ingress class, sorted; none if Cilium picks them.
func ClassAddresses(c *model.Cluster, class string) []string {
	var out []string
	for _, s := range c.Services {
		if !provides(s, class) {
			continue
		}
		for _, lb := range s.LoadBalancers {
			if lb.Address.IsSet() {
				out = append(out, lb.Address.V.String())
			}
		}
	}
	slices.Sort(out)
	return out
}

func provides(s *model.Service, class string) bool {
	return slices.ContainsFunc(s.Provides.IngressClasses, func(a model.At[string]) bool { return a.V == class })
}
