package scan

import (
	"go.yaml.in/yaml/v3"
)

// Directories builds directories of a repository as Kustomizations that say
// nothing but their path.
type Directories struct{ reader }

// NewDirectories reads the list of files once for many directories.
func NewDirectories(files Files) *Directories {
	t := newTree(files)
	docs := &documents{t, map[string][]*yaml.Node{}}
	return &Directories{reader{Repository: &Repository{tree: t, docs: docs}, cluster: &Cluster{}, seen: map[string]bool{}}}
}

// Build gives what a directory builds, with what the spec of a Kustomization says
// beside its path. What is wrong in it stands in Missing and Failed.
func (d *Directories) Build(dir string, spec map[string]any) *Kustomization {
	k := &Kustomization{Object: &Object{}, Path: local(dir)}
	k.Failed = convert(spec, &k.Spec)
	if k.Spec.Path = dir; k.Failed != nil {
		return k
	}
	d.build(k)
	d.finish(k)
	return k
}
