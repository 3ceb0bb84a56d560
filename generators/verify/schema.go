package verify

import (
	"context"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"ichor/schema/diag"
	"ichor/schema/release"
)

// Codes of what is wrong in an object by itself.
const (
	codeUnknownField = "object-unknown-field"
	codeInvalid      = "object-invalid"
	codeRule         = "object-rule"
)

var schemaRules = []rule{
	{diag.Rule{
		Code: codeUnknownField, Severity: diag.Error,
		Summary: "An object has a field that its kind does not have in the release of the spec. The API server drops the field, or Flux fails to apply the whole unit.",
		Wrong:   `cluster: services: web: manifests: Service: web: spec: {port: [{port: 80}], selector: app: "web"}`,
		Right:   `cluster: services: web: manifests: Service: web: spec: {ports: [{port: 80}], selector: app: "web"}`,
		Source:  "the OpenAPI of the Kubernetes release, and the CRDs of the operators' releases",
	}, problemsOf(codeUnknownField)},
	{diag.Rule{
		Code: codeInvalid, Severity: diag.Error,
		Summary: "A value is not one that the kind accepts in the release of the spec: a wrong type, a word that is not allowed, a value that breaks a bound or a pattern, a missing required field, or an invalid name.",
		Wrong:   `cluster: services: web: manifests: Service: web: spec: {ports: [{port: "http"}], selector: app: "web"}`,
		Right:   `cluster: services: web: manifests: Service: web: spec: {ports: [{port: 80}], selector: app: "web"}`,
		Source:  "the OpenAPI of the Kubernetes release, and the CRDs of the operators' releases",
	}, problemsOf(codeInvalid)},
	{diag.Rule{
		Code: codeRule, Severity: diag.Error,
		Summary: "An object breaks a rule in the schema of its kind. Such rules (CEL) cover several fields, and the API server checks every object against them.",
		Wrong:   `cluster: services: git: manifests: GitRepository: web: {metadata: namespace: "flux-system", spec: {url: "https://github.com/example/web", interval: "10m", serviceAccountName: "web"}}`,
		Right:   `cluster: services: git: manifests: GitRepository: web: {metadata: namespace: "flux-system", spec: {url: "https://github.com/example/web", interval: "10m"}}`,
		Source:  "x-kubernetes-validations of the CRDs of the operators' releases",
	}, problemsOf(codeRule)},
}

// problem is something wrong in an object by itself.
type problem struct {
	code   string
	object *Object
	field  string
	text   string
	advise string
}

// problemsOf gives a rule that reports the problems of a code.
func problemsOf(code string) func(*objects, *diag.Report) {
	return func(o *objects, r *diag.Report) {
		for _, p := range o.problems() {
			if p.code == code {
				f := at(r, p.object, p.field, "%s", p.text).Advise("%s", p.remedy())
				if s, _ := o.schema(p.object.kindOf()); s.Guessed && p.object.hand != nil {
					f.Severity = diag.Warning // it may be written for another release
				}
			}
		}
	}
}

// remedy says what to do. In a directory nobody gives an object the namespace of
// its service.
func (p problem) remedy() string {
	if p.object.hand != nil && p.field == "metadata.namespace" && p.object.GetNamespace() == "" {
		return "write the namespace of the object, or set one for the whole directory with `kustomization: targetNamespace` of the service"
	}
	return p.advise
}

// kindOf names a kind at a version.
type kindOf struct{ apiVersion, kind string }

func (o *Object) kindOf() kindOf { return kindOf{o.GetAPIVersion(), o.GetKind()} }

// byKind gives the objects of each kind whose values can be read, and the kinds in
// the order in which they come.
func (o *objects) byKind() (kinds []kindOf, of map[kindOf][]*Object) {
	of = map[kindOf][]*Object{}
	for _, x := range o.all {
		if x.hand != nil && x.hand.Encrypted {
			continue
		}
		if of[x.kindOf()] == nil {
			kinds = append(kinds, x.kindOf())
		}
		of[x.kindOf()] = append(of[x.kindOf()], x)
	}
	return kinds, of
}

// problems gives what is wrong in single objects. They are judged once; who asks
// while that goes on waits.
func (o *objects) problems() []problem {
	o.judging.Do(func() { o.judged = o.judgeAll() })
	return o.judged
}

