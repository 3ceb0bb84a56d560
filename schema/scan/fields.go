package scan

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"

	"ichor/schema/diag"
)

// kustomizationFields gives the fields that a kustomization file may have.
var kustomizationFields = sync.OnceValue(func() []string {
	var out []string
	collectFields(reflect.TypeFor[types.Kustomization](), &out)
	slices.Sort(out)
	return out
})

// collectFields adds the names that the fields of a struct have in JSON, those of
// embedded structs among them.
func collectFields(t reflect.Type, out *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			collectFields(f.Type, out)
		} else if name != "" && name != "-" {
			*out = append(*out, name)
		}
	}
}

// namedField is a field of a file.
type namedField struct {
	Name string
	Pos  diag.Pos
}

// unknownFields gives the fields of a kustomization file that kustomize does not
// know.
func (r *Repository) unknownFields(file string) []namedField {
	nodes := r.docs.of(file)
	if len(nodes) == 0 || nodes[0] == nil || nodes[0].Kind != yaml.MappingNode {
		return nil
	}
	var out []namedField
	for i := 0; i+1 < len(nodes[0].Content); i += 2 {
		key := nodes[0].Content[i]
		if !slices.Contains(kustomizationFields(), key.Value) && key.Tag != "!!merge" && !strings.HasPrefix(key.Value, "x-") {
			out = append(out, namedField{key.Value, place(file, key)})
		}
	}
	return out
}
