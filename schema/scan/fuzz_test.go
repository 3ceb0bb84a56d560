package scan

import (
	"regexp"
	"testing"
)

// FuzzKustomization reads any kustomization file beside a few others. Nothing
// panics, nothing is started, nothing requested.
func FuzzKustomization(f *testing.F) {
	g := newGuard(f)
	for path, beside := range namesFiles {
		for _, text := range g.addresses()[:8] {
			tree := holdingText(path, text, beside)
			f.Add(inStyle(tree, text, styles[0]), "resources: [cm.yaml]")
		}
	}
	for _, files := range wallCases {
		f.Add(files["apps/kustomization.yaml"], files["p/kustomization.yaml"])
	}
	f.Fuzz(func(t *testing.T, kustomization, other string) {
		Read(filesOf(wallFiles(kustomization, map[string]string{
			"p/kustomization.yaml": other, "p/p.yaml": "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}}", "apps/p.yaml": kustomization, "p/cm.yaml": configMapNamed("p"),
		})))
		if seen := g.seen(); seen != nil {
			t.Errorf("%q", seen)
		}
	})
}

// FuzzChart renders a chart of any template and values. Nothing panics, nothing is
// started, nothing requested.
func FuzzChart(f *testing.F) {
	g := newGuard(f)
	for _, c := range chartCases {
		f.Add(c.files["templates/a.yaml"], c.files["values.yaml"], "dependencies: []")
	}
	f.Add(`{{ lookup "v1" "Secret" "a" "b" }}{{ env "PATH" }}{{ getHostByName "example.com" }}{{ .Files.Get "/etc/passwd" }}`, "", `dependencies: [{name: web, repository: "file://."}, {name: a, repository: "https://example.com"}]`)
	f.Fuzz(func(t *testing.T, template, values, chart string) {
		if text := template + values; len(text) > 1<<12 || endless.MatchString(text) {
			return
		}
		Read(filesOf(map[string]string{
			"cluster/ks.yaml": wallRoot, "apps/hr.yaml": fuzzedRelease,
			"charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n" + chart, "charts/web/values.yaml": values, "charts/web/templates/a.yaml": template,
		}))
		if seen := g.seen(); seen != nil {
			t.Errorf("%q", seen)
		}
	})
}

// endless are functions of templates with which a chart may run on: only the limits
// of the whole process end that.
var endless = regexp.MustCompile(`\d{3}|[eExX]\d|tpl|repeat|until|seq|gen[PCS]|bcrypt|htpasswd|derive|define|template|include|block`)

const fuzzedRelease = `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec: {interval: 1h, chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}}
`
