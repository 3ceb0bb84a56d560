package scan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// chartCase has the files of a chart web, the spec of its HelmRelease beside the
// chart, and what comes out: objects as kind namespace/name, with a question mark
// behind one that is not sure, and an asterisk first where all is known.
type chartCase struct {
	name  string
	files map[string]string
	spec  string
	want  []string
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"

func configMapNamed(name string) string { return fmt.Sprintf(configMap, name) }

var chartCases = []chartCase{
	{
		name:  "namespaces and releases",
		files: map[string]string{"templates/a.yaml": configMapNamed("{{ .Release.Name }}") + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ns}\n"},
		spec:  "targetNamespace: other",
		want:  []string{"*", "ConfigMap other/other-web", "Namespace /ns"},
	},
	{
		name: "random names are left out, and random values do not make a Secret unsure",
		files: map[string]string{
			"templates/a.yaml": configMapNamed("a-{{ randAlphaNum 8 | lower }}"),
			"templates/b.yaml": configMapNamed("b") + "data: {key: {{ randAlphaNum 8 }}}\n",
			"templates/c.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec: {externalName: {{ uuidv4 }}}\n",
		},
		want: []string{"ConfigMap web/b", "Service web/c?"},
	},
	{
		name:  "the clock stands still",
		files: map[string]string{"templates/a.yaml": configMapNamed(`{{ printf "at-now-%s" (now | date "20060102") }}`)},
		want:  []string{"*", "ConfigMap web/at-now-20010101"},
	},
	{
		name:  "entries of a map in any order",
		files: map[string]string{"templates/a.yaml": configMapNamed(`{{ keys .Values.a | first }}`), "values.yaml": "a: {x: 1, y: 2}\n"},
	},
	{
		name: "what the cluster serves",
		files: map[string]string{"templates/a.yaml": `{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: a}
{{- end }}
`, "templates/b.yaml": configMapNamed("b")},
		want: []string{"ConfigMap web/b", "ServiceMonitor web/a?"},
	},
	{
		name:  "values that are not seen",
		files: map[string]string{"templates/a.yaml": configMapNamed("a")},
		spec:  "valuesFrom: [{kind: Secret, name: s}]",
		want:  []string{"ConfigMap web/a?"},
	},
	{
		name: "values over values",
		files: map[string]string{
			"values.yaml":      "name: a\nmore: {x: 1, y: 1}\n",
			"values-x.yaml":    "name: b\nmore: {x: 2, y: 2}\n",
			"templates/a.yaml": configMapNamed("{{ .Values.name }}-{{ .Values.more.x }}-{{ .Values.more.y }}"),
		},
		spec: "values: {more: {y: 3}}\n  valuesFrom: [{kind: ConfigMap, name: settings}]",
		want: []string{"*", "ConfigMap web/from-2-3"},
	},
	{
		name:  "the version as Flux gives it to a chart with files of values",
		files: map[string]string{"values.yaml": "{}", "values-x.yaml": "{}", "templates/a.yaml": configMapNamed(`{{ .Chart.Version | replace "+" "-" }}`)},
		want:  []string{"*", "ConfigMap web/0.1.0-1"},
	},
	{
		name: "dependencies: in the chart, beside it, switched off, and elsewhere",
		files: map[string]string{
			"Chart.yaml": `{apiVersion: v2, name: web, version: 0.1.0, dependencies: [
  {name: in, version: 0.1.0, alias: inner}, {name: beside, version: 0.1.0, repository: "file://../beside"},
  {name: gone, version: 0.1.0, condition: gone.enabled}]}`,
			"values.yaml":                       "inner: {name: inner}\ngone: {enabled: false}\n",
			"charts/in/Chart.yaml":              "{apiVersion: v2, name: in, version: 0.1.0}",
			"charts/in/templates/a.yaml":        configMapNamed("{{ .Values.name }}"),
			"../beside/Chart.yaml":              "{apiVersion: v2, name: beside, version: 0.1.0}",
			"../beside/templates/a.yaml":        configMapNamed("beside"),
			"charts/gone/Chart.yaml":            "{apiVersion: v2, name: gone, version: 0.1.0}",
			"charts/gone/templates/a.yaml":      configMapNamed("gone"),
			".helmignore":                       "*.swp.yaml\nhidden/\n",
			"templates/b.swp.yaml":              configMapNamed("ignored"),
			"templates/hidden/b.yaml":           configMapNamed("ignored"),
			"templates/tests/b.yaml":            "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n",
			"templates/NOTES.txt":               "a: b: c",
			"templates/_helpers.tpl":            "a: b: c",
			"templates/delete.yaml":             "apiVersion: batch/v1\nkind: Job\nmetadata: {name: d, annotations: {helm.sh/hook: pre-delete}}\n",
			"crds/widgets.yaml":                 "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w}\n",
			"charts/in/templates/_helpers.tpl":  "{{- define \"x\" }}{{ end }}",
			"charts/in/crds/gadgets.yaml":       "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: g}\n",
			"charts/in/templates/nothing.yaml":  "# {{ .Values.name }}\n",
			"charts/in/templates/nothing2.yaml": "",
		},
		want: []string{"*", "ConfigMap web/beside", "ConfigMap web/inner", "CustomResourceDefinition /g", "CustomResourceDefinition /w"},
	},
	{
		name: "a dependency that is fetched",
		files: map[string]string{
			"Chart.yaml":       `{apiVersion: v2, name: web, version: 0.1.0, dependencies: [{name: redis, version: 1.x.x, repository: "https://charts.example.com"}]}`,
			"templates/a.yaml": configMapNamed("a"),
		},
		want: []string{"ConfigMap web/a?"},
	},
	{
		name:  "changed after",
		files: map[string]string{"templates/a.yaml": configMapNamed("a")},
		spec:  "postRenderers: [{kustomize: {patches: []}}]",
		want:  []string{"ConfigMap web/a?"},
	},
	{
		name:  "without kinds",
		files: map[string]string{"templates/a.yaml": configMapNamed("a"), "crds/w.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w}\n"},
		spec:  "install: {crds: Skip}",
		want:  []string{"*", "ConfigMap web/a"},
	},
	{
		name:  "a variable that is not known",
		files: map[string]string{"templates/a.yaml": "{{ if .Values.on }}" + configMapNamed("a") + "{{ end }}", "templates/b.yaml": configMapNamed("b"), "templates/c.yaml": configMapNamed("c") + "data: {host: {{ .Values.host | quote }}}\n"},
		spec:  "values: {on: \"${ON}\", host: \"x.${DOMAIN}\"}",
		want:  []string{"ConfigMap web/a?", "ConfigMap web/b", "ConfigMap web/c"},
	},
}

const chartCluster = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: Secret, name: cluster}]}
`

const chartRelease = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}%s}}
  %s
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: web}
data: {values.yaml: "{name: from, more: {y: 4}}"}
`

