package verify

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/release"
)

var kindRules = []rule{
	{diag.Rule{
		Code: "kind-unknown", Severity: diag.Error,
		Summary: "The releases of the spec serve the API group of an object, but not its kind at this version. The API server rejects the object, and Flux rejects the whole unit.",
		Wrong:   `cluster: services: db: manifests: User: app: {apiVersion: "postgresql.cnpg.io/v1", spec: name: "app"}`,
		Right:   `cluster: services: db: manifests: Database: app: {apiVersion: "postgresql.cnpg.io/v1", spec: {cluster: name: "main", name: "app", owner: "app"}}`,
		Source:  "the OpenAPI of the Kubernetes release, and the CRDs of the operators' releases",
	}, kindsUnknown},
	{diag.Rule{
		Code: "kind-unchecked", Severity: diag.Warning,
		Summary: "ichor has no schema of the kind, so it checks only the metadata of the object.",
		Wrong:   `cluster: services: web: manifests: Widget: web: {apiVersion: "example.com/v1", spec: size: 3}`,
		Right:   `cluster: {crds: ["crds/widgets.yaml"], services: web: manifests: Widget: web: {apiVersion: "example.com/v1", spec: size: 3}}`,
	}, kindsUnchecked},
	{diag.Rule{
		Code: "api-deprecated", Severity: diag.Warning,
		Summary: "The release of the spec still serves this version of the kind, but a later release does not.",
		Wrong:   `cluster: services: web: manifests: FlowSchema: web: {apiVersion: "flowcontrol.apiserver.k8s.io/v1beta3", spec: {}}`,
		Right:   `cluster: services: web: manifests: FlowSchema: web: {apiVersion: "flowcontrol.apiserver.k8s.io/v1", spec: {}}`,
		Source:  "the lifecycle of k8s.io/api, and the deprecated versions of CRDs",
	}, versionsDeprecated},
}

// unserved gives the objects that no schema is known of, and what the releases
// serve of the group of each.
func (o *objects) unserved(visit func(x *Object, group []release.Schema)) {
	for _, x := range o.all {
		if _, ok := o.schema(x.kindOf()); !ok {
			group := x.GroupVersionKind().Group
			visit(x, append(o.own(group), o.served().Group(group)...))
		}
	}
}

// own gives the kinds of a group that the cluster's own CRDs bring.
func (o *objects) own(group string) []release.Schema {
	return slices.DeleteFunc(slices.Clone(o.Schemas), func(s release.Schema) bool { return groupOf(s.APIVersion) != group })
}

func groupOf(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}

func kindsUnknown(o *objects, r *diag.Report) {
	o.unserved(func(x *Object, group []release.Schema) {
		life, ended := release.LifeOf(x.GetAPIVersion(), x.GetKind())
		if len(group) == 0 && !ended {
			return
		}
		f := at(r, x, "apiVersion", "%s: no release of the %s serves the kind %s of %s", x, o.speaker(), x.GetKind(), x.GetAPIVersion())
		switch versions := versionsOf(group, x.GetKind()); {
		case ended && life.Replacement != "":
			f.Message = fmt.Sprintf("%s: Kubernetes no longer serves %s %s, as of %s", x, x.GetAPIVersion(), x.GetKind(), life.Removed)
			f.Advise("use %s, and compare its fields", o.replacement(life))
		case len(versions) > 0:
			f.Advise("%s serves the kind as %s", programOf(group, x.GetKind()), strings.Join(versions, ", "))
			if x.hand != nil && group[0].Guessed {
				f.Severity = diag.Warning // it may be written for another release
			}
		default:
			f.Advise("use a kind of the group: %s", strings.Join(kindsIn(group), ", ")).Propose(x.GetKind(), kindsIn(group))
		}
	})
}

// speaker is what names the releases.
func (o *objects) speaker() string {
	if o.ByHand {
		return "repository"
	}
	return "spec"
}

func kindsUnchecked(o *objects, r *diag.Report) {
	seen := map[kindOf]bool{}
	o.unserved(func(x *Object, group []release.Schema) {
		if _, ended := release.LifeOf(x.GetAPIVersion(), x.GetKind()); len(group) > 0 || ended || seen[x.kindOf()] {
			return
		}
		seen[x.kindOf()] = true
		gravity := r.Rule.Severity
		if x.hand != nil {
			gravity = diag.Info // directories hold kinds of many operators
		}
		at(r, x, "apiVersion", "ichor has no schema of %s %s: it checks only the metadata of %s", x.GetAPIVersion(), x.GetKind(), x).
			Advise("name the file of its CRD in `crds`").Severity = gravity
	})
}

func versionsDeprecated(o *objects, r *diag.Report) {
	for _, x := range o.all {
		s, ok := o.schema(x.kindOf())
		if !ok {
			continue
		}
		life, ends := release.LifeOf(x.GetAPIVersion(), x.GetKind())
		switch k := o.Releases.Kubernetes; {
		case s.Builtin && ends && k != nil && life.Deprecated.Compare(k.Minor) <= 0:
			at(r, x, "apiVersion", "%s: Kubernetes stops serving %s %s in %s", x, x.GetAPIVersion(), x.GetKind(), life.Removed).
				Advise("use %s", o.replacement(life))
		case s.Deprecated != "":
			at(r, x, "apiVersion", "%s: %s says: %s", x, s.Program, s.Deprecated).Advise("use a version that is not deprecated: %s", strings.Join(others(o, x), ", "))
		}
	}
}

// replacement follows what takes the place of a version to one that is served.
func (o *objects) replacement(life release.Life) string {
	apiVersion, kind, _ := strings.Cut(life.Replacement, " ")
	if _, served := o.served().Find(apiVersion, kind); served {
		return life.Replacement
	}
	if next, ended := release.LifeOf(apiVersion, kind); ended && next.Replacement != "" {
		return o.replacement(next)
	}
	return life.Replacement
}

// others gives the versions of an object's kind that are not deprecated.
func others(o *objects, x *Object) []string {
	group := slices.DeleteFunc(o.served().Group(x.GroupVersionKind().Group), func(s release.Schema) bool { return s.Deprecated != "" })
	return versionsOf(group, x.GetKind())
}

// versionsOf gives the versions at which a kind of a group is served.
func versionsOf(group []release.Schema, kind string) []string {
	var out []string
	for _, s := range group {
		if s.Kind == kind {
			out = append(out, s.APIVersion)
		}
	}
	return out
}

func programOf(group []release.Schema, kind string) string {
	i := slices.IndexFunc(group, func(s release.Schema) bool { return s.Kind == kind })
	return group[i].Program
}

func kindsIn(group []release.Schema) []string {
	var out []string
	for _, s := range group {
		out = append(out, s.Kind)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
