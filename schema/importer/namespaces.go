package importer

import (
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// ownNamespace reports whether an object is a Namespace that the spec makes; others
// are there before Flux.
func ownNamespace(o *scan.Object) bool {
	return o.Is("", "Namespace") && !slices.Contains(model.NamespacesBefore(model.FluxNamespace), o.Name)
}

// What a Namespace says of Pod Security is `podSecurity`, and none is ever pruned.
const (
	podSecurity = "pod-security.kubernetes.io/"
	pruning     = "kustomize.toolkit.fluxcd.io/prune"
)

// namespace says of a Namespace what is more than its name, beside what others say.
func (im *importer) namespace(o *scan.Object) {
	said := im.namespaces[o.Name]
	if said == nil {
		said = map[string]any{}
		im.namespaces[o.Name] = said
	}
	if level := o.Text("metadata", "labels", podSecurity+"enforce"); level != "" && level != "baseline" {
		said["podSecurity"] = level
	}
	for _, field := range []string{"labels", "annotations"} {
		values, _ := said[field].(map[string]any)
		for _, t := range o.Body.Lookup("metadata", field).Fields() {
			if strings.HasPrefix(t.Key, podSecurity) || t.Key == pruning {
				continue
			}
			if values == nil {
				values = map[string]any{}
				said[field] = values
			}
			values[t.Key] = t.Text()
		}
	}
}

// worthSaying gives the namespaces of which there is more to say than their name,
// and those in which no service lives.
func (im *importer) worthSaying() map[string]any {
	lived := map[any]bool{}
	for _, s := range im.services {
		fields, _ := s.(map[string]any)
		lived[fields["namespace"]] = true
	}
	out := map[string]any{}
	for name, said := range im.namespaces {
		if len(said) > 0 || !lived[name] {
			out[name] = said
		}
	}
	return out
}
