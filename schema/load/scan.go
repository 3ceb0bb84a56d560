package load

import (
	"fmt"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
)

// reading is the repository, as far as a spec names parts of it, and the source
// that Flux has it from.
type reading struct {
	*scan.Directories
	from scan.SourceID
}

// read reads the list of files where a spec names a directory or a chart of the
// repository.
func read(tracked func() (scan.Files, error), c *model.Cluster) (reading, diag.List) {
	r := reading{from: scan.SourceID{Kind: c.Flux.Source.Kind.V, Namespace: c.Flux.Namespace.V, Name: c.Flux.Source.Name.V}}
	if !slices.ContainsFunc(c.Services, func(s *model.Service) bool { return s.Directory.IsSet() || ownChart(s) }) {
		return r, nil
	}
	files, err := tracked()
	if err != nil {
		return r, diag.List{{Code: codeUnbuildable, Severity: diag.Error, Message: fmt.Sprintf("the repository cannot be read: %v", err)}}
	}
	files.Root = c.Flux.Source.Root.V
	r.Directories = scan.NewDirectories(files)
	return r, nil
}

// ownChart reports whether the chart of a service lies in the repository.
func ownChart(s *model.Service) bool { return s.Helm != nil && s.Helm.Path.IsSet() }

// directories reads the directories of hand-written manifests as Flux would, and
// gives each service the objects of its own. What is wrong in the files is found
// where it stands.
func (r reading) directories(spec *Spec) diag.List {
	c := spec.Cluster
	services := slices.DeleteFunc(slices.Clone(c.Services), func(s *model.Service) bool { return !s.Directory.IsSet() })
	if len(services) == 0 {
		return nil
	}
	built := r.Read(services, r.from)
	var found diag.List
	for i, s := range services {
		k := built[i]
		found = slices.Concat(found, unbuildable(r.Directories, s, k), untracked(s, k))
		s.Unseen, s.Remote = k.Unseen(), k.Remote
		bring(c, s, k.Objects)
		for _, chart := range k.Charts {
			found = append(found, made(c, s, chart)...)
		}
	}
	spec.Repository, spec.Applied, spec.Below = r.Repository, built, r.Below(built, c.Flux.Path.V)
	for _, k := range spec.Below {
		bringBelow(services, k)
		for _, chart := range k.Charts {
			found = append(found, flaws(chart)...)
		}
	}
	return append(found, ofRelease(c, r.Findings(slices.Concat(built, spec.Below)))...)
}

// charts renders the charts of services that lie in the repository, once their
// values are known, and gives each service what its own makes.
func (r reading) charts(c *model.Cluster) diag.List {
	var found diag.List
	for _, s := range c.Services {
		if ownChart(s) {
			chart := r.Chart(s, r.from)
			s.Release = &chart.Release.Object
			found = append(found, made(c, s, chart)...)
		}
	}
	return found
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

// made gives a service what a chart of the repository makes for it, and tells
// what is wrong with the chart.
func made(c *model.Cluster, s *model.Service, chart *scan.Chart) diag.List {
	bring(c, s, chart.Objects)
	return flaws(chart)
}

// flaws tells what is wrong with a chart of the repository.
func flaws(chart *scan.Chart) diag.List {
	var found diag.List
	for _, f := range chart.Flaws {
		found = append(found, f.Diagnostic)
	}
	return found
}

// bringBelow gives a service what a Kustomization applies that comes out of its
// directory, directly or through others; but for what is in another cluster.
func bringBelow(services []*model.Service, k *scan.Kustomization) {
	for up := k; ; up = up.Parent {
		if up.Spec.KubeConfig != nil {
			return
		}
		if i := slices.IndexFunc(services, func(s *model.Service) bool { return s.Name.V == up.Service }); up.Service != "" && i >= 0 {
			for _, o := range k.Objects {
				services[i].Below = append(services[i].Below, &o.Object)
			}
			for _, chart := range k.Charts {
				for _, o := range chart.Objects {
					services[i].Below = append(services[i].Below, &o.Object)
				}
			}
			return
		}
		if up.Parent == nil {
			return
		}
	}
}

// bring gives a service its objects, and the cluster the kinds among them.
func bring(c *model.Cluster, s *model.Service, objects []*scan.Object) {
	for _, o := range objects {
		s.Objects = append(s.Objects, &o.Object)
		if !o.Unsure {
			c.Schemas = append(c.Schemas, objectCRD(&o.Object)...)
		}
	}
}

// unbuildable tells what of a directory Flux cannot build.
func unbuildable(directories *scan.Directories, s *model.Service, k *scan.Kustomization) diag.List {
	r := diag.Report{Rule: diag.Rule{Code: codeUnbuildable, Severity: diag.Error}}
	add := func(pos diag.Pos, format string, args ...any) *diag.Finding {
		return r.Add(pos, "", fmt.Sprintf(format, args...)).Note(s.Directory.Pos, "service %q applies the directory", s.Name.V).
			Advise("correct it there: Flux applies nothing of a directory that kustomize cannot build")
	}
	for _, m := range k.Missing {
		directories.Mend(add(m.Pos, "%s", m), m)
	}
	if k.Failed != nil {
		f := add(k.FailedAt, "%q cannot be built: %s", s.Directory.V, k.Failed)
		if k.TooLarge() {
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("%q is too large for ichor to check: %s", s.Directory.V, k.Failed)
			f.Advise("split it into several services: Flux also needs long to build it")
		}
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
			Note(s.Directory.Pos, "service %q applies the directory, but not this file", s.Name.V).
			Advise("run `git add %s`, or move it elsewhere: Flux gets only what is committed", file)
	}
	return r.Merged()
}
