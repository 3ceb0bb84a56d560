package scan

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	"ichor/schema/diag"
)

// convert reads a tree as what it is, with the names of fields in JSON.
func convert(tree map[string]any, into any) error {
	data, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	err = json.Unmarshal(data, into)
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		return typeError{mistyped.Field, mistyped.Value, typeNames[mistyped.Type.Kind()]}
	}
	return err
}

// typeNames are the words for what a field is to be.
var typeNames = map[reflect.Kind]string{
	reflect.Bool: "bool", reflect.Int: "number", reflect.String: "string", reflect.Slice: "list", reflect.Map: "map", reflect.Struct: "map", reflect.Pointer: "map",
}

// typeError is a field of a spec that has another type than Flux takes.
type typeError struct{ field, is, want string }

func (e typeError) Error() string {
	return fmt.Sprintf("spec.%s is of type %s, and must be of type %s", e.field, e.is, e.want)
}

// build runs kustomize over the path of a Kustomization, once.
func (r *reader) build(k *Kustomization) {
	if k.External || k.Failed != nil {
		return
	}
	r.tree.reading("%s (%s)", k.Applier(), k.Path)
	if r.tree.unseen(k.Path) && r.tree.kustomizationIn(k.Path) == "" {
		k.Remote = append(k.Remote, k.Path)
		return
	}
	b := &build{
		tree: r.tree, documents: r.docs, entries: &entries{tree: r.tree, documents: r.docs},
		spec: k.Spec, dir: k.Path, specPlace: k.Place,
	}
	k.built, k.Failed = b.run()
	k.File, k.Generated, k.Missing, k.Fetched = b.file, b.generated, b.entries.missing, b.entries.remote
	for _, f := range k.Fetched {
		if !f.Content {
			k.Remote = append(k.Remote, f.Entry)
		}
	}
	if k.Failed != nil {
		k.FailedAt = failedAt(k)
	}
}

// failedAt is where a build that failed is to be mended.
func failedAt(k *Kustomization) diag.Pos {
	var unusable fileError
	var mistyped typeError
	switch {
	case errors.As(k.Failed, &mistyped):
		return k.Place("spec." + mistyped.field)
	case errors.Is(k.Failed, errNoPath), errors.Is(k.Failed, errHiddenPath):
		return k.Place("spec.path")
	case errors.As(k.Failed, &unusable):
		return diag.Pos{File: unusable.file, Line: unusable.line, Column: 1}
	case k.File != "" && !k.Generated:
		return diag.Pos{File: k.File, Line: 1, Column: 1}
	}
	return k.Place("spec.path")
}

// finish substitutes the variables of what was built.
func (r *reader) finish(k *Kustomization) {
	k.Variables = r.variables(k)
	for _, b := range k.built {
		object, err := asApplied(b.resource)
		if err != nil {
			k.fail(b.source, err)
			continue
		}
		k.add(object, b.source)
	}
	k.built = nil
}

func (k *Kustomization) fail(s source, err error) {
	k.Failed, k.FailedAt = err, place(s.file, s.node)
}

// add appends an object with its variables replaced.
func (k *Kustomization) add(object map[string]any, s source) {
	var undefined []string
	open := false
	if k.Spec.PostBuild != nil {
		var err error
		if object, undefined, err = k.Variables.substitute(object); err != nil {
			k.fail(s, fmt.Errorf("its variables cannot be substituted: %w", err))
		}
		if k.written += textIn(object); k.written > maxBuilt {
			k.fail(s, fmt.Errorf("with its variables filled in, it is larger than %d MiB", maxBuilt>>20))
			return
		}
		open = k.Variables.Open || len(undefined) > 0
	}
	k.common(object)
	unsure := len(k.Fetched) > 0 && unmarked(object)
	o := newObject(object, s)
	o.Open, o.Unsure = open, unsure
	k.Objects = append(k.Objects, o)
	for _, name := range undefined {
		k.Undefined = append(k.Undefined, Undefined{name, o, variableAt(o, s, name)})
	}
}

// common adds the labels and annotations of commonMetadata, over those of the
// object. Source: kustomize-controller, apply; fluxcd/pkg/ssa/utils,
// SetCommonMetadata.
func (k *Kustomization) common(object map[string]any) {
	m := k.Spec.CommonMetadata
	if m == nil {
		return
	}
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return
	}
	for field, values := range map[string]map[string]string{"labels": m.Labels, "annotations": m.Annotations} {
		for key, value := range values {
			inner, ok := metadata[field].(map[string]any)
			if !ok {
				inner = map[string]any{}
				metadata[field] = inner
			}
			inner[key] = value
		}
	}
}

// variableAt finds where a variable stands.
func variableAt(o *Object, s source, name string) diag.Pos {
	part := "${" + name
	if n := holding(s.node, func(text string) bool { return strings.Contains(text, part) }); n != nil {
		return partPlace(s.file, n, part)
	}
	return o.Pos
}

// variablesKnown reports whether every object that variables come from is built
// already.
func (r *reader) variablesKnown(k *Kustomization) bool {
	if k.Spec.PostBuild == nil {
		return true
	}
	for _, ref := range k.Spec.PostBuild.SubstituteFrom {
		if r.find(ref.Kind, k.Namespace, ref.Name) == nil {
			return false
		}
	}
	return true
}

// find gives an object of the cluster among those that are finished.
func (r *reader) find(kind, namespace, name string) *Object {
	return r.byID[objectID{"", kind, namespace, name}]
}

// variables gathers those of a Kustomization: later sources win, and its own win
// over all. Values lose their line breaks. Source: LoadVariables and
// SubstituteVariables of github.com/fluxcd/pkg/kustomize.
func (r *reader) variables(k *Kustomization) Variables {
	v := Variables{Values: map[string]string{}}
	p := k.Spec.PostBuild
	if p == nil {
		return v
	}
	v.Always = string(p.SubstituteStrategy) == "Always"
	for _, ref := range p.SubstituteFrom {
		v.from(r.find(ref.Kind, k.Namespace, ref.Name), ref)
	}
	for name, value := range p.Substitute {
		v.Values[name] = strings.ReplaceAll(value, "\n", "")
	}
	return v
}

// from adds the variables of an object; those of one that is not seen, or is
// encrypted, are open.
func (v *Variables) from(o *Object, ref kustomizev1.SubstituteReference) {
	if o == nil || o.Encrypted || o.Unsure || ref.Kind != "ConfigMap" {
		v.Open = true
		return
	}
	data, _ := o.Content["data"].(map[string]any)
	for name, value := range data {
		v.Values[name] = strings.ReplaceAll(fmt.Sprint(value), "\n", "")
	}
}
