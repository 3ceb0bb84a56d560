package scan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"ichor/schema/diag"
)

// rule is what is told of a code, and the function that finds it in what some
// Kustomizations build.
type rule struct {
	diag.Rule
	find func(*Repository, []*Kustomization, *diag.Report)
}

var rules = []rule{
	{diag.Rule{
		Code: "variable-undefined", Severity: diag.Warning,
		Summary: "An object has a variable that no substitution of the Kustomization defines: Flux before 2.9 writes nothing in its place, and later Flux rejects the build.",
		Wrong:   "postBuild: substitute: {APP: web}   # and an object has ${DOMAIN}",
		Right:   "postBuild: substitute: {APP: web, DOMAIN: example.com}   # or $${DOMAIN}, to keep it",
		Source:  "Flux documentation, Kustomization, post build variable substitution",
	}, variablesUndefined},
	{diag.Rule{
		Code: "kustomization-field-unknown", Severity: diag.Warning,
		Summary: "A kustomization file has a field that kustomize does not know. Flux drops the field without a message in the file of the path, and kustomize rejects it in other files.",
		Wrong:   "resource: [./cm.yaml]",
		Right:   "resources: [./cm.yaml]",
		Source:  "kustomize, types.Kustomization; Flux reads the file of a path without looking at unknown fields",
	}, fieldsUnknown},
	{diag.Rule{
		Code: "type-missing", Severity: diag.Error,
		Summary: "An object has no apiVersion or no kind. Kustomize still builds the object, but the API server rejects it, and Flux rejects the whole Kustomization.",
		Wrong:   "rapiVersion: networking.k8s.io/v1",
		Right:   "apiVersion: networking.k8s.io/v1",
		Source:  "Kubernetes documentation, Objects, required fields",
	}, untyped},
	{diag.Rule{
		Code: "manifest-unread", Severity: diag.Info,
		Summary: "A file with Kubernetes objects, or a directory of such files, is where Flux looks, but no kustomization file names it: edits to it have no effect. Many people keep switched-off files in this way, and the audit cannot tell them from forgotten files.",
		Wrong:   "resources: [./helmrelease.yaml]   # and backup.yaml beside it",
		Right:   "resources: [./backup.yaml, ./helmrelease.yaml]",
	}, unread}, // an info: people keep what they switched off, or apply by hand, beside the rest
	{diag.Rule{
		Code: "selectors-rewritten", Severity: diag.Warning,
		Summary: "commonLabels writes its labels into the selectors too: two workloads of one directory then have the same selector, and a Service selects the pods of both.",
		Wrong:   "commonLabels: {app.kubernetes.io/name: web}",
		Right:   "labels: [{pairs: {app.kubernetes.io/name: web}, includeSelectors: false}]",
		Source:  "kustomize documentation, commonLabels and labels",
	}, commonLabels},
	{diag.Rule{
		Code: "resource-remote", Severity: diag.Info,
		Summary: "Flux fetches a resource from elsewhere at every build. While the address does not answer, the whole Kustomization fails. ichor does not know what the resource holds. The finding is a warning where the address names no version, or names a branch: what Flux applies then changes without a commit.",
		Wrong:   "resources: [https://github.com/kubernetes-sigs/gateway-api/releases/latest/download/standard-install.yaml]",
		Right:   "resources: [./standard-install.yaml]   # of v1.4.0, committed; or an OCIRepository or GitRepository of Flux with a version",
		Source:  "Flux documentation, Kustomization, remote bases are discouraged",
	}, remotes},
}

// Rules gives what `ichor explain` tells of each rule.
func Rules() []diag.Rule {
	var out []diag.Rule
	for _, rl := range rules {
		out = append(out, rl.Rule)
	}
	return out
}

// Findings tells what is wrong in the files that Kustomizations build, whether
// they are of a repository without a spec or stand for the directories of one. It
// is asked once all of them are built.
func (r *Repository) Findings(all []*Kustomization) diag.List {
	var found diag.List
	for _, rl := range rules {
		report := diag.Report{Rule: rl.Rule}
		rl.find(r, all, &report)
		for _, f := range report.Found {
			found = append(found, f.Diagnostic)
		}
	}
	return found
}

// Applier names who applies the path, for a sentence.
func (k *Kustomization) Applier() string {
	if k.Service != "" {
		return fmt.Sprintf("service %q", k.Service)
	}
	return k.Object.String()
}

// id is what stands in a finding for who applies the file: a service has no part
// in it that has a path in the spec.
func (k *Kustomization) id() string {
	if k.Service != "" {
		return ""
	}
	return k.ID()
}

