package audit

import (
	"ichor/schema/diag"
	"ichor/schema/scan"
)

// chartRules tell of charts that lie in the repository itself.
var chartRules = []rule{
	{diag.Rule{
		Code: scan.ChartMissing, Severity: diag.Error,
		Summary: "A HelmRelease names a path for its chart, or for a file of values, that does not exist in the repository, so Flux has nothing to install.",
		Wrong:   "chart: spec: {chart: ./charts/wbe, sourceRef: {kind: GitRepository, name: flux-system}}   # there is ./charts/web",
		Right:   "chart: spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}",
		Source:  "Flux source-controller: HelmChart, chart metadata is missing",
	}, flaws(scan.ChartMissing)},
	{diag.Rule{
		Code: scan.ChartTemplate, Severity: diag.Error,
		Summary: "Helm cannot render a chart of the repository with the values of its HelmRelease. ichor reports nothing where values that it cannot see may be the reason.",
		Wrong:   `name: {{ include "web.fulname" . }}   # _helpers.tpl defines web.fullname`,
		Right:   `name: {{ include "web.fullname" . }}`,
		Source:  "Helm, rendered as helm-controller does: install retries exhausted",
	}, flaws(scan.ChartTemplate)},
	{diag.Rule{
		Code: scan.ChartYAML, Severity: diag.Error,
		Summary: "A template of a chart in the repository renders to text that is not YAML, that has a key twice, or that is not an object, so Flux installs nothing of the chart.",
		Wrong:   "script: |\n{{ .Files.Get \"run.sh\" }}   # at the first column",
		Right:   "script: |\n{{ .Files.Get \"run.sh\" | indent 4 }}",
		Source:  "Helm: YAML parse error; helm-controller reads what is rendered with kustomize, which refuses a key that is there twice",
	}, flaws(scan.ChartYAML)},
	{diag.Rule{
		Code: scan.ChartValues, Severity: diag.Error,
		Summary: "The values.schema.json of a chart in the repository rejects the values of its HelmRelease, so Helm installs nothing.",
		Wrong:   `values: replicas: "2"   # of which the schema says integer`,
		Right:   "values: replicas: 2",
		Source:  "Helm documentation, Charts, schema files",
	}, flaws(scan.ChartValues)},
	{diag.Rule{
		Code: scan.HookOrder, Severity: diag.Warning,
		Summary: "A hook of a chart runs a pod before Helm creates the ServiceAccount, ConfigMap or Secret that the pod uses. The pod does not start, and the installation waits for the pod until the installation fails.",
		Wrong:   `Job: helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"   # its ServiceAccount has weight "0"`,
		Right:   `ServiceAccount: helm.sh/hook-weight: "-10", Job: helm.sh/hook-weight: "-5"`,
		Source:  "Helm documentation, Chart Hooks: by weight; Helm's execHook: then by name, and by kind only where two have one name",
	}, flaws(scan.HookOrder)},
}

// flaws gives a rule that tells of the flaws of a code, each once: several
// releases of one chart have the same.
func flaws(code string) func(*Cluster, *diag.Report) {
	return func(c *Cluster, r *diag.Report) {
		seen := map[string]bool{}
		for _, k := range c.Kustomizations {
			for _, chart := range k.Charts {
				for _, f := range chart.Flaws {
					if at := f.Pos.String() + f.Message; f.Code == code && !seen[at] {
						seen[at] = true
						f.Path = k.ID()
						r.Found = append(r.Found, f)
					}
				}
			}
		}
	}
}
