package check

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var manifestRules = []rule{
	{diag.Rule{
		Code: "object-name-invalid", Severity: diag.Error,
		Summary: "The name of an object is not a DNS name: the API server requires one. The names of roles and their bindings may also have colons and capitals.",
		Wrong:   `cluster: services: web: manifests: ConfigMap: Web_Config: {}`,
		Right:   `cluster: services: web: manifests: ConfigMap: "web-config": {}`,
		Source:  "Kubernetes documentation, Object Names and IDs",
	}, objectNames},
	{diag.Rule{
		Code: "object-metadata", Severity: diag.Error,
		Summary: "An object contradicts the labels above it, which define its kind and name, or its metadata is not a struct whose labels and annotations are strings.",
		Wrong:   `cluster: services: web: manifests: ConfigMap: web: metadata: {name: "other", labels: replicas: 2}`,
		Right:   `cluster: services: web: manifests: ConfigMap: web: metadata: labels: replicas: "2"`,
		Source:  "Kubernetes API reference, ObjectMeta",
	}, objectMetadata},
}

func objectNames(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if !named(m) {
				at(r, m.Name, "%q is not a valid name for an object of kind %s", m.Name.V, m.Kind.V).
					Advise("write lower case letters, digits, dashes and dots, at most 253")
			}
		}
	}
}

// named reports whether the API server takes an object's name.
func named(m *model.Manifest) bool {
	if m.Name.V != "" && strings.HasPrefix(m.APIVersion, "rbac.authorization.k8s.io/") {
		return len(content.IsPathSegmentName(m.Name.V)) == 0
	}
	return len(validation.IsDNS1123Subdomain(m.Name.V)) == 0
}

func objectMetadata(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			said(r, m, m.Body.Lookup("kind"), m.Kind.V)
			said(r, m, m.Body.Lookup("metadata", "name"), m.Name.V)
			metadataTypes(r, m)
		}
	}
}

// said reports what the body says of the object otherwise than the labels above it.
func said(r *diag.Report, m *model.Manifest, written *model.Tree, label string) {
	if written != nil && written.Scalar != label {
		r.Add(written.Pos, written.Path, fmt.Sprintf("the body of %s %q contradicts the labels above it", m.Kind.V, m.Name.V)).
			Advise("remove `%s`: the labels define it as %q", written.Key, label)
	}
}

func metadataTypes(r *diag.Report, m *model.Manifest) {
	metadata := m.Body.Lookup("metadata")
	if metadata == nil {
		return
	}
	if !metadata.IsMap {
		r.Add(metadata.Pos, metadata.Path, fmt.Sprintf("the metadata of %s %q is not a struct", m.Kind.V, m.Name.V)).
			Advise("write `metadata: {labels: {...}, annotations: {...}}`, or remove `metadata`")
	}
	if ns := metadata.Lookup("namespace"); ns != nil && !isString(ns) {
		r.Add(ns.Pos, ns.Path, fmt.Sprintf("the namespace of %s %q is not a string", m.Kind.V, m.Name.V)).Advise("name a namespace, or remove the field")
	}
	for _, t := range []*model.Tree{metadata.Lookup("labels"), metadata.Lookup("annotations")} {
		if t != nil && (!t.IsMap || slices.ContainsFunc(t.Map, isNoString)) {
			r.Add(t.Pos, t.Path, fmt.Sprintf("the %s of %s %q are not all strings", t.Key, m.Kind.V, m.Name.V)).
				Advise("write a struct of strings: `\"true\"`, `\"8080\"`")
		}
	}
}

func isString(t *model.Tree) bool {
	_, ok := t.Scalar.(string)
	return ok
}

func isNoString(t *model.Tree) bool { return !isString(t) }
