package check

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var chartRules = []rule{
	{diag.Rule{
		Code: "chart-source", Severity: diag.Error,
		Summary: "A Helm release does not name its chart correctly. It requires either `repository`, `chart` and `version` of a Helm repository, or the `path` of a chart in this repository. Flux must then fetch this repository as a GitRepository or a Bucket: Flux installs no chart from an OCIRepository that holds more than the chart.",
		Wrong:   `cluster: services: web: {namespace: "web", helm: {chart: "web", version: "1.0.0", path: "charts/web"}}`,
		Right:   `cluster: services: web: {namespace: "web", helm: path: "charts/web"}`,
		Source:  "Flux documentation, HelmRelease, chart template; HelmChart, source reference",
	}, chartSources},
}

func chartSources(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		if s.Helm == nil {
			continue
		}
		h := s.Helm
		said, lacking := wordsOfRepository(h)
		switch {
		case !h.Path.IsSet() && len(lacking) > 0:
			r.Add(h.Pos, s.Name.Path+".helm", fmt.Sprintf("the chart of service %q lacks %s", s.Name.V, strings.Join(lacking, " and "))).
				Advise("name a chart of a Helm repository by `repository`, `chart` and `version`, or a chart of this repository by `path`")
		case h.Path.IsSet() && len(said) > 0:
			at(r, h.Path, "service %q names a chart of this repository and a chart of a Helm repository", s.Name.V).
				Note(said[0].Pos, "this field is for a Helm repository").
				Advise("keep `path`, or `repository`, `chart` and `version`")
		case h.Path.IsSet() && c.Flux.Source.Kind.V == "OCIRepository":
			at(r, h.Path, "service %q takes its chart from this repository, which Flux fetches as an OCIRepository", s.Name.V).
				Note(c.Flux.Source.Kind.Pos, "Flux's source").
				Advise("put the chart into a Helm repository, or let Flux fetch this repository as a GitRepository")
		}
	}
}

// wordsOfRepository gives what a release says of a chart of a Helm repository, and
// the fields that it lacks for one.
func wordsOfRepository(h *model.Helm) (said []model.At[string], lacking []string) {
	for _, f := range []struct {
		name string
		at   model.At[string]
	}{{"repository", h.Repository.Name}, {"chart", h.Chart}, {"version", h.Version}} {
		if f.at.IsSet() {
			said = append(said, f.at)
		} else {
			lacking = append(lacking, "`"+f.name+"`")
		}
	}
	return said, lacking
}
