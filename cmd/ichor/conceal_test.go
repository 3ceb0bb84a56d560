package main

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// What Helm, kustomize, YAML's library and our own rules say of a file may quote its
// values. Each repository has the same secret where one of them quotes it; none of the
// forms prints it.
func TestNoFormTellsASecret(t *testing.T) {
	const password = "correct horse Tr0ub4dor"
	const plain = "xkcdbatterystaple" // has the form of no secret: its label alone says so
	encoded := base64.StdEncoding.EncodeToString([]byte(plain))
	release := func(values string) string {
		return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: web}\nspec:\n  interval: 1h\n" +
			"  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}\n  values:\n" + values
	}
	const credentials = "    auth:\n      adminPassword: " + plain + "\n      token: |\n        " + password + "\n"
	const chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
	for name, files := range map[string]map[string]string{
		"chart-fail":           {"a.yaml": release(credentials), "chart/templates/a.yaml": `{{ fail (printf "no: %s" .Values.auth.adminPassword) }}`},
		"chart-fail-base64":    {"a.yaml": release(credentials), "chart/templates/a.yaml": `{{ fail (b64enc .Values.auth.adminPassword) }}`},
		"chart-fail-quoted":    {"a.yaml": release(credentials), "chart/templates/a.yaml": `{{ fail (quote .Values.auth.token) }}`},
		"chart-fail-defaults":  {"a.yaml": release("    a: b\n"), "chart/values.yaml": "adminPassword: " + plain + "\n", "chart/templates/a.yaml": `{{ fail .Values.adminPassword }}`},
		"chart-required":       {"a.yaml": release(credentials), "chart/templates/a.yaml": `{{ required .Values.auth.adminPassword .Values.missing }}`},
		"chart-rendered":       {"a.yaml": release(credentials), "chart/templates/a.yaml": "a:\n  b: c\n {{ .Values.auth.adminPassword }}: [\n"},
		"chart-values-schema":  {"a.yaml": release(credentials), "chart/values.schema.json": `{"properties":{"auth":{"properties":{"adminPassword":{"enum":["x"]}}}}}`},
		"helmrelease-value":    {"a.yaml": strings.Replace(release(credentials), "interval: 1h", "interval: 1h\n  timeout: {adminPassword: "+plain+"}", 1)},
		"kustomize-literal":    {"kustomization.yaml": "secretGenerator: [{name: s, literals: [\"" + plain + "\"]}]\n"},
		"kustomize-patch":      {"kustomization.yaml": "resources: [a.yaml]\npatches: [{target: {kind: Secret}, patch: \"[{op: replace, path: /data/x/y/z, value: " + plain + "}]\"}]\n", "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: " + plain + "}\n"},
		"kustomize-nested":     {"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: [" + plain + "]}\nstringData: {password: " + plain + "}\n"},
		"secret-type":          {"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: {is: " + plain + "}}\n"},
		"secret-base64":        {"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: " + plain + "!\n  other: " + encoded + "\n"},
		"secret-number":        {"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  other: 987654321987\n"},
		"secret-line":          {"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: Tr0ub4dor-hunter2\n  [\n"},
		"deployment-env":       {"a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n      - name: a\n        image: b\n        env: [{name: DB_PASSWORD, value: [Tr0ub4dor-hunter2]}]\n"},
		"configmap-and-anyone": {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {password: Tr0ub4dor-hunter2}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: Tr0ub4dor-hunter2, ports: [{port: 80}]}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]string{"cluster/flux-system.yaml": auditRoot, "cluster/web.yaml": strings.NewReplacer("{name: flux-system, ", "{name: web, ", "./cluster", "./apps").Replace(auditRoot)}
			for file, content := range files {
				if strings.HasPrefix(file, "chart/") {
					all[file], all["chart/Chart.yaml"] = content, chart
					continue
				}
				all["apps/"+file] = content
			}
			root := written(t, all)
			for _, form := range []string{"text", "json", "github", "sarif"} {
				var out, errs bytes.Buffer
				run([]string{"audit", "--show", "info", "-o", form, root}, streams{&out, &errs})
				if out.Len() == 0 && form != "github" {
					t.Errorf("%s says nothing: %s", form, errs.String())
				}
				for _, s := range []string{plain, plain[:7], encoded, password, "Tr0ub4dor", "987654321987"} {
					if strings.Contains(out.String()+errs.String(), s) {
						t.Errorf("%s tells %s:\n%s%s", form, s, out.String()[:min(out.Len(), 3000)], errs.String())
						break
					}
				}
			}
		})
	}
}

// The lines around an edit of --fix may hold secrets.
func TestNoEditTellsASecret(t *testing.T) {
	const token = "ghp" + "_0123456789abcdefghijABCDEFGHIJ012345"
	web := strings.NewReplacer("{name: flux-system, ", "{name: web, ", "./cluster", "./apps").Replace(auditRoot)
	root := written(t, map[string]string{
		"cluster/flux-system.yaml": auditRoot,
		"cluster/operator.yaml":    strings.NewReplacer("{name: flux-system, ", "{name: operator, ", "./cluster", "./operator").Replace(auditRoot),
		"operator/crd.yaml":        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]\n",
		"cluster/web.yaml":         web + "\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: app\n  namespace: flux-system\nspec:\n  postBuild:\n    substitute:\n      GH: " + token + "\n  interval: 1h\n  path: ./app\n  prune: true\n  sourceRef: {kind: GitRepository, name: flux-system}\n",
		"apps/a.yaml":              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: flux-system}\n",
		"app/a.yaml":               "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, namespace: flux-system}\n",
	})
	var out, errs bytes.Buffer
	run([]string{"audit", "--fix", "--dry-run", root}, streams{&out, &errs})
	if text := out.String() + errs.String(); strings.Contains(text, token) || !strings.Contains(text, "+  dependsOn:") || !strings.Contains(text, "(hidden)") {
		t.Errorf("%s", text)
	}
}

// The author's words in `fail` are for the user, and stay.
func TestWordsOfFailStay(t *testing.T) {
	root := written(t, map[string]string{
		"cluster/flux-system.yaml": auditRoot, "cluster/web.yaml": strings.NewReplacer("{name: flux-system, ", "{name: web, ", "./cluster", "./apps").Replace(auditRoot),
		"apps/a.yaml":      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: web}\nspec:\n  interval: 1h\n  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}\n  values: {host: a}\n",
		"chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "chart/templates/a.yaml": `{{ fail "you must set adminPassword, or existingSecret" }}`,
	})
	var out, errs bytes.Buffer
	run([]string{"audit", root}, streams{&out, &errs})
	if !strings.Contains(out.String(), "you must set adminPassword, or existingSecret") {
		t.Errorf("%s%s", out.String(), errs.String())
	}
}
