package verify

import (
	"path"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"ichor/schema/model"
)

// neighbours is what several rules ask about the objects, found once.
type neighbours struct {
	workloads []*workload
	services  []service
	unseen    map[string]unseen
	// chartServices are those that are known of charts, by namespace.
	chartServices map[string][]chartService
	words         map[string]bool // keys and texts in the values of charts
	made          *things
	brought       map[model.Capability]bool // World.Capabilities
	guarded       *bool                     // a controller asks for a login before all that it serves
}

// seen is an object and what is read of it.
type seen[T any] struct {
	*Object
	v T
}

// read gives the objects of a kind, each as T. What has another form than T is
// left out: its schema tells of it.
func read[T any](o *objects, group, kind string) []seen[T] {
	var out []seen[T]
	for _, x := range o.of(group, kind) {
		s := seen[T]{Object: x}
		if convert(x.Object, &s.v) == nil {
			out = append(out, s)
		}
	}
	return out
}

// convert reads a tree as what it is, with the names of fields in JSON.
func convert(tree map[string]any, into any) error {
	return runtime.DefaultUnstructuredConverter.FromUnstructured(tree, into)
}

// tree gives the struct at a field.
func (o *Object) tree(path ...string) (tree map[string]any, ok bool) {
	value, ok, _ := unstructured.NestedFieldNoCopy(o.Object, path...)
	tree, isTree := value.(map[string]any)
	return tree, ok && isTree
}

// mentions reports whether a field somewhere in a tree is the one that is asked
// for, by its key and its text.
func mentions(tree any, asked func(key, text string) bool) bool {
	switch t := tree.(type) {
	case map[string]any:
		for key, value := range t {
			text, _ := value.(string)
			if asked(key, text) || mentions(value, asked) {
				return true
			}
		}
	case []any:
		for _, item := range t {
			text, _ := item.(string)
			if asked("", text) || mentions(item, asked) {
				return true
			}
		}
	}
	return false
}

// chartOf gives the name of the chart of a HelmRelease, of an OCI repository the
// last part of its address; empty where it is not seen.
func (o *objects) chartOf(x *Object) string {
	if name := x.text("spec", "chart", "spec", "chart"); name != "" {
		return name
	}
	if source := o.sourceOf(x, "OCIRepository", "spec", "chartRef"); source != nil {
		return path.Base(source.text("spec", "url"))
	}
	return ""
}

// brings reports whether units bring a capability, or it is there before Flux.
func (o *objects) brings(kind, name string) bool {
	if o.brought == nil {
		o.brought = map[model.Capability]bool{}
		for _, c := range o.Capabilities {
			o.brought[c] = true
		}
	}
	return o.brought[model.Capability{Kind: kind, Name: name}]
}

// older reports whether a namespace that the output does not make is there
// before Flux.
func (o *objects) older(namespace string) bool {
	return o.brings(model.KindNamespace, namespace)
}

// releaseName gives how Helm calls the release of a HelmRelease.
func releaseName(x *Object) string {
	return model.ReleaseName(x.GetName(), x.text("spec", "releaseName"), x.text("spec", "targetNamespace"))
}

// targetNamespace gives where the objects of a HelmRelease live.
func targetNamespace(x *Object) string {
	if name := x.text("spec", "targetNamespace"); name != "" {
		return name
	}
	return x.GetNamespace()
}
