package load

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/load"

	"ichor/schema/diag"
)

// tree is the CUE of a repository as CUE is to see it.
type tree struct {
	files    map[string]load.Source
	language string           // directory in which the language lies
	failed   map[string]error // files and directories that cannot be read
}

var errNoFile = errors.New("it is not a file")

// add adds the CUE files of a tree below a directory, without those in the
// subdirectory skip and in directories whose names begin with a dot.
func (t *tree) add(from fs.FS, below, skip string) {
	// The function below gives no error but to skip a directory.
	_ = fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			t.failed[name] = err
			return fs.SkipDir
		case d.IsDir() && (name == skip || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case path.Ext(name) != ".cue" || d.Type()&^fs.ModeSymlink != 0:
			return nil
		}
		content, err := readRegular(from, name)
		if err != nil {
			t.failed[name] = err
			return nil
		}
		t.files[path.Join(below, name)] = load.FromBytes(content)
		return nil
	})
}

// readRegular reads a file, and nothing that could be read for ever, such as a
// pipe, be it behind a link.
func readRegular(from fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(from, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	return fs.ReadFile(from, name)
}

// unread refuses what could not be read and may be of the spec: in its directory,
// in that of CUE's module, and in those of the packages that it imports. The
// spec without it could be another one.
func (t *tree) unread(dir string, inst *build.Instance) diag.List {
	used := packageDirs(inst)
	var l diag.List
	for name, err := range t.failed {
		if name == "." || within(name, path.Dir(moduleFile)) || dir != "." && within(name, dir) || slices.Contains(used, path.Dir(name)) {
			l = append(l, unreadable(name, err))
		}
	}
	return l
}

// packageDirs gives the directories of a package and of those that it imports.
func packageDirs(inst *build.Instance) []string {
	dirs := []string{strings.TrimPrefix(strings.TrimPrefix(inst.Dir, root), "/")}
	if dirs[0] == "" {
		dirs[0] = "."
	}
	for _, imported := range inst.Imports {
		dirs = append(dirs, packageDirs(imported)...)
	}
	return dirs
}

// unreadable is what is said of a file or a directory that cannot be read.
func unreadable(name string, err error) diag.Diagnostic {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return diag.Diagnostic{
		Code: codeUnreadable, Severity: diag.Error, Pos: diag.Pos{File: name, Line: 1, Column: 1},
		Message: fmt.Sprintf("cannot read %q: %v", name, err),
		Help:    "make it readable, or delete it; a link must lead to a file of the repository",
	}
}

// within reports whether a path is a directory, or lies below it.
func within(name, dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") }
