package scan

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// modernize writes the fields of a kustomization file that kustomize calls
// deprecated as those that took their place, which mean the same: kustomize
// would print a warning for each build. It reports whether there were any.
// Source: kustomize, types.Kustomization.FixKustomizationPreMarshalling.
func modernize(file *yaml.Node) bool {
	changed := false
	for i := 0; i+1 < len(file.Content); i += 2 {
		into, items := successor(file.Content[i].Value, file.Content[i+1])
		if into == "" {
			continue
		}
		changed = true
		list := field(file, into)
		if list == nil || list.Kind != yaml.SequenceNode {
			file.Content[i].Value = into
			file.Content[i+1] = &yaml.Node{Kind: yaml.SequenceNode, Content: items}
			continue
		}
		list.Content = append(list.Content, items...)
		file.Content = append(file.Content[:i], file.Content[i+2:]...)
		i -= 2
	}
	return changed
}

// successor gives the field that took the place of another, and its entries.
func successor(name string, value *yaml.Node) (into string, items []*yaml.Node) {
	switch {
	case name == "commonLabels" && value.Kind == yaml.MappingNode:
		return "labels", []*yaml.Node{mapping("pairs", value, "includeSelectors", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})}
	case name == "bases" && value.Kind == yaml.SequenceNode:
		return "resources", value.Content
	case name == "patchesJson6902" && value.Kind == yaml.SequenceNode:
		return "patches", value.Content
	case name == "patchesStrategicMerge" && value.Kind == yaml.SequenceNode:
		for _, v := range value.Content {
			key := "path"
			if strings.Contains(v.Value, "\n") {
				key = "patch"
			}
			items = append(items, mapping(key, v))
		}
		return "patches", items
	}
	return "", nil
}

// mapping makes a mapping of keys and values in turn.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		switch v := p.(type) {
		case string:
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: v})
		case *yaml.Node:
			n.Content = append(n.Content, v)
		}
	}
	return n
}
