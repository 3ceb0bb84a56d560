package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	databaseCluster      = "Cluster.postgresql.cnpg.io"
	groupCertManager     = "cert-manager.io"
	groupExternalSecrets = "external-secrets.io"
	groupHelm            = "helm.toolkit.fluxcd.io"
)

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
	{of: databaseCluster, field: "spec.storage.storageClass", kind: "StorageClass", cluster: true},
	{of: databaseCluster, field: "spec.superuserSecret.name", kind: "Secret"},
	{of: databaseCluster, field: "spec.bootstrap.initdb.secret.name", kind: "Secret"},
	{of: databaseCluster, field: "spec.bootstrap.recovery.secret.name", kind: "Secret"},
	{of: databaseCluster, field: "spec.bootstrap.pg_basebackup.secret.name", kind: "Secret"},
	{of: databaseCluster, field: "spec.certificates.serverTLSSecret", kind: "Secret"},
	{of: databaseCluster, field: "spec.certificates.serverCASecret", kind: "Secret"},
	{of: databaseCluster, field: "spec.certificates.clientCASecret", kind: "Secret"},
	{of: databaseCluster, field: "spec.certificates.replicationTLSSecret", kind: "Secret"},
	{of: databaseCluster, field: "spec.managed.roles[].passwordSecret.name", kind: "Secret"},
	{of: databaseCluster, field: "spec.externalClusters[].password.name", kind: "Secret", keyField: "spec.externalClusters[].password.key"},
	{of: "Receiver.notification.toolkit.fluxcd.io", field: "spec.secretRef.name", kind: "Secret"},
	{of: "Provider.notification.toolkit.fluxcd.io", field: "spec.secretRef.name", kind: "Secret"},
	{of: "GitRepository.source.toolkit.fluxcd.io", field: "spec.secretRef.name", kind: "Secret"},
	{of: "HelmRepository.source.toolkit.fluxcd.io", field: "spec.secretRef.name", kind: "Secret"},
	{of: "OCIRepository.source.toolkit.fluxcd.io", field: "spec.secretRef.name", kind: "Secret"},
	{of: "Bucket.source.toolkit.fluxcd.io", field: "spec.secretRef.name", kind: "Secret"},
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
		if p.of != gk {
			continue
		}
		for i := range o.entries(p.field) {
			if ref, ok := o.pointed(p.entry(i)); ok {
				out = append(out, ref)
			}
		}
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

// pointed gives what a field names; false where it names nothing of the kind.
func (o *Object) pointed(p pointer) (reference, bool) {
	name := o.at(p.field)
	if name == "" || p.kindField != "" && cmp.Or(o.at(p.kindField), p.usual) != p.kind {
		return reference{}, false
	}
	ref := reference{from: o, field: p.field, kind: p.kind, name: name, namespace: cmp.Or(o.at(p.namespaceField), o.GetNamespace())}
	if p.cluster {
		ref.namespace = ""
	}
	ref.key, ref.keyField = o.at(p.keyField), p.keyField
	return ref, true
}

// entries gives how many times a field stands in an object: once, or in each
// entry of a list that its path goes through.
func (o *Object) entries(field string) int {
	list, _, through := strings.Cut(field, "[]")
	if !through {
		return 1
	}
	all, _, _ := unstructured.NestedSlice(o.Object, strings.Split(list, ".")...)
	return len(all)
}

// entry gives a pointer whose fields are those of an entry of the list that they
// go through.
func (p pointer) entry(i int) pointer {
	index := fmt.Sprintf("[%d]", i)
	p.field, p.keyField = strings.Replace(p.field, "[]", index, 1), strings.Replace(p.keyField, "[]", index, 1)
	return p
}

// at gives the text of a field by its path, as spec.roles[0].name; empty for none.
func (o *Object) at(path string) string {
	var at any = o.Object
	for part := range strings.SplitSeq(path, ".") {
		part, index, listed := strings.Cut(part, "[")
		m, _ := at.(map[string]any)
		at = m[part]
		if all, ok := at.([]any); listed && ok {
			i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil || i >= len(all) {
				return ""
			}
			at = all[i]
		}
	}
	name, _ := at.(string)
	return name
}

// issuerSecrets gives the Secrets that issuers and stores of secrets take
// credentials from: structs with a name and a key. Those of what lives in no
// namespace are where it says, or for an issuer where cert-manager runs.
func (o *objects) issuerSecrets() []reference {
	var out []reference
	for _, x := range slices.Concat(
		o.of(groupCertManager, "Issuer"), o.of(groupCertManager, "ClusterIssuer"),
		o.of(groupExternalSecrets, "SecretStore"), o.of(groupExternalSecrets, "ClusterSecretStore"),
	) {
		namespace := x.GetNamespace()
		if x.GetKind() == "ClusterIssuer" {
			namespace = o.issuersNamespace()
		}
		walk("spec", x.Object["spec"], func(path string, of map[string]any) {
			ref := reference{from: x, field: path + ".name", kind: "Secret", name: text(of, "name"), namespace: cmp.Or(text(of, "namespace"), namespace)}
			ref.key, ref.keyField = text(of, "key"), path+".key"
			told := x.GetKind() == "ClusterSecretStore" && strings.HasSuffix(path, "connectTokenSecretRef") // a row of pointers
			if plain(ref.name) && ref.key != "" && ref.namespace != "" && !told && credential(path, of) {
				out = append(out, ref)
			}
		})
	}
	return out
}

// credential reports whether a struct selects a key of a Secret: the private key
// of an account is made, and what names its kind may be something else.
func credential(path string, of map[string]any) bool {
	for key := range of {
		if !slices.Contains([]string{"name", "key", "namespace"}, key) {
			return false
		}
	}
	return !strings.HasSuffix(path, "privateKeySecretRef") && !strings.HasSuffix(path, "caProvider")
}

// issuersNamespace gives where cert-manager looks for the Secrets of a
// ClusterIssuer: where it runs, unless its chart says another; empty where that is
// not seen. Source: cert-manager documentation, Cluster Resource Namespace.
func (o *objects) issuersNamespace() string {
	for _, c := range o.charts() {
		if c.name != "cert-manager" {
			continue
		}
		if mentions(c.values, func(key, text string) bool { return strings.Contains(text, "--cluster-resource-namespace") }) {
			return ""
		}
		own, _ := c.value("clusterResourceNamespace").(string)
		return cmp.Or(own, targetNamespace(c.Object))
	}
	return ""
}
