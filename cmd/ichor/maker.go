package main

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// tool is the name and version that an inventory records.
const tool = "ichor " + version

// place gives the output directory, and its name for people: outDir, or the
// flux.path of the spec where it is empty.
func (p project) place(c *model.Cluster, outDir string) (to destination, name string, err error) {
	at, name := filepath.Join(p.root, filepath.FromSlash(c.Flux.Path.V)), c.Flux.Path.V
	if outDir != "" {
		at, name = outDir, filepath.ToSlash(filepath.Clean(outDir))
	}
	to, err = p.destination(at)
	return to, name, err
}

// maker is who writes the output of a cluster to a directory.
func (p project) maker(c *model.Cluster, to destination) output.Maker {
	m := output.Maker{Tool: tool, Owner: output.Owner{Cluster: c.Name.V, Spec: p.spec}}
	if root, err := resolved(p.root); err == nil && lies(to.real, root) {
		m.Gone = p.gone
	}
	return m
}

// gone reports whether no spec is left in a directory of the repository.
func (p project) gone(spec string) bool {
	entries, err := fs.ReadDir(p.fsys, spec)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return path.Ext(e.Name()) == ".cue" })
}

// foreign reports an output directory that belongs to another cluster or spec.
func (p project) foreign(c *model.Cluster, outDir string) diag.List {
	if p.repoDir == nil {
		return nil
	}
	there := p.committed(c, outDir)
	to, name, err := p.place(c, outDir)
	if err != nil || there == nil {
		return nil // which generate reports
	}
	return output.Belongs(name, there, p.maker(c, to))
}
