package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/load"
	"ichor/schema/model"
	"ichor/schema/scan"
	"ichor/schema/secret"
)

// project is a repository with a spec in it.
type project struct {
	*repoDir        // nil where no disk holds the files
	spec     string // directory of the spec in it, with forward slashes
	fsys     fs.FS  // of the root
	// files gives those that Flux gets of it; nil for all of them.
	files func() (scan.Files, error)
}

// project finds the repository and the spec that the flags name.
func (a *app) project() (project, error) {
	root, err := a.rootDir()
	if err != nil {
		return project{}, err
	}
	spec := path.Clean(filepath.ToSlash(a.spec))
	a.watch.reading("the spec in " + spec)
	if a.spec == "" {
		return project{}, fmt.Errorf("--spec is empty: name the directory of the spec, relative to the root %s", root)
	}
	if !fs.ValidPath(spec) {
		return project{}, fmt.Errorf("--spec %s does not name a directory below the root %s", a.spec, root)
	}
	at, err := openRepoDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return a.begun(project{}, noSpec(spec, root))
	}
	if err != nil {
		return project{}, err
	}
	return a.begun(project{at, spec, at.tree, func() (scan.Files, error) { return a.files(at) }}.linked())
}

// files gives the files of a directory that git knows, and has the watch say what
// of them is being read.
func (a *app) files(at *repoDir) (scan.Files, error) {
	files, err := at.tracked()
	files.Reading = a.watch.reading
	a.watch.size.Store(files.Size)
	return files, err
}

// rootDir gives the directory of -C, or the nearest parent with a cue.mod, or
// the current directory.
func (a *app) rootDir() (string, error) {
	if a.directory != "" {
		return filepath.Abs(a.directory)
	}
	current, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := current; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, "cue.mod")); err == nil && info.IsDir() {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return current, nil
		}
	}
}

// load reads the spec, and of the directories that it names what Flux gets.
func (p project) load() (load.Spec, diag.List) {
	files := p.files
	if files == nil {
		files = func() (scan.Files, error) { return scan.All(p.fsys) }
	}
	r := load.Repository{FS: p.fsys, Files: files}
	if p.repoDir != nil {
		r.Below = p.inGit()
	}
	return load.Tracked(r, p.spec)
}

// checked loads the spec and applies every rule over it. The cluster is of use
// only where the findings have no error.
func (p project) checked() (*model.Cluster, diag.List) {
	s, found := p.read()
	return s.Cluster, found
}

// read is checked, with what is read of the repository.
func (p project) read() (load.Spec, diag.List) {
	s, found := p.load()
	if found.HasErrors() {
		return s, check.Literals(s.Literals, found)
	}
	return s, append(found, check.Cluster(s.Cluster)...).Sort()
}

// printer prints findings to a stream with lines of the repository's files.
func (a *app) printer(p project, to io.Writer) diag.Printer {
	return diag.Printer{
		Source:  func(file string) ([]byte, error) { return fs.ReadFile(p.fsys, file) },
		Color:   isTerminal(to) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Rules:   rules(),
		Version: version,
		All:     a.all,
		Holds:   secret.InLine,
		Conceal: secret.Hide,
	}
}

// report prints findings: text to stderr, and forms for programs to stdout. It
// fails with exit code 1 if one of them is an error.
func (a *app) report(p project, f diag.Format, l diag.List) error {
	w := a.out
	if f == diag.Text {
		w = a.err
	}
	if err := a.printTo(w, p, f, l); err != nil {
		return err
	}
	if l.HasErrors() {
		return exit(exitFindings)
	}
	return nil
}

// printTo prints findings. GitHub and code scanning know files by their paths from
// the root of git; a person and other programs know the directory that was named.
func (a *app) printTo(w io.Writer, p project, f diag.Format, l diag.List) error {
	if f == diag.GitHub || f == diag.SARIF {
		l = p.fromTop(l)
	}
	return a.printer(p, w).Print(w, f, l)
}

// units loads the spec as far as the graph of units needs it: what a check may
// find, such as a cycle, does not stand in the way of looking at it.
func (a *app) units() ([]*model.Unit, error) {
	p, err := a.project()
	if err != nil {
		return nil, err
	}
	c, found := p.load()
	if found.HasErrors() {
		return nil, a.report(p, diag.Text, check.Literals(c.Literals, found))
	}
	return c.Units, nil
}
