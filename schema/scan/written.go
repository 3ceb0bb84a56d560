package scan

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
)

// place gives where an entry of a field stands in a file: what kustomize reads is
// not always the file as it was written.
func (f *filtering) place(name, entry string) diag.Pos {
	docs := f.documents.of(f.file)
	for _, same := range []func(text string) bool{
		func(text string) bool { return text == entry },
		func(text string) bool { return strings.Contains(text, entry) },
	} {
		for _, doc := range docs {
			if n := holding(field(doc, name), same); n != nil {
				return partPlace(f.file, n, entry)
			}
		}
		for _, doc := range docs {
			if n := holding(doc, same); n != nil {
				return partPlace(f.file, n, entry)
			}
		}
	}
	return place(f.file, nil)
}

// holding gives the first text in a node that is as asked; nil for none.
func holding(n *yaml.Node, is func(text string) bool) *yaml.Node {
	if n == nil || n.Kind == yaml.ScalarNode && is(n.Value) {
		return n
	}
	for _, c := range n.Content {
		if found := holding(c, is); found != nil {
			return found
		}
	}
	return nil
}

// partPlace is where a part of a text stands: in a block of lines the line of it.
func partPlace(file string, n *yaml.Node, part string) diag.Pos {
	if i := strings.Index(n.Value, part); i > 0 && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return diag.Pos{File: file, Line: n.Line + 1 + strings.Count(n.Value[:i], "\n"), Column: 1}
	}
	return place(file, n)
}
