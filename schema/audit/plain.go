package audit

import (
	"maps"
	"slices"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
	"ichor/schema/secret"
)

var plainRules = []rule{{secret.Plain, plain}}

// sharedRules are rules that a spec has too, which lists them.
var sharedRules = []rule{{secret.Literal, literal}}

// plain finds the values of Secrets that are not encrypted.
func plain(c *Cluster, r *diag.Report) {
	c.secrets(func(o *model.Object) bool { return o.Is("", "Secret") }, func(p placed) {
		f := p.report(r)
		f.Message += ", and is not encrypted"
		f.Advise("change the secret itself, since git keeps this copy; then encrypt the file with SOPS, or read the secret with an ExternalSecret")
	})
}

// literal finds the secrets in other objects.
func literal(c *Cluster, r *diag.Report) {
	c.secrets(func(o *model.Object) bool { return !o.Is("", "Secret") }, func(p placed) {
		f := p.report(r).Advise("change the secret itself, since git keeps this copy; then keep it in an encrypted Secret, or create the Secret with an ExternalSecret")
		if name := p.variable(); name != "" {
			f.Note(p.by.Place("spec.postBuild"), "it is the value of the variable %s", name)
		}
	})
}

// placed is a secret with the object that holds it, and the Kustomization that applies
// the object.
type placed struct {
	secret.Finding
	by *scan.Kustomization
	o  *model.Object
}

// report adds the finding. Only what nothing else looks like is an error: a label may
// call another thing a password.
func (p placed) report(r *diag.Report) *diag.Finding {
	in := p.o.String()
	if p.o.Release != nil {
		in += ", from the chart of " + p.o.Release.String()
	}
	f := secret.Report(r, p.o.Body.Follow(p.Path).Pos, in, p.Finding)
	if f.Path = p.by.ID(); p.Sure {
		f.Severity = diag.Error
	} else {
		f.Severity = diag.Warning
	}
	return f
}

// variable gives the variable of the Kustomization whose value the secret is.
func (p placed) variable() string {
	for _, name := range slices.Sorted(maps.Keys(p.by.Variables.Values)) {
		if p.by.Variables.Values[name] == p.Value {
			return name
		}
	}
	return ""
}

// secrets gives those in some objects of the cluster, each place once: a file may be
// built by several Kustomizations. What a chart writes of the values of its HelmRelease
// is found there.
func (c *Cluster) secrets(some func(*model.Object) bool, add func(placed)) {
	type place struct {
		pos         diag.Pos
		field, name string
		line        int
	}
	seen := map[place]bool{}
	for i, k := range c.Kustomizations {
		given := map[*model.Object]map[string]bool{}
		for _, o := range c.Units[i].Objects {
			if !some(o) {
				continue
			}
			_, builtin := release.BuiltinKind(o.Kind)
			for _, f := range secret.Object(o.Kind, builtin, o.Content) {
				at := o.Body.Follow(f.Path)
				here := place{at.Pos, f.Field, f.Label, f.Line}
				if seen[here] || o.Release != nil && (valuesOf(given, o.Release)[at.Text()] || valuesOf(given, o.Release)[f.Value]) {
					continue
				}
				seen[here] = true
				add(placed{f, k, o})
			}
		}
	}
}

// valuesOf gives the texts among the values of a HelmRelease.
func valuesOf(known map[*model.Object]map[string]bool, o *model.Object) map[string]bool {
	if known[o] == nil {
		known[o] = map[string]bool{}
		o.Body.Lookup("spec", "values").Walk(func(v *model.Tree) { known[o][v.Text()] = true })
	}
	return known[o]
}
