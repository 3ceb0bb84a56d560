package scan

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"

	"ichor/schema/diag"
)

// entries reads kustomization files, and leaves out of them what names nothing
// here: with that, kustomize would stop at the first, and the rest would stay
// unseen. One stands for one build, and remembers what it left out.
type entries struct {
	*tree
	documents *documents
	missing   []missing
	remote    []missing
}

// missing is an entry of a kustomization file that names nothing.
type missing struct {
	Pos   diag.Pos
	File  string // the kustomization file
	Field string // resources, components, ...
	Entry string
	What  string // why there is nothing, as a clause
	// Target is the path that the entry stands for, and Hidden says that it is on
	// the disk and not in the git index.
	Target string
	Hidden bool
}

func isKustomization(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name))
}

// kustomizationIn gives the kustomization file of a directory; empty for none.
func (t *tree) kustomizationIn(dir string) string {
	for _, base := range konfig.RecognizedKustomizationFileNames() {
		if name := path.Join(dir, base); t.isFile(name) {
			return name
		}
	}
	return ""
}

// listFields of a kustomization file name files or directories, each in a list.
var listFields = []string{"resources", "components", "crds", "configurations", "generators", "transformers", "validators"}

// filter gives a kustomization file without entries that name nothing. What is
// no YAML stays as it is: kustomize says what is wrong with it.
func (e *entries) filter(name string, data []byte) []byte {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return data
	}
	left := modernize(doc.Content[0])
	fields := doc.Content[0].Content
	for i := 0; i+1 < len(fields); i += 2 {
		if slices.Contains(listFields, fields[i].Value) && fields[i+1].Kind == yaml.SequenceNode {
			left = e.keep(name, fields[i].Value, fields[i+1]) || left
		}
	}
	if !left {
		return data
	}
	out, err := yaml.Marshal(&doc)
	if err != nil {
		return data
	}
	return out
}

// keep takes out of a list what names nothing, and reports whether it did.
func (e *entries) keep(file, field string, list *yaml.Node) bool {
	before := len(list.Content)
	list.Content = slices.DeleteFunc(list.Content, func(n *yaml.Node) bool {
		if n.Kind != yaml.ScalarNode || strings.Contains(n.Value, "\n") {
			return false
		}
		what := e.lack(file, field, n.Value)
		if what == "" {
			return false
		}
		to := e.target(file, n.Value)
		m := missing{e.written(file, field, n.Value), file, field, n.Value, what, to, e.hidden(to)}
		if what == remote {
			e.remote = append(e.remote, m)
		} else {
			e.missing = append(e.missing, m)
		}
		return true
	})
	return len(list.Content) < before
}

// written gives where an entry of a list stands in a file: what kustomize reads
// is not always the file as it was written.
func (e *entries) written(file, name, entry string) diag.Pos {
	for _, doc := range e.documents.of(file) {
		list := target(field(doc, name))
		for i := 0; list != nil && i < len(list.Content); i++ {
			if target(list.Content[i]).Value == entry {
				return place(file, list.Content[i])
			}
		}
	}
	return place(file, nil)
}

const (
	remote     = "is fetched from elsewhere"
	onDiskOnly = "is on this disk only: git ignores it, or it was never added"
)

// remotePattern is what kustomize takes for a repository or a file to fetch:
// https://pkg.go.dev/sigs.k8s.io/kustomize/api/internal/git, NewRepoSpecFromURL.
var remotePattern = regexp.MustCompile(`^([a-z0-9+]+://|git::|git@|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.(com|org|io|net|dev)[/:])`)

// target gives the path that an entry of a kustomization file stands for.
func (e *entries) target(file, entry string) string {
	if path.IsAbs(entry) {
		return local(entry)
	}
	return path.Join(path.Dir(file), entry)
}

// lack says in a clause why an entry names nothing that can be built; empty
// where it does.
func (e *entries) lack(file, field, entry string) string {
	target := e.target(file, entry)
	switch {
	case e.isFile(target):
		return ""
	case e.isDir(target) && e.kustomizationIn(target) == "":
		return "is a directory without a kustomization.yaml"
	case e.isDir(target):
		return ""
	case remotePattern.MatchString(entry):
		return remote
	case strings.HasPrefix(target, "../"):
		return "lies outside the repository"
	}
	return e.absence(target)
}

// absence says in a clause why a path is none that Flux gets.
func (t *tree) absence(name string) string {
	if t.hidden(name) {
		return onDiskOnly
	}
	return "does not exist"
}

func (m missing) String() string {
	return fmt.Sprintf("%s of %s names %q, which %s", m.Field, m.File, m.Entry, m.What)
}
