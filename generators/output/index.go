package output

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The directories of the output that Flux reads.
const (
	Flux      = "flux"      // one Flux Kustomization a unit
	Manifests = "manifests" // one directory a unit
)

const indexName = "kustomization.yaml"

// kustomization is what kustomize reads to know the files of a directory.
// Without one Flux would apply every YAML file it finds.
type kustomization struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Resources  []string `json:"resources"`
}

// Index adds kustomization.yaml to each directory of a unit and to flux/, and
// sorts the files by path. Two files of one path are an error that names the
// origin of both.
func Index(files []File) ([]File, error) {
	byDir := map[string][]File{}
	for _, f := range files {
		if dir := path.Dir(f.Path); isIndexed(dir) && path.Ext(f.Path) == ".yaml" {
			byDir[dir] = append(byDir[dir], f)
		}
	}
	all := slices.Clone(files)
	for dir, members := range byDir {
		index, err := index(dir, members)
		if err != nil {
			return nil, err
		}
		all = append(all, index)
	}
	return ordered(all)
}

// IsIndex reports whether a path is that of an index.
func IsIndex(name string) bool { return path.Base(name) == indexName && isIndexed(path.Dir(name)) }

func isIndexed(dir string) bool {
	return dir == Flux || path.Dir(dir) == Manifests
}

func index(dir string, members []File) (File, error) {
	members = slices.Clone(members)
	slices.SortFunc(members, byPath)
	k := kustomization{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization"}
	for _, f := range members {
		k.Resources = append(k.Resources, path.Base(f.Path))
	}
	content, err := Encode(k)
	return File{Path: path.Join(dir, indexName), Content: content, Origin: members[0].Origin}, err
}

func byPath(a, b File) int { return cmp.Compare(a.Path, b.Path) }

// ordered sorts files by path and refuses paths that leave the output, that
// ichor keeps for itself, or that two files share. Paths that differ only in
// case are one file on some file systems.
func ordered(files []File) ([]File, error) {
	seen := map[string]File{}
	for _, f := range files {
		if !fs.ValidPath(f.Path) || isReserved(f.Path) {
			return nil, fmt.Errorf("%q (%s) is not a path for a generated file", f.Path, f.Origin)
		}
		key := strings.ToLower(f.Path)
		if g, ok := seen[key]; ok {
			return nil, fmt.Errorf("two files have the same path: %s (%s) and %s (%s)", g.Path, g.Origin, f.Path, f.Origin)
		}
		seen[key] = f
	}
	files = slices.Clone(files)
	slices.SortFunc(files, byPath)
	return files, nil
}
