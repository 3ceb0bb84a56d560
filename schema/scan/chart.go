package scan

import (
	"cmp"
	"path"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// Chart is a chart of the repository, as helm-controller would render it for a
// HelmRelease. Nothing asks a cluster or the network.
type Chart struct {
	Release *Object // the HelmRelease
	Dir     string  // of the chart, or the file that it is packed in
	Objects []*Object
	Flaws   []*diag.Finding // what is wrong with it

	given []any // values that Helm may quote
}

// charts renders what HelmReleases among the objects of a Kustomization take from
// the repository itself.
func (r *reader) charts(k *Kustomization) {
	for _, o := range k.Objects {
		if !o.Is(HelmGroup, "HelmRelease") || o.Text("spec", "suspend") == "true" || o.Body.Lookup("spec", "kubeConfig") != nil {
			continue
		}
		if dir, own := r.chartDir(k, o); dir != "" {
			k.Charts = append(k.Charts, r.chart(k, o, dir, own && !o.Unsure))
		}
	}
}

// chartDir gives the directory of the chart of a HelmRelease; empty for one of
// another repository. own says that its source is that of the Kustomization, so
// that nothing but the repository may hold it.
func (r *reader) chartDir(k *Kustomization, o *Object) (dir string, own bool) {
	spec := o.Body.Lookup("spec", "chart", "spec")
	ref := spec.Lookup("sourceRef")
	if spec.Lookup("chart").Text() == "" || ref.Lookup("kind").Text() != "GitRepository" {
		return "", false
	}
	dir, known := r.tree.fromSource(spec.Lookup("chart").Text())
	if !known {
		return "", false
	}
	s := SourceID{"GitRepository", cmp.Or(ref.Lookup("namespace").Text(), o.Namespace), ref.Lookup("name").Text()}
	for up := k; up != nil && !up.External; up = up.Parent {
		switch {
		case s == sourceOf(up):
			return dir, r.wholly(s)
		case r.sameURL(s, sourceOf(up)) && r.tree.isDir(dir):
			return dir, false
		}
	}
	return "", false
}

// wholly reports whether a source has the files of the repository, and no others,
// as far as the objects of the cluster say.
func (r *reader) wholly(s SourceID) bool {
	o := r.source(s)
	return o == nil || o.Body.Lookup("spec", "ignore") == nil && o.Body.Lookup("spec", "include") == nil
}

// chart renders one chart for its HelmRelease.
func (r *reader) chart(k *Kustomization, o *Object, dir string, own bool) *Chart {
	c := &Chart{Release: o, Dir: dir}
	r.tree.reading("chart %s of %s, %s", dir, o, o.File)
	at := c.named()
	switch {
	case r.tree.isFile(dir): // a packed chart
	case !r.tree.isDir(dir):
		if own {
			r.missingChart(c, at)
		}
		return c
	case !r.tree.isFile(path.Join(dir, "Chart.yaml")):
		if own {
			c.flaw(ChartMissing, at, "%s takes its chart from %q, which has no Chart.yaml%s", o, dir, r.onDisk(path.Join(dir, "Chart.yaml")))
		}
		return c
	}
	in := r.chartInput(k, c, own)
	if len(c.Flaws) == 0 {
		r.render(c, in)
	}
	return c
}

// named is where the HelmRelease names its chart: of one that is packed there is no
// better place.
func (c *Chart) named() diag.Pos { return c.Release.Place("spec.chart.spec.chart") }

// missingChart tells of a chart that the repository does not have.
func (r *reader) missingChart(c *Chart, at diag.Pos) {
	f := c.flaw(ChartMissing, at, "%s takes its chart from %q, which does not exist in the repository%s", c.Release, c.Dir, r.onDisk(c.Dir)).
		Propose(c.Dir, r.chartsBeside(c.Dir))
	if r.tree.hidden(c.Dir) {
		f.Advise("run `git add %s`: Flux gets only what is committed", c.Dir)
	}
}

// onDisk adds to a sentence that what is missing is there, but for git.
func (r *reader) onDisk(name string) string {
	if r.tree.hidden(name) {
		return ": it " + onDiskOnly
	}
	return ""
}

// chartsBeside gives the charts beside a path, packed ones among them.
func (r *reader) chartsBeside(dir string) []string {
	var out []string
	for _, base := range r.tree.dirs[path.Dir(dir)] {
		if other := path.Join(path.Dir(dir), base); path.Ext(other) == ".tgz" || r.tree.isFile(path.Join(other, "Chart.yaml")) {
			out = append(out, other)
		}
	}
	return out
}

// ReleaseName is how Helm calls the release of a HelmRelease.
func ReleaseName(o *model.Object) string {
	return model.ReleaseName(o.Name, o.Text("spec", "releaseName"), o.Text("spec", "targetNamespace"))
}

// ReleaseNamespace is where the objects of a HelmRelease live.
func ReleaseNamespace(o *model.Object) string {
	return cmp.Or(o.Text("spec", "targetNamespace"), o.Namespace)
}
