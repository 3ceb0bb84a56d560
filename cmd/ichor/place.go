package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// linked is the project with the directory that the spec's leads to by links:
// CUE follows none.
func (p project) linked() (project, error) {
	named := p.spec
	info, err := p.tree.Stat(named)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return project{}, noSpec(named, p.root)
	case errors.Is(err, errLinkOutside):
		return project{}, p.elsewhere(named)
	case err != nil:
		return project{}, err
	case !info.IsDir():
		return project{}, fmt.Errorf("%s in %s is not a directory: name the directory of the spec with --spec", named, p.root)
	}
	if vacant(p.fsys, named) == nil {
		return project{}, noSpec(named, p.root)
	}
	real, err := p.tree.real(named)
	if err != nil {
		return project{}, err
	}
	below, err := filepath.Rel(filepath.FromSlash(p.tree.base), filepath.FromSlash(real))
	if err != nil || !filepath.IsLocal(below) {
		return project{}, p.elsewhere(named)
	}
	p.spec = filepath.ToSlash(below)
	return p, nil
}

func (p project) elsewhere(name string) error {
	return fmt.Errorf("%s in %s is a link that leads out of it: put the spec inside the repository", name, p.root)
}

// destination is a directory that is written to. In the repository no link leads
// out of it: whoever wrote the repository could have ichor write to any place.
type destination struct {
	in   *os.Root // nil for a directory elsewhere, which the user names
	path string   // in the root, or on the disk
	real string   // on the disk, without links
}

// destination finds what a path of the disk names.
func (c *repoDir) destination(name string) (destination, error) {
	whole, err := filepath.Abs(name)
	if err != nil {
		return destination{}, err
	}
	at := filepath.VolumeName(whole) + string(filepath.Separator)
	rest := strings.Split(strings.TrimPrefix(whole, at), string(filepath.Separator))
	for i := 0; ; i++ {
		real, err := resolved(at)
		if err != nil {
			return destination{}, err
		}
		if lies(real, c.bound) {
			return c.inside(real, path.Join(rest[i:]...))
		}
		if i == len(rest) {
			return destination{path: whole, real: real}, nil
		}
		at = filepath.Join(at, rest[i])
	}
}

// inside gives a directory below one of the repository.
func (c *repoDir) inside(dir, name string) (destination, error) {
	below, err := filepath.Rel(c.bound, dir)
	if err != nil {
		return destination{}, err
	}
	all := confined{c.tree.root, "."}
	inside := path.Join(filepath.ToSlash(below), name)
	real, err := all.real(inside)
	if err != nil {
		return destination{}, fmt.Errorf("ichor does not write to %s: %w: remove the link", filepath.Join(c.bound, inside), inner(err))
	}
	return destination{c.tree.root, inside, filepath.Join(c.bound, filepath.FromSlash(real))}, nil
}

// inner is an error of the disk without the name of its file.
func inner(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// open opens the directory, if it is there.
func (d destination) open() (confined, error) {
	if d.in == nil {
		return confine(d.path)
	}
	info, err := confined{d.in, "."}.Stat(d.path) // the opening of a pipe would block
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", d.real)
	}
	if err != nil {
		return confined{}, err
	}
	root, err := d.in.OpenRoot(d.path)
	return confined{root, "."}, err
}

// create makes the directory and those above it.
func (d destination) create(mode fs.FileMode) error {
	if d.in == nil {
		return os.MkdirAll(d.path, mode)
	}
	return d.in.MkdirAll(d.path, mode)
}

// apart refuses an output directory that is mixed with the spec or with CUE's
// module, whatever links lead to it. A spec at the root of the repository is
// its files there, and not what lies below.
func (p project) apart(to destination, name string) error {
	for _, own := range []string{p.spec, "cue.mod"} {
		inside, err := p.tree.real(own)
		if errors.Is(err, errLinkOutside) {
			continue
		}
		if err != nil {
			return err
		}
		dir := filepath.Join(p.bound, filepath.FromSlash(inside))
		switch {
		case lies(dir, to.real):
			return fmt.Errorf("the output cannot go to %s, which holds %s of the repository: name a separate directory", name, own)
		case own != "." && lies(to.real, dir):
			return fmt.Errorf("the output cannot go to %s, which is in %s of the repository: name a separate directory", name, own)
		}
	}
	return nil
}

// resolved gives a path without links. What is not there yet keeps its name.
func resolved(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
		return real, err
	}
	above, err := resolved(filepath.Dir(path))
	return filepath.Join(above, filepath.Base(path)), err
}

// lies reports whether a path is a directory, or lies below it.
func lies(path, dir string) bool {
	below, err := filepath.Rel(dir, path)
	return err == nil && below != ".." && !strings.HasPrefix(below, ".."+string(os.PathSeparator))
}
