package scan

import (
	"bytes"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// collections finds anchors of mappings and lists: those of a scalar hold nothing.
var collections = regexp.MustCompile(`(?m)&\S+[ \t]*(?:$|\r|[#\[{!?])`)

const (
	// maxValues is how many values the aliases of a file may stand for, and maxText how
	// many bytes. The largest public bundles of CRDs have 20 MB, and no alias.
	maxValues = 1_000_000
	maxText   = 64 << 20
	// maxNested is how deep values may stand in each other. CRDs have some 60 levels.
	maxNested = 500
)

// bounded refuses a file that cannot be written out without aliases: kustomize does
// so, and would not end where an anchor holds itself, or a few lines stand for
// millions, or values stand in each other without end. Of a kustomization file the
// patches are looked at too that stand in it.
func bounded(name string, data []byte) error {
	if !suspect(data) {
		return nil
	}
	nodes, _ := decodeAll(data) // what cannot be read is reported by who reads it
	for _, n := range nodes {
		if line, why := excess(n, isKustomization(name)); why != "" {
			return fileError{name, line, why}
		}
	}
	return nil
}

// excess says what a document has too much of, and where; empty where it is bounded.
func excess(n *yaml.Node, inline bool) (line int, why string) {
	w := &writing{inline: inline, sizes: map[*yaml.Node]extent{}, open: map[*yaml.Node]bool{}}
	size := w.size(n)
	switch {
	case w.loop != nil:
		return w.loop.Line, fmt.Sprintf("has anchor %q, which contains itself", w.loop.Value)
	case size.values > maxValues:
		return n.Line, fmt.Sprintf("has aliases that stand for more than %d values", maxValues)
	case size.text > maxText:
		return n.Line, fmt.Sprintf("has aliases that stand for more than %d MiB of text", maxText>>20)
	case size.depth > maxNested:
		return n.Line, fmt.Sprintf("has values nested more than %d levels deep", maxNested)
	}
	return 0, ""
}

// suspect reports whether a text needs a closer look, by its bytes alone.
func suspect(data []byte) bool { return aliased(data) || nests(data) }

func aliased(data []byte) bool {
	aliases := bytes.Count(data, []byte("*"))
	return aliases > 0 && (collections.Match(data) || aliases*len(data) > maxText && bytes.ContainsRune(data, '&'))
}

// nests reports whether brackets, or what a line begins with, may stand for more
// levels than values may have.
func nests(data []byte) bool {
	open, before, begins := 0, 0, true
	for _, c := range data {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		}
		begins = c == '\n' || begins && bytes.IndexByte([]byte(" -?:"), c) >= 0
		if before++; c == '\n' || !begins {
			before = 0
		}
		if open > maxNested || before > maxNested {
			return true
		}
	}
	return false
}

// extent is what a node becomes without aliases.
type extent struct{ values, text, depth int }

// writing counts what nodes become without aliases.
type writing struct {
	inline bool // texts are read too
	sizes  map[*yaml.Node]extent
	open   map[*yaml.Node]bool
	loop   *yaml.Node // an alias inside of its own anchor
}

func (w *writing) size(n *yaml.Node) extent {
	if n == nil || w.loop != nil {
		return extent{}
	}
	if size, ok := w.sizes[n]; ok {
		return size
	}
	if n.Kind == yaml.AliasNode {
		if w.open[n.Alias] {
			w.loop = n
			return extent{}
		}
		return w.size(n.Alias)
	}
	w.open[n] = true
	size := extent{values: 1, text: len(n.Value)}
	for _, child := range w.below(n) {
		inner := w.size(child)
		size.values = min(size.values+inner.values, maxValues+1)
		size.text = min(size.text+inner.text, maxText+1)
		size.depth = max(size.depth, inner.depth+1)
	}
	w.open[n], w.sizes[n] = false, size
	return size
}

// below gives what a node holds.
func (w *writing) below(n *yaml.Node) []*yaml.Node {
	if w.inline && n.Kind == yaml.ScalarNode && suspect([]byte(n.Value)) {
		inside, _ := decodeAll([]byte(n.Value)) // a patch, or a text that is none
		for _, x := range inside {
			shift(x, n.Line)
		}
		return inside
	}
	return n.Content
}

// shift gives nodes of a block of text their lines in the file.
func shift(n *yaml.Node, by int) {
	if n == nil {
		return
	}
	n.Line += by
	for _, child := range n.Content {
		shift(child, by)
	}
}
