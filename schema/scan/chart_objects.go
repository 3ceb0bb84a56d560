package scan

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"helm.sh/helm/v3/pkg/releaseutil"
	sigsyaml "sigs.k8s.io/yaml"

	"ichor/schema/diag"
)

// document is one of what a template renders.
type document struct {
	file    string // of the repository
	index   int
	text    string
	content map[string]any // nil for what is none
	err     error          // why it is no object
	crd     bool           // of the directory crds, which is installed first
	unsure  bool           // it is not the same whatever the unknown values are
	absent  bool           // nor is it sure that it is there
}

// id tells one document from another in all renderings of a chart.
func (d document) id() string {
	if d.content == nil {
		return fmt.Sprintf("%s#%d", d.file, d.index)
	}
	meta, _ := d.content["metadata"].(map[string]any)
	return fmt.Sprint(d.file, " ", d.content["apiVersion"], " ", d.content["kind"], " ", meta["namespace"], "/", meta["name"])
}

// documentsOf parts what was rendered into documents, in the order of their
// templates.
func (r *reader) documentsOf(c *Chart, in chartInput, from rendering) []document {
	var out []document
	for _, crd := range from.crds {
		out = append(out, parts(r.templateFile(c.Dir, crd.Filename), string(crd.File.Data), true)...)
	}
	for _, name := range slices.Sorted(maps.Keys(from.texts)) {
		if base := path.Base(name); !strings.HasSuffix(base, "NOTES.txt") {
			out = append(out, parts(r.templateFile(c.Dir, name), from.texts[name], false)...)
		}
	}
	return slices.DeleteFunc(out, func(d document) bool {
		events := hookEvents(d.content)
		return len(events) > 0 && !slices.ContainsFunc(events, func(e string) bool {
			return strings.HasSuffix(e, "-install") || strings.HasSuffix(e, "-upgrade") || in.Tests && strings.HasPrefix(e, "test")
		})
	})
}

// parts parts a text as Helm does. What is empty is nothing.
func parts(file, text string, crd bool) []document {
	var out []document
	texts := releaseutil.SplitManifests(text)
	for i, key := range slices.SortedFunc(maps.Keys(texts), func(a, b string) int { return number(a) - number(b) }) {
		d := document{file: file, index: i, text: texts[key], crd: crd}
		d.content, d.err = content([]byte(d.text))
		if d.err == nil && len(d.content) == 0 {
			continue
		}
		out = append(out, d.items()...)
	}
	return out
}

func number(key string) int {
	n, _ := strconv.Atoi(key[strings.LastIndexByte(key, '-')+1:])
	return n
}

// items gives the entries of a list of objects, or the document itself.
func (d document) items() []document {
	list, isList := d.content["items"].([]any)
	if kind, _ := d.content["kind"].(string); !isList || !strings.HasSuffix(kind, "List") {
		return []document{d}
	}
	var out []document
	for _, item := range list {
		one := d
		one.content, _ = item.(map[string]any)
		out = append(out, one)
	}
	return slices.DeleteFunc(out, func(d document) bool { return d.content == nil })
}

// templateFile gives the file of the repository that Helm calls by the name of
// its chart: of a chart in it that is packed or lies elsewhere Chart.yaml, and of one
// that is packed itself the whole.
func (r *reader) templateFile(dir, name string) string {
	_, inside, _ := strings.Cut(name, "/")
	if file := path.Join(dir, inside); r.tree.isFile(file) {
		return file
	}
	if r.tree.isFile(dir) {
		return dir
	}
	return path.Join(dir, "Chart.yaml")
}

// objects makes objects of documents, and says which are none.
func (r *reader) objects(c *Chart, in chartInput, docs []document, known bool) {
	rendered := known
	for _, d := range docs {
		rendered = rendered && d.err == nil && !d.absent
		if problem := d.problem(); problem != "" {
			if known && !d.unsure {
				c.flaw(ChartYAML, r.linePos(c, d), "%s renders %s to text that is not an object: %s", c.Release, d.file, problem)
			}
			if d.content == nil || kindOf(d) == "" {
				continue
			}
		}
		at := r.docPos(c, d)
		o := newObject(d.content, source{at.File, -1, &yaml.Node{Line: at.Line, Column: at.Column}})
		if o.Namespace == "" && !clusterScoped(o.Group, o.Kind) && !scopedByChart(docs, o) {
			o.Namespace = in.Namespace
			metadata, _ := o.Content["metadata"].(map[string]any)
			if metadata != nil {
				metadata["namespace"] = in.Namespace
			}
		}
		o.Release, o.Unsure = &c.Release.Object, d.unsure || !known
		c.Objects = append(c.Objects, o)
	}
	c.Release.Rendered = rendered && len(c.Flaws) == 0
	if known {
		c.hooks()
	}
}

