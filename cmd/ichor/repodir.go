package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"ichor/schema/gitindex"
	"ichor/schema/scan"
)

// repoDir is a directory that ichor is given, and the work tree of git around it.
type repoDir struct {
	root  string   // as the user names it, absolute
	tree  confined // of the directory
	bound string   // the directory that links stay in, without links in its own path
	git   *gitDir  // nil where there is none, or only one that ignores the directory
	below string   // the directory in the work tree, with forward slashes; "." for all of it
	work  confined // the work tree
	// index gives what is in git's index, with paths relative to the work tree.
	index func() ([]gitindex.Entry, error)
}

// openRepoDir opens a directory. Links may lead to all of the work tree that
// knows the directory, else to the directory alone.
func openRepoDir(dir string) (*repoDir, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	c := &repoDir{root: dir, bound: real, below: "."}
	top := workTreeOf(real)
	if top != "" {
		if err := c.open(real, top); err != nil {
			return nil, err
		}
	}
	if c.tree.root == nil {
		c.tree, err = confine(c.bound)
	}
	return c, err
}

// open opens the work tree of git.
func (c *repoDir) open(real, top string) error {
	tree, err := confine(top)
	if err != nil {
		return err
	}
	if c.git, err = openGit(top, tree); err != nil {
		return err
	}
	c.index = sync.OnceValues(c.git.paths)
	below, err := filepath.Rel(top, real)
	if err != nil {
		return err
	}
	c.below, c.work = filepath.ToSlash(below), tree
	known, err := c.knows()
	switch {
	case err != nil:
		return err
	case known:
		c.bound, c.tree = top, tree.in(c.below)
	case c.ignores()(path.Join(c.below, "any")) != nil:
		c.git, c.below = nil, "."
	}
	return nil
}

// knows reports whether the work tree is that of the directory, and not one that
// it happens to lie in: a home directory that is in git holds what others wrote.
func (c *repoDir) knows() (bool, error) {
	if c.below == "." {
		return true, nil
	}
	entries, err := c.index()
	return slices.ContainsFunc(entries, func(e gitindex.Entry) bool { return lies(e.Path, c.below) }), err
}

// inGit gives the directory as git has it, relative to the root of the work tree;
// empty for the root, and where there is no git.
func (c *repoDir) inGit() string {
	if c.below == "." {
		return ""
	}
	return c.below
}

// workTreeOf gives the nearest directory with a .git, of a directory and those
// above it; empty where none has one.
func workTreeOf(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// tracked gives the files of the directory that git knows, or all where there is
// no git. A link is no file.
func (c *repoDir) tracked() (scan.Files, error) {
	if c.git == nil {
		return scan.All(c.tree)
	}
	entries, err := c.index()
	if err != nil {
		return scan.Files{}, err
	}
	out := scan.Files{FS: c.tree}
	for _, e := range entries {
		inside, ok := e.Path, true
		if c.below != "." {
			inside, ok = strings.CutPrefix(e.Path, c.below+"/")
		}
		if !ok || !fs.ValidPath(inside) {
			continue
		}
		switch info, err := c.tree.Lstat(inside); {
		case err != nil && e.Absent:
			out.Absent = append(out.Absent, inside)
		case err != nil, info.IsDir(), info.Mode()&fs.ModeSymlink != 0: // gone, or something else by now
		case info.Mode().IsRegular():
			out.Tracked = append(out.Tracked, inside)
			out.Size += info.Size()
		default:
			return scan.Files{}, fmt.Errorf("git tracks %s as a file, and on the disk it is something else: %w", path.Join(filepath.ToSlash(c.root), inside), errSpecialFile)
		}
	}
	return out, nil
}
