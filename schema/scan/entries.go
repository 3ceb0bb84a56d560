package scan

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"

	"ichor/schema/diag"
)

// entries reads kustomization files, and leaves out of them what names nothing
// here: with that, kustomize would stop at the first, and the rest would stay
// unseen. It leaves out what kustomize would fetch, too. One stands for one build,
// and remembers what it left out.
type entries struct {
	*tree
	documents *documents
	missing   []missing
	remote    []missing

	written map[string][]byte // kustomization files that Flux writes before it builds
	nested  []string          // directories of plugins that are being built
	// loose says what of the build may not fail, since it may be for objects that are fetched.
	loose looseness
	// filtered are kustomization files as kustomize gets them, and plugins the
	// configurations that directories of plugins build.
	filtered map[string][]byte
	plugins  map[string]pluginTexts
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
	// Content says that the objects are known without it, and what they say is not.
	Content bool
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

const (
	remote     = "is fetched from elsewhere"
	onDiskOnly = "is on this disk only: git ignores it, or it was never added"
)

// remotePattern is what kustomize takes for a repository or a file to fetch, and
// what older versions of it took: NewRepoSpecFromURL of
// https://pkg.go.dev/sigs.k8s.io/kustomize/api/internal/git.
var remotePattern = regexp.MustCompile(`(?i)^([a-z0-9+]+://|git::|[a-z][a-z0-9-]*@|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|io|net|dev)[/:])`)

// target gives the path that an entry of a kustomization file stands for.
func (e *entries) target(file, entry string) string {
	if path.IsAbs(entry) {
		return local(entry)
	}
	return path.Join(path.Dir(file), entry)
}

// lack says in a clause why an entry names nothing that can be built; empty
// where it does. Kustomize asks for an address of the web first, then for a file,
// then for a repository, and for a directory last.
func (e *entries) lack(file, entry string) string {
	target := e.target(file, entry)
	switch {
	case isWeb(entry):
		return remote
	case e.isFile(target):
		return ""
	case e.unseen(target) && e.kustomizationIn(target) == "":
		return remote
	case remotePattern.MatchString(entry) && (ambiguous(entry) || !e.isDir(target)):
		return remote
	case e.isDir(target) && e.kustomizationIn(target) == "":
		return "is a directory without a kustomization.yaml"
	case e.isDir(target):
		return ""
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
