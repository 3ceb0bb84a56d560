// Package importer begins a spec from what is there: it writes in the language of
// specs what a Flux repository says. What the rest of ichor computes of the files,
// as the order, is left out.
package importer

import (
	"slices"
	"strings"

	"ichor/schema/audit"
	"ichor/schema/load"
	"ichor/schema/model"
)

// Spec is a part of a spec that says what a repository says.
type Spec struct {
	Text     string     // CUE
	Services [][]string // of each Kustomization of the cluster, their names
}

// Flux gives the spec of a cluster: a service for every Kustomization, or two, what is
// there before Flux of the facts that are given, and comments on what no service says.
// An error means that CUE cannot write what stands in a Kustomization.
func Flux(c *audit.Cluster, before []model.Fact) (Spec, error) {
	im := newImporter(c, before)
	for i := range c.Kustomizations {
		im.add(i)
	}
	cluster := map[string]any{"services": im.services}
	if namespaces := im.worthSaying(); len(namespaces) > 0 {
		cluster["namespaces"] = namespaces
	}
	if provides := im.before(before); len(provides) > 0 {
		cluster["bootstrap"] = map[string]any{"provides": provides}
	}
	if len(im.left) > 0 {
		im.left = append(im.left, "", "")
	}
	data, err := load.Write(map[string]any{"cluster": cluster}, im.comments)
	return Spec{strings.Join(im.left, "\n") + string(data), im.given()}, err
}

// before says what is there before Flux: kinds, and the Secrets that Flux reads.
func (im *importer) before(facts []model.Fact) map[string]any {
	out := map[string]any{}
	if groups := crdsOf(facts, im.cluster.Units); len(groups) > 0 {
		out["crds"] = groups
	}
	if secrets := im.secretsBefore(); len(secrets) > 0 {
		out["secrets"] = secrets
	}
	return out
}

// crdsOf gives the API groups among facts that a unit needs.
func crdsOf(facts []model.Fact, units []*model.Unit) []string {
	needed := map[model.Capability]bool{}
	for _, u := range units {
		for _, n := range u.Needs {
			needed[n.Capability] = true
		}
	}
	var out []string
	for _, f := range facts {
		if f.Kind == model.KindCRD && needed[f.Capability] {
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
