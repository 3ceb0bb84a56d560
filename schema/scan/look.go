package scan

import (
	"path"
	"strings"

	"ichor/schema/diag"
)

// IsDir reports whether a path is a directory of the repository.
func (r *Repository) IsDir(name string) bool { return r.tree.isDir(local(name)) }

// Siblings gives the directories beside a path, as a Kustomization names them.
func (r *Repository) Siblings(name string) []string {
	var out []string
	for _, base := range r.tree.dirs[path.Dir(name)] {
		if dir := path.Join(path.Dir(name), base); r.tree.isDir(dir) {
			out = append(out, "./"+dir)
		}
	}
	return out
}

// field gives where a field of the first document of a file stands.
func (r *Repository) field(file, name string) (diag.Pos, bool) {
	nodes := r.docs.of(file)
	if len(nodes) == 0 {
		return diag.Pos{}, false
	}
	n := field(nodes[0], name)
	return place(file, n), n != nil
}

// Dependencies gives the entries of dependsOn as they stand in the file of a
// Kustomization, as namespace/name or name.
func (r *Repository) Dependencies(k *Kustomization) []string {
	out := []string{}
	nodes := r.docs.of(k.Object.File)
	if k.Document < 0 || k.Document >= len(nodes) {
		return out
	}
	list := target(at(nodes[k.Document], "spec", "dependsOn"))
	if list == nil {
		return out
	}
	for _, item := range list.Content {
		out = append(out, strings.TrimPrefix(text(item, "namespace")+"/"+text(item, "name"), "/"))
	}
	return out
}
