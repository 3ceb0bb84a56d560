package scan

import (
	"encoding/base64"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// unknownText stands in a build for what is fetched from elsewhere. Whatever holds
// it once all is built is not known, however it came there.
const unknownText = "ichor.internal/unknown"

// unknownKey stands in a ConfigMap or a Secret for keys that are fetched.
const unknownKey = "ichor.internal-unknown"

// unknownBase64 is the same in a Secret.
var unknownBase64 = base64.StdEncoding.EncodeToString([]byte(unknownText))

// marking is a patch that marks what it selects as not known; nil selects all. The name
// in it is none: the target selects.
func marking(target *types.Selector) types.Patch {
	if target == nil {
		target = &types.Selector{}
	}
	return types.Patch{Target: target, Patch: `{"apiVersion": "v1", "kind": "Any", "metadata": {"name": "any", "annotations": {"` + unknownText + `": "` + unknownText + `"}}}`}
}

// sources takes what is fetched out of the sources of a generated object. The
// keys are known where the files are named one by one.
func (f *filtering) sources(field string, s *types.KvPairSources) {
	if s.EnvSource != "" {
		s.EnvSources, s.EnvSource = append(s.EnvSources, s.EnvSource), ""
	}
	var files, envs []string
	for _, source := range s.FileSources {
		key, file, named := strings.Cut(source, "=")
		if !named {
			key, file = path.Base(source), source
		}
		kept, ok := f.content(field, file)
		switch {
		case !ok:
			s.LiteralSources = append(s.LiteralSources, key+"="+unknownText)
		case named:
			files = append(files, key+"="+kept)
		default:
			files = append(files, kept)
		}
	}
	for _, source := range s.EnvSources {
		if kept, ok := f.content(field, source); ok {
			envs = append(envs, kept)
		} else if literal := unknownKey + "=" + unknownText; !slices.Contains(s.LiteralSources, literal) {
			s.LiteralSources = append(s.LiteralSources, literal)
		}
	}
	s.FileSources, s.EnvSources = files, envs
}

// unmarked reports whether something of an object is not known, and takes out what
// only says so.
func unmarked(object map[string]any) bool {
	if !isUnknown(object) {
		return false
	}
	metadata, _ := object["metadata"].(map[string]any)
	if annotations, _ := metadata["annotations"].(map[string]any); annotations != nil {
		if delete(annotations, unknownText); len(annotations) == 0 {
			delete(metadata, "annotations")
		}
	}
	if data, _ := object["data"].(map[string]any); data != nil {
		delete(data, unknownKey)
	}
	return true
}

// isUnknown reports whether something of a value is not known.
func isUnknown(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if strings.Contains(key, unknownText) || isUnknown(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, isUnknown)
	case string:
		return strings.Contains(v, unknownText) || strings.Contains(v, unknownBase64)
	}
	return false
}

// known gives a value without what is not known in it, and the entries of lists
// that hold such.
func known(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			if _, isText := inner.(string); !isText || !isUnknown(inner) {
				out[key] = known(inner)
			}
		}
		return out
	case []any:
		var out []any
		for _, inner := range v {
			if !isUnknown(inner) {
				out = append(out, inner)
			}
		}
		return out
	}
	return value
}
