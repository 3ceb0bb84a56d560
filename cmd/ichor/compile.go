package main

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"sigs.k8s.io/yaml"

	"ichor/generators"
	"ichor/generators/output"
	"ichor/generators/verify"
	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/load"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// compile checks the spec, generates all files and judges them against those of
// an output directory, which is the spec's own where outDir is empty. The files
// are of use only where the findings have no error. An error is a bug of ichor's.
func (p project) compile(outDir string) (*model.Cluster, []output.File, diag.List, error) {
	go verify.Prepare() // while CUE evaluates, on one core
	s, found := p.read()
	c := s.Cluster
	if found.HasErrors() {
		return c, nil, found, nil
	}
	if foreign := p.foreign(c, outDir); len(foreign) > 0 {
		return c, nil, append(found, foreign...).Sort(), nil
	}
	files, err := generators.Run(c)
	if refused := output.Refusals(err); len(refused) > 0 {
		return c, nil, append(found, refused...).Sort(), nil
	}
	if err != nil {
		return c, nil, found, err
	}
	judged, err := verify.Files(p.world(c, outDir), files)
	if err != nil {
		return c, files, found, err
	}
	if outDir == "" {
		judged = append(judged, p.ignored(c, files)...)
	}
	below, err := belowDirectories(s, files)
	return c, files, slices.Concat(found, output.Warnings(files), judged, below).Sort(), err
}

// belowDirectories judges the Kustomizations of Flux that come out of the directories
// of a spec.
func belowDirectories(s load.Spec, files []output.File) (diag.List, error) {
	if len(s.Below) == 0 {
		return nil, nil
	}
	d := audit.Directories{Spec: s.Cluster, Repository: s.Repository, Applied: s.Applied, Below: s.Below, Written: map[string][]*model.Object{}}
	for _, f := range files {
		dir := path.Dir(f.Path)
		if path.Dir(dir) != output.Manifests || output.IsIndex(f.Path) {
			continue
		}
		var content map[string]any
		if err := yaml.Unmarshal(f.Content, &content); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		d.Written[path.Base(dir)] = append(d.Written[path.Base(dir)], scan.NewObject(content, f.Origin))
	}
	return d.Findings(), nil
}

// world is what the cluster's objects come to.
func (p project) world(c *model.Cluster, outDir string) verify.World {
	w := verify.World{
		Releases: c.Rows(), Schemas: c.Schemas, Committed: p.committed(c, outDir),
		Path: c.Flux.InSource(c.Flux.Path.V), Source: verify.Source{Kind: c.Flux.Source.Kind.V, Namespace: c.Flux.Namespace.V, Name: c.Flux.Source.Name.V},
		Admission: c.Talos.APIServer.PodSecurity, Nodes: c.Nodes, Talos: c.Talos,
		Charts: depend.Charts(), ChartRepositories: c.Charts,
		Domains: c.Domains(), Ingress: c.Ingress, Decided: c.DecidedHosts(),
	}
	for _, s := range c.Services {
		w.Exposures = append(w.Exposures, s.Expose...)
	}
	for _, f := range c.Existing {
		w.Capabilities = append(w.Capabilities, f.Capability)
	}
	for _, u := range c.Units {
		if u.Directory != "" || u.Service != nil && u.Service.Release != nil {
			w.Units = append(w.Units, u)
		}
		if u.Service != nil && u.Service.Unseen {
			w.Directories = append(w.Directories, u.Service.Namespaces()...)
		}
		for _, f := range u.Provides {
			w.Capabilities = append(w.Capabilities, f.Capability)
		}
	}
	return w
}

// committed is the output as it is now; nil where its path is none.
func (p project) committed(c *model.Cluster, outDir string) fs.FS {
	if outDir != "" {
		d, err := p.destination(outDir)
		if err != nil {
			return nil
		}
		out, err := d.open()
		if err != nil {
			return nil
		}
		return out
	}
	sub, err := fs.Sub(p.fsys, path.Clean(c.Flux.Path.V))
	if err != nil {
		return nil
	}
	return sub
}
