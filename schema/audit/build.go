package audit

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/scan"
)

var buildRules = []rule{
	{diag.Rule{
		Code: "build-failed", Severity: diag.Error,
		Summary: "The path of a Kustomization cannot be built, and Flux applies nothing of it: the path or a file is missing, is no Kubernetes object, or kustomize refuses it.",
		Wrong:   "spec: path: ./apps/wbe   # there is ./apps/web",
		Right:   "spec: path: ./apps/web",
		Source:  "Flux kustomize-controller: BuildFailed, ArtifactFailed",
	}, builds},
	{diag.Rule{
		Code: "resource-missing", Severity: diag.Error,
		Summary: "A kustomization file names a file or directory that is not in the git index: the build fails, and with it the whole Kustomization.",
		Wrong:   "resources: [./secrets.yaml]   # which .gitignore hides",
		Right:   "resources: [./secrets.sops.yaml]",
		Source:  "kustomize: accumulating resources; Flux builds what is committed",
	}, resources},
	{diag.Rule{
		Code: "variable-undefined", Severity: diag.Warning,
		Summary: "A variable of an object is defined by none of the Kustomization's substitutions: Flux before 2.9 writes nothing in its place, and later refuses the build.",
		Wrong:   "postBuild: substitute: {APP: web}   # and an object has ${DOMAIN}",
		Right:   "postBuild: substitute: {APP: web, DOMAIN: example.com}   # or $${DOMAIN}, to keep it",
		Source:  "Flux documentation, Kustomization, post build variable substitution",
	}, variables},
	{diag.Rule{
		Code: "kustomization-field-unknown", Severity: diag.Warning,
		Summary: "A kustomization file has a field that kustomize does not know. Flux drops it from the file of the path without a word, and kustomize refuses it in others.",
		Wrong:   "resource: [./cm.yaml]",
		Right:   "resources: [./cm.yaml]",
		Source:  "kustomize, types.Kustomization; Flux reads the file of a path without looking at unknown fields",
	}, unknownFields},
	{diag.Rule{
		Code: "type-missing", Severity: diag.Error,
		Summary: "An object has no apiVersion or no kind. Kustomize builds it all the same, and the API server refuses it, and Flux the whole Kustomization.",
		Wrong:   "rapiVersion: networking.k8s.io/v1",
		Right:   "apiVersion: networking.k8s.io/v1",
		Source:  "Kubernetes documentation, Objects, required fields",
	}, untyped},
	{diag.Rule{
		Code: "object-twice", Severity: diag.Error,
		Summary: "Two Kustomizations apply the same object: each undoes what the other wrote, and the one that is removed takes it away.",
		Wrong:   "an Ingress web/web in the paths of two Kustomizations",
		Right:   "the object in one of them, and a dependsOn in the other",
		Source:  "Flux documentation, Kustomization, prune and inventory",
	}, twice},
	{diag.Rule{
		Code: "selectors-rewritten", Severity: diag.Warning,
		Summary: "commonLabels writes its labels into the selectors too: two workloads of one directory then have the same selector, and a Service takes the pods of both.",
		Wrong:   "commonLabels: {app.kubernetes.io/name: web}",
		Right:   "labels: [{pairs: {app.kubernetes.io/name: web}, includeSelectors: false}]",
		Source:  "kustomize documentation, commonLabels and labels",
	}, commonLabels},
}

func builds(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		if k.Failed == nil {
			continue
		}
		f := r.Add(k.FailedAt, k.ID(), fmt.Sprintf("%s cannot be built: %s", k.Object, k.Failed))
		if k.FailedAt.File != k.Object.File {
			f.Note(k.Pos, "%s applies it", k.Object)
		}
		if !c.Repository.IsDir(k.Path) {
			f.Advise("name a directory of the repository, relative to its root").Propose(k.Spec.Path, c.Repository.Siblings(k.Path))
		}
	}
}

func resources(c *Cluster, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range c.Kustomizations {
		for _, m := range k.Missing {
			at := m.Pos.String() + m.Entry
			if seen[at] {
				continue
			}
			seen[at] = true
			f := r.Add(m.Pos, k.ID(), m.String()).Note(k.Pos, "%s cannot be built without it", k.Object)
			f.Advise("add the file, or take the entry out").Propose(path.Base(m.Entry), c.Repository.Beside(m.File, m.Entry))
		}
	}
}

