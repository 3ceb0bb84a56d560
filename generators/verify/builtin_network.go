package verify

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func serviceSpec(s *corev1.Service) field.ErrorList {
	var errs field.ErrorList
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		if s.Spec.ExternalName == "" {
			errs = append(errs, field.Required(inSpec.Child("externalName"), ""))
		}
	} else if len(s.Spec.Ports) == 0 && s.Spec.ClusterIP != corev1.ClusterIPNone {
		errs = append(errs, field.Required(inSpec.Child("ports"), ""))
	}
	return append(append(errs, portFields(s)...), loadBalancerFields(s)...)
}

func portFields(s *corev1.Service) field.ErrorList {
	var errs field.ErrorList
	names := sets.New[string]()
	for i, x := range s.Spec.Ports {
		at := inSpec.Child("ports").Index(i)
		errs = append(errs, port(at.Child("port"), x.Port)...)
		switch {
		case x.Name == "" && len(s.Spec.Ports) > 1:
			errs = append(errs, field.Required(at.Child("name"), ""))
		case x.Name != "":
			errs = append(errs, each(at.Child("name"), x.Name, utilvalidation.IsDNS1123Label(x.Name))...)
		}
		if names.Has(x.Name) && x.Name != "" {
			errs = append(errs, field.Duplicate(at.Child("name"), x.Name))
		}
		names.Insert(x.Name)
		if target := x.TargetPort; target.StrVal != "" {
			errs = append(errs, each(at.Child("targetPort"), target.StrVal, utilvalidation.IsValidPortName(target.StrVal))...)
		} else if target.IntVal != 0 {
			errs = append(errs, port(at.Child("targetPort"), target.IntVal)...)
		}
		if x.NodePort != 0 && (s.Spec.Type == "" || s.Spec.Type == corev1.ServiceTypeClusterIP) {
			errs = append(errs, field.Forbidden(at.Child("nodePort"), "may not be used when `type` is 'ClusterIP'"))
		}
	}
	return errs
}

// loadBalancerFields judges the fields that only a load balancer has.
func loadBalancerFields(s *corev1.Service) field.ErrorList {
	var errs field.ErrorList
	if s.Spec.Type != corev1.ServiceTypeLoadBalancer {
		if s.Spec.LoadBalancerClass != nil {
			errs = append(errs, field.Forbidden(inSpec.Child("loadBalancerClass"), "may only be used when `type` is 'LoadBalancer'"))
		}
		if len(s.Spec.LoadBalancerSourceRanges) > 0 {
			errs = append(errs, field.Forbidden(inSpec.Child("loadBalancerSourceRanges"), "may only be used when `type` is 'LoadBalancer'"))
		}
		if s.Spec.Type != corev1.ServiceTypeNodePort && s.Spec.ExternalTrafficPolicy != "" {
			errs = append(errs, field.Invalid(inSpec.Child("externalTrafficPolicy"), s.Spec.ExternalTrafficPolicy, "may only be set for externally-accessible services"))
		}
		return errs
	}
	if s.Spec.ClusterIP == corev1.ClusterIPNone {
		errs = append(errs, field.Invalid(inSpec.Child("clusterIPs").Index(0), s.Spec.ClusterIP, "may not be set to 'None' for LoadBalancer services"))
	}
	for i, cidr := range s.Spec.LoadBalancerSourceRanges {
		errs = append(errs, utilvalidation.IsValidCIDR(inSpec.Child("loadBalancerSourceRanges").Index(i), strings.TrimSpace(cidr))...)
	}
	return errs
}

func ingress(i *networkingv1.Ingress) field.ErrorList {
	var errs field.ErrorList
	if len(i.Spec.Rules) == 0 && i.Spec.DefaultBackend == nil {
		errs = append(errs, field.Invalid(inSpec, "", "either `defaultBackend` or `rules` must be specified"))
	}
	if i.Spec.DefaultBackend != nil {
		errs = append(errs, ingressBackend(i.Spec.DefaultBackend, inSpec.Child("defaultBackend"))...)
	}
	for n, r := range i.Spec.Rules {
		at := inSpec.Child("rules").Index(n)
		errs = append(errs, host(at.Child("host"), r.Host)...)
		if r.HTTP == nil {
			continue
		}
		for m, p := range r.HTTP.Paths {
			errs = append(errs, ingressPath(&p, at.Child("http", "paths").Index(m))...)
		}
	}
	return errs
}

