package load

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"

	"cuelang.org/go/cue/load"
	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/module"

	"ichor/schema"
	"ichor/schema/diag"
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
// so that every binary reads a spec with the language it was built with. A copy
// of the language that the repository keeps for its editor is not read.
func sources(repository fs.FS) (*tree, diag.List) {
	mod, err := fs.ReadFile(repository, moduleFile)
	if errors.Is(err, fs.ErrNotExist) {
		mod, err = []byte(bareModule), nil
	}
	if err != nil {
		return nil, diag.List{unreadable(moduleFile, err)}
	}
	t := &tree{map[string]load.Source{path.Join(root, moduleFile): load.FromBytes(mod)}, vendorDir, map[string]error{}}
	if f, err := modfile.ParseNonStrict(mod, moduleFile); err == nil && f.ModuleRootPath() == path.Dir(schema.ImportPath) {
		t.language = path.Base(schema.ImportPath)
	}
	t.add(repository, root, t.language)
	t.add(schema.Files, path.Join(root, t.language), "")
	return t, cueVersion(mod)
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