// judgeAll judges all objects by their schemas, several kinds at once.
func (o *objects) judgeAll() []problem {
	kinds, of := o.byKind()
	found := make([][]problem, len(kinds))
	var all sync.WaitGroup
	for i, k := range kinds {
		if s, ok := o.schema(k); ok {
			variants := o.variants(s)
			all.Go(func() { found[i] = o.judgeBy(s, variants, of[k]) })
		}
	}
	all.Wait()
	return slices.Concat(found...)
}

// variants gives the schemas by which a kind is judged: one, or those of all releases
// where the cluster does not say which one it has.
func (o *objects) variants(s release.Schema) [][]byte {
	switch {
	case s.OpenAPI != nil:
		return [][]byte{s.OpenAPI}
	case s.Guessed:
		return o.served().Variants(s.APIVersion, s.Kind)
	}
	return [][]byte{o.served().OpenAPI(s.APIVersion, s.Kind)}
}

// judgeBy gives what is wrong, by the first of several schemas, in those objects of a
// kind that every one of them rejects.
func (o *objects) judgeBy(s release.Schema, variants [][]byte, of []*Object) []problem {
	var found []problem
	for i, v := range variants {
		s.OpenAPI = v
		problems := judge(s, o.Releases.Kubernetes, of)
		if i == 0 {
			found = problems
			continue
		}
		found = slices.DeleteFunc(found, func(p problem) bool {
			return !slices.ContainsFunc(problems, func(q problem) bool { return q.object == p.object })
		})
	}
	return found
}

// schema gives the schema of a kind: the cluster's own, or that of the releases.
func (o *objects) schema(k kindOf) (release.Schema, bool) {
	for _, s := range o.Schemas {
		if s.APIVersion == k.apiVersion && s.Kind == k.kind {
			return s, true
		}
	}
	return o.served().Find(k.apiVersion, k.kind)
}

// served gives what the releases serve.
func (o *objects) served() *release.Schemas {
	o.reading.Do(func() { o.schemas = o.Releases.Schemas() })
	return o.schemas
}

// Prepare does what the first judgement has to do once in a process, so that it
// can be done while something else is waited for: the environment of the rules
// is made, and a kind that every output has is compiled.
func Prepare() {
	s := release.Rows{}.Schemas()
	k, ok := s.Find("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
	if ok {
		k.OpenAPI = s.OpenAPI(k.APIVersion, k.Kind)
		judge(k, nil, []*Object{{Unstructured: unstructured.Unstructured{Object: map[string]any{
			"apiVersion": k.APIVersion, "kind": k.Kind, "metadata": map[string]any{"name": "any", "namespace": "any"},
			"spec": map[string]any{"interval": "1h", "prune": true, "sourceRef": map[string]any{"kind": "GitRepository", "name": "any"}},
		}}}})
	}
}

// judge judges the objects of one kind. Rules of the schema count only where
// nothing else is wrong, as for the API server.
func judge(s release.Schema, kubernetes *release.Kubernetes, of []*Object) []problem {
	k, err := compile(s, of)
	if err != nil {
		return []problem{{code: codeInvalid, object: of[0], text: err.Error(), advise: "correct the CRD"}}
	}
	k.kubernetes = kubernetes
	var found []problem
	var sound []*Object
	var trees []map[string]any
	for _, o := range of {
		tree := k.defaulted(o)
		problems := append(k.unknownFields(o), k.invalidFields(o, tree)...)
		found = append(found, problems...)
		if len(problems) == 0 {
			sound, trees = append(sound, o), append(trees, tree)
		}
	}
	for i, errs := range k.broken(context.Background(), trees) {
		for _, e := range errs {
			found = append(found, problem{codeRule, sound[i], fieldOf(e), k.sentence(sound[i], e), k.reference()})
		}
	}
	return found
}

// invalidFields gives what is wrong in an object's values.
func (k *kindSchema) invalidFields(o *Object, tree map[string]any) []problem {
	errs := append(k.metadata(o), k.invalid(tree)...)
	if k.Builtin && len(errs) == 0 {
		errs = builtin(o)
	}
	var out []problem
	for _, e := range unique(errs) {
		out = append(out, problem{codeInvalid, o, fieldOf(e), k.sentence(o, e), k.reference()})
	}
	return out
}

// unique drops errors about a field that another one tells of already.
func unique(errs field.ErrorList) field.ErrorList {
	var out field.ErrorList
	seen := map[string]bool{}
	for _, e := range errs {
		if key := e.Field + e.Detail; !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	return out
}

func fieldOf(e *field.Error) string { return strings.TrimPrefix(e.Field, "<nil>") }
