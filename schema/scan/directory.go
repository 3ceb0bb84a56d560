package scan

import (
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
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

// Build gives what a directory builds. What is wrong in it stands in Missing and
// Failed.
func (d *Directories) Build(dir string) *Kustomization {
	k := &Kustomization{Object: &Object{}, Spec: kustomizev1.KustomizationSpec{Path: dir}, Path: local(dir)}
	d.build(k)
	d.finish(k)
	return k
}
