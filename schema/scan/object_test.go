package scan

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	sigsyaml "sigs.k8s.io/yaml"
)

// FuzzDetour holds that what is left out of the way from kustomize to an object
// changes nothing: an object is as if it had been written as YAML and read again.
func FuzzDetour(f *testing.F) {
	for _, s := range []string{"", "a", " a\n", "\n  a", "y", "0x1", "1e3", "- a: b", "\"$\\ud\b", "<&>", "\\u003c", "a\tb\r\n", "é", "\u0085", "\u2028", "\x7f", "{{ . }}", "# no", "~", "<<", "="} {
		f.Add(s, int64(len(s)), 1.5e21)
	}
	f.Fuzz(func(t *testing.T, text string, whole int64, real float64) {
		data, err := json.Marshal(map[string]any{"key" + text: []any{text, whole, real, nil, true, map[string]any{text: text}}})
		if err != nil {
			t.Skip(err)
		}
		written, writing := sigsyaml.JSONToYAML(data)
		got, err := detour(data)
		if writing != nil {
			if err == nil {
				t.Errorf("%q cannot be written, and is read: %v", text, got)
			}
			return
		}
		want, reading := content(written)
		if (err == nil) != (reading == nil) || cmp.Diff(want, got) != "" && err == nil {
			t.Errorf("%q: %v and %v\n%s", text, err, reading, cmp.Diff(want, got))
		}
	})
}
