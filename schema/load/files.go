package load

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/module"

	"ichor/schema"
)

const (
	moduleFile = "cue.mod/module.cue"
	vendorDir  = "cue.mod/pkg/" + schema.ImportPath
	// bareModule serves a directory that has no cue.mod of its own.
	bareModule = "module: \"cluster.internal@v0\"\nlanguage: version: \"v0.17.0\"\n"
)

// overlay is a file system with the language laid over it, so that every
// binary reads a spec with the language it was built with.
type overlay struct {
	fs.FS
	files map[string][]byte
}

// withLanguage lays the embedded language over the repository, and a module
// file where there is none. dir is where the language lies.
func withLanguage(base fs.FS) (o overlay, dir string, err error) {
	o = overlay{FS: base, files: map[string][]byte{}}
	dir = vendorDir
	mod, err := fs.ReadFile(base, moduleFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.files[moduleFile] = []byte(bareModule)
	case err != nil:
		return o, "", err
	default:
		if f, err := modfile.ParseNonStrict(mod, moduleFile); err == nil && f.ModulePath() == path.Dir(schema.ImportPath) {
			dir = path.Base(schema.ImportPath)
		}
	}
	return o, dir, o.add(dir)
}

func (o overlay) add(dir string) error {
	entries, err := fs.ReadDir(schema.Files, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		content, err := fs.ReadFile(schema.Files, e.Name())
		if err != nil {
			return err
		}
		o.files[path.Join(dir, e.Name())] = content
	}
	return nil
}

// Open serves the overlaid files and their directories before the base's.
func (o overlay) Open(name string) (fs.File, error) {
	if content, ok := o.files[name]; ok {
		return &file{info: entry{name: path.Base(name), size: len(content)}, Reader: bytes.NewReader(content)}, nil
	}
	if o.covers(name) {
		return &file{info: entry{name: path.Base(name), dir: true}, Reader: bytes.NewReader(nil)}, nil
	}
	return o.FS.Open(name)
}

func (o overlay) covers(dir string) bool {
	for name := range o.files {
		if strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

// ReadDir merges the overlaid entries of a directory with the base's. In the
// language's own directory there is nothing but the language.
func (o overlay) ReadDir(dir string) ([]fs.DirEntry, error) {
	over := map[string]entry{}
	for name, content := range o.files {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok || dir == "." {
			if dir == "." {
				rest = name
			}
			first, _, deeper := strings.Cut(rest, "/")
			over[first] = entry{name: first, dir: deeper, size: len(content)}
		}
	}
	base, err := fs.ReadDir(o.FS, dir)
	if err != nil && len(over) == 0 {
		return nil, err
	}
	var out []fs.DirEntry
	for _, e := range base {
		if _, ok := over[e.Name()]; !ok && !(len(over) > 0 && strings.HasSuffix(e.Name(), ".cue")) {
			out = append(out, e)
		}
	}
	for _, e := range over {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// file is an open overlaid file or directory.
type file struct {
	info entry
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

// entry describes an overlaid file or directory.
type entry struct {
	name string
	dir  bool
	size int
}

func (e entry) Name() string               { return e.name }
func (e entry) Size() int64                { return int64(e.size) }
func (e entry) IsDir() bool                { return e.dir }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }
func (e entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
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
