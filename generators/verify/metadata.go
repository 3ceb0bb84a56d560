package verify

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// described is what every object has beside what its kind says.
type described struct {
	metav1.ObjectMeta `json:"metadata"`
}

// describe reads the metadata of an object, strictly.
func describe(o *Object) (described, error) {
	var d described
	tree := map[string]any{"metadata": o.Object["metadata"]}
	return d, runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(tree, &d, true)
}

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// unknownMetadata gives the fields of the metadata that there are not.
func unknownMetadata(o *Object) []problem {
	_, err := describe(o)
	var strict interface{ Errors() []error }
	if !errors.As(err, &strict) {
		return nil
	}
	var out []problem
	for _, e := range strict.Errors() {
		if m := unknownField.FindStringSubmatch(e.Error()); m != nil {
			out = append(out, problem{codeUnknownField, o, m[1], fmt.Sprintf("%s has no field %s", o.GetKind(), m[1]), "remove it; labels and annotations belong in `labels` and `annotations`"})
		}
	}
	return out
}

// metadata judges name, namespace, labels and annotations of an object.
func (k *kindSchema) metadata(o *Object) field.ErrorList {
	d, err := describe(o)
	var strict interface{ Errors() []error }
	if err != nil && !errors.As(err, &strict) {
		return field.ErrorList{field.TypeInvalid(field.NewPath("metadata"), "", strings.TrimPrefix(err.Error(), "metadata: "))}
	}
	return validation.ValidateObjectMeta(&d.ObjectMeta, k.Namespaced, k.nameRule(), field.NewPath("metadata"))
}

// nameRule gives the rule for the names of a kind. Source: pkg/apis/*/validation
// of Kubernetes; the names of a CRD's objects are DNS subdomains.
func (k *kindSchema) nameRule() validation.ValidateNameFunc {
	if !k.Builtin {
		return validation.NameIsDNSSubdomain
	}
	switch k.Kind {
	case "Namespace":
		return validation.NameIsDNSLabel
	case "Service":
		if k.kubernetes == nil || k.kubernetes.RelaxedServiceNames {
			return validation.NameIsDNSLabel
		}
		return validation.NameIsDNS1035Label
	case "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding":
		return segmentName
	}
	return validation.NameIsDNSSubdomain
}

// segmentName refuses what cannot be a part of a path. Source: kubernetes.io,
// Object Names and IDs, Path Segment Names.
func segmentName(name string, prefix bool) []string {
	if !prefix && (name == "." || name == "..") {
		return []string{fmt.Sprintf("may not be %q", name)}
	}
	if strings.ContainsAny(name, "/%") {
		return []string{`may not contain "/" or "%"`}
	}
	return nil
}
