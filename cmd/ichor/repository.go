package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/go-git/go-git/v5/plumbing/format/index"

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
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no directory %s", dir)
	}
	a.watch.reading("the files of " + dir)
	files, err := a.files(root)
	if err != nil {
		return nil, err
	}
	r := readRepository(files)
	r.root = root
	if len(r.clusters) == 0 {
		return nil, fmt.Errorf("there is no Kustomization of Flux in %s whose path is a directory of it: name the root of the repository that Flux fetches", dir)
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
	return cmd.Flags().String("cluster", "", "cluster of a Flux repository that has several, by the directory that Flux begins with")
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

// tracked gives the files of a directory that git knows.
func tracked(root string) (scan.Files, error) {
	fsys := os.DirFS(root)
	top, gitDir, err := gitOf(root)
	if err != nil || gitDir == "" {
		files, walked := scan.All(fsys)
		return files, errors.Join(err, walked)
	}
	entries, err := indexed(filepath.Join(gitDir, "index"))
	if err != nil {
		return scan.Files{}, err
	}
	below, err := filepath.Rel(top, root)
	if err != nil {
		return scan.Files{}, err
	}
	prefix := ""
	if below != "." {
		prefix = filepath.ToSlash(below) + "/"
	}
	out := scan.Files{FS: fsys}
	for _, name := range entries {
		inside, ok := strings.CutPrefix(name, prefix)
		if info, err := fs.Lstat(fsys, inside); ok && err == nil && info.Mode().IsRegular() {
			out.Tracked = append(out.Tracked, inside)
		}
	}
	return out, nil
}

// indexed gives the paths in an index of git; none where there is no commit yet.
func indexed(file string) ([]string, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var idx index.Index
	if err := index.NewDecoder(f).Decode(&idx); err != nil {
		return nil, fmt.Errorf("the index of git, %s, cannot be read: %w", file, err)
	}
	names := make([]string, len(idx.Entries))
	for i, e := range idx.Entries {
		names[i] = e.Name
	}
	return names, nil
}

// gitOf finds the work tree that a directory lies in, and its directory of git;
// empty where it lies in none. A work tree beside its repository has a file that
// names the directory. Source: gitrepository-layout(5).
func gitOf(dir string) (top, gitDir string, err error) {
	for ; ; dir = filepath.Dir(dir) {
		name := filepath.Join(dir, ".git")
		info, err := os.Stat(name)
		switch {
		case err == nil && info.IsDir():
			return dir, name, nil
		case err == nil:
			data, err := os.ReadFile(name)
			linked := strings.TrimSpace(strings.TrimPrefix(string(data), "gitdir:"))
			if !filepath.IsAbs(linked) {
				linked = filepath.Join(dir, linked)
			}
			return dir, linked, err
		case dir == filepath.Dir(dir):
			return "", "", nil
		}
	}
}
