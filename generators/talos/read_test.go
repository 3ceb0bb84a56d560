package talos

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// documentsOf reads a file's YAML documents, keyed by kind and name; the
// machine configuration proper is keyed v1alpha1.
func documentsOf(t *testing.T, content []byte) map[string]map[string]any {
	t.Helper()
	docs := map[string]map[string]any{}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var doc map[string]any
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			t.Fatal(err)
		}
		docs[keyOf(doc)] = doc
	}
}

func keyOf(doc map[string]any) string {
	kind, ok := doc["kind"].(string)
	if !ok {
		return "v1alpha1"
	}
	if name, ok := doc["name"].(string); ok {
		return kind + "/" + name
	}
	return kind
}

// lookup follows a path as machine.network.interfaces.0.dhcp and gives nil
// where a part is missing.
func lookup(doc any, path string) any {
	for _, part := range strings.Split(path, ".") {
		switch v := doc.(type) {
		case map[string]any:
			doc = v[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(v) {
				return nil
			}
			doc = v[i]
		default:
			return nil
		}
	}
	return doc
}
