package main

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"ichor/schema/scan"
)

// commitFiles are the files of a commit, which no disk holds.
type commitFiles map[string]*object.File

// Open finds nothing: files are read whole.
func (c commitFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadFile gives a file.
func (c commitFiles) ReadFile(name string) ([]byte, error) {
	f, ok := c[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if f.Size > maxFileSize {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	r, err := f.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxFileSize))
}

// since has each cluster compared with what a commit has of it; the empty one is
// none.
func (r *fluxRepository) since(revision string) error {
	if revision == "" {
		return nil
	}
	files, err := r.asOf(revision)
	if err != nil {
		return err
	}
	r.compare(readRepository(files), revision)
	return nil
}

// compare pairs the clusters of two commits by their names.
func (r *fluxRepository) compare(before *fluxRepository, revision string) {
	for _, c := range r.clusters {
		for _, was := range before.clusters {
			if was.Name == c.Name {
				c.Since(was, revision)
			}
		}
	}
}

// asOf gives the files of the directory as they were at a commit, by any name
// that git knows: a hash, a branch, a tag, HEAD~1.
func (c *repoDir) asOf(revision string) (scan.Files, error) {
	if c.git == nil {
		return scan.Files{}, fmt.Errorf("%s is not in a git repository, so commit %q does not exist: leave out --base", c.root, revision)
	}
	tree, err := c.git.treeAt(revision)
	if err != nil {
		return scan.Files{}, err
	}
	if c.below != "." {
		if tree, err = tree.Tree(c.below); err != nil {
			return scan.Files{}, fmt.Errorf("directory %s does not exist in commit %q", c.below, revision)
		}
	}
	return filesOf(tree)
}

// treeAt gives the files of a commit.
func (g *gitDir) treeAt(revision string) (*object.Tree, error) {
	repository, err := g.objects()
	if err != nil {
		return nil, fmt.Errorf("the commits of %s cannot be read: %w", g.top, err)
	}
	hash, err := repository.ResolveRevision(plumbing.Revision(revision))
	if refs := g.setting("config", "extensions", "refstorage"); err != nil && refs != "" && refs != "files" {
		return nil, fmt.Errorf("git keeps its branches in the format %s here, which ichor does not read: name the commit by the hash that `git rev-parse %s` prints", refs, revision)
	}
	if err != nil {
		return nil, fmt.Errorf("git does not know commit %q here: correct the name, or fetch the commit, because a shallow clone has only a few commits", revision)
	}
	commit, err := repository.CommitObject(*hash)
	if err != nil {
		return nil, fmt.Errorf("commit %q cannot be read: %w", revision, err)
	}
	return commit.Tree()
}

// filesOf lists the files of a tree of git; links count for none, as in the index.
func filesOf(tree *object.Tree) (scan.Files, error) {
	all := commitFiles{}
	err := tree.Files().ForEach(func(f *object.File) error {
		if f.Mode != filemode.Symlink {
			all[f.Name] = f
		}
		return nil
	})
	return scan.Files{FS: all, Tracked: slices.Sorted(maps.Keys(all))}, err
}
