package load

import (
	"fmt"
	"io/fs"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// scanDirectories reads the directories of hand-written manifests as Flux would,
// and gives each service the objects of its own. What Flux could not build is
// found at the file that is wrong.
func scanDirectories(repository fs.FS, c *model.Cluster) diag.List {
	if !slices.ContainsFunc(c.Services, func(s *model.Service) bool { return s.Directory.IsSet() }) {
		return nil
	}
	files, err := scan.All(repository)
	if err != nil {
		return diag.List{{Code: codeUnbuildable, Severity: diag.Error, Message: fmt.Sprintf("the repository cannot be read: %v", err)}}
	}
	directories := scan.NewDirectories(files)
	var found diag.List
	for _, s := range c.Services {
		if !s.Directory.IsSet() {
			continue
		}
		k := directories.Build(s.Directory.V, s.Kustomization.PlainMap())
		found = append(found, unbuildable(s, k)...)
		for _, o := range k.Objects {
			s.Objects = append(s.Objects, &o.Object)
		}
	}
	return found
}

// unbuildable tells what of a directory Flux cannot build.
func unbuildable(s *model.Service, k *scan.Kustomization) diag.List {
	var found diag.List
	add := func(pos diag.Pos, format string, args ...any) {
		found = append(found, diag.Diagnostic{
			Code: codeUnbuildable, Severity: diag.Error, Pos: pos, Message: fmt.Sprintf(format, args...),
			Notes: []diag.Note{{Message: fmt.Sprintf("service %q applies the directory", s.Name.V), Pos: s.Directory.Pos}},
			Help:  "mend it there: Flux applies nothing of a directory that kustomize cannot build",
		})
	}
	for _, m := range k.Missing {
		add(m.Pos, "%s", m)
	}
	if k.Failed != nil {
		pos := k.FailedAt
		if !pos.IsValid() {
			pos = s.Directory.Pos
		}
		add(pos, "%q cannot be built: %s", s.Directory.V, k.Failed)
	}
	return found
}
