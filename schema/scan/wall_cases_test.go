package scan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wallCases are ways around a filter that looks at the text of a kustomization
// file. @ stands for the address of a server.
var wallCases = map[string]map[string]string{
	"a key twice":                     {"apps/kustomization.yaml": "resources: [cm.yaml]\nresources: [\"@/a.yaml\"]\n"},
	"other letters":                   {"apps/kustomization.yaml": "Resources: [\"@/a.yaml\"]\nPATCHES: [{PATH: \"@/p\"}]\nbaſes: [\"git@127.0.0.1:o/r\"]\n"},
	"a merge key":                     {"apps/kustomization.yaml": "<<: &m {resources: [\"@/a.yaml\"]}\n"},
	"an anchor":                       {"apps/kustomization.yaml": "namePrefix: &a \"@/a.yaml\"\nresources: [*a]\npatches: [{path: *a}]\n"},
	"several documents":               {"apps/kustomization.yaml": "resources: [\"@/a.yaml\"]\n---\nresources: [cm.yaml]\n"},
	"an unknown field":                {"apps/kustomization.yaml": "resources: [\"@/a.yaml\", cm.yaml]\nx: y\n"},
	"below other names":               {"apps/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yml": "resources: [\"@/a.yaml\"]\n"},
	"without extension":               {"apps/kustomization.yaml": "resources: [../b]\n", "b/Kustomization": "resources: [\"@/a.yaml\"]\n"},
	"a local file":                    {"apps/kustomization.yaml": "resources: [\"http://127.0.0.1/a.yaml\"]\n", "apps/http:/127.0.0.1/a.yaml": "{}"},
	"a local directory":               {"apps/kustomization.yaml": "resources: [github.com/o/r, git@h:o/r]\n", "apps/github.com/o/r/kustomization.yaml": "resources: [../../../cm.yaml]", "apps/git@h:o/r/kustomization.yaml": "namePrefix: a"},
	"a local component":               {"apps/kustomization.yaml": "components: [github.com/o/r]\n", "apps/github.com/o/r/kustomization.yaml": "kind: Component"},
	"several plugins":                 {"apps/kustomization.yaml": "transformers:\n- |\n  {apiVersion: builtin, kind: HashTransformer, metadata: {name: a}}\n  ---\n  {apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: \"@/a\"}\n"},
	"a list of plugins":               {"apps/kustomization.yaml": "transformers:\n- |\n  {apiVersion: v1, kind: List, metadata: {name: l}, items: [{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: \"@/a\"}]}\n"},
	"a case of plugins":               {"apps/kustomization.yaml": "transformers:\n- |\n  {apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, pAth: \"@/a\"}\n"},
	"plugins with a key twice":        {"apps/kustomization.yaml": "transformers:\n- |\n  {apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: p, path: \"@/a\"}\n"},
	"plugins as a kustomization file": {"apps/kustomization.yaml": "transformers: [../p/kustomization.yaml]\n", "p/kustomization.yaml": "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: \"@/a\"}"},
	"plugins patched": {
		"apps/kustomization.yaml": "resources: [cm.yaml]\ntransformers: [../p]\ngenerators: [../p]\n",
		"p/kustomization.yaml":    "resources: [p.yaml]\npatches: [{target: {}, patch: '[{op: add, path: /path, value: \"@/a\"}, {op: add, path: /files, value: [\"@/f\"]}]'}]\n",
		"p/p.yaml":                "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}}\n---\n{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: c}}",
	},
	"plugins with local-config": {
		"apps/kustomization.yaml": "resources: [cm.yaml]\ntransformers: [../p]\n",
		"p/kustomization.yaml":    "resources: [p.yaml]\ncommonAnnotations: {config.kubernetes.io/local-config: \"true\"}\n",
		"p/p.yaml":                "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: \"@/a\"}",
	},
	"plugins whose address is a name": {
		"apps/kustomization.yaml": "resources: [cm.yaml]\ntransformers: [../p]\n",
		"p/kustomization.yaml":    "resources: [p.yaml, q.yaml]\nnamePrefix: x-\nconfigurations: [c.yaml]\n",
		"p/p.yaml":                "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: \"@/a\"}",
		"p/q.yaml":                "{apiVersion: builtin, kind: HashTransformer, metadata: {name: \"@/a\"}}",
		"p/c.yaml":                "nameReference: [{kind: HashTransformer, fieldSpecs: [{kind: PatchTransformer, path: path}]}]",
	},
	"plugins of plugins": {
		"apps/kustomization.yaml": "resources: [cm.yaml]\ntransformers: [../p]\n",
		"p/kustomization.yaml":    "resources: [p.yaml]\ntransformers: [../q]\n",
		"p/p.yaml":                "{apiVersion: builtin, kind: HashTransformer, metadata: {name: b}}",
		"q/kustomization.yaml":    "resources: [q.yaml]\n",
		"q/q.yaml":                "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: b}, path: \"@/a\"}",
	},
	"plugins that build themselves": {
		"apps/kustomization.yaml": "resources: [cm.yaml]\ntransformers: [../p]\n",
		"p/kustomization.yaml":    "transformers: [../q]\n",
		"q/kustomization.yaml":    "transformers: [../p]\nresources: [\"@/a\"]\n",
	},
	"openapi twice": {"apps/kustomization.yaml": "openapi: {path: \"@/a\", Path: b, version: \"@/b\"}\nresources: [cm.yaml]\n"},
	"patches of Flux": {"cluster/ks.yaml": strings.Replace(wallRoot, "spec: {", "spec: {patches: [{patch: \"@/p\"}, {patch: '{path: \"@/q\"}', target: {kind: \"@/k\"}}], components: [\"@/c\", git@h:o/r], ", 1),
		"apps/kustomization.yaml": "resources: [cm.yaml]\n"},
	"a path of Flux": {"cluster/ks.yaml": strings.ReplaceAll(wallRoot, "./apps", "\"github.com/o/r\""), "github.com/o/r/kustomization.yaml": "resources: [a@b:c]\n", "github.com/o/r/a@b:c/kustomization.yaml": "namePrefix: a\n"},
}

