package scan

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
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

// FuzzNode holds the same for the way from a file to the JSON that kustomize writes.
func FuzzNode(f *testing.F) {
	for _, s := range []string{
		"a: b\n", "a: !!str 1\nb: '1'\nc: \"1\"\nd: 1\ne: 1_000\nf: 0o7\ng: 07\n", "a: 2020-01-01\nb: 2020-01-01T00:00:00Z\n", "a: yes\nb: 'on'\nc: ~\nd:\n",
		"a: |\n  x\n   y \n\nb: >\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n", "a: &a {b: c}\nd: *a\ne: {<<: *a}\n", "1: a\ntrue: b\n", "a: .inf\nb: 1e3\nc: 0x1f\nd: 12345678901234567890\n",
		"# c\na: b # d\n", "a: !x b\n", "a: !!binary aGk=\n", "a: [1, {b: c}, 'd\n\n  e']\n", "? a\n: b\n", "a: 1\na: 2\n", "{}\n", "a: !!float 1\nb: !!int '1'\n", "a: \"\\n x\\n\"\nb: \"x \\n\"\n",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, changed bool) {
		if err := bounded("a.yaml", []byte(text)); err != nil {
			t.Skip(err) // kustomize would not end
		}
		nodes, err := kio.FromBytes([]byte(text))
		if err != nil || len(nodes) == 0 {
			t.Skip(err)
		}
		n := nodes[0]
		if changed { // as kustomize's transformers do
			_ = n.PipeE(kyaml.SetLabel("a", text))
		}
		got, err := asJSON(n)
		want, long := n.MarshalJSON()
		if (err == nil) != (long == nil) || err == nil && string(got) != string(want) {
			t.Errorf("%q: %v and %v\n%s\n%s", text, err, long, got, want)
		}
	})
}
