// Package verify judges finished objects as the API server and its neighbours
// would: each against the schema and the rules of its kind in the release that
// serves it, and all of them against each other. One file a subject, one row a
// rule. Rules over the spec stand in schema/check.
package verify

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// World is what the objects come to.
type World struct {
	Releases release.Rows     // what the spec names
	Said     release.Rows     // of a repository without a spec, also what it only says
	Schemas  []release.Schema // of the cluster's own CRDs; they come before those of the releases
	// Capabilities is everything that units bring or that is there before Flux,
	// as the spec says it: what a chart makes is seen nowhere else.
	Capabilities []model.Capability
	Admission    model.PodSecurity // the API server's levels for namespaces without labels
	Nodes        []*model.Node
	Talos        *model.Talos // what all nodes share; nil where no spec says it
	Path         string       // directory of the output, relative to the repository's root
	Source       Source       // what Flux fetches the repository by
	// Units are those that apply directories of hand-written objects or charts of the
	// repository, and Directories the namespaces of those of them that make more than
	// these.
	Units       []*model.Unit
	Directories []string
	// ByHand says that the objects are hand-written: what their charts bring, no
	// spec says.
	ByHand bool
	Charts map[string]model.Chart // what is known of charts, by their names
	// ChartRepositories are those of the spec, with what is known to be in them.
	ChartRepositories []*model.ChartRepository
	// Domains are those of the cluster's hosts, and Ingress the classes that serve them.
	// Of the hosts that are Decided the spec says who signs in, or why nobody does.
	Domains model.Domains
	Ingress model.IngressClasses
	Decided map[string]bool
	// Exposures are the hosts of the spec.
	Exposures []*model.Exposure
	// Committed is the output as it was committed; nil where there is none.
	Committed fs.FS
	// Before are the units of hand-written objects as another commit has them, and
	// Forced the names of units whose objects Flux makes anew where it cannot
	// change them.
	Before []*model.Unit
	Forced []string
}

// rule is what is told of a code, and the function that finds it.
type rule struct {
	diag.Rule
	find func(*objects, *diag.Report)
}

func rules() []rule {
	return slices.Concat(
		kindRules, schemaRules, referenceRules, secretTemplateRules, incompleteRules, ownerRules, immutableRules, namespaceRules, fluxRules, healthRules,
		podSecurityRules, selectorRules, servicePortRules, loadBalancerRules, bgpRules, monitorRules,
		backendRules, exposedRules, routeRules, hostRules, publicHostRules, ingressRules, urlRules, podRules, claimRules, rolloutRules, scalingRules, machineRules, chartRules, chartPodRules, chartProbeRules,
	)
}

// Rules gives what `ichor explain` tells of each rule, sorted by code.
func Rules() []diag.Rule {
	var out []diag.Rule
	for _, rl := range rules() {
		out = append(out, rl.Rule)
	}
	slices.SortFunc(out, func(a, b diag.Rule) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// Files judges the Kubernetes objects among the files of an output, with those that
// are written by hand beside it, and gives all findings, sorted, each at the place
// in the spec that caused it or in the file where it stands. An error means
// that a file under flux/ or manifests/ is no object, which is a bug of ichor's.
func Files(w World, files []output.File) (diag.List, error) {
	all, err := decode(files)
	if err != nil {
		return nil, err
	}
	hand := byHand(w.Units)
	for _, x := range hand {
		x.open = x.hand.Open
	}
	o := &objects{World: w, all: append(all, hand...)}
	o.settle()
	o.markRendered()
	go o.problems() // the most work, while the other rules are asked
	return o.judgedBy(rules()), nil
}

// judgedBy gives what rules find, sorted.
func (o *objects) judgedBy(rules []rule) diag.List {
	var found diag.List
	for _, rl := range rules {
		r := diag.Report{Rule: rl.Rule}
		rl.find(o, &r)
		o.nameReleases()
		found = append(found, r.Merged()...)
	}
	return found.Sort()
}

// nameReleases notes which HelmReleases make what was told of.
func (o *objects) nameReleases() {
	for _, x := range o.all {
		for _, f := range x.told {
			f.Note(x.hand.Release.Pos, "the chart of %s creates the object", x.hand.Release)
		}
		x.told = nil
	}
}

// at reports a finding about a field of an object, as spec.ports[0].port; the
// empty field is the object itself. What stands there for a variable whose value is
// not known is no finding, and of what is not sure nothing is reported.
func at(r *diag.Report, o *Object, field, format string, args ...any) *diag.Finding {
	if o.varies(field) {
		return &diag.Finding{}
	}
	p := o.Place(field)
	if o.unsure {
		r = &diag.Report{Rule: r.Rule} // it may say something else
	}
	f := r.Add(p.Pos, p.Path, fmt.Sprintf(format, args...))
	f.Secret = holdsSecrets(o, field)
	if o.hand != nil && o.hand.Release != nil {
		o.told = append(o.told, f)
	}
	return f
}
