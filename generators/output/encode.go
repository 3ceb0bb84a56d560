package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"unicode/utf8"

	goyaml "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

// Encode gives a struct or map as one YAML document: by its JSON tags, keys
// sorted, no line folded. Of a Kubernetes object it leaves out what the Go
// types write although nobody said it: status, a null creationTimestamp, and
// the empty structs of workloads. It fails where JSON cannot say the value.
func Encode(obj any) ([]byte, error) {
	tree, err := plain(obj)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", obj, err)
	}
	if m, ok := tree.(map[string]any); ok && isObject(m) {
		trim(m)
	}
	return marshal(tree)
}

// unfolded keeps the encoder from folding lines at 80 columns, where a changed
// word would move all that follow. The switch is for the whole process.
var unfolded = sync.OnceFunc(goyaml.FutureLineWrap)

// marshal writes YAML as kubectl lays it out.
func marshal(tree any) ([]byte, error) {
	data, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	unfolded()
	return yaml.JSONToYAML(escape(data))
}

// escape writes the control characters that JSON takes as they are, and YAML
// does not, by their numbers.
func escape(data []byte) []byte {
	var out []byte
	for _, r := range string(data) {
		if r == 0x7f || r >= 0x80 && r <= 0x9f || r == 0xfeff {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// plain turns a value into maps, slices and scalars; numbers keep their digits.
func plain(obj any) (any, error) {
	data, err := json.Marshal(obj)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	return tree, nil
}

func isObject(m map[string]any) bool {
	version, _ := m["apiVersion"].(string)
	kind, _ := m["kind"].(string)
	return version != "" && kind != ""
}

// trim takes the zero values out of an object. Only workloads are searched to
// the bottom: elsewhere, as in Helm values, null and {} are the user's words.
func trim(object map[string]any) {
	delete(object, "status")
	trimMetadata(object)
	switch object["kind"] {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod":
		trimWorkload(object["spec"])
	}
}

func trimMetadata(m map[string]any) {
	meta, ok := m["metadata"].(map[string]any)
	if !ok {
		return
	}
	if created, ok := meta["creationTimestamp"]; ok && created == nil {
		delete(meta, "creationTimestamp")
	}
	if len(meta) == 0 {
		delete(m, "metadata")
	}
}

// trimWorkload drops the empty structs that k8s.io/api writes because they are
// no pointers. An empty struct elsewhere, as emptyDir, has a meaning.
func trimWorkload(v any) {
	switch v := v.(type) {
	case map[string]any:
		trimMetadata(v)
		for _, key := range []string{"strategy", "updateStrategy", "resources", "status"} {
			if m, ok := v[key].(map[string]any); ok && len(m) == 0 {
				delete(v, key)
			}
		}
		for _, child := range v {
			trimWorkload(child)
		}
	case []any:
		for _, child := range v {
			trimWorkload(child)
		}
	}
}
