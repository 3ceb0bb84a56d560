package flux

import (
	corev1 "k8s.io/api/core/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// pruneAnnotation keeps Flux from deleting an object that left the output.
// Source: kustomize-controller docs/spec/v1/kustomizations.md.
const pruneAnnotation = "kustomize.toolkit.fluxcd.io/prune"

const (
	levelPrivileged = "privileged"
	levelRestricted = "restricted"
)

func namespaces(c *model.Cluster) []object.Placed {
	out := make([]object.Placed, 0, len(c.Namespaces))
	for _, n := range c.Namespaces {
		out = append(out, object.Placed{Unit: model.UnitNamespaces, Object: namespace(n), Origin: n.Name.Pos})
	}
	return out
}

// namespace gives a Namespace that Flux never deletes, since its volumes would
// go with it, unless the spec says otherwise.
func namespace(n *model.Namespace) *corev1.Namespace {
	ns := &corev1.Namespace{TypeMeta: object.Type("v1", "Namespace"), ObjectMeta: object.Meta(n.Name.V, "")}
	ns.Annotations = map[string]string{pruneAnnotation: "disabled"}
	ns.Labels = podSecurity(n.PodSecurity.V)
	for label, value := range n.Labels {
		ns.Labels[label] = value.V
	}
	for annotation, value := range n.Annotations {
		ns.Annotations[annotation] = value.V
	}
	return ns
}

// podSecurity gives the labels of Pod Security admission. What is allowed more
// than restricted pods is told of the pods that use it, unless everything is
// allowed: there each pod would be told of.
// Source: kubernetes.io, Pod Security Admission.
func podSecurity(enforce string) map[string]string {
	if enforce == "" {
		return map[string]string{}
	}
	tell := levelRestricted
	if enforce == levelPrivileged {
		tell = levelPrivileged
	}
	return map[string]string{
		"pod-security.kubernetes.io/enforce": enforce,
		"pod-security.kubernetes.io/audit":   tell,
		"pod-security.kubernetes.io/warn":    tell,
	}
}
