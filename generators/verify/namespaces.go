package verify

import (
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var namespaceRules = []rule{
	{diag.Rule{
		Code: "namespace-undeclared", Severity: diag.Error,
		Summary: "The namespace of an object must be there before it: one of the spec's, or one that is there before Flux.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: ConfigMap: web: {metadata: namespace: "wbe", data: {}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: ConfigMap: web: data: {}}`,
		Source:  "Kubernetes documentation, Namespaces",
	}, namespacesUndeclared},
}

func namespacesUndeclared(o *objects, r *diag.Report) {
	var own []string
	for _, n := range o.of("", "Namespace") {
		own = append(own, n.GetName())
	}
	for _, x := range o.all {
		name := x.GetNamespace()
		if name == "" || slices.Contains(own, name) || slices.Contains(model.InitialNamespaces, name) ||
			o.older(name) {
			continue
		}
		f := at(r, x, "metadata.namespace", "%s is to live in namespace %q, which nothing makes", x, name).
			Advise("leave `metadata.namespace` out for that of the service, or add the namespace to `namespaces`")
		if x.hand != nil {
			f.Advise("name that of the service, or add the namespace to `namespaces` of the spec")
			if len(o.Directories) > 0 {
				f.Severity = diag.Warning // what is not seen may make it
			}
		}
		f.Propose(name, own)
	}
}
