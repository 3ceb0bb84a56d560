package scan

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// roots gives the Kustomizations that Flux begins with, those of one cluster
// together. A repository does not say which they are: Flux was told when it was
// installed. They are the paths that a FluxInstance syncs, and the Kustomizations
// that lie under no other one's path and bring others.
func (r *Repository) roots() [][]*Kustomization {
	written := r.definitions()
	synced := slices.DeleteFunc(r.synced(), func(s *Kustomization) bool { return isWritten(s, written) })
	all := ofMainSource(written, synced)
	free := slices.DeleteFunc(slices.Clone(all), func(k *Kustomization) bool { return covered(k, all) || within(k, synced) })
	entries := slices.DeleteFunc(slices.Clone(free), func(k *Kustomization) bool { return !covers(k, all) })
	for _, k := range entries {
		k.entry = true
	}
	roots := synced
	for _, k := range free {
		if len(entries)+len(synced) == 0 || slices.ContainsFunc(entries, func(e *Kustomization) bool { return path.Dir(e.Object.File) == path.Dir(k.Object.File) }) {
			roots = append(roots, k)
		}
	}
	return byCluster(roots)
}

// isWritten reports whether a Kustomization that a FluxInstance makes stands in a file
// as well, as where flux bootstrap was there before the operator: the two are one.
func isWritten(s *Kustomization, written []*Kustomization) bool {
	return slices.ContainsFunc(written, func(k *Kustomization) bool { return k.ID() == s.ID() && k.Path == s.Path })
}

// definitions gives every document that is a Kustomization of Flux whose path is
// a directory of the repository, outside directories whose names begin with a
// dot.
func (r *Repository) definitions() []*Kustomization {
	var out []*Kustomization
	for _, file := range r.tree.Tracked {
		if !isYAML(file) || strings.HasPrefix(file, ".") || strings.Contains(file, "/.") {
			continue
		}
		data, err := r.tree.read(file)
		if err != nil || !bytes.Contains(data, []byte(KustomizeGroup)) {
			continue
		}
		for i, n := range r.docs.of(file) {
			if k := r.definition(file, i, n); k != nil && r.tree.isDir(k.Path) {
				out = append(out, k)
			}
		}
	}
	return out
}

// ofMainSource leaves out the Kustomizations that name another source than most
// do: their paths are those of another repository.
func ofMainSource(all, synced []*Kustomization) []*Kustomization {
	count := map[string]int{}
	main := ""
	for _, k := range append(slices.Clone(all), synced...) {
		name := k.Spec.SourceRef.Name
		if count[name]++; name != "" && (main == "" || count[name] > count[main]) {
			main = name
		}
	}
	used := func(name string) bool {
		return name == "" || name == main || slices.ContainsFunc(synced, func(s *Kustomization) bool { return s.Spec.SourceRef.Name == name })
	}
	return slices.DeleteFunc(all, func(k *Kustomization) bool {
		return !used(k.Spec.SourceRef.Name) && count[k.Spec.SourceRef.Name] < count[main]
	})
}

// definition reads a document as a Kustomization, as it stands; nil for another
// kind.
func (r *Repository) definition(file string, i int, n *yaml.Node) *Kustomization {
	group, _ := GroupVersion(text(n, "apiVersion"))
	if group != KustomizeGroup || text(n, "kind") != "Kustomization" || text(n, "spec", "path") == "" {
		return nil
	}
	var object map[string]any
	if n.Decode(&object) != nil {
		return nil
	}
	return newKustomization(newObject(object, source{file, i, n}), nil)
}

// covered reports whether a definition lies under the path of another, which
// then brings it. Of two that lie under each other's paths, the shorter path is
// the root.
func covered(k *Kustomization, all []*Kustomization) bool {
	return slices.ContainsFunc(all, func(other *Kustomization) bool {
		if other == k || !below(other.Path, k.Object.File) {
			return false
		}
		mutual := below(k.Path, other.Object.File)
		return !mutual || cmp.Or(cmp.Compare(len(other.Path), len(k.Path)), other.Pos.Compare(k.Pos)) < 0
	})
}

// covers reports whether other definitions lie under a Kustomization's path.
func covers(k *Kustomization, all []*Kustomization) bool {
	return slices.ContainsFunc(all, func(other *Kustomization) bool { return other != k && below(k.Path, other.Object.File) })
}

// within reports whether a definition lies under a path that a FluxInstance
// syncs.
func within(k *Kustomization, synced []*Kustomization) bool {
	return slices.ContainsFunc(synced, func(s *Kustomization) bool { return below(s.Path, k.Object.File) })
}

// synced gives a Kustomization for each path that a FluxInstance syncs, as an
// object or in the values of its chart. Source: Flux Operator documentation,
// FluxInstance, sync configuration.
func (r *Repository) synced() []*Kustomization {
	var out []*Kustomization
	for _, file := range r.tree.Tracked {
		if !isYAML(file) || strings.HasPrefix(file, ".") {
			continue
		}
		data, err := r.tree.read(file)
		if err != nil || !bytes.Contains(data, []byte("sync:")) || !bytes.Contains(data, []byte("path:")) {
			continue
		}
		for i, n := range r.docs.of(file) {
			for _, keys := range [][]string{{"spec", "sync"}, {"spec", "values", "instance", "sync"}, {"instance", "sync"}} {
				if k := r.syncOf(file, i, n, at(n, keys...)); k != nil {
					out = append(out, k)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b *Kustomization) int { return cmp.Or(strings.Compare(a.Path, b.Path), a.Pos.Compare(b.Pos)) })
	return slices.CompactFunc(out, func(a, b *Kustomization) bool { return a.Path == b.Path })
}

// syncOf gives the Kustomization that Flux Operator makes of a sync.
func (r *Repository) syncOf(file string, i int, doc, sync *yaml.Node) *Kustomization {
	dir := local(text(sync, "path"))
	if text(sync, "path") == "" || text(sync, "kind") == "" || !r.tree.isDir(dir) {
		return nil
	}
	name, namespace := cmp.Or(text(sync, "name"), "flux-system"), "flux-system"
	object := map[string]any{
		"apiVersion": KustomizeGroup + "/v1", "kind": "Kustomization",
		"metadata": map[string]any{"name": name, "namespace": namespace},
		"spec": map[string]any{
			"path": "./" + dir, "prune": true, "interval": "1h",
			"sourceRef": map[string]any{"kind": text(sync, "kind"), "name": name, "namespace": namespace},
		},
	}
	k := newKustomization(newObject(object, source{file, i, doc}), nil)
	k.Pos, k.Synced = place(file, sync), true
	return k
}
