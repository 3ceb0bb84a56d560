package output

import (
	"fmt"
	"path"
	"strings"

	"ichor/schema/diag"
)

// Object gives the file of a Kubernetes object of a unit,
// manifests/<unit>/<kind>-<name>.yaml with the kind in lower case. It fails
// where the object lacks apiVersion, kind or metadata.name.
func Object(unit string, obj any, origin diag.Pos) (File, error) {
	tree, err := plain(obj)
	if err != nil {
		return File{}, fmt.Errorf("unit %s: encode %T: %w", unit, obj, err)
	}
	m, _ := tree.(map[string]any)
	meta, _ := m["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if !isObject(m) || name == "" {
		return File{}, fmt.Errorf("unit %s: %T (%s) lacks apiVersion, kind or metadata.name", unit, obj, origin)
	}
	content, err := Encode(m)
	if err != nil {
		return File{}, err
	}
	kind, _ := m["kind"].(string)
	return File{Path: path.Join(Manifests, unit, fileName(kind, name)), Content: content, Origin: origin}, nil
}

// fileName keeps the names of RBAC objects (system:node) and of paths out of
// the way of file systems.
func fileName(kind, name string) string {
	return strings.ToLower(kind) + "-" + strings.NewReplacer(":", "-", "/", "-").Replace(name) + ".yaml"
}
