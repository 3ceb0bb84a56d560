package scan

import (
	"bytes"
	"path"
	"regexp"
	"slices"

	"ichor/schema/diag"
)

// Namespaces gives where a Namespace stands in the files of the repository, by its
// name, whether Flux applies it or not.
func (r *Repository) Namespaces() map[string][]diag.Pos {
	out := map[string][]diag.Pos{}
	for _, file := range r.tree.Tracked {
		data, err := r.tree.read(file)
		if !isYAML(file) || err != nil || !bytes.Contains(data, []byte("Namespace")) {
			continue
		}
		for _, n := range r.docs.of(file) {
			if name := text(n, "metadata", "name"); text(n, "kind") == "Namespace" && name != "" {
				out[name] = append(out[name], place(file, n))
			}
		}
	}
	return out
}

// SetUpWords gives the words in the files by which the cluster is set up before
// Flux runs, and in lines of others that make a namespace. Where one of them makes a namespace for each of something, these are
// mostly directories: their names are among the words.
func (r *Repository) SetUpWords() map[string]bool {
	out := map[string]bool{}
	each := false
	for _, file := range r.tree.Tracked {
		data := r.setUp(file)
		Words(string(data), out)
		each = each || namespaceEach.Match(data)
	}
	for dir := range r.tree.dirs {
		if each {
			out[path.Base(dir)] = true
		}
	}
	return out
}

// setUp gives what a file tells of how the cluster is set up: all of it where that
// is what the file is for, of others the lines that make a namespace.
func (r *Repository) setUp(file string) []byte {
	all := mayBootstrap(file)
	if !all && !slices.Contains(tellings, path.Ext(file)) {
		return nil
	}
	data, err := r.tree.read(file)
	switch {
	case err != nil || len(data) > maxScript:
		return nil
	case all || namespaceResource.Match(data):
		return data
	}
	return bytes.Join(namespaceLine.FindAll(data, -1), []byte("\n"))
}

// tellings are the endings of other files that may tell how a namespace is made by
// hand: scripts, Makefiles, notes and what Terraform reads.
var tellings = []string{"", ".md", ".mk", ".ps1", ".py", ".sh", ".tf"}

// namespaceLine is a line with a command that makes a namespace.
var namespaceLine = regexp.MustCompile(`(?m)^.*\bcreate (namespace|ns)\b.*$`)

// namespaceResource is what Terraform makes a namespace by.
var namespaceResource = regexp.MustCompile(`"kubernetes_namespace(_v1)?"|\bcreate_namespace\b`)

// namespaceEach is a command that makes a namespace of a name which it computes.
var namespaceEach = regexp.MustCompile(`\bcreate (namespace|ns) +["']?[$<{%]`)

var word = regexp.MustCompile(`[a-z0-9](?:[a-z0-9-]*[a-z0-9])?`)

// Words adds the words of a text that may be the name of a namespace.
func Words(text string, to map[string]bool) {
	for _, w := range word.FindAllString(text, -1) {
		to[w] = true
	}
}
