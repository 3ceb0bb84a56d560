package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var fluxRules = []rule{
	{diag.Rule{
		Code: "source-missing", Severity: diag.Warning,
		Summary: "A Kustomization or HelmRelease takes its files from a source that nothing in the repository creates with that name in that namespace.",
		Wrong:   "sourceRef: {kind: HelmRepository, name: grafana}   # which lives in flux-system",
		Right:   "sourceRef: {kind: HelmRepository, name: grafana, namespace: flux-system}",
		Source:  "Flux documentation, sourceRef; a namespace of kustomize moves the source too",
	}, sources},
	{diag.Rule{
		Code: "applies-itself", Severity: diag.Warning,
		Summary: "A Kustomization builds a path that contains its own definition, and its parent applies the definition too: each overwrites what the other set.",
		Wrong:   "apps/web/ks.yaml with spec: path: ./apps/web",
		Right:   "apps/web/ks.yaml with spec: path: ./apps/web/app",
	}, itself},
	{diag.Rule{
		Code: "substitute-from-missing", Severity: diag.Warning,
		Summary: "A Kustomization substitutes from a ConfigMap or Secret that is not optional and that nothing creates in the namespace of the Kustomization: Flux does not build the Kustomization until the object exists.",
		Wrong:   "metadata: {namespace: web}, spec: postBuild: substituteFrom: [{kind: ConfigMap, name: settings}]   # which lives in flux-system",
		Right:   "the ConfigMap in namespace web too, or optional: true",
		Source:  "Flux documentation, Kustomization, post build variable substitution",
	}, substitutes},
	{diag.Rule{
		Code: "helm-dependency-missing", Severity: diag.Error,
		Summary: "A HelmRelease depends on another HelmRelease that nothing creates, so Flux waits for it forever.",
		Wrong:   "spec: dependsOn: [{name: postgres}]   # which lives in another namespace",
		Right:   "spec: dependsOn: [{name: postgres, namespace: database}]",
		Source:  "Flux documentation, HelmRelease, dependencies",
	}, releases},
}

// sources looks for the objects of sources. What was there when Flux was
// installed is not in the repository: the source of a root, and its namesakes.
func sources(c *Cluster, r *diag.Report) {
	roots := map[scan.SourceID]bool{}
	for _, k := range c.Kustomizations {
		if k.Parent == nil {
			roots[k.Source()] = true
			roots[scan.SourceID{Kind: k.Source().Kind, Namespace: "flux-system", Name: "flux-system"}] = true
		}
	}
	if !c.complete() {
		return
	}
	for _, k := range c.Kustomizations {
		if s := k.Source(); k.Parent != nil && !roots[s] && s.Kind != "ExternalArtifact" {
			c.source(r, k.Object, "spec.sourceRef.name", s)
		}
		for _, o := range k.Objects {
			if o.Is(scan.HelmGroup, "HelmRelease") {
				c.chart(r, o, roots)
			}
		}
	}
}

// chart looks for the source of a chart, which may be that of a root.
func (c *Cluster) chart(r *diag.Report, o *scan.Object, roots map[scan.SourceID]bool) {
	for _, ref := range []struct {
		field string
		path  []string
	}{{"spec.chartRef.name", []string{"spec", "chartRef"}}, {"spec.chart.spec.sourceRef.name", []string{"spec", "chart", "spec", "sourceRef"}}} {
		t := o.Body.Lookup(ref.path...)
		s := scan.SourceID{Kind: t.Lookup("kind").Text(), Namespace: cmp.Or(t.Lookup("namespace").Text(), o.Namespace), Name: t.Lookup("name").Text()}
		if s.Name != "" && !roots[s] {
			c.source(r, o, ref.field, s)
		}
	}
}

func (c *Cluster) source(r *diag.Report, o *scan.Object, field string, s scan.SourceID) {
	if _, found := c.object(scan.SourceGroup, s.Kind, s.Namespace, s.Name); found != nil || s.Kind == "ExternalArtifact" {
		return
	}
	f := r.Add(o.Place(field), o.Namespace+"/"+o.Name, fmt.Sprintf("%s takes its files from %s %s/%s, which nothing in the repository creates", o, s.Kind, s.Namespace, s.Name)).
		Advise("correct the name or the namespace; if no namespace is written, Flux looks for the source in the namespace of %s", o)
	for _, k := range c.Kustomizations {
		for _, x := range k.Objects {
			if x.Group == scan.SourceGroup && x.Name == s.Name {
				f.Note(x.Pos, "there is %s", x)
			}
		}
	}
}

