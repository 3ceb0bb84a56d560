package verify

import (
	"cmp"
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

// pointer is a field of a kind that names an object of another kind. With a
// kindField the object's kind is what that field says, and of no other; with a
// namespaceField so is its namespace.
type pointer struct {
	of, field, kind           string
	kindField, namespaceField string
	usual                     string // the kind where kindField says none
	keyField                  string
	cluster                   bool // what it names lives in no namespace
}

// pointers are the fields of kinds that are no pods.
var pointers = []pointer{
	{of: "PersistentVolumeClaim", field: "spec.storageClassName", kind: "StorageClass", cluster: true},
	{of: "Cluster.postgresql.cnpg.io", field: "spec.storage.storageClass", kind: "StorageClass", cluster: true},
	{of: "Cluster.postgresql.cnpg.io", field: "spec.superuserSecret.name", kind: "Secret"},
	{of: "Cluster.postgresql.cnpg.io", field: "spec.bootstrap.initdb.secret.name", kind: "Secret"},
	{of: "Ingress.networking.k8s.io", field: "spec.ingressClassName", kind: "IngressClass", cluster: true},
	{of: "Certificate.cert-manager.io", field: "spec.issuerRef.name", kind: "ClusterIssuer", kindField: "spec.issuerRef.kind", usual: "Issuer", cluster: true},
	{of: "Certificate.cert-manager.io", field: "spec.issuerRef.name", kind: "Issuer", kindField: "spec.issuerRef.kind", usual: "Issuer"},
	{of: "ExternalSecret.external-secrets.io", field: "spec.secretStoreRef.name", kind: "ClusterSecretStore", kindField: "spec.secretStoreRef.kind", usual: "SecretStore", cluster: true},
	{of: "ExternalSecret.external-secrets.io", field: "spec.secretStoreRef.name", kind: "SecretStore", kindField: "spec.secretStoreRef.kind", usual: "SecretStore"},
	{
		of: "ClusterSecretStore.external-secrets.io", field: "spec.provider.onepassword.auth.secretRef.connectTokenSecretRef.name", kind: "Secret",
		namespaceField: "spec.provider.onepassword.auth.secretRef.connectTokenSecretRef.namespace",
		keyField:       "spec.provider.onepassword.auth.secretRef.connectTokenSecretRef.key",
	},
	{of: "RoleBinding.rbac.authorization.k8s.io", field: "roleRef.name", kind: "Role", kindField: "roleRef.kind"},
	{of: "RoleBinding.rbac.authorization.k8s.io", field: "roleRef.name", kind: "ClusterRole", kindField: "roleRef.kind", cluster: true},
	{of: "ClusterRoleBinding.rbac.authorization.k8s.io", field: "roleRef.name", kind: "ClusterRole", cluster: true},
	{
		of: "HelmRelease.helm.toolkit.fluxcd.io", field: "spec.chart.spec.sourceRef.name", kind: "HelmRepository",
		kindField: "spec.chart.spec.sourceRef.kind", namespaceField: "spec.chart.spec.sourceRef.namespace",
	},
}

// references gives what the fields of an object name.
func (o *Object) references() []reference {
	var out []reference
	gk := o.GroupVersionKind().GroupKind().String()
	for _, p := range pointers {
		name := o.at(p.field)
		if p.of != gk || name == "" || p.kindField != "" && cmp.Or(o.at(p.kindField), p.usual) != p.kind {
			continue
		}
		ref := reference{from: o, field: p.field, kind: p.kind, name: name, namespace: o.GetNamespace()}
		if own := o.at(p.namespaceField); own != "" {
			ref.namespace = own
		}
		if p.cluster {
			ref.namespace = ""
		}
		ref.key, ref.keyField = o.at(p.keyField), p.keyField
		out = append(out, ref)
	}
	switch gk {
	case "Ingress.networking.k8s.io":
		out = append(out, o.ingressReferences()...)
	case "HelmRelease.helm.toolkit.fluxcd.io":
		out = append(out, o.dependencies("HelmRelease")...)
	case "Kustomization.kustomize.toolkit.fluxcd.io":
		out = append(out, o.dependencies("Kustomization")...)
	}
	return out
}

// at gives the text of a field by its path; empty for none.
func (o *Object) at(path string) string {
	if path == "" {
		return ""
	}
	return o.text(strings.Split(path, ".")...)
}

// ingressReferences gives the issuer of an Ingress, or the Secrets that it takes
// as they are.
func (o *Object) ingressReferences() []reference {
	if name := o.GetAnnotations()["cert-manager.io/cluster-issuer"]; name != "" {
		return []reference{{from: o, field: "metadata.annotations.cert-manager.io/cluster-issuer", kind: "ClusterIssuer", name: name}}
	}
	if name := o.GetAnnotations()["cert-manager.io/issuer"]; name != "" {
		return []reference{{from: o, field: "metadata.annotations.cert-manager.io/issuer", kind: "Issuer", namespace: o.GetNamespace(), name: name}}
	}
	var out []reference
	for i, t := range list(o, "spec", "tls") {
		if name := text(t, "secretName"); name != "" && !issued(o) {
			out = append(out, reference{from: o, field: fmt.Sprintf("spec.tls[%d].secretName", i), kind: "Secret", namespace: o.GetNamespace(), name: name})
		}
	}
	return out
}

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
