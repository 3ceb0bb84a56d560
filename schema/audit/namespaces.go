package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
)

var namespaceRules = []rule{
	{diag.Rule{
		Code: "namespace-missing", Severity: diag.Warning,
		Summary: "An object belongs to a namespace that nothing in the repository creates, although the repository creates other namespaces. Unless someone creates the namespace by hand, Flux applies nothing of the Kustomization. The finding is an info where something that ichor cannot see may create the namespace.",
		Wrong:   "metadata: {name: settings, namespace: cilium-system}   # and no Namespace cilium-system",
		Right:   "metadata: {name: settings, namespace: kube-system}",
		Source:  "Kubernetes documentation, Namespaces; API server: namespaces not found",
	}, namespacesMissing},
}

// namespacesMissing tells of each namespace once, at the first object that needs
// it. A repository that makes no namespace at all has them from elsewhere.
func namespacesMissing(c *Cluster, r *diag.Report) {
	own := c.ownNamespaces()
	if len(own) == 0 {
		return
	}
	there, lodgers := c.namespacesThere(), c.lodgers()
	maps.DeleteFunc(lodgers, func(name string, _ []lodger) bool { return own[name] || there[name] })
	if len(lodgers) == 0 {
		return
	}
	said := c.namespacesSaid()
	for _, name := range slices.Sorted(maps.Keys(lodgers)) {
		if !said[name] {
			c.tellNamespace(r, name, lodgers[name], slices.Sorted(maps.Keys(own)))
		}
	}
}

func (c *Cluster) tellNamespace(r *diag.Report, name string, in []lodger, own []string) {
	first := in[0]
	f := r.Add(first.pos(), first.by.ID(), fmt.Sprintf("%s %s namespace %q, which nothing in the repository creates", first.o, first.does(), name)).
		Advise("%s", first.mend()).Propose(name, own)
	noteOthers(f, in[1:])
	for _, pos := range c.Repository.Namespaces()[name] {
		f.Note(pos, "a Namespace with this name is here, but no Kustomization of the cluster applies it").
			Advise("let a Kustomization apply the Namespace, or correct the name")
	}
	if tooLate := c.createsItsOwn(name); tooLate != nil {
		f.Note(tooLate.Place("spec.install.createNamespace"), "%s is in this namespace itself, so Helm would create the namespace too late", tooLate)
	}
	if c.elsewhere(name) || !c.complete() && len(diag.Nearest(name, own)) == 0 {
		f.Severity = diag.Info
	}
}

// noteOthers names the next object of the same namespace, and how many there are.
func noteOthers(f *diag.Finding, in []lodger) {
	switch len(in) {
	case 0:
	case 1:
		f.Note(in[0].pos(), "the same holds for %s", in[0].like())
	default:
		f.Note(in[0].pos(), "the same holds for %s, and for %d more", in[0].like(), len(in)-1)
	}
}

// lodger is an object that needs a namespace to be there: its own, or the one that
// it installs a chart into.
type lodger struct {
	by       *scan.Kustomization
	o        *scan.Object
	installs bool
}

func (l lodger) does() string {
	if l.installs {
		return "installs its chart into"
	}
	return "belongs to"
}

func (l lodger) like() string {
	if l.installs {
		return fmt.Sprintf("the chart of %s", l.o)
	}
	return l.o.String()
}

func (l lodger) mend() string {
	if l.installs {
		return "add `createNamespace: true` to its install, or create the Namespace"
	}
	return "correct the name, or create the Namespace"
}

// pos is where the namespace is said.
func (l lodger) pos() diag.Pos {
	switch {
	case l.installs:
		return l.o.Place("spec.targetNamespace")
	case l.by.Spec.TargetNamespace == l.o.Namespace:
		return l.by.Place("spec.targetNamespace")
	}
	return l.o.Place("metadata.namespace")
}

