package depend

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// chartOf gives the name of the chart that a HelmRelease installs: of an OCI
// repository the last part of its address, which the objects around tell.
func chartOf(o *model.Object, sources map[string]*model.Object) string {
	if name := o.Text("spec", "chart", "spec", "chart"); name != "" {
		return path.Base(name)
	}
	ref := o.Body.Lookup("spec", "chartRef")
	if ref == nil {
		return ""
	}
	name := ref.Lookup("name").Text()
	id := ref.Lookup("kind").Text() + "/" + cmp.Or(ref.Lookup("namespace").Text(), o.Namespace) + "/" + name
	if source := sources[id]; source != nil {
		if url := source.Text("spec", "url"); url != "" {
			return path.Base(strings.TrimSuffix(url, "/"))
		}
		return path.Base(source.Text("spec", "chart"))
	}
	return name
}

// Installed is the chart of a HelmRelease as it is written: its name, and the
// version that the release or its source asks for.
type Installed struct{ Name, Version model.At[string] }

// InstalledBy gives the chart of a HelmRelease. source gives the object of a source
// of Flux; nil for one that is not seen.
func InstalledBy(o *model.Object, source func(kind, namespace, name string) *model.Object) Installed {
	if spec := o.Body.Lookup("spec", "chart", "spec"); spec != nil {
		chart := said(spec, "chart")
		chart.V = path.Base(chart.V)
		return Installed{chart, said(spec, "version")}
	}
	ref := o.Body.Lookup("spec", "chartRef")
	if ref.Lookup("kind").Text() != "OCIRepository" {
		return Installed{}
	}
	of := source("OCIRepository", cmp.Or(ref.Lookup("namespace").Text(), o.Namespace), ref.Lookup("name").Text())
	if of == nil {
		return Installed{}
	}
	url := said(of.Body, "spec", "url")
	url.V = path.Base(url.V)
	return Installed{url, said(of.Body, "spec", "ref", "tag")}
}

// said gives a text with its place; of one that is not there, that of what is
// around it.
func said(t *model.Tree, field ...string) model.At[string] {
	out := model.At[string]{Pos: t.Place(strings.Join(field, "."))}
	if v := t.Lookup(field...); v != nil {
		out.V, out.Path = v.Text(), v.Path
	}
	return out
}

// release adds what the values of a HelmRelease name as its own: classes that
// charts of storage make. What the chart brings by itself is added by its name.
func (f *facts) release(o *model.Object) {
	o.Body.Lookup("spec", "values").Walk(func(t *model.Tree) {
		kind := classOf(t.Key)
		if kind == "" || t.Lookup("enabled").Text() == "false" {
			return
		}
		if t.IsMap {
			f.chart(kind, texts(t.Lookup("name")), o)
		}
		for _, item := range t.List {
			f.chart(kind, texts(item.Lookup("name")), o)
		}
	})
	// Its own namespace is there before it.
	if of := scan.ReleaseNamespace(o); of != o.Namespace && o.Text("spec", "install", "createNamespace") == "true" {
		f.add(model.KindNamespace, of, o)
	}
}

var classKey = regexp.MustCompile(`(?i)(storage|snapshot)class(es)?$`)

// classOf tells which classes a value of a chart makes, by its name; empty for
// none.
func classOf(key string) string {
	switch m := classKey.FindStringSubmatch(key); {
	case m == nil:
		return ""
	case strings.EqualFold(m[1], "snapshot"):
		return model.KindSnapshotClass
	}
	return model.KindStorageClass
}

func texts(t *model.Tree) []string {
	if s := t.Text(); s != "" {
		return []string{s}
	}
	return nil
}

// withoutCRDs reports whether the values of a HelmRelease keep its chart from
// installing kinds, in the words that charts use for it.
func withoutCRDs(o *model.Object) bool {
	values := o.Body.Lookup("spec", "values")
	for _, field := range [][]string{{"crds", "enabled"}, {"installCRDs"}, {"crds", "install"}, {"crds", "create"}} {
		if values.Lookup(field...).Text() == "false" {
			return true
		}
	}
	return false
}

// brought adds what a chart brings by the table of charts.
func (f *facts) brought(name string, o *model.Object) {
	f.chart(model.KindChart, []string{name}, o)
	c, ok := ChartOf(name)
	if !ok || o.Rendered {
		return // of one that is rendered, its objects tell
	}
	if !withoutCRDs(o) {
		f.chart(model.KindCRD, c.CRDs, o)
	}
	f.chart(model.KindOperator, c.Operates, o)
	f.chart(model.KindWebhook, c.Webhooks, o)
	f.chart(model.KindStorageClass, c.StorageClasses, o)
	f.chart(model.KindSnapshotClass, c.SnapshotClasses, o)
	f.chart(model.KindIngressClass, c.IngressClasses, o)
	f.chart(model.KindGatewayClass, c.GatewayClasses, o)
	f.chart(model.KindRuntimeClass, c.RuntimeClasses, o)
	f.chart(model.KindDeviceClass, c.DeviceClasses, o)
	f.chart(model.KindPriorityClass, c.PriorityClasses, o)
	f.chart(model.KindDevice, c.Resources, o)
	f.chart(model.KindNodeLabel, c.Labels, o)
	f.chart(model.KindNamespace, c.Namespaces, o)
	for _, s := range c.Services {
		f.chart(model.KindService, []string{scan.ReleaseNamespace(o) + "/" + s.In(scan.ReleaseName(o), name)}, o)
	}
}
