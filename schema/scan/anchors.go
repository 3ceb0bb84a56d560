package scan

import (
	"bytes"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// collections finds anchors of mappings and lists: those of a scalar hold nothing.
var collections = regexp.MustCompile(`(?m)&\S+[ \t]*(?:$|\r|[#\[{!?])`)

// maxValues is how many values the aliases of a file may stand for.
const maxValues = 1_000_000

// anchored refuses a file that cannot be written out without aliases: kustomize does
// so, and would not end where an anchor holds itself, or a few lines stand for
// millions. Of a kustomization file the patches are looked at too that stand in it.
func anchored(name string, data []byte) error {
	if !isYAML(name) && !isKustomization(name) || !aliased(data) {
		return nil
	}
	nodes, _ := decodeAll(data) // what cannot be read is told of by who reads it
	for _, n := range nodes {
		w := &written{inline: isKustomization(name), sizes: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
		if size := w.size(n); w.loop != nil {
			return fileError{name, w.loop.Line, fmt.Sprintf("has anchor %q, which holds itself", w.loop.Value)}
		} else if size > maxValues {
			return fileError{name, n.Line, fmt.Sprintf("has aliases that stand for more than %d values", maxValues)}
		}
	}
	return nil
}

func aliased(data []byte) bool { return bytes.ContainsRune(data, '*') && collections.Match(data) }

// written counts what nodes become without aliases.
type written struct {
	inline bool // texts are read too
	sizes  map[*yaml.Node]int
	open   map[*yaml.Node]bool
	loop   *yaml.Node // an alias inside of its own anchor
}

func (w *written) size(n *yaml.Node) int {
	if n == nil || w.loop != nil {
		return 0
	}
	if size, ok := w.sizes[n]; ok {
		return size
	}
	if n.Kind == yaml.AliasNode {
		if w.open[n.Alias] {
			w.loop = n
			return 0
		}
		return w.size(n.Alias)
	}
	w.open[n] = true
	size := 1
	for _, child := range w.below(n) {
		size = min(size+w.size(child), maxValues+1)
	}
	w.open[n], w.sizes[n] = false, size
	return size
}

// below gives what a node holds.
func (w *written) below(n *yaml.Node) []*yaml.Node {
	if w.inline && n.Kind == yaml.ScalarNode && aliased([]byte(n.Value)) {
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
