package verify

import (
	"path"
	"slices"
	"strings"

	"ichor/generators/output"
	"ichor/schema/diag"
)

var fluxRules = []rule{
	{diag.Rule{
		Code: "flux-path-unknown", Severity: diag.Error,
		Summary: "A Kustomization of Flux applies a directory that does not exist, so the unit never becomes ready. The empty path is the whole repository.",
		Wrong:   `cluster: {flux: path: "out", services: web: {namespace: "web", manifests: Kustomization: more: {metadata: namespace: "flux-system", spec: path: "./out/manifests/wbe"}}}`,
		Right:   `cluster: {flux: path: "out", services: web: {namespace: "web", manifests: Kustomization: more: {metadata: namespace: "flux-system", spec: path: "./out/manifests/web"}}}`,
		Source:  "Flux documentation, Kustomization, path",
	}, fluxPaths},
	{diag.Rule{
		Code: "flux-source-unknown", Severity: diag.Error,
		Summary: "The source of a Kustomization does not exist. It must be the source that the spec defines for Flux, or one that the output creates.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Kustomization: more: {metadata: namespace: "flux-system", spec: sourceRef: {kind: "GitRepository", name: "fluxsystem"}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Kustomization: more: {metadata: namespace: "flux-system", spec: sourceRef: {kind: "GitRepository", name: "flux-system"}}}`,
		Source:  "Flux documentation, Kustomization, source reference",
	}, fluxSources},
}

// Source names an object of Flux that fetches a repository.
type Source struct{ Kind, Namespace, Name string }

func (o *objects) kustomizations() []*Object {
	return o.of("kustomize.toolkit.fluxcd.io", "Kustomization")
}

// fluxPaths looks at paths in the output. What lies elsewhere in the repository
// is the business of who reads it.
func fluxPaths(o *objects, r *diag.Report) {
	if o.Path == "" {
		return
	}
	for _, k := range o.kustomizations() {
		dir := path.Clean(k.at("spec.path"))
		inside, ok := strings.CutPrefix(dir, path.Clean(o.Path)+"/")
		if !ok && dir != "." || ok && o.hasDirectory(inside) {
			continue
		}
		at(r, k, "spec.path", "%s applies %q, which is not a directory of the output", k, k.at("spec.path")).
			Advise("name the directory of a unit, such as ./%s", path.Join(o.Path, output.Manifests, "web"))
	}
}

// hasDirectory reports whether the output has objects in a directory.
func (o *objects) hasDirectory(dir string) bool {
	return slices.ContainsFunc(o.all, func(x *Object) bool { return path.Dir(x.file.Path) == dir })
}

func fluxSources(o *objects, r *diag.Report) {
	for _, k := range o.kustomizations() {
		s := Source{k.at("spec.sourceRef.kind"), k.at("spec.sourceRef.namespace"), k.at("spec.sourceRef.name")}
		if s.Namespace == "" {
			s.Namespace = k.GetNamespace()
		}
		_, made := o.things().at[[3]string{s.Kind, s.Namespace, s.Name}]
		if s.Name == "" || made || s == o.Source || o.Source.Name == "" || len(o.Directories) > 0 && k.Unit != "" {
			continue
		}
		at(r, k, "spec.sourceRef.name", "%s uses source %s %q in namespace %q, and this source does not exist", k, s.Kind, s.Name, s.Namespace).
			Advise("use Flux's own source, %s %q in namespace %q", o.Source.Kind, o.Source.Name, o.Source.Namespace)
	}
}
