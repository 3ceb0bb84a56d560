package depend

import (
	"maps"
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// Repository gives a unit for each Kustomization of a cluster, in their order,
// with the edges that follow from what the repository says.
func Repository(c *scan.Cluster, b scan.Bootstrap) []*model.Unit {
	return Kustomizations(c, Before(b))
}

// Kustomizations gives a unit for each Kustomization of a cluster, in their order,
// with the edges that follow from their objects and from what is there before Flux.
func Kustomizations(c *scan.Cluster, before []model.Fact) []*model.Unit {
	units := named(c)
	sources := sourcesOf(units)
	for i, k := range c.Kustomizations {
		u := units[i]
		u.Provides = append(Facts(u.Objects), fetched(k)...)
		u.Provides = append(u.Provides, installed(u.Objects, sources)...)
		u.Provides = append(u.Provides, identityHosts(u.Objects, sources)...)
		u.Needs = append(Needs(u.Objects, sources), own(k)...)
	}
	connect(units, before, func(*model.Unit) []model.Edge { return nil })
	return units
}

// Source finds the object of a source of Flux among those of units; nil for none.
func Source(units []*model.Unit) func(kind, namespace, name string) *model.Object {
	all := sourcesOf(units)
	return func(kind, namespace, name string) *model.Object { return all[kind+"/"+namespace+"/"+name] }
}

// sourcesOf gives the objects of Flux's sources by kind/namespace/name.
func sourcesOf(units []*model.Unit) map[string]*model.Object {
	out := map[string]*model.Object{}
	for _, u := range units {
		all := Objects(u)
		if u.Service != nil {
			all = append(all, u.Service.Below...)
		}
		for _, o := range all {
			if o.Group == scan.SourceGroup {
				out[o.Kind+"/"+o.Namespace+"/"+o.Name] = o
			}
		}
	}
	return out
}

// named makes the units, each with a name of its own.
func named(c *scan.Cluster) []*model.Unit {
	names := unitNames(c.Kustomizations)
	byKustomization := map[*scan.Kustomization]*model.Unit{}
	units := make([]*model.Unit, len(c.Kustomizations))
	for i, k := range c.Kustomizations {
		u := &model.Unit{Name: names[i], Namespace: k.Namespace, Pos: k.Pos, Directory: k.Path}
		for _, o := range k.Objects {
			u.Objects = append(u.Objects, &o.Object)
		}
		for _, c := range k.Charts {
			for _, o := range c.Objects {
				u.Objects = append(u.Objects, &o.Object)
			}
		}
		units[i], byKustomization[k] = u, u
	}
	for i, k := range c.Kustomizations {
		units[i].Parent = byKustomization[k.Parent]
	}
	return units
}

// unitNames gives each Kustomization a name that no other one has: its own, with
// the namespace where several have it, and with its place where that is not
// enough, as where two directories define one Kustomization.
func unitNames(all []*scan.Kustomization) []string {
	forms := []func(*scan.Kustomization) string{
		func(k *scan.Kustomization) string { return k.Name },
		(*scan.Kustomization).ID,
		func(k *scan.Kustomization) string { return k.ID() + "@" + k.Pos.String() },
	}
	count := map[string]int{}
	for _, k := range all {
		for _, form := range forms {
			count[form(k)]++
		}
	}
	names := make([]string, len(all))
	for i, k := range all {
		for _, form := range forms {
			if names[i] = form(k); count[names[i]] == 1 {
				break
			}
		}
	}
	return names
}

// installed is what the charts of HelmReleases bring.
func installed(objects []*model.Object, sources map[string]*model.Object) []model.Fact {
	f := &facts{}
	for _, o := range objects {
		if o.Is(scan.HelmGroup, "HelmRelease") {
			if name := chartOf(o, sources); name != "" {
				f.brought(name, o)
			}
		}
	}
	return f.all
}

// fetched is what resources bring that the Kustomization fetches from elsewhere,
// and the kinds that its health checks wait for without being among its objects:
// who depends on it then finds them.
func fetched(k *scan.Kustomization) []model.Fact {
	f := &facts{}
	f.remotes(k.Remote, &k.Object.Object)
	for _, h := range k.Spec.HealthChecks {
		if _, group, ok := strings.Cut(h.Name, "."); ok && h.Kind == "CustomResourceDefinition" {
			f.add(model.KindCRD, group, &k.Object.Object)
		}
	}
	return f.all
}

// remotes adds what is known of resources by their addresses.
func (f *facts) remotes(urls []string, by *model.Object) {
	for _, url := range urls {
		if c, ok := RemoteOf(url); ok {
			f.chart(model.KindCRD, c.CRDs, by)
			f.chart(model.KindOperator, c.Operates, by)
			f.chart(model.KindStorageClass, c.StorageClasses, by)
			f.chart(model.KindNodeLabel, c.Labels, by)
		}
	}
}

// remotes adds what resources build on, by their addresses.
func (w *wants) remotes(urls []string, by *model.Object) {
	for _, url := range urls {
		if c, ok := RemoteOf(url); ok {
			w.chart(by, c)
		}
	}
}

// own is what a Kustomization needs by itself.
func own(k *scan.Kustomization) []model.Need {
	w := &wants{}
	o := &k.Object.Object
	w.remotes(k.Remote, o)
	if s := k.Source(); k.Parent != nil {
		w.add(model.KindSource, s.Kind+"/"+s.Namespace+"/"+s.Name, o, k.Place("spec.sourceRef"))
	}
	if p := k.Spec.PostBuild; p != nil {
		for _, ref := range p.SubstituteFrom {
			n := w.add(model.KindVariables, ref.Kind+"/"+k.Namespace+"/"+ref.Name, o, k.Place("spec.postBuild.substituteFrom"))
			n.Soft = ref.Optional
		}
	}
	if d := k.Spec.Decryption; d != nil && d.SecretRef != nil {
		w.add(model.KindSecret, k.Namespace+"/"+d.SecretRef.Name, o, k.Place("spec.decryption"))
	}
	return w.needs
}

// Before is what is there before Flux: the namespaces of Kubernetes and Flux, and
// of the charts that the repository installs then their kinds and namespaces, for
// their controllers come to their final form with Flux.
func Before(b scan.Bootstrap) []model.Fact {
	var out []model.Fact
	all := func(kind string, names []string) {
		for _, name := range names {
			out = append(out, model.Fact{Capability: model.Capability{Kind: kind, Name: name}})
		}
	}
	all(model.KindNamespace, model.NamespacesBefore(model.FluxNamespace))
	add := func(c model.Chart) {
		all(model.KindCRD, c.CRDs)
		all(model.KindNamespace, c.Namespaces)
	}
	for _, name := range slices.Sorted(maps.Keys(table().Charts)) {
		if c, _ := ChartOf(name); c.BeforeFlux || slices.Contains(b.Charts, name) {
			add(c)
		}
	}
	for _, url := range b.URLs {
		if c, ok := RemoteOf(url); ok {
			add(c)
		}
	}
	return out
}
