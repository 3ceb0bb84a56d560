package talos

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// scheme begins every marker that Render replaces.
const scheme = "secret://"

// Render puts the values of a secrets bundle, the file that `talosctl gen
// secrets` writes, in the place of the markers of a machine configuration. The
// result is a secret. It fails where the bundle is no YAML or lacks a value.
func Render(config, bundle []byte) ([]byte, error) {
	var values map[string]any
	if err := yaml.Unmarshal(bundle, &values); err != nil {
		return nil, fmt.Errorf("the secrets bundle: %w", err)
	}
	var missing []error
	out, err := rewrite(config, func(n *yaml.Node) {
		path, ok := strings.CutPrefix(n.Value, scheme)
		if !ok {
			return
		}
		value, found := secretAt(values, strings.Split(path, "/"))
		if !found {
			missing = append(missing, fmt.Errorf("the secrets bundle has no %s", strings.ReplaceAll(path, "/", ".")))
		}
		n.Value, n.Style = value, 0
	})
	if err := errors.Join(append(missing, err)...); err != nil {
		return nil, err
	}
	return out, nil
}

// secretAt follows keys of nested maps to a text that is not empty.
func secretAt(values map[string]any, path []string) (string, bool) {
	for _, key := range path[:len(path)-1] {
		values, _ = values[key].(map[string]any)
	}
	text, ok := values[path[len(path)-1]].(string)
	return text, ok && text != ""
}
