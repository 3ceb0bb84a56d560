package rewrite

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// indent is the number of spaces that a line begins with.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func blank(line string) bool { return strings.TrimSpace(line) == "" }

func comment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

// lineEnd is how the file ends its lines.
func (d *document) lineEnd() string {
	if strings.HasSuffix(d.lines[0], "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// replace puts lines in the place of others, from index first up to before last.
func (d *document) replace(first, last int, with []string) {
	if first > 0 && len(with) > 0 && !strings.HasSuffix(d.lines[first-1], "\n") {
		d.lines[first-1] += d.lineEnd()
	}
	d.lines = slices.Replace(d.lines, first, last, with...)
}

// withComments gives the index of the first of the comment lines that stand
// directly above a line and are indented like it.
func (d *document) withComments(line int) int {
	for line > 0 && comment(d.lines[line-1]) && indent(d.lines[line-1]) == indent(d.lines[line]) {
		line--
	}
	return line
}

// end gives the index behind the last line that belongs to what begins at a
// line: those that are indented deeper than depth, with empty lines between.
func (d *document) end(line, depth int) int {
	end := line + 1
	for i := line + 1; i < len(d.lines); i++ {
		switch {
		case blank(d.lines[i]):
			continue
		case indent(d.lines[i]) <= depth:
			return end
		}
		end = i + 1
	}
	return end
}

// item is where an entry of a list stands.
type item struct {
	first, last int // lines, with its comments
	dash        int // indentation of its dash
}

// items gives the lines of each entry of a list that has a line for each.
func (d *document) items() []item {
	var out []item
	for _, n := range d.list.Content {
		line := n.Line - 1
		for !strings.Contains(d.lines[line], "-") { // the dash may stand alone above
			line--
		}
		dash := indent(d.lines[line])
		out = append(out, item{d.withComments(line), d.end(line, dash), dash})
	}
	return out
}

// editBlock takes lines of entries out, and adds those that come behind the last
// one that stays.
func (d *document) editBlock(stay []int, come []Dependency) {
	items := d.items()
	behind := len(items) - 1
	if len(stay) > 0 {
		behind = stay[len(stay)-1]
	}
	for i := len(items) - 1; i >= 0; i-- { // from the end, so that lines above stay where they are
		if i == behind {
			d.replace(items[i].last, items[i].last, d.entries(items[i].dash, come))
		}
		if !slices.Contains(stay, i) {
			d.replace(items[i].first, items[i].last, nil)
		}
	}
}

// entries writes entries of a list with dashes at a depth.
func (d *document) entries(depth int, come []Dependency) []string {
	var out []string
	for _, c := range come {
		out = append(out, strings.Repeat(" ", depth)+"- name: "+quoted(c.Name)+d.lineEnd())
		if c.Namespace != d.Own {
			out = append(out, strings.Repeat(" ", depth)+"  namespace: "+quoted(c.Namespace)+d.lineEnd())
		}
	}
	return out
}

// quoted writes a name as YAML, with quotes where it would be no text.
func quoted(name string) string {
	out, err := yaml.Marshal(name)
	if err != nil {
		return name
	}
	return strings.TrimSpace(string(out))
}

// removeField takes dependsOn out, with the comments above it.
func (d *document) removeField() {
	line := d.key.Line - 1
	depth := indent(d.lines[line])
	end := d.end(line, depth)
	for _, i := range d.blockItems() {
		end = max(end, i.last) // a list may be indented like its field
	}
	d.replace(d.withComments(line), end, nil)
}

func (d *document) blockItems() []item {
	if d.list.Style&yaml.FlowStyle != 0 {
		return nil
	}
	return d.items()
}

// insertField writes dependsOn where the order of fields wants it: among sorted
// fields at its place, else before the interval or the path, else as the first.
func (d *document) insertField(come []Dependency) {
	at := d.spec.Content[d.before()]
	depth := at.Column - 1
	dash := depth
	if d.indentsLists() {
		dash += 2
	}
	text := append([]string{strings.Repeat(" ", depth) + "dependsOn:" + d.lineEnd()}, d.entries(dash, come)...)
	line := d.withComments(at.Line - 1)
	if d.last() {
		line = d.end(at.Line-1, depth)
	}
	d.replace(line, line, text)
}

// before gives the index in spec of the key that dependsOn goes before.
func (d *document) before() int {
	keys := d.keys()
	if slices.IsSorted(keys) {
		i, _ := slices.BinarySearch(keys, "dependsOn")
		return 2 * min(i, len(keys)-1)
	}
	for _, name := range []string{"interval", "path"} {
		if i := slices.Index(keys, name); i >= 0 {
			return 2 * i
		}
	}
	return 0
}

// last reports whether dependsOn goes behind every other field.
func (d *document) last() bool {
	keys := d.keys()
	return slices.IsSorted(keys) && keys[len(keys)-1] < "dependsOn"
}

func (d *document) keys() []string {
	var out []string
	for i := 0; i < len(d.spec.Content); i += 2 {
		out = append(out, d.spec.Content[i].Value)
	}
	return out
}

// indentsLists reports whether the dashes of lists stand deeper than their field,
// by the first list of the document; without any they do.
func (d *document) indentsLists() bool {
	deeper, found := true, false
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
			v := n.Content[i+1]
			if !found && v.Kind == yaml.SequenceNode && v.Style&yaml.FlowStyle == 0 && len(v.Content) > 0 {
				deeper, found = indent(d.lines[v.Line-1]) > n.Content[i].Column-1, true
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(d.top)
	return deeper
}
