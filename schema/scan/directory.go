package scan

import (
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// Directories builds the directories that the services of a spec name, as the
// Kustomizations that will apply them.
type Directories struct{ *reader }

// NewDirectories reads the list of files once for many directories.
func NewDirectories(files Files) *Directories {
	t := newTree(files)
	docs := &documents{t, map[string][]*yaml.Node{}}
	c := &Cluster{}
	return &Directories{newReader(&Repository{Clusters: []*Cluster{c}, tree: t, docs: docs}, c)}
}

// Read gives what the directories of services build, each from a source, in the
// order of the services. What is wrong in one stands in Missing and Failed. One
// whose variables come from an object of another is finished after it.
func (d *Directories) Read(services []*model.Service, from SourceID) []*Kustomization {
	var all []*Kustomization
	for _, s := range services {
		k := applying(s, from)
		d.build(k)
		all = append(all, k)
	}
	for queue := slices.Clone(all); len(queue) > 0; {
		var k *Kustomization
		k, queue = d.next(queue)
		d.finish(k)
		if k.Generated {
			k.Untracked = d.tree.untracked(k.Path)
		}
		d.keep(k)
	}
	for _, k := range all {
		d.charts(k)
	}
	return all
}

// Below builds the Kustomizations of Flux that come out of others, and what comes out
// of these in turn. What lies in the output is written by ichor, and not read; nor is
// a path that holds the output.
func (d *Directories) Below(all []*Kustomization, output string) []*Kustomization {
	var out []*Kustomization
	var queue []*Kustomization
	follow := func(parent *Kustomization) {
		for _, k := range d.children(parent) {
			if k.ofSpec = below(output, k.Path) || below(k.Path, output); !k.ofSpec {
				d.build(k)
			}
			queue = append(queue, k)
		}
	}
	for _, k := range all {
		follow(k)
	}
	for len(queue) > 0 {
		var k *Kustomization
		k, queue = d.next(queue)
		d.finish(k)
		d.keep(k)
		d.charts(k)
		out = append(out, k)
		follow(k)
	}
	return out
}

// Definitions gives where Kustomizations of a name are defined in the repository,
// whoever applies them.
func (r *Repository) Definitions(name string) []diag.Pos {
	var out []diag.Pos
	for _, k := range r.definitions() {
		if k.Name == name {
			out = append(out, k.Object.Pos)
		}
	}
	return out
}

// applying is the Kustomization that will apply the directory of a service.
func applying(s *model.Service, from SourceID) *Kustomization {
	k := &Kustomization{Object: said(s, from.Namespace), Service: s.Name.V, Path: local(s.Directory.V)}
	k.Failed = convert(s.Kustomization.PlainMap(), &k.Spec)
	k.Spec.SourceRef.Kind, k.Spec.SourceRef.Namespace, k.Spec.SourceRef.Name = from.Kind, from.Namespace, from.Name
	if k.Spec.Path = s.Directory.V; k.Failed != nil {
		k.FailedAt = failedAt(k)
	}
	return k
}

// said gives the places in the spec of what it says of a directory, as those of a
// Kustomization in a namespace.
func said(s *model.Service, namespace string) *Object {
	spec := &model.Tree{Key: "spec", Pos: s.Directory.Pos, IsMap: true}
	if s.Kustomization != nil {
		spec.Pos, spec.Map = s.Kustomization.Pos, slices.Clone(s.Kustomization.Map)
	}
	spec.Map = append(spec.Map, &model.Tree{Key: "path", Pos: s.Directory.Pos, Scalar: s.Directory.V})
	body := &model.Tree{Pos: s.Directory.Pos, IsMap: true, Map: []*model.Tree{spec}}
	return &Object{Object: model.Object{
		Group: KustomizeGroup, Version: "v1", Kind: "Kustomization", Namespace: namespace, Name: s.Name.V, Pos: s.Directory.Pos, Body: body,
	}}
}

// Unseen reports whether the Kustomization brings more than its Objects: what it
// fetches from elsewhere, and what Kustomizations and ResourceSets among them make.
func (k *Kustomization) Unseen() bool {
	return k.Incomplete() || slices.ContainsFunc(k.Objects, func(o *Object) bool {
		return o.Is(KustomizeGroup, "Kustomization") || o.Is("fluxcd.controlplane.io", "ResourceSet")
	})
}

// Hidden reports whether the path itself is on this disk only.
func (k *Kustomization) Hidden() bool { return errors.Is(k.Failed, errHiddenPath) }
