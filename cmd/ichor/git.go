package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"

	"ichor/schema/gitindex"
)

// gitDir is where git keeps what it knows of a work tree. One that is linked to
// another repository shares all but the index and HEAD with it.
type gitDir struct {
	top         string // the work tree
	own, shared confined
}

// openGit opens the directory of git of a work tree. It lies in the work tree, or
// leads back to it: else whoever wrote the files could name any repository of the
// machine. Source: gitrepository-layout(5).
func openGit(top string, tree confined) (*gitDir, error) {
	g := &gitDir{top: top}
	info, err := tree.Stat(".git")
	switch {
	case errors.Is(err, errLinkOutside):
		return nil, g.refuse("a link leads out of the directory")
	case err == nil && !info.IsDir():
		return g.follow(tree)
	case err != nil:
		return nil, g.refuse("%w", inner(err))
	}
	g.own = tree.in(".git")
	g.shared = g.own
	if _, err := g.own.Lstat("commondir"); !errors.Is(err, fs.ErrNotExist) {
		return nil, g.refuse("its file commondir names another repository")
	}
	return g, nil
}

func (g *gitDir) refuse(format string, args ...any) error {
	return fmt.Errorf("%s cannot be used: %w: clone the repository into a separate directory, and name that directory",
		filepath.Join(g.top, ".git"), fmt.Errorf(format, args...))
}

// follow opens the directory that a file .git names: of a linked work tree, of a
// submodule, or of a repository that lies apart.
func (g *gitDir) follow(tree confined) (*gitDir, error) {
	data, err := tree.ReadFile(".git")
	if err != nil {
		return nil, g.refuse("%w", inner(err))
	}
	named, ok := strings.CutPrefix(strings.TrimRight(string(data), "\r\n"), "gitdir: ")
	if !ok || named == "" {
		return nil, g.refuse("the file names no directory")
	}
	dir := absolute(g.top, named)
	if lies(dir, g.top) {
		inside, err := filepath.Rel(g.top, dir)
		if err != nil {
			return nil, err
		}
		g.own = tree.in(filepath.ToSlash(inside))
		return g, g.linked(dir)
	}
	if g.own, err = confine(dir); err != nil {
		return nil, g.refuse("it names a directory that cannot be read: %w", err)
	}
	return g, g.linked(dir)
}

// linked finds what a directory shares, and holds that one outside of the work
// tree leads back to it.
func (g *gitDir) linked(dir string) error {
	g.shared = g.own
	common, err := g.own.ReadFile("commondir")
	switch {
	case err == nil && lies(dir, g.top):
		return g.refuse("it leads to %s, whose file commondir names another repository", dir)
	case err == nil:
		return g.worktree(dir, strings.TrimSpace(string(common)))
	case !errors.Is(err, fs.ErrNotExist):
		return g.refuse("it leads to %s, which cannot be read: %w", dir, inner(err))
	case lies(dir, g.top) || g.leadsBack(dir):
		return nil
	}
	return fmt.Errorf("%s leads to %s, which is the repository of another directory: if it is the repository of this directory, run `git -C %s config core.worktree %s`",
		filepath.Join(g.top, ".git"), dir, dir, g.top)
}

// worktree opens the repository that a linked work tree is of: the directory with
// worktrees/NAME in it, whose file gitdir names the work tree. Source:
// git-worktree(1), Details.
func (g *gitDir) worktree(dir, common string) error {
	above := filepath.Dir(filepath.Dir(dir))
	if filepath.Base(filepath.Dir(dir)) != "worktrees" || !same(absolute(dir, common), above) {
		return g.refuse("it leads to %s, which is not a work tree of a repository", dir)
	}
	back, err := g.own.ReadFile("gitdir")
	if err != nil || !same(absolute(dir, strings.TrimSpace(string(back))), filepath.Join(g.top, ".git")) {
		return fmt.Errorf("%s leads to %s, which belongs to another work tree: if you moved this work tree, run `git worktree repair` in it",
			filepath.Join(g.top, ".git"), dir)
	}
	g.shared, err = confine(above)
	return err
}

// leadsBack reports whether the configuration of a repository names the work tree,
// as that of a submodule does. Source: git-config(1), core.worktree.
func (g *gitDir) leadsBack(dir string) bool {
	for _, file := range []string{"config.worktree", "config"} {
		if to := g.setting(file, "core", "worktree"); to != "" {
			return same(absolute(dir, to), g.top)
		}
	}
	return false
}

// setting gives a value of a file of settings, the empty one where there is none.
func (g *gitDir) setting(file, section, key string) string {
	data, err := g.shared.ReadFile(file)
	if err != nil {
		return ""
	}
	c := config.New()
	if err := config.NewDecoder(bytes.NewReader(data)).Decode(c); err != nil {
		return ""
	}
	return c.Section(section).Option(key)
}

// absolute gives a path that is written in a file of a directory.
func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// same reports whether two paths are one file or directory.
func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// paths gives what is in the index; nothing where no file was ever added. An index
// that is split lies in two files, one beside the other.
func (g *gitDir) paths() ([]gitindex.Entry, error) {
	data, err := g.own.ReadFile("index")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var entries []gitindex.Entry
	if err == nil {
		entries, err = gitindex.Read(data, g.hash(), g.besideIndex)
	}
	if err != nil {
		return nil, fmt.Errorf("the index of git in %s cannot be read: %w", filepath.Join(g.top, ".git"), inner(err))
	}
	return entries, nil
}

// besideIndex reads a file that the index names.
func (g *gitDir) besideIndex(name string) ([]byte, error) {
	data, err := g.own.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, inner(err))
	}
	return data, nil
}

// hash is the function that git names its objects with. Source:
// gitrepository-layout(5), extensions.objectFormat.
func (g *gitDir) hash() gitindex.Hash {
	if strings.EqualFold(g.setting("config", "extensions", "objectformat"), "sha256") {
		return gitindex.SHA256
	}
	return gitindex.SHA1
}
