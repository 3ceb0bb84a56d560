package audit

import (
	"ichor/schema/diag"
	"ichor/schema/scan"
)

// chartRules tell of charts that lie in the repository itself.
var chartRules = []rule{
	{diag.Rule{
		Code: scan.ChartMissing, Severity: diag.Error,
		Summary: "A HelmRelease takes its chart, or a file of values, from a path that the repository does not have: Flux has nothing to install.",
		Wrong:   "chart: spec: {chart: ./charts/wbe, sourceRef: {kind: GitRepository, name: flux-system}}   # there is ./charts/web",
		Right:   "chart: spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}",
		Source:  "Flux source-controller: HelmChart, chart metadata is missing",
	}, flaws(scan.ChartMissing)},
	{diag.Rule{
		Code: scan.ChartTemplate, Severity: diag.Error,
		Summary: "Helm cannot render a chart of the repository with the values of its HelmRelease. Where values that are not seen may be the reason, nothing is said.",
		Wrong:   `name: {{ include "web.fulname" . }}   # _helpers.tpl defines web.fullname`,
		Right:   `name: {{ include "web.fullname" . }}`,
		Source:  "Helm, rendered as helm-controller does: install retries exhausted",
	}, flaws(scan.ChartTemplate)},
	{diag.Rule{
		Code: scan.ChartYAML, Severity: diag.Error,
		Summary: "A chart of the repository renders a template to what is no YAML, has a key twice, or is no object: Flux installs nothing of the chart.",
		Wrong:   "script: |\n{{ .Files.Get \"run.sh\" }}   # at the first column",
		Right:   "script: |\n{{ .Files.Get \"run.sh\" | indent 4 }}",
		Source:  "Helm: YAML parse error; helm-controller reads what is rendered with kustomize, which refuses a key that is there twice",
	}, flaws(scan.ChartYAML)},
	{diag.Rule{
		Code: scan.ChartValues, Severity: diag.Error,
		Summary: "The values.schema.json of a chart of the repository refuses the values of its HelmRelease: Helm installs nothing.",
		Wrong:   `values: replicas: "2"   # of which the schema says integer`,
		Right:   "values: replicas: 2",
		Source:  "Helm documentation, Charts, schema files",
	}, flaws(scan.ChartValues)},
	{diag.Rule{
		Code: scan.HookOrder, Severity: diag.Warning,
		Summary: "A hook of a chart runs a pod before Helm makes the ServiceAccount, ConfigMap or Secret that it uses: the pod does not start, and the installation waits for it until it fails.",
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
