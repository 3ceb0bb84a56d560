package verify

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func configMap(c *corev1.ConfigMap) field.ErrorList {
	errs := append(keys(c.Data, "data"), keys(c.BinaryData, "binaryData")...)
	for key := range c.BinaryData {
		if _, twice := c.Data[key]; twice {
			errs = append(errs, field.Invalid(field.NewPath("data").Key(key), key, "duplicate of key present in binaryData"))
		}
	}
	return errs
}

func secret(s *corev1.Secret) field.ErrorList {
	return append(keys(s.Data, "data"), keys(s.StringData, "stringData")...)
}

// keys refuses keys that are no names of files.
func keys[V any](data map[string]V, name string) field.ErrorList {
	var errs field.ErrorList
	for key := range data {
		errs = append(errs, each(field.NewPath(name).Key(key), key, utilvalidation.IsConfigMapKey(key))...)
	}
	return errs
}

// accessModes are all there are.
var accessModes = []corev1.PersistentVolumeAccessMode{
	corev1.ReadWriteOnce, corev1.ReadOnlyMany, corev1.ReadWriteMany, corev1.ReadWriteOncePod,
}

func claim(c *corev1.PersistentVolumeClaim) field.ErrorList {
	var errs field.ErrorList
	if len(c.Spec.AccessModes) == 0 {
		errs = append(errs, field.Required(inSpec.Child("accessModes"), "at least 1 access mode is required"))
	}
	for i, m := range c.Spec.AccessModes {
		if !slices.Contains(accessModes, m) {
			errs = append(errs, field.NotSupported(inSpec.Child("accessModes").Index(i), m, accessModes))
		}
	}
	size, ok := c.Spec.Resources.Requests[corev1.ResourceStorage]
	switch at := inSpec.Child("resources", "requests", "storage"); {
	case !ok:
		errs = append(errs, field.Required(at, ""))
	case size.Sign() <= 0:
		errs = append(errs, field.Invalid(at, size.String(), "must be greater than zero"))
	}
	return errs
}

func roleBinding(b *rbacv1.RoleBinding) field.ErrorList {
	return append(roleRef(b.RoleRef, "Role", "ClusterRole"), subjects(b.Subjects)...)
}

func clusterRoleBinding(b *rbacv1.ClusterRoleBinding) field.ErrorList {
	return append(roleRef(b.RoleRef, "ClusterRole"), subjects(b.Subjects)...)
}

func roleRef(r rbacv1.RoleRef, kinds ...string) field.ErrorList {
	var errs field.ErrorList
	at := field.NewPath("roleRef")
	if r.APIGroup != rbacv1.GroupName {
		errs = append(errs, field.NotSupported(at.Child("apiGroup"), r.APIGroup, []string{rbacv1.GroupName}))
	}
	if !slices.Contains(kinds, r.Kind) {
		errs = append(errs, field.NotSupported(at.Child("kind"), r.Kind, kinds))
	}
	if r.Name == "" {
		errs = append(errs, field.Required(at.Child("name"), ""))
	}
	return errs
}

func subjects(all []rbacv1.Subject) field.ErrorList {
	var errs field.ErrorList
	for i, s := range all {
		at := field.NewPath("subjects").Index(i)
		switch {
		case s.Name == "":
			errs = append(errs, field.Required(at.Child("name"), ""))
		case s.Kind == rbacv1.ServiceAccountKind && s.Namespace == "":
			errs = append(errs, field.Required(at.Child("namespace"), ""))
		case !slices.Contains([]string{rbacv1.ServiceAccountKind, rbacv1.UserKind, rbacv1.GroupKind}, s.Kind):
			errs = append(errs, field.NotSupported(at.Child("kind"), s.Kind, []string{rbacv1.ServiceAccountKind, rbacv1.UserKind, rbacv1.GroupKind}))
		}
	}
	return errs
}
