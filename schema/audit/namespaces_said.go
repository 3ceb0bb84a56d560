package audit

import (
	"regexp"
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// namespacesSaid are the words of whatever may make a namespace without having it
// as an object: what sets up the cluster, values of charts, objects of operators,
// and scripts.
func (c *Cluster) namespacesSaid() map[string]bool {
	out := c.Repository.SetUpWords()
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			for _, t := range tellers(o) {
				gather(t, out)
			}
			if o.Group != "" && strings.Contains(o.Kind, "namespace") { // SubnamespaceAnchor makes the one it is named for
				out[o.Name] = true
			}
			o.Body.Walk(func(t *model.Tree) {
				if t.Lookup("kind").Text() == "Namespace" {
					out[t.Lookup("metadata", "name").Text()] = true
				}
				if text := t.Text(); makesNamespace.MatchString(text) {
					scan.Words(text, out)
				}
			})
		}
	}
	return out
}

// gather adds the keys and texts of a tree, but for those of references and
// selectors: these make nothing.
func gather(t *model.Tree, to map[string]bool) {
	if t == nil || reference.MatchString(t.Key) {
		return
	}
	to[t.Key], to[t.Text()] = true, true
	for _, part := range slices.Concat(t.Map, t.List) {
		gather(part, to)
	}
}

// reference is a field that names what is there already.
var reference = regexp.MustCompile(`(Refs?|Selectors?)$`)

// makesNamespace is a command, or an object inside a text, that makes a namespace.
var makesNamespace = regexp.MustCompile(`\bcreate (namespace|ns)\b|\bkind: *Namespace\b`)

// tellers gives the parts of an object in which a word may be a namespace that its
// controller makes: the values of a chart, what an operator's object says that
// lives in no namespace, and fields that speak of namespaces in one that does.
func tellers(o *scan.Object) []*model.Tree {
	var out []*model.Tree
	switch {
	case o.Is(scan.HelmGroup, "HelmRelease"):
		return []*model.Tree{o.Body.Lookup("spec", "values")}
	case strings.HasPrefix(o.Kind, "ResourceSet") && o.Group == "fluxcd.controlplane.io":
		return []*model.Tree{o.Body.Lookup("spec")} // its inputs fill in the objects that it makes
	case !strings.Contains(o.Group, ".") || strings.HasSuffix(o.Group, ".k8s.io") || strings.HasSuffix(o.Group, ".toolkit.fluxcd.io") || model.Setting(o.Group):
	case o.Namespace == "":
		return []*model.Tree{o.Body}
	default:
		o.Body.Lookup("spec").Walk(func(t *model.Tree) {
			if strings.Contains(strings.ToLower(t.Key), "namespace") {
				out = append(out, t)
			}
		})
	}
	return out
}
