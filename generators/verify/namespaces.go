package verify

import (
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var namespaceRules = []rule{
	{diag.Rule{
		Code: "namespace-undeclared", Severity: diag.Error,
		Summary: "An object is in a namespace that nothing creates. The namespace must exist before the object: the spec defines it, or it exists before Flux.",
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
		f := at(r, x, "metadata.namespace", "%s is in namespace %q, which nothing creates", x, name).
			Advise("remove `metadata.namespace` to use the namespace of the service, or add the namespace to `namespaces`")
		if x.hand != nil {
			f.Advise("name the namespace of the service, or add the namespace to `namespaces` of the spec")
			if len(o.Directories) > 0 {
				f.Severity = diag.Warning // what is not seen may make it
			}
		}
		f.Propose(name, own)
	}
}
