package scan

import (
	"cmp"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
)

// Groups of Flux's own kinds.
const (
	KustomizeGroup = "kustomize.toolkit.fluxcd.io"
	HelmGroup      = "helm.toolkit.fluxcd.io"
	SourceGroup    = "source.toolkit.fluxcd.io"
)

// Repository is everything that Flux would find in a repository.
type Repository struct {
	Clusters []*Cluster
	// Bootstrap is what the repository installs before Flux runs.
	Bootstrap Bootstrap
	tree      *tree
	docs      *documents

	renderings map[string][]rendering // of charts, by what they are rendered with
}

// Cluster is a set of Kustomizations that one Flux reconciles.
type Cluster struct {
	Name           string // the directory that Flux begins with
	Kustomizations []*Kustomization

	first *Kustomization // of its roots
}

// Kustomization is a Flux Kustomization, as its parents leave it, and what its
// path builds.
type Kustomization struct {
	*Object   // its own object; that of a root is as it stands in its file
	Spec      kustomizev1.KustomizationSpec
	Parent    *Kustomization // that applies it; nil for a root
	Path      string         // relative to the root of the repository
	File      string         // kustomization file of the path
	Generated bool           // Flux makes the kustomization file
	Synced    bool           // a FluxInstance makes it: it stands in no file
	External  bool           // its source is another repository
	Service   string         // that names the path in a spec; empty for a Kustomization of Flux
	Objects   []*Object      // what it applies
	Remote    []string       // what it fetches from elsewhere and has objects
	Fetched   []Missing      // all that it fetches, where it stands
	Variables Variables
	Missing   []Missing // entries that name nothing
	Undefined []Undefined
	Untracked []string // of a service: files that Flux would take, and only this disk has
	Charts    []*Chart // of its HelmReleases, those that lie in the repository
	Failed    error    // why the path cannot be built
	FailedAt  diag.Pos

	built   []built
	written int  // bytes of what has its variables replaced
	entry   bool // definitions lie under its path
	ofSpec  bool // its path lies in the output of a spec, whose units are known
}

// Missing is an entry of a kustomization file, or of the Kustomization itself,
// that names nothing.
type Missing = missing

// Undefined is a variable of an object that nobody defines.
type Undefined struct {
	Name   string
	Object *Object
	Pos    diag.Pos
}

// ID is the namespace and name of a Kustomization, as namespace/name.
func (k *Kustomization) ID() string { return k.Namespace + "/" + k.Name }

// Incomplete reports whether the Kustomization may apply objects that are not
// among its Objects.
func (k *Kustomization) Incomplete() bool {
	return k.External || k.Failed != nil || len(k.Remote) > 0 || len(k.Missing) > 0
}

// Read reads a repository.
func Read(files Files) *Repository {
	t := newTree(files)
	r := &Repository{tree: t, docs: &documents{t, map[string][]*yaml.Node{}}}
	r.Bootstrap = r.bootstrap()
	for _, roots := range r.roots() {
		r.Clusters = append(r.Clusters, r.clusters(roots)...)
	}
	nameApart(r.Clusters)
	for _, c := range r.Clusters {
		slices.SortFunc(c.Kustomizations, func(a, b *Kustomization) int {
			return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Namespace, b.Namespace), a.Pos.Compare(b.Pos))
		})
	}
	return r
}

// Documents gives the YAML documents of a file of the repository.
func (r *Repository) Documents(file string) []*yaml.Node { return r.docs.of(file) }

// reader reads one cluster.
type reader struct {
	*Repository
	cluster *Cluster
	seen    map[string]bool // places of the definitions that were read
	byID    map[objectID]*Object
}

func newReader(r *Repository, c *Cluster) *reader {
	return &reader{Repository: r, cluster: c, seen: map[string]bool{}, byID: map[objectID]*Object{}}
}

// objectID names an object in its cluster; of several of one name the first counts.
type objectID struct{ group, kind, namespace, name string }

// keep remembers a Kustomization that is finished, with its objects.
func (r *reader) keep(k *Kustomization) {
	r.cluster.Kustomizations = append(r.cluster.Kustomizations, k)
	for _, o := range k.Objects {
		id := objectID{o.Group, o.Kind, o.Namespace, o.Name}
		if r.byID[id] == nil {
			r.byID[id] = o
		}
	}
}

// source gives the object of a source; nil where none of that name is seen.
func (r *reader) source(s SourceID) *Object {
	return r.byID[objectID{SourceGroup, s.Kind, s.Namespace, s.Name}]
}