func itself(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		if k.Parent == nil || k.Parent.Parent == nil && k.Parent.ID() == k.ID() {
			continue
		}
		for _, o := range k.Objects {
			if o.Is(scan.KustomizeGroup, "Kustomization") && o.Namespace == k.Namespace && o.Name == k.Name && k.Parent != k {
				r.Add(k.Place("spec.path"), k.ID(), fmt.Sprintf("%s applies %s, which contains its own definition", k.Object, k.Spec.Path)).
					Note(o.Pos, "its definition").Advise("move what it applies to a separate directory")
			}
		}
	}
}

func substitutes(c *Cluster, r *diag.Report) {
	if !c.complete() {
		return
	}
	for _, k := range c.Kustomizations {
		if k.Spec.PostBuild == nil {
			continue
		}
		for i, ref := range k.Spec.PostBuild.SubstituteFrom {
			if ref.Optional || c.made(ref.Kind, k.Namespace, ref.Name) || !c.madeElsewhere(ref.Kind, ref.Name) {
				continue
			}
			r.Add(k.Place(fmt.Sprintf("spec.postBuild.substituteFrom[%d].name", i)), k.ID(),
				fmt.Sprintf("%s substitutes from %s %q, which nothing creates in its namespace %q", k.Object, ref.Kind, ref.Name, k.Namespace)).
				Advise("create it in that namespace too: substituteFrom reads only the namespace of the Kustomization")
		}
	}
}

// made reports whether a unit brings a Secret or ConfigMap, itself or by an
// operator, or something in the namespace may that is not seen.
func (c *Cluster) made(kind, namespace, name string) bool {
	capability := model.Capability{Kind: capability(kind), Name: namespace + "/" + name}
	return len(c.provided[capability]) > 0 || c.existing[capability]
}

// madeElsewhere reports whether one of that name is made in another namespace:
// only then it is sure that the name is not one of the time before Flux.
func (c *Cluster) madeElsewhere(kind, name string) bool {
	return slices.ContainsFunc(c.Units, func(u *model.Unit) bool { return bringsNamed(u, kind, name) })
}

func releases(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if !o.Is(scan.HelmGroup, "HelmRelease") {
				continue
			}
			for i, ref := range o.Body.Lookup("spec", "dependsOn").Items() {
				c.dependency(r, k, o, fmt.Sprintf("spec.dependsOn[%d].name", i), cmp.Or(ref.Lookup("namespace").Text(), o.Namespace), ref.Lookup("name").Text())
			}
		}
	}
}

// dependency looks for a HelmRelease that another waits for.
func (c *Cluster) dependency(r *diag.Report, k *scan.Kustomization, o *scan.Object, field, namespace, name string) {
	if _, found := c.object(scan.HelmGroup, "HelmRelease", namespace, name); found != nil || name == "" {
		return
	}
	f := r.Add(o.Place(field), k.ID(), fmt.Sprintf("%s depends on HelmRelease %s/%s, which nothing creates", o, namespace, name)).
		Advise("correct the name or the namespace: if no namespace is written, Flux uses the namespace of %s itself", o)
	if !c.complete() {
		f.Severity = diag.Warning
	}
	for _, other := range c.Kustomizations {
		for _, x := range other.Objects {
			if x.Is(scan.HelmGroup, "HelmRelease") && x.Name == name {
				f.Note(x.Pos, "there is %s", x)
			}
		}
	}
}

// capability is how a Secret or ConfigMap counts among what units bring.
func capability(kind string) string {
	if kind == "Secret" {
		return model.KindSecret
	}
	return model.KindConfigMap
}

func bringsNamed(u *model.Unit, kind, name string) bool {
	return slices.ContainsFunc(u.Provides, func(f model.Fact) bool {
		return f.Kind == capability(kind) && strings.HasSuffix(f.Name, "/"+name)
	})
}
