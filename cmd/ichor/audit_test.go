package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/audit"
	"ichor/schema/diag"
	"ichor/schema/scan"
)

// auditDir holds the cases of `ichor audit`: <code>.txtar or
// <code>-<variant>.txtar has the files of a repository, and in `want` what ichor
// says of it, all severities, as text. A variant that ends in -fine shows what
// the rule leaves alone: none of its findings has the code. The file `hidden`
// lists paths that are on the disk and not in the index of git. Files below
// before/ are those that differ in the commit that --base names.
const auditDir = "../../testdata/audit"

// auditRoot applies a directory in which the cases put their Kustomizations, as
// `flux bootstrap` would.
const auditRoot = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 1h
  path: ./cluster
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
`

// auditCase gives a repository, and what is wanted of it.
func auditCase(t *testing.T, name string) (files scan.Files, want string, archive *txtar.Archive) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS{"cluster/flux-system.yaml": {Data: []byte(auditRoot)}}
	hidden := ""
	for _, f := range archive.Files {
		switch f.Name {
		case "want":
			want = string(f.Data)
		case "hidden":
			hidden = string(f.Data)
		case "code":
		default:
			if strings.HasPrefix(f.Name, beforeDir) {
				continue
			}
			all[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	files, err = scan.All(all)
	if err != nil {
		t.Fatal(err)
	}
	files.Tracked = slices.DeleteFunc(files.Tracked, func(f string) bool { return slices.Contains(strings.Fields(hidden), f) })
	return files, want, archive
}

const beforeDir = "before/"

// auditedCase reads the repository of a case, with the commit before where it has
// one.
func auditedCase(t *testing.T, files scan.Files, archive *txtar.Archive) *fluxRepository {
	t.Helper()
	r := readRepository(files)
	before := fstest.MapFS{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, beforeDir); ok {
			before[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	if len(before) == 0 {
		return r
	}
	for name, file := range files.FS.(fstest.MapFS) {
		if before[name] == nil {
			before[name] = file
		}
	}
	all, err := scan.All(before)
	if err != nil {
		t.Fatal(err)
	}
	r.compare(readRepository(all), "HEAD")
	return r
}

func stem(name string) string { return strings.TrimSuffix(filepath.Base(name), ".txtar") }

func auditCases(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(auditDir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	return names
}

func TestAudit(t *testing.T) {
	for _, name := range auditCases(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			files, want, archive := auditCase(t, name)
			r := auditedCase(t, files, archive)
			found := r.findings()
			got := text(t, r.project, found)
			code := codeOf(stem(name))
			has := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == code })
			if has == strings.Contains(name, "-fine") || code == "" {
				t.Errorf("finding %q: %v\n%s", code, has, got)
			}
			if updating() {
				rewriteCase(t, name, archive, got)
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s=1 rewrites it (-want +got):\n%s", updateVariable, d)
			}
		})
	}
}

// Every rule of the audit has a case that breaks it and one that it leaves alone.
func TestAuditCasesAreComplete(t *testing.T) {
	broken, fine := map[string]bool{}, map[string]bool{}
	for _, name := range auditCases(t) {
		if strings.Contains(name, "-fine") {
			fine[codeOf(stem(name))] = true
		} else {
			broken[codeOf(stem(name))] = true
		}
	}
	for _, r := range audit.Rules() {
		if !broken[r.Code] || !fine[r.Code] {
			t.Errorf("%s: a case that breaks it: %v, one that it leaves alone: %v", r.Code, broken[r.Code], fine[r.Code])
		}
	}
}

// rulesOfSpecs leaves out the rules of the audit, whose examples are YAML.
func rulesOfSpecs() []diag.Rule {
	return slices.DeleteFunc(rules(), func(r diag.Rule) bool {
		return slices.ContainsFunc(audit.Rules(), func(a diag.Rule) bool { return a.Code == r.Code })
	})
}

// incidentsDir has a case for each class of mistake that a real cluster had and
// that shows in its repository: the files, in `code` the code by which it is told,
// and what is said.
const incidentsDir = "../../testdata/incidents"

func TestIncidents(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(incidentsDir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		t.Run(stem(name), func(t *testing.T) {
			files, want, archive := auditCase(t, name)
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "code" })
			code := strings.TrimSpace(string(archive.Files[i].Data))
			r := auditedCase(t, files, archive)
			found := r.findings()
			got := text(t, r.project, found)
			if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == code }) {
				t.Errorf("no finding %s:\n%s", code, got)
			}
			if updating() {
				rewriteCase(t, name, archive, got)
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s=1 rewrites it (-want +got):\n%s", updateVariable, d)
			}
		})
	}
}

// What is named as shown by a case has the case.
func TestIncidentClassesHaveTheirCases(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(incidentsDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:audit|build|fail|incidents)/[a-z0-9-]+)`").FindAllStringSubmatch(string(table), -1)
	if len(named) == 0 {
		t.Error("no case is named")
	}
	for _, n := range named {
		path := filepath.Join(incidentsDir, "..", n[1])
		if _, err := os.Stat(path + ".txtar"); err == nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, "spec")); err != nil {
			t.Errorf("there is no %s", n[1])
		}
	}
}
