package authentik

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/generators/object"
	"ichor/schema/model"
)

// Annotations of ingress-nginx; other controllers do not read them. Source:
// ingress-nginx, docs/user-guide/nginx-configuration/annotations.md.
const (
	annotationAffinity     = "nginx.ingress.kubernetes.io/affinity"
	annotationAffinityMode = "nginx.ingress.kubernetes.io/affinity-mode"
	annotationCookie       = "nginx.ingress.kubernetes.io/session-cookie-name"
	annotationBufferSize   = "nginx.ingress.kubernetes.io/proxy-buffer-size"
	annotationBuffers      = "nginx.ingress.kubernetes.io/proxy-buffers-number"
)

func service(o *model.Outpost) *corev1.Service {
	return newService(object.Meta(o.Unit, o.Namespace.V), outpostLabels(o),
		port("http", portHTTP), port("https", portHTTPS), port("metrics", portMetrics))
}

func newService(meta metav1.ObjectMeta, labels map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	meta.Labels = labels
	return &corev1.Service{
		TypeMeta:   object.Type("v1", "Service"),
		ObjectMeta: meta,
		Spec:       corev1.ServiceSpec{Selector: labels, Ports: ports},
	}
}

// port gives a port of a Service in front of the container's port of its name.
func port(name string, number int32) corev1.ServicePort {
	return corev1.ServicePort{Name: name, Port: number, TargetPort: intstr.FromString(name), Protocol: corev1.ProtocolTCP}
}

// ingress sends every host of the outpost to it. Its answers carry headers
// that are larger than the usual buffer of 4 KiB (authentik, manual deployment
// on Kubernetes).
func ingress(c *model.Cluster, o *model.Outpost) *networkingv1.Ingress {
	route := object.Route{
		Name:      o.Unit,
		Namespace: o.Namespace.V,
		Class:     o.Ingress.V,
		Service:   o.Unit,
		Port:      portHTTP,
		Issuer:    o.Issuer.Name.V,
		TLS:       true,
	}
	for _, e := range o.Exposures {
		route.Hosts = append(route.Hosts, e.Host)
	}
	in := object.Ingress(c, route)
	in.Annotations[annotationBufferSize] = "16k"
	in.Annotations[annotationBuffers] = "4"
	if o.Replicas.V > 1 {
		stick(in, o)
	}
	return in
}

// stick keeps a browser with one replica for as long as that lives: each keeps
// the sessions that it opened to itself.
func stick(in *networkingv1.Ingress, o *model.Outpost) {
	in.Annotations[annotationAffinity] = "cookie"
	in.Annotations[annotationAffinityMode] = "persistent"
	in.Annotations[annotationCookie] = o.Unit
}

// disruptionBudget lets one replica at a time be moved.
func disruptionBudget(o *model.Outpost) *policyv1.PodDisruptionBudget {
	one := intstr.FromInt32(1)
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   object.Type("policy/v1", "PodDisruptionBudget"),
		ObjectMeta: object.Meta(o.Unit, o.Namespace.V),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: &one,
			Selector:       &metav1.LabelSelector{MatchLabels: outpostLabels(o)},
		},
	}
}