func variables(c *Cluster, r *diag.Report) {
	type place struct {
		pos  diag.Pos
		name string
	}
	seen := map[place]bool{}
	for _, k := range c.Kustomizations {
		for _, u := range k.Undefined {
			if seen[place{u.Pos, u.Name}] {
				continue
			}
			seen[place{u.Pos, u.Name}] = true
			r.Add(u.Pos, k.ID(), fmt.Sprintf("%s has ${%s}, which %s does not define", u.Object, u.Name, k.Object)).
				Note(k.Place("spec.postBuild"), "what it defines: %s", defined(k)).
				Advise("define it in postBuild, write $${%s} to keep it as it stands, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled", u.Name).
				Propose(u.Name, names(k))
		}
	}
}

func unknownFields(c *Cluster, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range c.Kustomizations {
		if k.Generated || k.External || seen[k.File] {
			continue
		}
		seen[k.File] = true
		for _, f := range c.Repository.UnknownFields(k.File) {
			r.Add(f.Pos, k.ID(), fmt.Sprintf("%s has the field %q, which kustomize does not know", k.File, f.Name)).
				Note(k.Pos, "%s applies it", k.Object).Advise("mend its name, or take it out").Propose(f.Name, scan.KustomizationFields())
		}
	}
}

func untyped(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if o.Version != "" && o.Kind != "" {
				continue
			}
			r.Add(o.Pos, k.ID(), fmt.Sprintf("%s, which %s applies, has no %s", describe(o), k.Object, absent(o))).
				Advise("write `%s:`, and look for a field whose name is nearly that", absent(o))
		}
	}
}

func describe(o *scan.Object) string {
	if o.Kind == "" && o.Name == "" {
		return "an object"
	}
	return strings.TrimSpace(o.String())
}

func absent(o *scan.Object) string {
	if o.Version == "" {
		return "apiVersion"
	}
	return "kind"
}

func names(k *scan.Kustomization) []string {
	var out []string
	for name := range k.Variables.Values {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// maxNames is how many names a sentence lists.
const maxNames = 8

func defined(k *scan.Kustomization) string {
	all := names(k)
	if len(all) > maxNames {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:maxNames], ", "), len(all)-maxNames)
	}
	return strings.Join(all, ", ")
}

func twice(c *Cluster, r *diag.Report) {
	first := map[string]owned{}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			id := o.Group + "/" + o.String()
			other, taken := first[id]
			if !taken {
				first[id] = owned{k, o}
				continue
			}
			if other.by == k || shared(o) || shared(other.o) {
				continue
			}
			f := r.Add(o.Pos, k.ID(), fmt.Sprintf("%s is applied by %s and by %s", o, other.by.Object, k.Object))
			f.Note(other.o.Pos, "%s applies it from here", other.by.Object)
			f.Note(k.Pos, "%s applies it too", k.Object).Advise("leave it to one of them")
			if same(o, other.o) {
				f.Severity = diag.Warning // neither changes what the other wrote
			}
		}
	}
}

// shared reports whether an object says that several may own it: Flux then leaves
// it alone when it is there, or when it goes.
func shared(o *scan.Object) bool {
	annotations := o.Body.Lookup("metadata", "annotations")
	return annotations.Lookup("kustomize.toolkit.fluxcd.io/ssa").Text() == "IfNotPresent" ||
		annotations.Lookup("kustomize.toolkit.fluxcd.io/ssa").Text() == "Merge" || o.Is("", "Namespace")
}

// same reports whether two objects say the same: whichever of two Kustomizations
// writes last, they stay as they are.
func same(a, b *scan.Object) bool {
	return reflect.DeepEqual(a.Content["spec"], b.Content["spec"]) && a.Encrypted == b.Encrypted
}

func commonLabels(c *Cluster, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range c.Kustomizations {
		if k.Generated || seen[k.File] || !hasWorkloads(k) {
			continue
		}
		seen[k.File] = true
		if pos, ok := c.Repository.Field(k.File, "commonLabels"); ok {
			r.Add(pos, k.ID(), fmt.Sprintf("commonLabels of %s changes the selectors of %s", k.File, workloads(k))).
				Advise("use `labels` with includeSelectors: false; a selector that is there cannot be changed without making the object anew")
		}
	}
}

var selecting = []string{"Deployment", "StatefulSet", "DaemonSet", "Service"}

func hasWorkloads(k *scan.Kustomization) bool { return workloads(k) != "" }

func workloads(k *scan.Kustomization) string {
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
