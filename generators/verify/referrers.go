package verify

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// references gives all fields that name other objects.
func (o *objects) references() []reference {
	if o.refs != nil {
		return o.refs
	}
	o.refs = []reference{}
	for _, w := range o.workloads() {
		o.refs = append(o.refs, w.references()...)
	}
	for _, x := range o.all {
		o.refs = append(o.refs, x.references()...)
	}
	for _, c := range o.charts() {
		o.refs = append(o.refs, c.references()...)
	}
	o.refs = append(o.refs, o.issuerSecrets()...)
	return o.refs
}

// references gives what pods name; what is optional is left out.
func (w *workload) references() []reference {
	var out []reference
	add := func(field, kind, name string) {
		if name != "" {
			out = append(out, reference{from: w.Object, field: w.field(field), kind: kind, namespace: w.GetNamespace(), name: name})
		}
	}
	spec := w.pods.Spec
	add("spec.serviceAccountName", "ServiceAccount", spec.ServiceAccountName)
	for i, s := range spec.ImagePullSecrets {
		add(fmt.Sprintf("spec.imagePullSecrets[%d].name", i), "Secret", s.Name)
	}
	for i, v := range spec.Volumes {
		at := fmt.Sprintf("spec.volumes[%d]", i)
		switch {
		case v.ConfigMap != nil && !is(v.ConfigMap.Optional):
			out = append(out, w.items(at+".configMap.name", at+".configMap.items", "ConfigMap", v.ConfigMap.Name, v.ConfigMap.Items)...)
		case v.Secret != nil && !is(v.Secret.Optional):
			out = append(out, w.items(at+".secret.secretName", at+".secret.items", "Secret", v.Secret.SecretName, v.Secret.Items)...)
		case v.PersistentVolumeClaim != nil:
			add(at+".persistentVolumeClaim.claimName", "PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName)
		}
	}
	if spec.PriorityClassName != "" {
		out = append(out, reference{from: w.Object, field: w.field("spec.priorityClassName"), kind: "PriorityClass", name: spec.PriorityClassName})
	}
	for _, c := range w.containers() {
		out = append(out, w.environment(c)...)
	}
	return out
}

func is(b *bool) bool { return b != nil && *b }

// items gives a reference for the whole, and one for each key that is picked.
func (w *workload) items(field, below, kind, name string, items []corev1.KeyToPath) []reference {
	ref := reference{from: w.Object, field: w.field(field), kind: kind, namespace: w.GetNamespace(), name: name}
	out := []reference{ref}
	for i, item := range items {
		ref.key, ref.keyField = item.Key, w.field(fmt.Sprintf("%s[%d].key", below, i))
		out = append(out, ref)
	}
	return out
}

// environment gives what the variables of a container are read from.
func (w *workload) environment(c container) []reference {
	var out []reference
	ref := func(field, kind, name, key string) {
		out = append(out, reference{
			from: w.Object, field: field + ".name", kind: kind, namespace: w.GetNamespace(), name: name, key: key, keyField: field + ".key",
		})
	}
	for i, e := range c.Env {
		at := fmt.Sprintf("%s.env[%d].valueFrom", c.path, i)
		switch f := e.ValueFrom; {
		case f == nil:
		case f.ConfigMapKeyRef != nil && !is(f.ConfigMapKeyRef.Optional):
			ref(at+".configMapKeyRef", "ConfigMap", f.ConfigMapKeyRef.Name, f.ConfigMapKeyRef.Key)
		case f.SecretKeyRef != nil && !is(f.SecretKeyRef.Optional):
			ref(at+".secretKeyRef", "Secret", f.SecretKeyRef.Name, f.SecretKeyRef.Key)
		}
	}
	for i, e := range c.EnvFrom {
		at := fmt.Sprintf("%s.envFrom[%d]", c.path, i)
		switch {
		case e.ConfigMapRef != nil && !is(e.ConfigMapRef.Optional):
			ref(at+".configMapRef", "ConfigMap", e.ConfigMapRef.Name, "")
		case e.SecretRef != nil && !is(e.SecretRef.Optional):
			ref(at+".secretRef", "Secret", e.SecretRef.Name, "")
		}
	}
	return out
}

// ingressReferences gives the issuer of an Ingress, or the Secrets that it takes
// as they are.
func (o *Object) ingressReferences() []reference {
	if issued(o) {
		return issuers(annotated{Object: o, field: "metadata.annotations", set: o.GetAnnotations()}, o.GetNamespace())
	}
	if name := o.GetAnnotations()["cert-manager.io/issuer"]; name != "" {
		return []reference{{from: o, field: "metadata.annotations.cert-manager.io/issuer", kind: "Issuer", namespace: o.GetNamespace(), name: name}}
	}
	var out []reference
	for i, t := range list(o, "spec", "tls") {
		if name := text(t, "secretName"); name != "" {
			out = append(out, reference{from: o, field: fmt.Sprintf("spec.tls[%d].secretName", i), kind: "Secret", namespace: o.GetNamespace(), name: name})
		}
	}
	return out
}

// issuers gives the issuer that annotations name for a certificate: one of the
// namespace, or one for all. Source: cert-manager documentation, Annotated Ingress.
func issuers(a annotated, namespace string) []reference {
	switch cluster, own := a.set[annotationClusterIssuer], a.set[annotationIssuer]; {
	case plain(cluster):
		return []reference{{from: a.Object, field: a.field + "." + annotationClusterIssuer, kind: "ClusterIssuer", name: cluster}}
	case plain(own) && a.set[annotationIssuer+"-kind"] == "" && a.set[annotationIssuer+"-group"] == "":
		return []reference{{from: a.Object, field: a.field + "." + annotationIssuer, kind: "Issuer", namespace: namespace, name: own}}
	}
	return nil
}

const (
	annotationIssuer        = "cert-manager.io/issuer"
	annotationClusterIssuer = "cert-manager.io/cluster-issuer"
)

// plain reports whether a text is a name: no template or variable that something
// fills in later.
func plain(name string) bool { return name != "" && !strings.ContainsAny(name, "{}$") }

// dependencies gives what an object of Flux waits for, which is of its own kind.
func (o *Object) dependencies(kind string) []reference {
	var out []reference
	for i, d := range list(o, "spec", "dependsOn") {
		namespace := text(d, "namespace")
		if namespace == "" {
			namespace = o.GetNamespace()
		}
		out = append(out, reference{from: o, field: fmt.Sprintf("spec.dependsOn[%d].name", i), kind: kind, namespace: namespace, name: text(d, "name")})
	}
	return out
}

// list gives the structs in a list of an object.
func list(o *Object, path ...string) []map[string]any {
	all, _, _ := unstructured.NestedSlice(o.Object, path...)
	var out []map[string]any
	for _, e := range all {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// text gives the text at a key; empty for none.
func text(tree map[string]any, key string) string {
	s, _ := tree[key].(string)
	return s
}
