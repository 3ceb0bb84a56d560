package scan

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
)

// Unread is a YAML file with an object, or a whole directory, that no Kustomization
// of the repository reads: below a directory that Flux is pointed at, or a
// directory beside one.
type Unread struct {
	Path  string
	IsDir bool
	First string   // the file itself, or the uppermost of the directory
	Files []string // with objects: the file itself, or those of the directory
	// Beside is the kustomization file that would name it, empty for none, and Comment
	// where a comment in it does.
	Beside  string
	Comment diag.Pos
}

// Unread gives what is never read, directories as a whole. It is asked once all
// Kustomizations are built.
func (r *Repository) Unread() []Unread {
	used := map[string]bool{}
	for file := range r.tree.used {
		for dir := path.Dir(file); !used[dir]; dir = path.Dir(dir) {
			used[dir] = true
		}
	}
	byPath := map[string]*Unread{}
	for _, file := range r.leftOver(used) {
		name := file
		for dir := path.Dir(file); dir != "." && !used[dir]; dir = path.Dir(dir) {
			name = dir
		}
		if byPath[name] == nil {
			byPath[name] = &Unread{Path: name, IsDir: name != file, First: file}
		}
		if strings.Count(file, "/") < strings.Count(byPath[name].First, "/") {
			byPath[name].First = file
		}
		if !isKustomization(file) {
			byPath[name].Files = append(byPath[name].Files, file)
		}
	}
	var out []Unread
	for _, u := range byPath {
		if u.IsDir || len(u.Files) > 0 {
			u.Beside, u.Comment = r.besideOf(u.Path)
			out = append(out, *u)
		}
	}
	slices.SortFunc(out, func(a, b Unread) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// leftOver gives the files with objects, and the kustomization files, that a
// Kustomization was to read and none did. What one that cannot be built would
// read, nobody knows; what sets up a cluster, people apply by hand.
func (r *Repository) leftOver(used map[string]bool) []string {
	var paths, failed []string
	parents := map[string]bool{}
	for _, c := range r.Clusters {
		for _, k := range c.Kustomizations {
			failed = append(failed, k.leaves()...)
			switch {
			case k.External:
			case k.Failed != nil:
				failed = append(failed, k.Path)
			default:
				paths = append(paths, k.Path)
				parents[path.Dir(k.Path)] = true
			}
		}
	}
	delete(parents, ".")
	over := covering(paths)
	return slices.DeleteFunc(slices.Sorted(slices.Values(r.tree.Tracked)), func(file string) bool {
		return !isYAML(file) || r.tree.used[file] || strings.HasPrefix(file, ".") || strings.Contains(file, "/.") ||
			slices.ContainsFunc(failed, func(dir string) bool { return below(dir, file) }) ||
			!isKustomization(file) && !r.holdsObject(file) || !over(file) && (mayBootstrap(file) || !r.besidePath(file, used, parents))
	})
}

// leaves gives the paths of the Kustomizations in the directory of a service: they
// are not built.
func (k *Kustomization) leaves() []string {
	var out []string
	for _, o := range k.Objects {
		if k.Service != "" && o.Is(KustomizeGroup, "Kustomization") {
			out = append(out, local(o.Text("spec", "path")))
		}
	}
	return out
}

// covering reports whether a file lies in one of some directories.
func covering(dirs []string) func(file string) bool {
	in := map[string]bool{}
	for _, dir := range dirs {
		in[dir] = true
	}
	return func(file string) bool {
		for dir := path.Dir(file); ; dir = path.Dir(dir) {
			if in[dir] || dir == "." {
				return in[dir]
			}
		}
	}
}

// besidePath reports whether a file lies in a directory that is built by kustomize
// and not read, beside one that a Kustomization is pointed at.
func (r *Repository) besidePath(file string, used, parents map[string]bool) bool {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if parents[path.Dir(dir)] && !used[dir] && r.tree.kustomizationIn(dir) != "" {
			return true
		}
	}
	return false
}

// besideOf gives the kustomization file in the directory around a path, and the
// first comment in it that has the name.
func (r *Repository) besideOf(name string) (file string, comment diag.Pos) {
	file = r.tree.kustomizationIn(path.Dir(name))
	data, err := r.tree.read(file)
	if file == "" || err != nil {
		return "", diag.Pos{}
	}
	for i, line := range strings.Split(string(data), "\n") {
		if at := strings.Index(line, "#"); at >= 0 && slices.ContainsFunc(strings.FieldsFunc(line[at:], apart), func(w string) bool { return w == path.Base(name) }) {
			return file, diag.Pos{File: file, Line: i + 1, Column: at + 1}
		}
	}
	return file, diag.Pos{}
}

// apart reports whether a sign parts the names in a path or a comment.
func apart(r rune) bool { return strings.ContainsRune(" \t\r/#'\"[],", r) }

// holdsObject reports whether the first document of a file is an object.
func (r *Repository) holdsObject(file string) bool {
	var first *yaml.Node
	if nodes := r.docs.of(file); len(nodes) > 0 {
		first = nodes[0]
	}
	return text(first, "kind") != "" && text(first, "apiVersion") != "" && text(first, "metadata", "name") != ""
}
