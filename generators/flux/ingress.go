package flux

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/generators/object"
	"ichor/schema/model"
)

// annotationBackend tells ingress-nginx that the backend speaks HTTPS; other
// controllers do not read it. Source: ingress-nginx, annotations.md.
const annotationBackend = "nginx.ingress.kubernetes.io/backend-protocol"

// loadBalancer gives a Service of our own. A pool is of one address family,
// and so is the Service.
func loadBalancer(s *model.Service, lb *model.LoadBalancer) *corev1.Service {
	single := corev1.IPFamilyPolicySingleStack
	out := &corev1.Service{
		TypeMeta:   object.Type("v1", "Service"),
		ObjectMeta: object.Meta(lb.Name.V, s.Namespace.V),
		Spec: corev1.ServiceSpec{
			Type:           corev1.ServiceTypeLoadBalancer,
			IPFamilyPolicy: &single,
			IPFamilies:     []corev1.IPFamily{family(lb)},
			Selector:       map[string]string{},
		},
	}
	out.Labels = map[string]string{model.PoolLabel: lb.Pool.Name.V}
	if lb.Address.IsSet() {
		out.Annotations = map[string]string{model.AddressAnnotation: lb.Address.V.String()}
	}
	for label, value := range lb.Selector {
		out.Spec.Selector[label] = value.V
	}
	for _, p := range lb.Ports {
		out.Spec.Ports = append(out.Spec.Ports, servicePort(p))
	}
	return out
}

func family(lb *model.LoadBalancer) corev1.IPFamily {
	if lb.Pool.To.First().Is4() {
		return corev1.IPv4Protocol
	}
	return corev1.IPv6Protocol
}

func servicePort(p *model.ServicePort) corev1.ServicePort {
	target := intstr.FromInt32(int32(p.Port.V))
	if p.TargetPort.IsSet() {
		target = intstr.Parse(p.TargetPort.V)
	}
	return corev1.ServicePort{
		Name:       p.Name.V,
		Port:       int32(p.Port.V),
		TargetPort: target,
		Protocol:   corev1.Protocol(p.Protocol.V),
	}
}

// exposure gives the Ingress of a host without a login in front of it.
func exposure(c *model.Cluster, s *model.Service, e *model.Exposure) *networkingv1.Ingress {
	in := object.Ingress(c, object.Route{
		Name:      e.Name.V,
		Namespace: s.Namespace.V,
		Class:     e.Ingress.V,
		Hosts:     []string{e.Host},
		Service:   e.Backend.V,
		Port:      e.Port.V,
		Issuer:    e.Issuer.Name.V,
	})
	if e.Scheme.V == "https" {
		in.Annotations[annotationBackend] = "HTTPS"
	}
	return in
}