// host refuses what is no DNS name; the first label may be *.
func host(p *field.Path, name string) field.ErrorList {
	switch {
	case name == "":
		return nil
	case strings.HasPrefix(name, "*"):
		return each(p, name, utilvalidation.IsWildcardDNS1123Subdomain(name))
	}
	return each(p, name, utilvalidation.IsDNS1123Subdomain(name))
}

// notInPaths are what an exact path or a prefix must not hold.
var notInPaths = []string{"//", "/./", "/../", "%2f", "%2F"}

func ingressPath(x *networkingv1.HTTPIngressPath, p *field.Path) field.ErrorList {
	errs := ingressBackend(&x.Backend, p.Child("backend"))
	if x.PathType == nil {
		return append(errs, field.Required(p.Child("pathType"), "pathType must be specified"))
	}
	if *x.PathType == networkingv1.PathTypeImplementationSpecific && x.Path == "" {
		return errs
	}
	if !strings.HasPrefix(x.Path, "/") {
		errs = append(errs, field.Invalid(p.Child("path"), x.Path, "must be an absolute path"))
	}
	if *x.PathType != networkingv1.PathTypeImplementationSpecific {
		for _, part := range notInPaths {
			if strings.Contains(x.Path, part) {
				errs = append(errs, field.Invalid(p.Child("path"), x.Path, fmt.Sprintf("must not contain '%s'", part)))
			}
		}
	}
	return errs
}

func ingressBackend(b *networkingv1.IngressBackend, p *field.Path) field.ErrorList {
	s := b.Service
	switch {
	case s != nil && b.Resource != nil:
		return field.ErrorList{field.Invalid(p, "", "cannot set both resource and service backends")}
	case s == nil && b.Resource == nil:
		return field.ErrorList{field.Required(p, "a service or a resource is required")}
	case s == nil:
		return nil
	case s.Name == "":
		return field.ErrorList{field.Required(p.Child("service", "name"), "")}
	case s.Port.Name != "" && s.Port.Number != 0:
		return field.ErrorList{field.Invalid(p, "", "cannot set both port name & port number")}
	case s.Port.Name == "" && s.Port.Number == 0:
		return field.ErrorList{field.Required(p, "port name or number is required")}
	case s.Port.Name != "":
		return each(p.Child("service", "port", "name"), s.Port.Name, utilvalidation.IsValidPortName(s.Port.Name))
	}
	return port(p.Child("service", "port", "number"), s.Port.Number)
}

func networkPolicy(n *networkingv1.NetworkPolicy) field.ErrorList {
	var errs field.ErrorList
	for i, r := range n.Spec.Ingress {
		errs = append(errs, policyPeers(r.From, inSpec.Child("ingress").Index(i).Child("from"))...)
	}
	for i, r := range n.Spec.Egress {
		errs = append(errs, policyPeers(r.To, inSpec.Child("egress").Index(i).Child("to"))...)
	}
	return errs
}

func policyPeers(peers []networkingv1.NetworkPolicyPeer, p *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, peer := range peers {
		at := p.Index(i)
		if peer.IPBlock == nil {
			if peer.PodSelector == nil && peer.NamespaceSelector == nil {
				errs = append(errs, field.Required(at, "must specify a peer"))
			}
			continue
		}
		for j, cidr := range slices.Concat([]string{peer.IPBlock.CIDR}, peer.IPBlock.Except) {
			where := at.Child("ipBlock", "cidr")
			if j > 0 {
				where = at.Child("ipBlock", "except").Index(j - 1)
			}
			errs = append(errs, utilvalidation.IsValidCIDR(where, cidr)...)
		}
	}
	return errs
}