// read reads the roots that bring others, and then those of the rest that came out
// of none.
func (r *reader) read(roots []*Kustomization) {
	first := func(k *Kustomization) bool { return k.Synced || k.Name == bootstrapName || covers(k, roots) || k.entry }
	r.drain(slices.DeleteFunc(slices.Clone(roots), func(k *Kustomization) bool { return !first(k) }))
	r.drain(slices.DeleteFunc(roots, func(k *Kustomization) bool { return r.seen[k.definition()] }))
}

// Installed reports whether a Kustomization comes with Flux itself: flux bootstrap
// or a FluxInstance makes it, and it tells Flux where to begin.
func (k *Kustomization) Installed() bool {
	return k.Parent == nil && (k.Synced || k.Name == bootstrapName)
}

// bootstrapName is what flux bootstrap calls the Kustomization that it begins
// with. Source: Flux documentation, flux bootstrap.
const bootstrapName = "flux-system"

// drain builds Kustomizations, and then those that come out of them. One whose
// variables come from an object that is not built yet waits for it.
func (r *reader) drain(queue []*Kustomization) {
	for _, k := range queue {
		r.seen[k.definition()] = true
		r.build(k)
	}
	for len(queue) > 0 {
		var k *Kustomization
		k, queue = r.next(queue)
		r.finish(k)
		r.keep(k)
		for _, child := range r.children(k) {
			r.build(child)
			queue = append(queue, child)
		}
	}
}

// next takes the first out of a queue whose variables are known, or the first of
// all where there is none.
func (r *reader) next(queue []*Kustomization) (k *Kustomization, rest []*Kustomization) {
	i := max(0, slices.IndexFunc(queue, r.variablesKnown))
	k = queue[i]
	return k, slices.Delete(queue, i, i+1)
}

// children gives the Kustomizations among the objects of one, each definition
// once.
func (r *reader) children(k *Kustomization) []*Kustomization {
	var out []*Kustomization
	for _, o := range k.Objects {
		if !o.Is(KustomizeGroup, "Kustomization") {
			continue
		}
		if child := newKustomization(o, k); !r.seen[child.definition()] {
			r.seen[child.definition()] = true
			inside, known := r.tree.fromSource(child.Spec.Path)
			if known {
				child.Path = inside
			}
			child.External = !known || r.foreign(child) || o.Unsure && (child.Spec.Path == "" || child.Spec.SourceRef.Name == "")
			out = append(out, child)
		}
	}
	return out
}

// definition tells one definition of a Kustomization from another.
func (k *Kustomization) definition() string { return k.ID() + " " + k.Object.Pos.String() }

// newKustomization reads an object as a Kustomization. One whose spec cannot be
// read has failed.
func newKustomization(o *Object, parent *Kustomization) *Kustomization {
	k := &Kustomization{Object: o, Parent: parent}
	spec, _ := o.Content["spec"].(map[string]any)
	if o.Unsure {
		spec, _ = known(spec).(map[string]any)
	}
	if k.Failed = convert(spec, &k.Spec); k.Failed != nil {
		k.FailedAt = failedAt(k)
	}
	k.Path = local(k.Spec.Path)
	return k
}

// foreign reports whether a Kustomization takes its files from another source
// than the one that brought it.
func (r *reader) foreign(k *Kustomization) bool {
	if k.Parent == nil {
		return false
	}
	a, b := sourceOf(k), sourceOf(k.Parent)
	return a != b && (k.Parent.External || !r.sameURL(a, b) || !r.tree.isDir(k.Path))
}

// SourceID names a source, with the namespace it lives in.
type SourceID struct{ Kind, Namespace, Name string }

func sourceOf(k *Kustomization) SourceID {
	s := k.Spec.SourceRef
	return SourceID{s.Kind, cmp.Or(s.Namespace, k.Namespace), s.Name}
}

// Source names the source of a Kustomization.
func (k *Kustomization) Source() SourceID { return sourceOf(k) }

// sameURL reports whether two sources are Git repositories of one address, as
// far as the objects of the cluster say.
func (r *reader) sameURL(a, b SourceID) bool {
	x, y := r.urlOf(a), r.urlOf(b)
	return x != "" && x == y
}

func (r *reader) urlOf(s SourceID) string {
	if o := r.source(s); o != nil {
		return o.Text("spec", "url")
	}
	return ""
}
