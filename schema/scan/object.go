package scan

import (
	"bytes"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/kustomize/api/resource"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// Object is an object that a Kustomization applies, and where it comes from.
type Object struct {
	model.Object
	File     string // the file it stands in, or the kustomization file that generates it
	Document int    // index of its document in the file; -1 where it is generated
}

// source is the document that a built object comes from.
type source struct {
	file  string
	index int
	node  *yaml.Node
}

// sourceOf finds the document of a built object by the file that kustomize
// names, and the kind, name and namespace that the object had there.
func (b *build) sourceOf(r *resource.Resource) source {
	origin, err := r.GetOrigin()
	if err != nil || origin == nil {
		return source{file: b.file, index: -1}
	}
	if origin.Path == "" {
		return source{file: local(path.Join(b.dir, origin.ConfiguredIn)), index: -1}
	}
	file := local(path.Join(b.dir, origin.Path))
	id, nodes := r.OrgId(), b.documents.of(file)
	named := func(n *yaml.Node) bool { return text(n, "kind") == id.Kind && text(n, "metadata", "name") == id.Name }
	i := slices.IndexFunc(nodes, func(n *yaml.Node) bool { return named(n) && text(n, "metadata", "namespace") == id.Namespace })
	if i < 0 {
		i = slices.IndexFunc(nodes, named)
	}
	if i < 0 {
		return source{file: file, index: -1}
	}
	return source{file, i, nodes[i]}
}

// object gives a built object with the places of its parts. Its content is the
// object as kustomize leaves it, or as the variables change it.
func newObject(content map[string]any, s source) *Object {
	apiVersion, _ := content["apiVersion"].(string)
	kind, _ := content["kind"].(string)
	group, version := GroupVersion(apiVersion)
	if metadata, ok := content["metadata"].(map[string]any); ok && clusterScoped(group, kind) {
		delete(metadata, "namespace") // kustomize gives one to every kind that it does not know
	}
	around := place(s.file, s.node)
	o := &Object{File: s.file, Document: s.index}
	o.Content, o.Pos = content, around
	o.Body = positioned(content, "", s.node, around)
	o.Group, o.Version, o.Kind = group, version, kind
	o.Name, o.Namespace = o.Text("metadata", "name"), o.Text("metadata", "namespace")
	_, o.Encrypted = content["sops"]
	return o
}

// NewObject gives an object that is caused by one place, as what ichor writes.
func NewObject(content map[string]any, at diag.Pos) *model.Object {
	apiVersion, _ := content["apiVersion"].(string)
	o := &model.Object{Content: content, Pos: at, Body: positioned(content, "", nil, at)}
	o.Group, o.Version = GroupVersion(apiVersion)
	o.Kind, o.Name, o.Namespace = o.Text("kind"), o.Text("metadata", "name"), o.Text("metadata", "namespace")
	return o
}

// GroupVersion parts an API version; the group is empty for Kubernetes' core.
func GroupVersion(apiVersion string) (group, version string) {
	group, version, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return "", apiVersion
	}
	return group, version
}

// content reads an object of YAML with the numbers of the API server: int64
// where they are whole.
func content(data []byte) (map[string]any, error) {
	asJSON, err := sigsyaml.YAMLToJSON(data)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(asJSON, &out)
}

// asApplied gives a built object as Flux reads it: written as YAML, and read. Of
// plain text the detour changes nothing, and is left out.
func asApplied(r *resource.Resource) (map[string]any, error) {
	data, err := asJSON(&r.RNode)
	if err != nil {
		return nil, err
	}
	out, err := detour(data)
	if err == nil {
		dropOrigin(out)
	}
	return out, err
}

// asJSON is what kustomize writes a node as, without the text in between where that
// changes nothing.
func asJSON(r *kyaml.RNode) ([]byte, error) {
	n := r.YNode()
	if n == nil || n.Kind != yaml.MappingNode || !direct(n) {
		return r.MarshalJSON()
	}
	out := map[string]any{}
	if err := n.Decode(&out); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// direct reports whether a node is the same once it is written as YAML and read:
// that is so but for aliases, merge keys, folded or empty text and odd characters.
func direct(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		return n.Anchor == "" && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !direct(c) })
	case yaml.ScalarNode:
		odd := func(c rune) bool { return (c < ' ' || c > '~') && c != '\n' }
		return n.Anchor == "" && n.Style&yaml.FoldedStyle == 0 && n.Value != "" && n.Value != "<<" && !strings.ContainsFunc(n.Value, odd)
	}
	return false
}

func detour(asJSON []byte) (out map[string]any, err error) {
	if plainText(asJSON) {
		return out, json.Unmarshal(asJSON, &out)
	}
	data, err := sigsyaml.JSONToYAML(asJSON)
	if err != nil {
		return nil, err
	}
	return content(data)
}

// printable are escapes of JSON that stand for printable characters.
var printable = regexp.MustCompile(`\\u00(3c|3e|26)`)

// unlike are parts of a text of JSON with which YAML is another text: control
// characters, and a merge key.
var unlike = []string{`\b`, `\f`, `"\u003c\u003c"`}

// plainText reports whether a text of JSON has nothing but printable characters of
// ASCII, line breaks and tabs.
func plainText(asJSON []byte) bool {
	odd := func(c byte) bool { return c < ' ' || c > '~' }
	held := func(part string) bool { return bytes.Contains(asJSON, []byte(part)) }
	return !slices.ContainsFunc(asJSON, odd) && !slices.ContainsFunc(unlike, held) && !longKeys(asJSON) &&
		bytes.Count(asJSON, []byte(`\u`)) == len(printable.FindAllIndex(asJSON, -1))
}

// maxKey is how long a key of YAML may be, in bytes. Source: yaml_parser_stale_simple_keys.
const maxKey = 1000

func longKeys(asJSON []byte) bool {
	for at := 0; ; {
		end := bytes.Index(asJSON[at:], []byte(`":`))
		if end < 0 {
			return false
		}
		key := asJSON[at : at+end]
		begin := bytes.LastIndexByte(key, '"')
		for begin > 0 && key[begin-1] == '\\' {
			begin = bytes.LastIndexByte(key[:begin], '"')
		}
		if len(key)-begin > maxKey {
			return true
		}
		at += end + len(`":`)
	}
}

// dropOrigin takes out what kustomize wrote for us.
func dropOrigin(object map[string]any) {
	metadata, _ := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	delete(annotations, originAnnotation)
	if len(annotations) == 0 {
		delete(metadata, "annotations")
	}
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// originAnnotation is what kustomize writes for us, and no part of the object.
const originAnnotation = "config.kubernetes.io/origin"