func TestWallCases(t *testing.T) {
	g := newGuard(t)
	for name, files := range wallCases {
		at := map[string]string{}
		for file, text := range files {
			at[file] = strings.ReplaceAll(text, "@/", g.url+"/o/r/")
		}
		Read(filesOf(wallFiles(at["apps/kustomization.yaml"], at)))
		if seen := g.seen(); seen != nil {
			t.Errorf("%s: %q", name, seen)
		}
	}
}

// refusedCases are what Flux refuses, too, with a part of the reason.
var refusedCases = []struct{ name, kustomization, why string }{
	{"a program", "generators:\n- '{apiVersion: example.com/v1, kind: Runs, metadata: {name: a}}'\n", "external plugins disabled"},
	{"a function in a container", "transformers:\n- '{apiVersion: v1, kind: Runs, metadata: {name: a, annotations: {config.kubernetes.io/function: \"container: {image: x}\"}}}'\n", "external plugins disabled"},
	{"a function that is a program", "validators:\n- '{apiVersion: v1, kind: Runs, metadata: {name: a, annotations: {config.kubernetes.io/function: \"exec: {path: /bin/sh}\"}}}'\n", "external plugins disabled"},
	{"a chart", "helmCharts: [{name: a, repo: \"https://example.com\", version: 1.0.0}]\n", "must specify --enable-helm"},
	{"a chart of old", "helmChartInflationGenerator: [{chartName: a, helmBin: /bin/sh}]\n", "must specify --enable-helm"},
	{"a chart as a plugin", "generators:\n- '{apiVersion: builtin, kind: HelmChartInflationGenerator, metadata: {name: a}, name: a}'\n", "must specify --enable-helm"},
	{"a plugin that does not exist", "generators:\n- '{apiVersion: builtin, kind: Runs, metadata: {name: a}}'\n", `the plugin "Runs", which kustomize does not have`},
	{"a file of the machine", "configMapGenerator: [{name: a, files: [/etc/passwd]}]\n", "etc/passwd"},
	{"a file above", "configMapGenerator: [{name: a, files: [../../../../../etc/passwd]}]\n", "etc/passwd"},
	{"a file beside the repository", "secretGenerator: [{name: a, files: [a=../../canary]}]\n", "canary"},
	{"variables beside the repository", "configMapGenerator: [{name: a, envs: [../../canary]}]\n", "canary"},
	{"variables of the machine", "configMapGenerator: [{name: a, env: /etc/passwd}]\n", "etc/passwd"},
	{"a patch beside the repository", "patches: [{path: ../../canary}]\n", "canary"},
}

func TestRefused(t *testing.T) {
	g := newGuard(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "canary"), []byte("CANARY=1"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range refusedCases {
		for name, text := range wallFiles(c.kustomization, nil) {
			file := filepath.Join(dir, "repository", name)
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		files, err := All(os.DirFS(filepath.Join(dir, "repository")))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range Read(files).Clusters[0].Kustomizations {
			if k.Failed == nil || !strings.Contains(k.Failed.Error(), c.why) {
				t.Errorf("%s: %s failed by %v, want %q", c.name, k.ID(), k.Failed, c.why)
			}
			for _, o := range k.Objects {
				if strings.Contains(fmt.Sprint(o.Content), "CANARY") {
					t.Errorf("%s: %s has what lies outside", c.name, o)
				}
			}
		}
		if seen := g.seen(); seen != nil {
			t.Errorf("%s: %q", c.name, seen)
		}
	}
}
