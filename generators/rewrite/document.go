package rewrite

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is one document of a file, with the lines of the whole file.
type document struct {
	Edit
	lines     []string // with their line ends
	top, spec *yaml.Node
	key, list *yaml.Node // of dependsOn; nil where there is none
}

// read finds spec and dependsOn in a document.
func read(file []byte, e Edit) (*document, error) {
	d := &document{Edit: e, lines: strings.SplitAfter(string(file), "\n")}
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	for range e.Document + 1 {
		d.top = &yaml.Node{}
		if err := decoder.Decode(d.top); err != nil {
			return nil, &Error{1, "the document cannot be read: " + err.Error()}
		}
	}
	if len(d.top.Content) != 1 {
		return nil, &Error{d.top.Line, "the document is empty"}
	}
	_, d.spec = field(d.top.Content[0], "spec")
	if d.spec == nil || d.spec.Kind != yaml.MappingNode || d.spec.Style&yaml.FlowStyle != 0 || len(d.spec.Content) == 0 {
		return nil, &Error{d.top.Content[0].Line, "spec is not a mapping with a line for each field"}
	}
	d.key, d.list = field(d.spec, "dependsOn")
	return d, d.refusal()
}

// refusal says why dependsOn cannot be changed in place.
func (d *document) refusal() error {
	if d.list == nil {
		return nil
	}
	if d.list.Kind != yaml.SequenceNode {
		return &Error{d.key.Line, "dependsOn is not a list of its own"}
	}
	for _, item := range d.list.Content {
		if _, name := field(item, "name"); item.Kind != yaml.MappingNode || name == nil {
			return &Error{item.Line, "an entry of dependsOn is not a mapping with its own name"}
		}
	}
	return nil
}

// field gives key and value of a field of a mapping.
func field(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// have gives what the document depends on, repetitions among it.
func (d *document) have() []Dependency {
	if d.list == nil {
		return nil
	}
	out := make([]Dependency, len(d.list.Content))
	for i, item := range d.list.Content {
		out[i] = Dependency{Namespace: d.Own, Name: scalar(item, "name")}
		if namespace := scalar(item, "namespace"); namespace != "" {
			out[i].Namespace = namespace
		}
	}
	return out
}

func scalar(n *yaml.Node, name string) string {
	_, v := field(n, name)
	for v != nil && v.Kind == yaml.AliasNode {
		v = v.Alias
	}
	if v == nil {
		return ""
	}
	return v.Value
}

// plan parts the entries: which stay, by their indices, and what is to come. Of
// repetitions the first stays.
func (d *document) plan() (stay []int, come []Dependency) {
	have := d.have()
	for i, h := range have {
		if slices.Contains(d.Want, h) && slices.Index(have, h) == i {
			stay = append(stay, i)
		}
	}
	for _, w := range d.Want {
		if !slices.Contains(have, w) {
			come = append(come, w)
		}
	}
	return stay, come
}

func (d *document) edit() error {
	stay, come := d.plan()
	switch {
	case d.list == nil:
		d.insertField(come)
	case len(stay)+len(come) == 0:
		d.removeField()
	case d.list.Style&yaml.FlowStyle != 0:
		return d.editFlow(stay, come)
	default:
		d.editBlock(stay, come)
	}
	return nil
}
