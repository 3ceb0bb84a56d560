package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
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

// marshal writes YAML as kubectl lays it out. It is not sigs.k8s.io/yaml, which
// folds lines at 80 columns, so that a changed word moves all that follow.
func marshal(tree any) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(tree); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// plain turns a value into maps, slices and scalars; integers keep their digits.
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
	return numbers(tree)
}

// numbers turns the digits of JSON into Go's numbers, in place.
func numbers(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		return number(string(v))
	case map[string]any:
		for k := range v {
			if v[k], err = numbers(v[k]); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range v {
			if v[i], err = numbers(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func number(digits string) (any, error) {
	if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return i, nil
	}
	if u, err := strconv.ParseUint(digits, 10, 64); err == nil {
		return u, nil
	}
	return strconv.ParseFloat(digits, 64)
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
