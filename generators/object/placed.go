package object

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// Placed is an object, the unit that it belongs to, and the place in the spec
// that caused it.
type Placed struct {
	Unit   string
	Object any
	Origin diag.Pos
	Fields map[string]output.Place // of what the spec says as it stands in the object
}

// Kind gives the group, version and kind of an object that names them; nothing of
// one that does not.
func (p Placed) Kind() schema.GroupVersionKind {
	switch o := p.Object.(type) {
	case map[string]any:
		return (&unstructured.Unstructured{Object: o}).GroupVersionKind()
	case schema.ObjectKind:
		return o.GroupVersionKind()
	}
	return schema.GroupVersionKind{}
}

// Files encodes objects into the files of their units, in the order given.
func Files(objects []Placed) ([]output.File, error) {
	files := make([]output.File, 0, len(objects))
	for _, o := range objects {
		f, err := output.Object(o.Unit, o.Object, o.Origin)
		if err != nil {
			return nil, err
		}
		f.Fields = o.Fields
		files = append(files, f)
	}
	return files, nil
}

// Fields gives the places of everything in a tree that becomes the field at a
// path of an object; the whole object's path is empty.
func Fields(path string, t *model.Tree) map[string]output.Place {
	all := map[string]output.Place{}
	addFields(all, path, t)
	return all
}

func addFields(all map[string]output.Place, path string, t *model.Tree) {
	if t == nil {
		return
	}
	all[path] = output.Place{Pos: t.Pos, Path: t.Path}
	for _, child := range t.Map {
		below := child.Key
		if path != "" {
			below = path + "." + child.Key
		}
		addFields(all, below, child)
	}
	for i, child := range t.List {
		addFields(all, fmt.Sprintf("%s[%d]", path, i), child)
	}
}