// lodgers gives what needs a namespace, by its name.
func (c *Cluster) lodgers() map[string][]lodger {
	out := map[string][]lodger{}
	for _, k := range c.Kustomizations {
		if !appliedHere(k) {
			continue
		}
		for _, o := range k.Objects {
			if livesSurely(o) {
				out[o.Namespace] = append(out[o.Namespace], lodger{k, o, false})
			}
			if target := o.Text("spec", "targetNamespace"); installsHere(o) && !strings.Contains(target, "$") && target != o.Namespace {
				out[target] = append(out[target], lodger{k, o, true})
			}
		}
	}
	delete(out, "")
	return out
}

// appliedHere reports whether Flux applies the objects of a Kustomization, and in
// this cluster.
func appliedHere(k *scan.Kustomization) bool {
	return !isOrIn(k, func(k *scan.Kustomization) bool { return k.Spec.Suspend || k.Spec.KubeConfig != nil })
}

// isOrIn reports whether a Kustomization is so, or one of those that apply it.
func isOrIn(k *scan.Kustomization, so func(*scan.Kustomization) bool) bool {
	for ; k != nil; k = k.Parent {
		if so(k) {
			return true
		}
	}
	return false
}

// installsHere reports whether a HelmRelease installs its chart in this cluster
// into a namespace that is to be there.
func installsHere(o *scan.Object) bool {
	return o.Is(scan.HelmGroup, "HelmRelease") && o.Text("spec", "suspend") != "true" &&
		o.Body.Lookup("spec", "kubeConfig") == nil && o.Text("spec", "install", "createNamespace") != "true"
}

// livesSurely reports whether an object is applied in its namespace: kustomize
// gives one to every kind that it does not know, and a variable is none.
func livesSurely(o *scan.Object) bool {
	if strings.Contains(o.Namespace, "$") || o.Text("metadata", "annotations", scan.KustomizeGroup+"/reconcile") == "disabled" {
		return false
	}
	if o.Place("metadata.namespace") != o.Place("metadata") {
		return true // it is written
	}
	served, known := release.Rows{}.Schemas().Find(o.Text("apiVersion"), o.Kind)
	return known && served.Namespaced
}

// ownNamespaces are those of which the repository has the object.
func (c *Cluster) ownNamespaces() map[string]bool {
	out := map[string]bool{}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if o.Is("", "Namespace") {
				out[o.Name] = true
			}
		}
	}
	return out
}

// namespacesThere are those that are there without: Kubernetes' own, that of Flux,
// what is installed before it, and what charts make.
func (c *Cluster) namespacesThere() map[string]bool {
	out := map[string]bool{}
	for _, name := range model.NamespacesBefore(model.FluxNamespace) {
		out[name] = true
	}
	for _, b := range c.Repository.Bootstrap.Releases {
		out[b.Namespace] = true
	}
	for i, k := range c.Kustomizations {
		if k.Parent == nil {
			out[k.Namespace], out[k.Source().Namespace] = true, true
		}
		for _, f := range c.Units[i].Provides {
			out[f.Name] = out[f.Name] || f.Kind == model.KindNamespace && f.ByChart
		}
		for _, o := range k.Objects {
			if name := createdBy(o); name != o.Namespace {
				out[name] = true
			}
		}
	}
	for capability := range c.existing {
		out[capability.Name] = out[capability.Name] || capability.Kind == model.KindNamespace
	}
	return out
}

// createdBy gives the namespace that Helm makes for a HelmRelease; empty for none.
func createdBy(o *scan.Object) string {
	if o.Is(scan.HelmGroup, "HelmRelease") && o.Text("spec", "install", "createNamespace") == "true" {
		return scan.ReleaseNamespace(&o.Object)
	}
	return ""
}

// createsItsOwn gives a HelmRelease that is to make the namespace it lives in.
func (c *Cluster) createsItsOwn(name string) *scan.Object {
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if o.Namespace == name && createdBy(o) == name {
				return o
			}
		}
	}
	return nil
}

// elsewhere reports whether another cluster of the repository makes a namespace:
// where one ends and the other begins is not sure.
func (c *Cluster) elsewhere(name string) bool {
	return slices.ContainsFunc(c.Repository.Clusters, func(other *scan.Cluster) bool {
		return other != c.Cluster && (&Cluster{Cluster: other}).ownNamespaces()[name]
	})
}