func kindOf(d document) string {
	kind, _ := d.content["kind"].(string)
	return kind
}

// problem says why a document is no object; empty where it is one. Flux reads
// what is no hook strictly, to label it.
func (d document) problem() string {
	if d.err != nil {
		return plain(d.err) + d.near(d.err)
	}
	if version, _ := d.content["apiVersion"].(string); version == "" {
		return "it has no apiVersion"
	}
	if kindOf(d) == "" {
		return "it has no kind"
	}
	if d.crd || len(hookEvents(d.content)) > 0 {
		return ""
	}
	if _, err := sigsyaml.YAMLToJSONStrict([]byte(d.text)); err != nil {
		return plain(err) + d.near(err)
	}
	return ""
}

// near quotes the line of the document that an error names.
func (d document) near(err error) string {
	lines := strings.Split(d.text, "\n")
	n := placeOf(d.file, err).Line
	if !yamlLine.MatchString(err.Error()) || n < 1 || n > len(lines) {
		return ""
	}
	return fmt.Sprintf(", near %q", lines[n-1])
}

// scopedByChart reports whether the CRD of an object's kind is in the chart, and
// puts it in no namespace.
func scopedByChart(docs []document, o *Object) bool {
	return slices.ContainsFunc(docs, func(d document) bool {
		spec, _ := d.content["spec"].(map[string]any)
		names, _ := spec["names"].(map[string]any)
		return kindOf(d) == "CustomResourceDefinition" && spec["group"] == o.Group && names["kind"] == o.Kind && spec["scope"] == "Cluster"
	})
}

// plain gives an error in one line.
func plain(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "error converting YAML to JSON: ", "")), " ")
}

var yamlLine = regexp.MustCompile(`\bline (\d+)`)

// placeOf is where an error of YAML lies in a file. Of what it expected and did
// not find, the library counts lines from zero.
func placeOf(file string, err error) diag.Pos {
	pos := diag.Pos{File: file, Line: 1, Column: 1}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		pos.Line, _ = strconv.Atoi(m[1])
		if strings.Contains(err.Error(), "did not find expected") {
			pos.Line++
		}
	}
	return pos
}

// docPos is where a document begins in its template.
func (r *reader) docPos(c *Chart, d document) diag.Pos {
	if r.tree.isFile(c.Dir) {
		return c.named()
	}
	return diag.Pos{File: d.file, Line: r.kindLine(d), Column: 1}
}

// linePos is where the rendered line of an error stands in its template, where
// that has the very same once, and else where the document begins.
func (r *reader) linePos(c *Chart, d document) diag.Pos {
	pos := r.docPos(c, d)
	err := d.err
	if err == nil {
		_, err = sigsyaml.YAMLToJSONStrict([]byte(d.text))
	}
	if err == nil {
		return pos
	}
	lines := strings.Split(d.text, "\n")
	at := placeOf(d.file, err).Line - 1
	if !yamlLine.MatchString(err.Error()) || at < 0 || at >= len(lines) {
		return pos
	}
	if found := r.linesWith(d.file, func(line string) bool { return renders(line, lines[at]) }); len(found) == 1 {
		pos.Line = found[0]
	}
	return pos
}

// renders reports whether a line of a template may have become another: it is the
// same, or begins so up to its first action.
func renders(template, line string) bool {
	before, _, action := strings.Cut(template, "{{")
	if !action {
		return strings.TrimSpace(template) == strings.TrimSpace(line)
	}
	return strings.TrimSpace(before) != "" && strings.HasPrefix(line, before)
}

// kindLine finds the line of a template where the kind of a document is said: of
// several the one whose name follows, or the first.
func (r *reader) kindLine(d document) int {
	kind := kindOf(d)
	if kind == "" {
		if m := regexp.MustCompile(`(?m)^kind:\s*(\S+)`).FindStringSubmatch(d.text); m != nil {
			kind = m[1]
		}
	}
	found := r.linesWith(d.file, func(line string) bool { return strings.HasPrefix(line, "kind: "+kind) })
	if len(found) == 0 {
		return 1
	}
	meta, _ := d.content["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	named := r.linesWith(d.file, func(line string) bool { return name != "" && strings.TrimSpace(line) == "name: "+name })
	for i, line := range found {
		last := i+1 == len(found)
		if slices.ContainsFunc(named, func(n int) bool { return n > line && (last || n < found[i+1]) }) {
			return line
		}
	}
	return found[0]
}

// linesWith gives the numbers of the lines of a file that are as asked.
func (r *reader) linesWith(file string, is func(line string) bool) []int {
	data, err := r.tree.read(file)
	if err != nil {
		return nil
	}
	var out []int
	n := 0
	for line := range strings.Lines(string(data)) {
		if n++; is(strings.TrimRight(line, "\r\n")) {
			out = append(out, n)
		}
	}
	return out
}
