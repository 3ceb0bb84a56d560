package talos

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// scheme begins every marker that Render replaces.
const scheme = "secret://"

// Render puts the values of a secrets bundle in the place of the markers of a machine
// configuration. The result is a secret. It fails where the bundle lacks a value, where
// a marker is left (inside a longer text, or one that another program replaces), and
// where Talos refuses the result, its warnings aside. No error quotes a value.
func Render(config []byte, b *Bundle) ([]byte, error) {
	var all []error
	out, err := rewrite(config, func(n *yaml.Node) {
		path, ok := strings.CutPrefix(n.Value, scheme)
		value, found := b.values[path]
		switch {
		case ok && found:
			n.Value, n.Style, n.Tag = value, 0, "!!str"
		case ok:
			all = append(all, fmt.Errorf("the secrets bundle has no %s", dotted(path)))
		case marked(n.Value):
			all = append(all, fmt.Errorf("line %d has a marker that render cannot fill in: write `secret://`, followed by the path of a value in the secrets bundle, and no other text", n.Line))
		}
	})
	if err := errors.Join(append(all, err)...); err != nil {
		return nil, err
	}
	if marked(string(out)) { // in a key or a comment
		return nil, errors.New("a key or a comment holds a marker, and render fills in values only: remove that marker")
	}
	return out, b.hide(refused(out))
}

// marks begin what stands in the place of a secret: a marker of ichor, and a reference
// of 1Password.
var marks = []string{scheme, "op://", "{{ op"}

func marked(text string) bool {
	for _, m := range marks {
		if strings.Contains(text, m) {
			return true
		}
	}
	return false
}

// refused says why Talos refuses a configuration with its secrets. Warnings were told
// when it was generated.
func refused(content []byte) error {
	if _, err := validate(content); err != nil {
		return fmt.Errorf("the rendered configuration is not valid for Talos: %w", err)
	}
	return nil
}
