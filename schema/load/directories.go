package load

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// directories holds the directories that a spec names against the repository
// that it lies in.
type directories struct {
	repository fs.FS
	spec, out  string
	findings   diag.List
}

func checkDirectories(repository fs.FS, spec string, c *model.Cluster) diag.List {
	d := &directories{repository: repository, spec: path.Clean(spec), out: c.Flux.Path.V}
	d.output(c.Flux.Path)
	for _, s := range c.Services {
		if s.Directory.IsSet() {
			d.service(s)
		}
	}
	return d.findings
}

func (d *directories) add(code string, at model.At[string], message, help string) {
	d.findings = append(d.findings, diag.Diagnostic{
		Code: code, Severity: diag.Error, Pos: at.Pos, Path: at.Path, Message: message, Help: help,
	})
}

// output refuses an output that is mixed with the spec. A spec at the root of
// the repository is its files there, and not what lies below.
func (d *directories) output(at model.At[string]) {
	help := "name a separate directory, such as \"out\""
	switch {
	case at.V == d.spec:
		d.add(codeFluxPath, at, fmt.Sprintf("the output goes to %q, which is the directory of the spec", at.V), help)
	case within(d.spec, at.V):
		d.add(codeFluxPath, at, fmt.Sprintf("the output goes to %q, which contains the spec in %q", at.V, d.spec), help)
	case d.spec != "." && within(at.V, d.spec):
		d.add(codeFluxPath, at, fmt.Sprintf("the output goes to %q, which is in the directory %q of the spec", at.V, d.spec), help)
	}
}

func (d *directories) service(s *model.Service) {
	at, dir := s.Directory, path.Clean(s.Directory.V)
	inside := func(what, of string) {
		d.add(codeInside, at, fmt.Sprintf("the manifests of service %q are in %q, inside the directory %q of %s", s.Name.V, at.V, of, what),
			"move them to a directory of their own, as \"apps/"+s.Name.V+"\"")
	}
	switch {
	case within(dir, d.out):
		inside("the output", d.out)
	case within(dir, d.spec):
		inside("the spec", d.spec)
	default:
		d.manifests(at, dir)
	}
}

// manifests refuses a directory without anything for Flux to apply.
func (d *directories) manifests(at model.At[string], dir string) {
	info, err := fs.Stat(d.repository, dir)
	var failed *fs.PathError
	switch {
	case errors.As(err, &failed) && !errors.Is(err, fs.ErrNotExist):
		d.add(codeMissingDir, at, fmt.Sprintf("the directory %q cannot be read: %v", at.V, failed.Err), "put the manifests of the service into a directory of the repository, and name that")
	case err != nil:
		d.add(codeMissingDir, at, fmt.Sprintf("directory %q does not exist in the repository", at.V), d.near(dir))
	case !info.IsDir():
		d.add(codeMissingDir, at, fmt.Sprintf("%q is a file, and must be a directory", at.V), "name the directory that the file is in")
	case !d.hasManifest(dir):
		d.add(codeMissingDir, at, fmt.Sprintf("the directory %q has no manifest: no file in it ends in .yaml or .yml", at.V),
			"put the manifests of the service there, or name the directory that has them")
	}
}

// hasManifest looks below the directory too, as Flux does.
func (d *directories) hasManifest(dir string) bool {
	found := false
	// The function below gives no error but to stop or to skip a directory.
	_ = fs.WalkDir(d.repository, dir, func(name string, e fs.DirEntry, err error) error {
		ext := path.Ext(name)
		switch {
		case err != nil:
			return fs.SkipDir
		case !e.IsDir() && (ext == ".yaml" || ext == ".yml"):
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// near proposes the directories that a mistyped one may have meant.
func (d *directories) near(dir string) string {
	near := diag.Nearest(dir, d.below(strings.Count(dir, "/")))
	if len(near) == 0 {
		return "create the directory and put the manifests there, or name the directory that has them"
	}
	return fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
}

// below gives the directories of the repository that lie as deep as that, but
// for those whose names begin with a dot.
func (d *directories) below(depth int) []string {
	var names []string
	// The function below gives no error but to skip a directory.
	_ = fs.WalkDir(d.repository, ".", func(name string, e fs.DirEntry, err error) error {
		deep := strings.Count(name, "/")
		switch {
		case name == "." && err == nil:
			return nil
		case err != nil, e.IsDir() && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case e.IsDir() && deep == depth:
			names = append(names, name)
			return fs.SkipDir
		}
		return nil
	})
	return names
}
