package load

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/cue/load"
	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/module"

	"ichor/schema"
)

const (
	moduleFile = "cue.mod/module.cue"
	vendorDir  = "cue.mod/pkg/" + schema.ImportPath
	// bareModule serves a repository that has no cue.mod of its own.
	bareModule = "module: \"cluster.internal@v0\"\nlanguage: version: \"v0.17.0\"\n"
	// root is where CUE is told that the repository lies. No such directory is
	// there: CUE reads what is laid over it, and nothing of the machine.
	root = "/ichor.internal/repository"
)

// sources gives all CUE files of a repository with the language laid over them,
// so that every binary reads a spec with the language it was built with, and
// the directory in which the language lies. A copy of the language that the
// repository keeps for its editor is not read.
func sources(repository fs.FS) (files map[string]load.Source, language string, err error) {
	mod, err := fs.ReadFile(repository, moduleFile)
	if errors.Is(err, fs.ErrNotExist) {
		mod, err = []byte(bareModule), nil
	}
	if err != nil {
		return nil, "", err
	}
	language = vendorDir
	if f, err := modfile.ParseNonStrict(mod, moduleFile); err == nil && f.ModuleRootPath() == path.Dir(schema.ImportPath) {
		language = path.Base(schema.ImportPath)
	}
	files = map[string]load.Source{path.Join(root, moduleFile): load.FromBytes(mod)}
	if err := addAll(files, repository, root, language); err != nil {
		return nil, "", err
	}
	return files, language, addAll(files, schema.Files, path.Join(root, language), "")
}

// isCopy reports whether the repository's copy of the language, if it keeps one,
// is the language of this binary.
func isCopy(repository fs.FS, dir string) bool {
	there, err := fs.Glob(repository, path.Join(dir, "*.cue"))
	if err != nil || len(there) == 0 {
		return true
	}
	ours, err := fs.Glob(schema.Files, "*.cue")
	if err != nil || len(ours) != len(there) {
		return false
	}
	for _, name := range ours {
		want, err := fs.ReadFile(schema.Files, name)
		have, errHave := fs.ReadFile(repository, path.Join(dir, name))
		if err != nil || errHave != nil || !bytes.Equal(want, have) {
			return false
		}
	}
	return true
}

// addAll adds the CUE files of a tree below a directory, without those in the
// subdirectory skip and in directories whose names begin with a dot.
func addAll(files map[string]load.Source, tree fs.FS, below, skip string) error {
	return fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == skip || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case path.Ext(name) != ".cue" || d.Type()&^fs.ModeSymlink != 0:
			return nil // a pipe or a socket could be read for ever
		}
		content, err := fs.ReadFile(tree, name)
		if err == nil {
			files[path.Join(below, name)] = load.FromBytes(content)
		}
		return err
	})
}

// offline refuses CUE modules from a registry: a compile reads the repository
// and nothing else.
type offline struct{}

var errOffline = errors.New("ichor fetches no CUE modules: put the package under cue.mod/pkg")

func (offline) ModFile(context.Context, module.Version) (*modfile.File, error) {
	return nil, errOffline
}

func (offline) Fetch(context.Context, module.Version) (module.SourceLoc, error) {
	return module.SourceLoc{}, errOffline
}

func (offline) ModuleVersions(context.Context, string) ([]string, error) { return nil, errOffline }
