package verify

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// Object is a Kubernetes object of the output, with the numbers of the API
// server: int64 where they are whole, or its rules would refuse them.
type Object struct {
	unstructured.Unstructured
	Unit     string // the unit that applies it; empty for Flux's own Kustomizations
	file     output.File
	hand     *model.Object   // as it stands in hand-written files; nil for what ichor generated
	open     bool            // a ${VARIABLE} in it may stand for anything
	unsure   bool            // values that are not known decide what it says
	rendered bool            // of a HelmRelease: what its chart makes is among the objects
	told     []*diag.Finding // of a rule, about what a chart makes
}

// Place gives where a field of the object is said, as spec.ports[0].port; the
// empty field is the object itself.
func (o *Object) Place(field string) output.Place {
	if o.hand != nil {
		return output.Place{Pos: o.hand.Place(field)}
	}
	return o.file.Place(field)
}

// says reports whether a field is written by hand, and not ichor's own.
func (o *Object) says(field string) bool {
	if o.hand != nil {
		_, said := o.hand.Body.Find(field)
		return said
	}
	_, said := o.file.Fields[field]
	return said
}

// String gives kind and name for a sentence, as `Deployment "web"`.
func (o *Object) String() string { return fmt.Sprintf("%s %q", o.GetKind(), o.GetName()) }

// key names an object in the cluster, whatever version it is written in.
type key struct{ group, kind, namespace, name string }

// text gives the text of a field; empty for none.
func (o *Object) text(path ...string) string {
	text, _, _ := unstructured.NestedString(o.Object, path...)
	return text
}

func (o *Object) key() key {
	return key{o.GroupVersionKind().Group, o.GetKind(), o.GetNamespace(), o.GetName()}
}

// objects is all that is judged together.
type objects struct {
	World
	all []*Object // in the order of their paths
	neighbours

	sorting sync.Once
	sorted  map[schema.GroupKind][]*Object

	listing sync.Once
	byName  map[string][]string // places of committed files by name

	reading sync.Once
	schemas *release.Schemas // what the releases serve
	judging sync.Once
	judged  []problem   // what is wrong in single objects
	refs    []reference // the fields that name others, likewise
}

// of gives the objects of a kind in a group, "" for Kubernetes' core.
func (o *objects) of(group, kind string) []*Object {
	o.sorting.Do(func() {
		o.sorted = map[schema.GroupKind][]*Object{}
		for _, x := range o.all {
			k := x.GroupVersionKind().GroupKind()
			o.sorted[k] = append(o.sorted[k], x)
		}
	})
	return slices.Clip(o.sorted[schema.GroupKind{Group: group, Kind: kind}])
}

// decode reads the objects of an output. What kustomize reads is none.
func decode(files []output.File) ([]*Object, error) {
	var out []*Object
	for _, f := range files {
		if unit, ok := unitOf(f.Path); ok {
			out = append(out, &Object{Unit: unit, file: f})
		}
	}
	errs := make([]error, len(out))
	var all sync.WaitGroup
	for i, o := range out {
		all.Go(func() { errs[i] = o.read() })
	}
	all.Wait()
	return out, errors.Join(errs...)
}

// read fills an object from its file.
func (o *Object) read() error {
	data, err := yaml.YAMLToJSONStrict(o.file.Content)
	if err == nil {
		err = json.Unmarshal(data, &o.Object)
	}
	if err != nil {
		return fmt.Errorf("%s (%s): %w", o.file.Path, o.Place("").Pos, err)
	}
	return nil
}

// unitOf gives the unit of an object's file, and whether the file holds one.
func unitOf(name string) (unit string, ok bool) {
	dir := path.Dir(name)
	switch {
	case path.Ext(name) != ".yaml" || output.IsIndex(name):
		return "", false
	case dir == output.Flux:
		return "", true
	}
	return path.Base(dir), path.Dir(dir) == output.Manifests
}