// Mend says what to do about an entry that names nothing.
func (r *Repository) Mend(f *diag.Finding, m Missing) {
	if m.Hidden {
		f.Advise("run `git add %s`, or remove the entry: Flux gets only what is committed", m.Target)
		return
	}
	f.Advise("add the file, or remove the entry").Propose(path.Base(m.Entry), r.tree.dirs[local(path.Dir(m.Target))])
}

func variablesUndefined(_ *Repository, all []*Kustomization, r *diag.Report) {
	type place struct {
		pos  diag.Pos
		name string
	}
	seen := map[place]bool{}
	for _, k := range all {
		for _, u := range k.Undefined {
			if seen[place{u.Pos, u.Name}] {
				continue
			}
			seen[place{u.Pos, u.Name}] = true
			r.Add(u.Pos, k.id(), fmt.Sprintf("%s has ${%s}, which %s does not define", u.Object, u.Name, k.Applier())).
				Note(k.Place("spec.postBuild"), "the defined variables: %s", defined(k)).
				Advise("define it in postBuild, write $${%s} to keep it as it is, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled", u.Name).
				Propose(u.Name, names(k))
		}
	}
}

func names(k *Kustomization) []string { return slices.Sorted(maps.Keys(k.Variables.Values)) }

// maxNames is how many names a sentence lists.
const maxNames = 8

func defined(k *Kustomization) string {
	all := names(k)
	if len(all) > maxNames {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:maxNames], ", "), len(all)-maxNames)
	}
	return strings.Join(all, ", ")
}

func fieldsUnknown(repository *Repository, all []*Kustomization, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range all {
		if k.Generated || k.External || seen[k.File] {
			continue
		}
		seen[k.File] = true
		for _, f := range repository.unknownFields(k.File) {
			r.Add(f.Pos, k.id(), fmt.Sprintf("%s has the field %q, which kustomize does not know", k.File, f.Name)).
				Note(k.Pos, "%s applies it", k.Applier()).Advise("correct its name, or remove it").Propose(f.Name, kustomizationFields())
		}
	}
}

func untyped(_ *Repository, all []*Kustomization, r *diag.Report) {
	for _, k := range all {
		for _, o := range k.Objects {
			if o.Version != "" && o.Kind != "" {
				continue
			}
			r.Add(o.Pos, k.id(), fmt.Sprintf("%s, which %s applies, has no %s", describe(o), k.Applier(), absent(o))).
				Advise("write `%s:`, and look for a field with a similar name", absent(o))
		}
	}
}

func describe(o *Object) string {
	if o.Kind == "" && o.Name == "" {
		return "an object"
	}
	return strings.TrimSpace(o.String())
}

func absent(o *Object) string {
	if o.Version == "" {
		return "apiVersion"
	}
	return "kind"
}

// unread tells of files once, with the first Kustomizations that it is asked for.
func unread(repository *Repository, all []*Kustomization, r *diag.Report) {
	if len(all) == 0 || !slices.Contains(repository.Clusters[0].Kustomizations, all[0]) {
		return
	}
	for _, u := range repository.Unread() {
		f := r.Add(diag.Pos{File: u.First, Line: 1, Column: 1}, "", fmt.Sprintf("no kustomization names %s, so Flux never applies %s", u.Path, u.what()))
		if u.Comment.IsValid() {
			f.Note(u.Comment, "a comment names it")
		}
		switch {
		case u.Beside != "":
			f.Advise("name it in %s, or delete it", u.Beside)
		case u.IsDir:
			f.Advise("point a Kustomization at it, or delete it")
		default:
			f.Advise("name it in %s, or delete it", path.Join(path.Dir(u.Path), "kustomization.yaml"))
		}
	}
}

func (u Unread) what() string {
	switch n := len(u.Files); {
	case !u.IsDir:
		return "it"
	case n == 0:
		return "what it builds"
	case n == 1:
		return "the 1 file in it"
	default:
		return fmt.Sprintf("the %d files in it", n)
	}
}

func commonLabels(repository *Repository, all []*Kustomization, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range all {
		if k.Generated || seen[k.File] || workloads(k) == "" {
			continue
		}
		seen[k.File] = true
		if pos, ok := repository.field(k.File, "commonLabels"); ok {
			r.Add(pos, k.id(), fmt.Sprintf("commonLabels of %s changes the selectors of %s", k.File, workloads(k))).
				Advise("use `labels` with includeSelectors: false; to change an existing selector, the object must be created again")
		}
	}
}

var selecting = []string{"Deployment", "StatefulSet", "DaemonSet", "Service"}

func workloads(k *Kustomization) string {
	var out []string
	for _, o := range k.Objects {
		if slices.Contains(selecting, o.Kind) {
			out = append(out, o.String())
		}
	}
	if len(out) > maxNames {
		out = append(out[:maxNames], fmt.Sprintf("%d more", len(out)-maxNames))
	}
	return strings.Join(out, ", ")
}
