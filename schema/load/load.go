// Package load turns a spec into the linked model: it evaluates the CUE of the
// spec with the language, decodes it with the place of every value, and puts a
// pointer in the place of every name.
package load

import (
	"io/fs"

	"cuelang.org/go/cue"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// field is the one field of a spec's package that ichor reads.
const field = "cluster"

// Cluster loads the spec in the directory dir of a repository. The findings are
// all there are up to the stage that found an error. If one is an error, the
// cluster holds nothing but the literals of the files that could be read.
func Cluster(repository fs.FS, dir string) (*model.Cluster, diag.List) {
	s, findings := Tracked(Repository{FS: repository, Files: func() (scan.Files, error) { return scan.All(repository) }}, dir)
	return s.Cluster, findings
}

// Repository is the directory that a spec lies in.
type Repository struct {
	FS fs.FS
	// Below is where the directory lies in the work tree of git, with forward slashes;
	// empty for its root.
	Below string
	// Files gives those that Flux gets. It is asked only where the spec names a
	// directory or a chart.
	Files func() (scan.Files, error)
}

// Spec is a cluster, and what is read of the repository around its spec.
type Spec struct {
	*model.Cluster
	// Repository is the files that Flux gets; nil where the spec names no directory.
	Repository *scan.Repository
	// Applied are the Kustomizations that will apply the directories of services, and
	// Below those of Flux that come out of these.
	Applied, Below []*scan.Kustomization
}

// Tracked reads a spec as Cluster does, and knows which files of the repository Flux gets.
func Tracked(r Repository, dir string) (Spec, diag.List) {
	go depend.Charts() // the table is decoded while CUE evaluates the spec
	spec, findings := evaluate(r.FS, dir)
	findings = advised(r.FS, findings)
	c := &model.Cluster{Literals: spec.index.literals}
	if findings.HasErrors() {
		return Spec{Cluster: c}, findings.Sort()
	}
	d := &decoder{source: spec.index}
	d.decode(spec.value.LookupPath(cue.ParsePath(field)), c)
	findings = append(findings, d.findings...)
	if !findings.HasErrors() {
		inSource(c.Flux, r.Below)
		findings = append(findings, link(c)...)
		findings = append(findings, checkDirectories(r.FS, dir, c)...)
		findings = append(findings, loadCRDs(r.FS, c)...)
	}
	if findings.HasErrors() {
		return literals(c), findings.Sort()
	}
	out := Spec{Cluster: c}
	if findings = append(findings, out.files(r.Files)...); findings.HasErrors() {
		return literals(c), findings.Sort()
	}
	for _, s := range c.Services {
		deriveManifests(c, s)
	}
	depend.Units(c)
	return out, findings.Sort()
}

// inSource finds where the repository's root lies in what Flux fetches: git fetches
// all of the work tree. What somebody packs for another source is theirs to say.
func inSource(f *model.Flux, below string) {
	if s := &f.Source; !s.Root.IsSet() && s.Kind.V == "GitRepository" {
		s.Root = model.At[string]{V: below, Pos: s.Kind.Pos, Path: s.Kind.Path}
	}
}

// literals is what is known of a spec that cannot be loaded.
func literals(c *model.Cluster) Spec { return Spec{Cluster: &model.Cluster{Literals: c.Literals}} }

// files adds to a linked spec what follows from it, and from the files of the
// repository that it names. Charts are rendered with the values that follow.
func (s *Spec) files(tracked func() (scan.Files, error)) diag.List {
	r, findings := read(tracked, s.Cluster)
	if findings.HasErrors() {
		return findings
	}
	findings = append(findings, r.directories(s)...)
	derive(s.Cluster)
	return append(findings, r.charts(s.Cluster)...)
}
