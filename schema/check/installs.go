package check

import (
	"cmp"
	"slices"

	"ichor/schema/depend"
	"ichor/schema/model"
)

// install is a HelmRelease, wherever it stands: that of a service, one among its
// inline objects, or one in its directory.
type install struct {
	service *model.Service
	*model.Object
}

// charted is a HelmRelease with what it installs.
type charted struct {
	install
	chart depend.Installed // unset for a chart that lies in files
}

// charts gives all HelmReleases of the cluster. A chart that lies in files is not the
// one that others know by its name.
func charts(c *model.Cluster) []charted {
	var out []charted
	source := depend.Source(c.Units)
	for _, s := range c.Services {
		for _, i := range installsOf(s) {
			x := charted{install: i}
			kind := i.Text("spec", "chart", "spec", "sourceRef", "kind")
			if kind != "GitRepository" && kind != "Bucket" && !(i.own() && s.Helm.Path.IsSet()) {
				x.chart = depend.InstalledBy(i.Object, source)
			}
			out = append(out, x)
		}
	}
	return out
}

func installsOf(s *model.Service) []install {
	var out []install
	for _, o := range depend.Releases(s) {
		out = append(out, install{s, o})
	}
	return out
}

// own reports whether it is what the spec says of a service by `helm`.
func (i install) own() bool { return i.service.Helm != nil && i.Pos == i.service.Helm.Pos }

// values are those of the release; nil where it has none.
func (i install) values() *model.Tree { return i.Body.Lookup("spec", "values") }

// release is how Helm calls the release.
func (i install) release() string {
	return model.ReleaseName(i.Name, i.Text("spec", "releaseName"), i.Text("spec", "targetNamespace"))
}

// into is the namespace that the chart is installed into.
func (i install) into() string { return cmp.Or(i.Text("spec", "targetNamespace"), i.Namespace) }

// at gives the namespace that the chart is installed into, and where it is said.
func (i install) at() model.At[string] {
	if i.own() {
		return i.service.Namespace
	}
	field := "metadata.namespace"
	if i.Text("spec", "targetNamespace") != "" {
		field = "spec.targetNamespace"
	}
	return model.At[string]{V: i.into(), Pos: i.Place(field)}
}

// chartInstall gives the first HelmRelease that installs a chart of that name, or
// nil.
func chartInstall(c *model.Cluster, chart string) *charted {
	all := charts(c)
	i := slices.IndexFunc(all, func(x charted) bool { return x.chart.Name.V == chart })
	if i < 0 {
		return nil
	}
	return &all[i]
}
