package talos

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// A field of a machine configuration that is misspelt, of another type or gone
// is noticed by Talos's library, which judges every configuration that is
// written: at least 95 of 100.
func TestMutations(t *testing.T) {
	c := reference(t, "v1.13.9")
	content := render(t, mustGenerate(t, c)["talos/mini01.yaml"].Content, realBundle(t, "v1.13.9"))
	if _, err := validate(content); err != nil {
		t.Fatal(err)
	}
	all, noticed := 0, 0
	var passed []string
	for i, l := range leaves(t, content) {
		if slices.ContainsFunc(free, func(f string) bool { return strings.Contains(l.path, f) }) {
			continue
		}
		for _, class := range []string{"rename", "retype"} {
			all++
			mutant, at := mutate(t, content, i, class)
			if _, err := validate(mutant); err != nil {
				noticed++
			} else {
				passed = append(passed, class+" "+at)
			}
		}
	}
	t.Logf("%d of %d noticed; not: %q", noticed, all, passed)
	if all < 40 || noticed*100 < 95*all {
		t.Errorf("%d of %d mutations are noticed; not: %s", noticed, all, strings.Join(passed, ", "))
	}
}

// free are maps of names that the user chooses, and configurations that Talos
// hands to other programs unread.
var free = []string{".sysctls.", ".nodeLabels.", ".extraArgs.", ".extraConfig.", ".admissionControl.configuration.", ".auditPolicy."}

// leaf is a scalar of a document, with the pair that it is in.
type leaf struct {
	path       string
	key, value *yaml.Node
}

func documentNodes(t *testing.T, content []byte) []*yaml.Node {
	t.Helper()
	var out []*yaml.Node
	for _, part := range strings.Split(string(content), "\n---\n") {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(part), &n); err != nil {
			t.Fatal(err)
		}
		out = append(out, &n)
	}
	return out
}

func leaves(t *testing.T, content []byte) []leaf {
	t.Helper()
	var out []leaf
	for _, d := range documentNodes(t, content) {
		collect(d.Content[0], "", &out)
	}
	return out
}

func collect(n *yaml.Node, path string, out *[]leaf) {
	if n.Kind == yaml.SequenceNode {
		for _, e := range n.Content {
			collect(e, path, out)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := path + "." + key.Value
		if value.Kind == yaml.ScalarNode {
			*out = append(*out, leaf{at, key, value})
		}
		collect(value, at, out)
	}
}

// mutate gives the configuration with one leaf changed, and where.
func mutate(t *testing.T, content []byte, index int, class string) ([]byte, string) {
	t.Helper()
	docs := documentNodes(t, content)
	var all []leaf
	for _, d := range docs {
		collect(d.Content[0], "", &all)
	}
	l := all[index]
	if class == "rename" {
		l.key.Value += "x"
	} else {
		*l.value = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Tag: "!!str", Value: "value"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: l.value.Value},
		}}
	}
	var parts []string
	for _, d := range docs {
		data, err := yaml.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(data))
	}
	return []byte(strings.Join(parts, "---\n")), fmt.Sprint(l.path)
}
