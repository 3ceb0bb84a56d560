package scan

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// documents holds the YAML documents of files, each file parsed once.
type documents struct {
	*tree
	parsed map[string][]*yaml.Node
}

// of gives the documents of a file with their places; what cannot be read ends
// the list.
func (d *documents) of(file string) []*yaml.Node {
	if nodes, ok := d.parsed[file]; ok {
		return nodes
	}
	data, err := d.read(file)
	if err != nil {
		return nil
	}
	nodes, _ := decodeAll(data)
	d.parsed[file] = nodes
	return nodes
}

// decodeAll gives the documents of a YAML file up to the first that cannot be
// read, and its error.
func decodeAll(data []byte) ([]*yaml.Node, error) {
	var out []*yaml.Node
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var doc yaml.Node
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return out, err
		}
		var top *yaml.Node
		if len(doc.Content) == 1 {
			top = doc.Content[0]
		}
		out = append(out, top)
	}
}

// field gives the value at a key of a mapping, through aliases and merge keys;
// nil where there is none.
func field(n *yaml.Node, key string) *yaml.Node {
	n = target(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var merged *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch {
		case n.Content[i].Value == key:
			return n.Content[i+1]
		case n.Content[i].Tag == "!!merge":
			if v := field(n.Content[i+1], key); v != nil {
				merged = v
			}
		}
	}
	return merged
}

// at follows keys downwards.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, k := range keys {
		n = field(n, k)
	}
	return n
}

func target(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// text gives the scalar at the end of keys; empty where there is none.
func text(n *yaml.Node, keys ...string) string {
	n = target(at(n, keys...))
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// place is where a node stands.
func place(file string, n *yaml.Node) diag.Pos {
	if n == nil {
		return diag.Pos{File: file, Line: 1, Column: 1}
	}
	return diag.Pos{File: file, Line: n.Line, Column: n.Column}
}

// positioned gives a value of a built object as a tree: each part at its place
// in the document that the object comes from, or, where a patch or a transformer
// brought it, at the nearest part around it.
func positioned(value any, key string, n *yaml.Node, around diag.Pos) *model.Tree {
	pos := around
	if n != nil {
		pos = place(around.File, n)
	}
	out := &model.Tree{Pos: pos, Key: key}
	n = target(n)
	switch v := value.(type) {
	case map[string]any:
		out.IsMap = true
		for _, k := range sortedKeys(v) {
			out.Map = append(out.Map, positioned(v[k], k, field(n, k), pos))
		}
	case []any:
		out.List = make([]*model.Tree, len(v))
		for i, x := range v {
			var item *yaml.Node
			if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == len(v) {
				item = n.Content[i]
			}
			out.List[i] = positioned(x, "", item, pos)
		}
	default:
		out.Scalar = value
	}
	return out
}
