package scan

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// fileSystem is the repository as kustomize sees it during one build: absolute
// paths with the repository's root at /, nothing that can be written, and the
// kustomization files without what cannot be had.
type fileSystem struct {
	*entries
	// unusable tells of a file that was asked for and cannot be used.
	unusable error
}

var errReadOnly = errors.New("the repository is only read")

// local gives a path relative to the repository's root; outside of it there is
// nothing.
func local(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	if name == "" {
		return "."
	}
	return name
}

func (f *fileSystem) Create(string) (filesys.File, error) { return nil, errReadOnly }
func (f *fileSystem) Mkdir(string) error                  { return errReadOnly }
func (f *fileSystem) MkdirAll(string) error               { return errReadOnly }
func (f *fileSystem) RemoveAll(string) error              { return errReadOnly }
func (f *fileSystem) WriteFile(string, []byte) error      { return errReadOnly }
func (f *fileSystem) Glob(string) ([]string, error)       { return nil, errReadOnly }
func (f *fileSystem) IsDir(name string) bool              { return f.isDir(local(name)) }

func (f *fileSystem) Exists(name string) bool {
	_, written := f.written[local(name)]
	return written || f.exists(local(name))
}

// Open gives a file to read. Kustomize uses it for files of variables.
func (f *fileSystem) Open(name string) (filesys.File, error) {
	data, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: bytes.NewReader(data), name: local(name)}, nil
}

// ReadFile gives a file; of a kustomization file, what of it can be built.
func (f *fileSystem) ReadFile(name string) ([]byte, error) {
	name = local(name)
	f.used[name] = true
	data, written := f.written[name]
	if !written {
		var err error
		if data, err = f.read(name); err != nil {
			if errors.As(err, &fileError{}) {
				f.unusable = err
			}
			return nil, err
		}
	}
	if !isKustomization(name) {
		return data, nil
	}
	if out, ok := f.filtered[name]; ok && !slices.Contains(f.nested, name) {
		return out, nil
	}
	data, err := f.filter(name, data)
	if err != nil {
		f.unusable = err
		return nil, err
	}
	if f.filtered == nil {
		f.filtered = map[string][]byte{}
	}
	if !slices.Contains(f.nested, name) {
		f.filtered[name] = data
	}
	return data, nil
}

func (f *fileSystem) ReadDir(name string) ([]string, error) { return f.dirs[local(name)], nil }

func (f *fileSystem) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	name = local(name)
	switch {
	case f.isDir(name):
		return filesys.ConfirmedDir(path.Join("/", name)), "", nil
	case f.Exists(name):
		return filesys.ConfirmedDir(path.Join("/", path.Dir(name))), path.Base(name), nil
	}
	return "", "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (f *fileSystem) Walk(string, filepath.WalkFunc) error { return errReadOnly }

// openFile is a file of memory.
type openFile struct {
	*bytes.Reader
	name string
}

func (o *openFile) Close() error               { return nil }
func (o *openFile) Write([]byte) (int, error)  { return 0, errReadOnly }
func (o *openFile) Stat() (fs.FileInfo, error) { return nil, errReadOnly }
