// Package scan reads a Flux repository as Flux would: it builds the path of
// every Kustomization with kustomize, merges what the Kustomization adds to it,
// substitutes its variables, and goes on with the Kustomizations that come out.
// Nothing is applied, run or fetched: what is remote is remembered as unknown. Rules
// over the files that are built stand here too, one row a rule: they hold for a
// repository without a spec, and for the directories that the services of one name.
package scan

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Files is a repository: the files that are in the git index, or all files
// where there is none.
type Files struct {
	FS      fs.FS
	Tracked []string // paths with forward slashes
	Size    int64    // of all that is tracked, in bytes; 0 where it is not known
	// Root is where these files lie in what Flux fetches; empty where it fetches
	// nothing else.
	Root string
	// Absent are files and directories that Flux gets and that are not here, as a
	// sparse checkout leaves them out: nothing is known of them.
	Absent []string
	// Reading is called before each Kustomization is built and each chart is
	// rendered, with what it is as a part of a sentence. It may be nil.
	Reading func(what string)
}

// reading announces what is read next.
func (f Files) reading(format string, args ...any) {
	if f.Reading != nil {
		f.Reading(fmt.Sprintf(format, args...))
	}
}

// All gives every file of a directory that is in no git repository, but for
// those of git itself.
func All(fsys fs.FS) (Files, error) {
	out := Files{FS: fsys}
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		out.Tracked = append(out.Tracked, name)
		info, err := e.Info()
		if err == nil {
			out.Size += info.Size()
		}
		return err
	})
	return out, err
}

// tree answers what kustomize asks of a file system from the list of files,
// without asking the disk.
type tree struct {
	Files
	files    map[string]bool
	dirs     map[string][]string // names of what a directory holds, sorted
	contents map[string][]byte
	used     map[string]bool // files that kustomize read
}

func newTree(f Files) *tree {
	t := &tree{Files: f, files: map[string]bool{}, dirs: map[string][]string{".": nil}, contents: map[string][]byte{}, used: map[string]bool{}}
	for _, name := range f.Tracked {
		t.files[name] = true
		for dir, base := path.Dir(name), path.Base(name); ; dir, base = path.Dir(dir), path.Base(dir) {
			_, known := t.dirs[dir]
			t.dirs[dir] = append(t.dirs[dir], base)
			if known || dir == "." {
				break
			}
		}
	}
	for _, names := range t.dirs {
		slices.Sort(names)
	}
	return t
}

// unseen reports whether Flux may get something by a path that cannot be read here:
// it is absent, or lies in the source beside these files.
func (t *tree) unseen(name string) bool {
	if strings.HasPrefix(name, "../") {
		return t.Root != ""
	}
	return slices.ContainsFunc(t.Absent, func(absent string) bool { return below(absent, name) || below(name, absent) })
}

// fromSource gives the path of what an object of Flux names by its path in the
// source; false where that lies beside the files that are known.
func (t *tree) fromSource(name string) (string, bool) {
	name = local(name)
	if t.Root == "" {
		return name, true
	}
	inside, ok := strings.CutPrefix(name+"/", t.Root+"/")
	return path.Clean(inside), ok
}

func (t *tree) isDir(name string) bool  { _, ok := t.dirs[name]; return ok }
func (t *tree) isFile(name string) bool { return t.files[name] }
func (t *tree) exists(name string) bool { return t.isFile(name) || t.isDir(name) }

// untracked gives the YAML files of a directory without a kustomization file, and
// below, that Flux would take and that only this disk has.
func (t *tree) untracked(dir string) []string {
	var out []string
	// The function below gives no error but to skip a directory.
	_ = fs.WalkDir(t.FS, dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil, e.IsDir() && t.kustomizationIn(name) != "":
			return fs.SkipDir
		case !e.IsDir() && isYAML(name) && !t.isFile(name):
			out = append(out, name)
		}
		return nil
	})
	return out
}

// hidden reports whether a path is on the disk and not in the git index.
func (t *tree) hidden(name string) bool {
	if t.exists(name) || !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(t.FS, name)
	return err == nil
}

// read gives a tracked file, each once from the disk.
func (t *tree) read(name string) ([]byte, error) {
	if data, ok := t.contents[name]; ok {
		return data, nil
	}
	if !t.isFile(name) {
		return nil, absentError{t, name}
	}
	data, err := fs.ReadFile(t.FS, name)
	if err == nil {
		err = bounded(name, data)
	}
	if err != nil {
		return nil, err
	}
	t.contents[name] = data
	return data, nil
}

// absentError is a file that is not tracked. Kustomize asks for many: the disk is
// asked for them only where somebody reads the error.
type absentError struct {
	*tree
	name string
}

func (e absentError) Error() string {
	if e.hidden(e.name) {
		return e.name + " " + onDiskOnly
	}
	return "open " + e.name + ": " + fs.ErrNotExist.Error()
}

func (absentError) Unwrap() error { return fs.ErrNotExist }

// below gives the tracked files of a directory and those below, sorted.
func (t *tree) below(dir string) []string {
	var out []string
	for _, base := range t.dirs[dir] {
		switch name := path.Join(dir, base); {
		case t.isFile(name):
			out = append(out, name)
		default:
			out = append(out, t.below(name)...)
		}
	}
	return out
}

func isYAML(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}

// below reports whether a path lies in a directory or is it.
func below(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
