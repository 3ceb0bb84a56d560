//lint:file-ignore SA1019 kustomize gives its plugins under no other name

package scan

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/api/builtins"
	"sigs.k8s.io/kustomize/api/types"
)

// namesFiles has the fields through which kustomize reads files, each with what
// has to stand beside it for kustomize to come so far. Each is handled by
// filtering.kustomization.
var namesFiles = map[string]string{
	"resources[]":                  `{}`,
	"components[]":                 `{}`,
	"bases[]":                      `{}`,
	"crds[]":                       `{}`,
	"configurations[]":             `{}`,
	"generators[]":                 `{}`,
	"transformers[]":               `{}`,
	"validators[]":                 `{}`,
	"openapi{}":                    `{}`,
	"patches[].path":               `{}`,
	"patchesStrategicMerge[]":      `{}`,
	"patchesJson6902[].path":       `{"patchesJson6902": [{"target": {"kind": "ConfigMap", "name": "a"}}]}`,
	"replacements[].path":          `{}`,
	"configMapGenerator[].files[]": `{"configMapGenerator": [{"name": "a"}]}`,
	"configMapGenerator[].envs[]":  `{"configMapGenerator": [{"name": "a"}]}`,
	"configMapGenerator[].env":     `{"configMapGenerator": [{"name": "a"}]}`,
	"secretGenerator[].files[]":    `{"secretGenerator": [{"name": "a"}]}`,
	"secretGenerator[].envs[]":     `{"secretGenerator": [{"name": "a"}]}`,
	"secretGenerator[].env":        `{"secretGenerator": [{"name": "a"}]}`,
}

// pluginsNameFiles has the same of the plugins that are built in.
var pluginsNameFiles = map[string]map[string]string{
	"ConfigMapGenerator":             {"files[]": `{}`, "envs[]": `{}`},
	"SecretGenerator":                {"files[]": `{}`, "envs[]": `{}`},
	"PatchTransformer":               {"path": `{}`},
	"PatchJson6902Transformer":       {"path": `{"target": {"kind": "ConfigMap", "name": "a"}}`},
	"PatchStrategicMergeTransformer": {"paths[]": `{}`},
	"ReplacementTransformer":         {"replacements[].path": `{}`},
	"ValueAddTransformer":            {"targetFilePath": `{}`},
}

// leaves gives the texts that a type can hold, as the path of each: fields by
// their names in JSON, [] for the entries of a list, {} for those of a map.
func leaves(t reflect.Type, prefix string, seen []reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer:
		return leaves(t.Elem(), prefix, seen)
	case reflect.Slice:
		return leaves(t.Elem(), prefix+"[]", seen)
	case reflect.Map:
		return leaves(t.Elem(), prefix+"{}", seen)
	case reflect.String, reflect.Interface:
		return []string{prefix}
	case reflect.Struct:
		if slices.Contains(seen, t) {
			return nil
		}
		return leavesOf(t, prefix, append(slices.Clone(seen), t))
	}
	return nil
}

func leavesOf(t reflect.Type, prefix string, seen []reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "":
			out = append(out, leaves(f.Type, prefix, seen)...)
		default:
			if name == "" {
				name = f.Name
			}
			out = append(out, leaves(f.Type, strings.TrimPrefix(prefix+"."+name, "."), seen)...)
		}
	}
	return out
}

// holdingText gives a tree with a text at a path, over another tree.
func holdingText(path string, text any, beside string) map[string]any {
	var under map[string]any
	if err := json.Unmarshal([]byte(beside), &under); err != nil {
		panic(err)
	}
	for i := len(path); i > 0; {
		switch {
		case strings.HasSuffix(path[:i], "[]"):
			text, i = []any{text}, i-2
		case strings.HasSuffix(path[:i], "{}"):
			text, i = map[string]any{"path": text}, i-2
		default:
			start := strings.LastIndexAny(path[:i], ".]}") + 1
			text = map[string]any{path[start:i]: text}
			if i = start; i > 0 && path[i-1] == '.' {
				i--
			}
		}
	}
	return laid(under, text).(map[string]any)
}

// laid lays a tree over another, lists entry by entry.
func laid(under, over any) any {
	switch o := over.(type) {
	case map[string]any:
		if u, ok := under.(map[string]any); ok {
			for key, value := range o {
				u[key] = laid(u[key], value)
			}
			return u
		}
	case []any:
		if u, ok := under.([]any); ok && len(u) == 1 && len(o) == 1 {
			return []any{laid(u[0], o[0])}
		}
	}
	return over
}

// plugins are those that are built into kustomize, by their kinds.
var plugins = map[string]any{
	"AnnotationsTransformer":         builtins.AnnotationsTransformerPlugin{},
	"ConfigMapGenerator":             builtins.ConfigMapGeneratorPlugin{},
	"HashTransformer":                builtins.HashTransformerPlugin{},
	"HelmChartInflationGenerator":    builtins.HelmChartInflationGeneratorPlugin{},
	"IAMPolicyGenerator":             builtins.IAMPolicyGeneratorPlugin{},
	"ImageTagTransformer":            builtins.ImageTagTransformerPlugin{},
	"LabelTransformer":               builtins.LabelTransformerPlugin{},
	"NamespaceTransformer":           builtins.NamespaceTransformerPlugin{},
	"PatchJson6902Transformer":       builtins.PatchJson6902TransformerPlugin{},
	"PatchStrategicMergeTransformer": builtins.PatchStrategicMergeTransformerPlugin{},
	"PatchTransformer":               builtins.PatchTransformerPlugin{},
	"PrefixTransformer":              builtins.PrefixTransformerPlugin{},
	"SuffixTransformer":              builtins.SuffixTransformerPlugin{},
	"ReplacementTransformer":         builtins.ReplacementTransformerPlugin{},
	"ReplicaCountTransformer":        builtins.ReplicaCountTransformerPlugin{},
	"SecretGenerator":                builtins.SecretGeneratorPlugin{},
	"ValueAddTransformer":            builtins.ValueAddTransformerPlugin{},
}

// TestFieldsKnown fails for a field that a later version of kustomize adds, until
// it is in one of the lists, and handled where it names files.
func TestFieldsKnown(t *testing.T) {
	check := func(name string, of reflect.Type, files map[string]string, others string) {
		known := append(strings.Fields(others), slices.Collect(maps.Keys(files))...)
		slices.Sort(known)
		all := leaves(of, "", nil)
		slices.Sort(all)
		if diff := cmp.Diff(known, all, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s has other texts than are listed: look whether kustomize reads files by them (-listed +there):\n%s", name, diff)
		}
	}
	check("types.Kustomization", reflect.TypeFor[types.Kustomization](), namesFiles, namesNoFile)
	for kind, p := range plugins {
		check(kind, reflect.TypeOf(p), pluginsNameFiles[kind], pluginsNameNothing[kind])
		if pluginFiles[kind] == nil {
			t.Errorf("the plugin %s is not handled", kind)
		}
	}
}
