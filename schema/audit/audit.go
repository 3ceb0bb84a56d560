// Package audit judges a Flux repository that has no spec: its Kustomizations,
// what their paths build, and the dependsOn that people wrote against the one
// that follows from the objects. One file a subject, one row a rule. What the
// repository does not tell (charts of other repositories, values that are
// encrypted, resources that are fetched) is never a finding.
package audit

import (
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// Cluster is one cluster of a repository, with a unit for each Kustomization.
type Cluster struct {
	*scan.Cluster
	Repository *scan.Repository
	Units      []*model.Unit // in the order of Kustomizations

	byID     map[string]int
	ids      map[*model.Unit]string
	whole    bool // see complete
	objects  map[string]owned
	provided map[model.Capability][]provided
	existing map[model.Capability]bool // there before Flux
	spec     *model.Cluster            // whose directories bring the Kustomizations; nil for a repository without a spec
	before   *Cluster                  // as another commit has it; nil for none
	commit   string
}

// New gives a cluster to judge, with the units that follow from its objects and
// what is there before Flux.
func New(r *scan.Repository, c *scan.Cluster, units []*model.Unit, before []model.Fact) *Cluster {
	out := &Cluster{
		Cluster: c, Repository: r, Units: units, byID: map[string]int{}, ids: map[*model.Unit]string{}, existing: map[model.Capability]bool{},
		whole: !slices.ContainsFunc(c.Kustomizations, makesMore),
	}
	for _, f := range before {
		out.existing[f.Capability] = true
	}
	out.index()
	for i, k := range c.Kustomizations {
		out.ids[units[i]] = k.ID()
		if _, taken := out.byID[k.ID()]; !taken {
			out.byID[k.ID()] = i
		}
	}
	return out
}

// rule is what is told of a code, and the function that finds it.
type rule struct {
	diag.Rule
	find func(*Cluster, *diag.Report)
}

func rules() []rule {
	return slices.Concat(buildRules, fluxRules, orderRules, graphRules, healthRules, versionRules, timeoutRules, standoffRules, layerRules, plainRules, commitRules, chartRules, installRules, namespaceRules)
}

// Rules gives what `ichor explain` tells of each rule, sorted by code.
func Rules() []diag.Rule {
	out := scan.Rules()
	for _, rl := range rules() {
		out = append(out, rl.Rule)
	}
	slices.SortFunc(out, func(a, b diag.Rule) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// Findings applies every rule, those over built files among them, and gives what
// they find, sorted.
func (c *Cluster) Findings() diag.List {
	found := c.Repository.Findings(c.Kustomizations)
	for _, rl := range slices.Concat(rules(), sharedRules) {
		r := diag.Report{Rule: rl.Rule}
		rl.find(c, &r)
		for _, f := range r.Found {
			found = append(found, f.Diagnostic)
		}
	}
	return found.Sort()
}

// complete reports whether every object that Flux applies in the cluster is seen:
// what a ResourceSet of Flux Operator makes is not.
func (c *Cluster) complete() bool { return c.whole }

// makesMore reports whether objects that are not seen come out of a Kustomization.
func makesMore(k *scan.Kustomization) bool {
	return k.Incomplete() || slices.ContainsFunc(k.Objects, func(o *scan.Object) bool { return o.Is("fluxcd.controlplane.io", "ResourceSet") })
}

// Here gives the units whose objects live in the cluster itself: those of a
// Kustomization with a kubeConfig are in another one, with neighbours of its own.
func (c *Cluster) Here() []*model.Unit {
	var out []*model.Unit
	for i, k := range c.Kustomizations {
		if !isOrIn(k, func(k *scan.Kustomization) bool { return k.Spec.KubeConfig != nil }) {
			out = append(out, c.Units[i])
		}
	}
	return out
}

// unit gives the unit of a Kustomization by namespace and name.
func (c *Cluster) unit(id string) (*scan.Kustomization, *model.Unit) {
	i, ok := c.byID[id]
	if !ok {
		return nil, nil
	}
	return c.Kustomizations[i], c.Units[i]
}

// owned is an object with the Kustomization that applies it.
type owned struct {
	by *scan.Kustomization
	o  *scan.Object
}

// provided is what a unit brings.
type provided struct {
	by   *model.Unit
	fact model.Fact
}

// object gives an object of the cluster, with the Kustomization that applies it.
func (c *Cluster) object(group, kind, namespace, name string) (*scan.Kustomization, *scan.Object) {
	found := c.objects[strings.Join([]string{group, kind, namespace, name}, "/")]
	return found.by, found.o
}

// index fills objects, of which of several of one name the first counts, and what
// units bring.
func (c *Cluster) index() {
	c.objects, c.provided = map[string]owned{}, map[model.Capability][]provided{}
	for _, u := range c.Units {
		for _, f := range u.Provides {
			c.provided[f.Capability] = append(c.provided[f.Capability], provided{u, f})
		}
	}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			id := strings.Join([]string{o.Group, o.Kind, o.Namespace, o.Name}, "/")
			if _, taken := c.objects[id]; !taken {
				c.objects[id] = owned{k, o}
			}
		}
	}
}
