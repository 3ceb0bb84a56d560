package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// fluxRepository is a Flux repository without a spec.
type fluxRepository struct {
	project
	read     *scan.Repository
	clusters []*audit.Cluster
}

// repository reads the Flux repository in a directory: what is in the index of
// git there, or all files where there is none.
func (a *app) repository(dir string) (*fluxRepository, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no directory %s", dir)
	}
	a.watch.reading("the files of " + dir)
	at, err := openRepoDir(dir)
	if err != nil {
		return nil, err
	}
	files, err := a.files(at)
	if err != nil {
		return nil, err
	}
	r := readRepository(files)
	r.repoDir = at
	if len(r.clusters) == 0 {
		return nil, fmt.Errorf("%s has no Flux Kustomization whose path is one of its directories: name the root of the repository that Flux fetches", dir)
	}
	return r, nil
}

// readRepository reads files as a Flux repository, and computes the edges of each
// cluster.
func readRepository(files scan.Files) *fluxRepository {
	r := &fluxRepository{project: project{fsys: files.FS}, read: scan.Read(files)}
	before := depend.Before(r.read.Bootstrap)
	for _, c := range r.read.Clusters {
		r.clusters = append(r.clusters, audit.New(r.read, c, depend.Repository(c, r.read.Bootstrap), before))
	}
	return r
}

// clusterFlag gives a verb the flag that names one cluster of a repository.
func clusterFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("cluster", "", "cluster to use in a Flux repository that has several, named by the directory that Flux starts with")
}

// unitsIn gives the units of the spec, or with a directory those of the Flux
// repository there.
func (a *app) unitsIn(dir []string, cluster string) ([]*model.Unit, error) {
	if len(dir) == 0 {
		if cluster != "" {
			return nil, fmt.Errorf("--cluster is for a Flux repository: name its directory too")
		}
		return a.units()
	}
	r, err := a.repository(dir[0])
	if err != nil {
		return nil, err
	}
	c, err := r.cluster(cluster)
	if err != nil {
		return nil, err
	}
	return c.Units, nil
}

// cluster gives the cluster of a name, or the only one.
func (r *fluxRepository) cluster(name string) (*audit.Cluster, error) {
	if name == "" && len(r.clusters) == 1 {
		return r.clusters[0], nil
	}
	var names []string
	for _, c := range r.clusters {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	if name == "" {
		return nil, fmt.Errorf("the repository has %d clusters: name one with --cluster, which can be %s", len(names), diag.OneOf(names))
	}
	return nil, fmt.Errorf("there is no cluster %q: it can be %s", name, diag.OneOf(names))
}
