package load

import (
	"fmt"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
)

// scanDirectories reads the directories of hand-written manifests as Flux would,
// and gives each service the objects of its own. What is wrong in the files is
// found where it stands.
func scanDirectories(tracked func() (scan.Files, error), c *model.Cluster) diag.List {
	services := slices.DeleteFunc(slices.Clone(c.Services), func(s *model.Service) bool { return !s.Directory.IsSet() })
	if len(services) == 0 {
		return nil
	}
	files, err := tracked()
	if err != nil {
		return diag.List{{Code: codeUnbuildable, Severity: diag.Error, Message: fmt.Sprintf("the repository cannot be read: %v", err)}}
	}
	directories := scan.NewDirectories(files)
	built := directories.Read(services, scan.SourceID{Kind: c.Flux.Source.Kind.V, Namespace: c.Flux.Namespace.V, Name: c.Flux.Source.Name.V})
	var found diag.List
	for i, s := range services {
		k := built[i]
		found = slices.Concat(found, unbuildable(directories, s, k), untracked(s, k), charts(s, k))
		s.Unseen, s.Remote = k.Unseen(), k.Remote
		for _, o := range k.Objects {
			s.Objects = append(s.Objects, &o.Object)
			c.Schemas = append(c.Schemas, objectCRD(&o.Object)...)
		}
	}
	return append(found, ofRelease(c, directories.Findings(built))...)
}

// ofRelease is as grave as the release of Flux takes it.
func ofRelease(c *model.Cluster, found diag.List) diag.List {
	flux, err := release.FindFlux(c.Release.Flux.V)
	for i, d := range found {
		if d.Code == "variable-undefined" && err == nil && flux.StrictVariables {
			found[i].Severity = diag.Error
		}
	}
	return found
}

// charts adds to a service what charts of the repository make, and tells what is
// wrong with them.
func charts(s *model.Service, k *scan.Kustomization) diag.List {
	var found diag.List
	for _, chart := range k.Charts {
		for _, o := range chart.Objects {
			s.Objects = append(s.Objects, &o.Object)
		}
		for _, f := range chart.Flaws {
			found = append(found, f.Diagnostic)
		}
	}
	return found
}

// unbuildable tells what of a directory Flux cannot build.
func unbuildable(directories *scan.Directories, s *model.Service, k *scan.Kustomization) diag.List {
	r := diag.Report{Rule: diag.Rule{Code: codeUnbuildable, Severity: diag.Error}}
	add := func(pos diag.Pos, format string, args ...any) *diag.Finding {
		return r.Add(pos, "", fmt.Sprintf(format, args...)).Note(s.Directory.Pos, "service %q applies the directory", s.Name.V).
			Advise("mend it there: Flux applies nothing of a directory that kustomize cannot build")
	}
	for _, m := range k.Missing {
		directories.Mend(add(m.Pos, "%s", m), m)
	}
	if k.Failed != nil {
		f := add(k.FailedAt, "%q cannot be built: %s", s.Directory.V, k.Failed)
		if k.Hidden() {
			f.Advise("run `git add %s`: Flux gets only what is committed", s.Directory.V)
		}
	}
	return r.Merged()
}

// untracked tells of the files that Flux would take of a directory if git had
// them. Whoever keeps one out of git may mean to.
func untracked(s *model.Service, k *scan.Kustomization) diag.List {
	r := diag.Report{Rule: diag.Rule{Code: codeUntracked, Severity: diag.Warning}}
	for _, file := range k.Untracked {
		r.Add(diag.Pos{File: file, Line: 1, Column: 1}, "", fmt.Sprintf("%s is on this disk only: git ignores it, or it was never added", file)).
			Note(s.Directory.Pos, "service %q applies the directory, and not this file", s.Name.V).
			Advise("run `git add %s`, or move it elsewhere: Flux gets only what is committed", file)
	}
	return r.Merged()
}
