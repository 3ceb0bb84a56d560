package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Modes of what holds secrets.
const (
	secretFileMode      fs.FileMode = 0o600
	secretDirectoryMode fs.FileMode = 0o700
)

// secretDir is a directory outside of git, for files that hold secrets. All names go
// through os.Root, so that no link leads back into a work tree.
type secretDir struct {
	name string // as the user knows it
	root *os.Root
}

// judgeSecretDir fails for a directory that lies in a repository or in any work tree of
// git, however it is reached. It need not exist.
func judgeSecretDir(name, repository string) error {
	existing, rest, err := existingPart(name)
	if err != nil {
		return err
	}
	return outside(name, filepath.Join(existing, rest), repository)
}

// openSecretDir judges a directory, makes it, and opens it. It is to be closed.
func openSecretDir(name, repository string) (*secretDir, error) {
	if err := judgeSecretDir(name, repository); err != nil {
		return nil, err
	}
	existing, rest, err := existingPart(name)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(existing)
	if err != nil {
		return nil, err
	}
	if rest != "" {
		below, err := makeBelow(root, rest)
		if err = errors.Join(err, root.Close()); err != nil {
			return nil, err
		}
		root = below
	}
	d := &secretDir{name, root}
	if err := d.unmoved(filepath.Join(existing, rest)); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

func makeBelow(root *os.Root, rest string) (*os.Root, error) {
	if err := root.MkdirAll(rest, secretDirectoryMode); err != nil {
		return nil, err
	}
	return root.OpenRoot(rest)
}

// unmoved fails where another directory stands at a path than the one that was judged
// and is open.
func (d *secretDir) unmoved(place string) error {
	opened, err := d.root.Stat(".")
	if err != nil {
		return err
	}
	there, err := os.Lstat(place)
	if err != nil {
		return err
	}
	if !os.SameFile(opened, there) {
		return fmt.Errorf("something replaced %s while ichor opened it: run ichor again", d.name)
	}
	return outsideGit(d.name, place)
}

// existingPart gives the part of a path that exists, without links, and the rest.
func existingPart(name string) (existing, rest string, err error) {
	dir, err := filepath.Abs(name)
	if err != nil {
		return "", "", err
	}
	for {
		existing, err := filepath.EvalSymlinks(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			return existing, rest, err
		}
		if _, err := os.Lstat(dir); err == nil {
			return "", "", fmt.Errorf("%s is a link to a directory that does not exist: create that directory, or name another one", dir)
		}
		dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest)
	}
}

// outside refuses a directory in the repository, or in a work tree of git, where
// secrets would end in git.
func outside(name, place, repository string) error {
	root, err := resolved(repository)
	if err != nil {
		return err
	}
	if lies(place, root) {
		return fmt.Errorf("%s lies in the repository %s, and the secrets would get into git: name a directory outside of it", name, repository)
	}
	return outsideGit(name, place)
}

// outsideGit refuses a directory in a work tree of git, or in a repository itself.
func outsideGit(name, place string) error {
	for dir := place; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s lies in %s, which is a work tree of git, and the secrets would get into git: name a directory outside of it", name, dir)
		}
		if isRepository(dir) {
			return fmt.Errorf("%s lies in %s, which is a repository of git: name a directory outside of it", name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// isRepository reports whether a directory is one of git itself, as a bare repository
// is. Source: gitrepository-layout(5).
func isRepository(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// write writes files, each whole or not at all. It writes none where a name is taken by
// a link or a directory.
func (d *secretDir) write(files map[string][]byte) error {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		switch info, err := d.root.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a regular file: delete it, or name another directory", path.Join(d.name, name))
		}
	}
	for _, name := range names {
		if err := d.replace(name, files[name]); err != nil {
			return err
		}
	}
	return nil
}

// replace puts a file that only its owner can read in the place of another.
func (d *secretDir) replace(name string, content []byte) (err error) {
	unfinished := ".ichor-" + name
	if err := d.root.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := d.root.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, secretFileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(secretFileMode), f.Sync(), f.Close()); err == nil {
		err = d.root.Rename(unfinished, name)
	}
	if err != nil {
		return errors.Join(err, d.root.Remove(unfinished))
	}
	return nil
}

// left gives the machine configurations in the directory that were not written, as of
// nodes that the spec has no longer.
func (d *secretDir) left(written map[string][]byte) ([]string, error) {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if _, ours := written[e.Name()]; !ours && e.Type().IsRegular() && path.Ext(e.Name()) == ".yaml" && d.isMachine(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// maxMachine is how much of a file is read to see what it is, in bytes.
const maxMachine = 1 << 20

// isMachine reports whether a file is a machine configuration of Talos.
func (d *secretDir) isMachine(name string) bool {
	f, err := d.root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	var config struct {
		Version string    `yaml:"version"`
		Machine yaml.Node `yaml:"machine"`
	}
	return yaml.NewDecoder(io.LimitReader(f, maxMachine)).Decode(&config) == nil && config.Version == "v1alpha1" && !config.Machine.IsZero()
}
