package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"ichor/generators"
	"ichor/schema/audit"
	"ichor/schema/diag"
	"ichor/schema/scan"
)

// unlike are the cases of the audit that are another thing beside the base of a spec.
var unlike = map[string]string{
	"applies-itself-fine":           "it lacks a file that Flux writes when it is installed",
	"source-missing":                "the spec has the chart repository that the case lacks",
	"source-missing-root-fine":      "the source of its root is that of the spec",
	"self-blocking-path":            "another unit of the spec brings the kinds of cert-manager",
	"self-blocking-path-parent":     "another unit of the spec brings the kinds of cert-manager",
	"depends-on-standoff-namespace": "the spec has the namespace",
	"depends-on-standoff-store":     "the spec has the store",
}

// TestDirectoriesAsAudited lays the cases of the audit into a directory of a spec: the
// rules over Kustomizations of Flux find there what they find in a repository, and are
// silent where they are silent.
func TestDirectoriesAsAudited(t *testing.T) {
	for _, name := range auditCases(t) {
		stem := strings.TrimSuffix(filepath.Base(name), ".txtar")
		code, fine := codeOf(stem), strings.Contains(stem, "-fine")
		if !slices.ContainsFunc(audit.SpecRules(), func(r diag.Rule) bool { return r.Code == code }) {
			continue
		}
		t.Run(stem, func(t *testing.T) {
			if why := unlike[stem]; why != "" {
				t.Log(why)
				return
			}
			found := below(t, name)
			has := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == code })
			if has == fine {
				t.Errorf("found %t: %v", has, found)
			}
		})
	}
}

// below gives what is found of the Kustomizations in the directory cluster of a case,
// which a service of the base applies.
func below(t *testing.T, name string) diag.List {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := lay(base(t), archive)
	files["spec/hand.cue"] = &fstest.MapFile{Data: []byte("package spec\n\ncluster: services: hand: {namespace: \"hand\", path: \"cluster\"}\n")}
	p := project{spec: "spec", fsys: files, files: func() (scan.Files, error) { return known(files) }}
	s, found := p.load()
	if found.HasErrors() {
		t.Fatal(text(t, p, found))
	}
	written, err := generators.Run(s.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	out, err := belowDirectories(s, written)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
