package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// linked is the project with the directory that the spec's leads to by links:
// CUE follows none.
func (p project) linked() (project, error) {
	named := p.spec
	root, err := resolved(p.root)
	if err != nil {
		return project{}, err
	}
	spec, err := resolved(filepath.Join(root, filepath.FromSlash(named)))
	if err != nil {
		return project{}, err
	}
	if !lies(spec, root) {
		return project{}, fmt.Errorf("%s in %s is a link to %s: the spec must lie in the repository", named, p.root, spec)
	}
	below, err := filepath.Rel(root, spec)
	p.spec = filepath.ToSlash(below)
	return p, err
}

// apart refuses an output directory that is mixed with the spec or with CUE's
// module, whatever links lead to it. A spec at the root of the repository is
// its files there, and not what lies below.
func (p project) apart(place, name string) error {
	there, err := resolved(place)
	if err != nil {
		return err
	}
	for _, own := range []string{p.spec, "cue.mod"} {
		dir, err := resolved(filepath.Join(p.root, filepath.FromSlash(own)))
		switch {
		case err != nil:
			return err
		case lies(dir, there):
			return fmt.Errorf("the output cannot go to %s, which holds %s of the repository: name a directory of its own", name, own)
		case own != "." && lies(there, dir):
			return fmt.Errorf("the output cannot go to %s, which lies in %s of the repository: name a directory of its own", name, own)
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