func TestCharts(t *testing.T) {
	for _, c := range chartCases {
		t.Run(c.name, func(t *testing.T) {
			for range 3 { // chance plays no part
				if d := cmp.Diff(c.want, c.render(t)); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

func (c chartCase) render(t *testing.T) []string {
	t.Helper()
	more := ""
	if _, ok := c.files["values-x.yaml"]; ok {
		more = ", valuesFiles: [charts/web/values.yaml, charts/web/values-x.yaml]"
	}
	files := fstest.MapFS{
		"flux/ks.yaml": {Data: []byte(chartCluster)}, "apps/web.yaml": {Data: fmt.Appendf(nil, chartRelease, more, c.spec)},
		"charts/web/Chart.yaml": {Data: []byte("{apiVersion: v2, name: web, version: 0.1.0}")},
	}
	for name, text := range c.files {
		files[strings.ReplaceAll("charts/web/"+name, "web/../", "")] = &fstest.MapFile{Data: []byte(text)}
	}
	all, err := All(files)
	if err != nil {
		t.Fatal(err)
	}
	k := Read(all).Clusters[0].Kustomizations[0]
	if len(k.Charts) != 1 || k.Failed != nil {
		t.Fatalf("%d charts; %v", len(k.Charts), k.Failed)
	}
	for _, f := range k.Charts[0].Flaws {
		t.Errorf("%s: %s", f.Pos, f.Message)
	}
	return summary(k.Charts[0])
}

func summary(c *Chart) []string {
	var out []string
	if c.Release.Rendered {
		out = append(out, "*")
	}
	for _, o := range c.Objects {
		line := o.Kind + " " + o.Namespace + "/" + o.Name
		if o.Unsure {
			line += "?"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}
