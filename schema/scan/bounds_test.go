package scan

import (
	"fmt"
	"strings"
	"testing"
)

// boundCases are repositories that a small text makes large, with the reason why
// they are not built. Each has a Kustomization beside it that is.
var boundCases = []struct {
	name  string
	files map[string]string
	why   string
}{
	{"aliases of a long text", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\n",
		"apps/a.yaml":             configMapNamed("a") + "data:\n  a: &a " + strings.Repeat("x", 400<<10) + "\n" + numbered(40_000, "  k%d: *a\n"),
	}, "apps/a.yaml has aliases that stand for more than 64 MiB of text"},
	{"aliases in a file without an extension", map[string]string{
		"apps/kustomization.yaml": "resources: [a]\n",
		"apps/a":                  configMapNamed("a") + "data:\n  a: &a " + strings.Repeat("x", 400<<10) + "\n" + numbered(40_000, "  k%d: *a\n"),
	}, "apps/a has aliases that stand for more than 64 MiB of text"},
	{"maps in maps", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\n",
		"apps/a.yaml":             configMapNamed("a") + "data: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000) + "\n",
	}, "apps/a.yaml has values nested more than 500 levels deep"},
	{"lists in lists", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\n",
		"apps/a.yaml":             configMapNamed("a") + "data:\n  " + strings.Repeat("- ", 2000) + "a\n",
	}, "apps/a.yaml has values nested more than 500 levels deep"},
	{"maps in a patch", map[string]string{
		"apps/kustomization.yaml": "resources: [cm.yaml]\npatches:\n- patch: |\n    {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: " + strings.Repeat("{a: ", 2000) + strings.Repeat("}", 2000) + "}\n",
	}, "apps/kustomization.yaml has values nested more than 500 levels deep"},
	{"objects without end", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\n", "apps/a.yaml": numbered(12_000, "---\n"+configMapNamed("a%d")),
	}, "apps/kustomization.yaml builds more than 4000 objects, and kustomize compares each with every other"},
	{"a list of objects without end", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\n", "apps/a.yaml": "apiVersion: v1\nkind: List\nitems:\n" + numbered(12_000, "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a%d}}\n"),
	}, "apps/kustomization.yaml builds more than 4000 objects, and kustomize compares each with every other"},
	{"files that name each other twice", fanOut(), "builds more than 5000 kustomization files, each counted as often as it is named"},
	{"a JSON patch that doubles", map[string]string{
		"apps/kustomization.yaml": "resources: [cm.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n    - {op: add, path: /data, value: {a: b}}\n" + numbered(26, "    - {op: copy, from: /data, path: /data/a%d}\n"),
	}, "apps/kustomization.yaml copies parts of objects until one has more than 64 MiB"},
	{"JSON patches that double", map[string]string{
		"apps/kustomization.yaml": "resources: [cm.yaml]\npatches:\n" + numbered(26, "- {target: {kind: ConfigMap}, patch: '[{\"\\u006fp\": \"copy\", \"from\": \"/data\", \"path\": \"/data/a%d\"}]'}\n"),
	}, "apps/kustomization.yaml copies parts of objects until one has more than 64 MiB"},
	{"JSON patches of several directories", map[string]string{
		"apps/kustomization.yaml": "resources: [../b]\npatches: [{target: {kind: ConfigMap}, path: p.json}]\n", "apps/p.json": doubling(13, "c"),
		"b/kustomization.yaml": "resources: [../apps/cm.yaml]\npatches: [{target: {kind: ConfigMap}, path: p.json}]\n", "b/p.json": doubling(13, "b"),
	}, "apps/kustomization.yaml copies parts of objects until one has more than 64 MiB"},
	{"a JSON patch of Flux that doubles", map[string]string{
		"cluster/ks.yaml":         strings.Replace(wallRoot, "spec: {", "spec: {patches: [{target: {kind: ConfigMap}, patch: '"+doubling(26, "c")+"'}], ", 1),
		"apps/kustomization.yaml": "resources: [cm.yaml]\n",
	}, "apps/kustomization.yaml copies parts of objects until one has more than 64 MiB"},
	{"replacements that double", map[string]string{
		"apps/kustomization.yaml": "resources: [cm.yaml]\nreplacements: [{path: r.yaml}]\n",
		"apps/r.yaml":             numbered(26, "- {source: {kind: ConfigMap, fieldPath: data}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a%d], options: {create: true}}]}\n"),
	}, "apps/kustomization.yaml copies parts of objects until one has more than 64 MiB"},
	{"a long label on many objects", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\ncommonAnnotations: {a: " + strings.Repeat("x", 200<<10) + "}\n", "apps/a.yaml": numbered(3_000, "---\n"+configMapNamed("a%d")),
	}, "apps/kustomization.yaml builds objects of more than 256 MiB"},
	{"a long patch on many objects", map[string]string{
		"apps/kustomization.yaml": "resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, path: p.yaml}]\n", "apps/a.yaml": numbered(3_000, "---\n"+configMapNamed("a%d")),
		"apps/p.yaml": configMapNamed("a") + "data: {a: " + strings.Repeat("x", 200<<10) + "}\n",
	}, "apps/kustomization.yaml builds objects of more than 256 MiB"},
	{"a long variable", map[string]string{
		"cluster/ks.yaml":         strings.Replace(wallRoot, "spec: {", "spec: {postBuild: {substitute: {V: "+strings.Repeat("x", 300<<10)+"}}, ", 1),
		"apps/kustomization.yaml": "resources: [a.yaml]\n", "apps/a.yaml": configMapNamed("a") + "data:\n" + numbered(20_000, "  k%d: ${V}\n"),
	}, "apps/a.yaml has an object that may be larger than 16 MiB with its variables filled in"},
	{"a long variable by another", map[string]string{
		"cluster/ks.yaml":         strings.Replace(wallRoot, "spec: {", "spec: {postBuild: {substitute: {V: "+strings.Repeat("x", 100<<10)+"}}, ", 1),
		"apps/kustomization.yaml": "resources: [a.yaml]\n", "apps/a.yaml": configMapNamed("a") + "data: {a: \"${V//x/" + strings.Repeat("y", 1000) + "}\"}\n",
	}, "apps/a.yaml has an object that may be larger than 16 MiB with its variables filled in"},
	{"variables in each other", map[string]string{
		"cluster/ks.yaml":         strings.Replace(wallRoot, "spec: {", "spec: {postBuild: {substitute: {A: "+strings.Repeat("a", 200)+"}}, ", 1),
		"apps/kustomization.yaml": "resources: [a.yaml]\n", "apps/a.yaml": configMapNamed("a") + "data: {a: \"" + strings.Repeat("${A//a/", 5) + "${A}" + strings.Repeat("}", 5) + "\"}\n",
	}, "apps/a.yaml has an object that may be larger than 16 MiB with its variables filled in"},
}

// numbered writes a line many times, each with its number.
func numbered(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

func doubling(n int, name string) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"op": "copy", "from": "/data", "path": "/data/%s%d"}`, name, i))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func fanOut() map[string]string {
	out := map[string]string{"apps/kustomization.yaml": "resources: [../d0]\n"}
	for i := range 30 {
		out[fmt.Sprintf("d%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../d%d, ../e%d]\n", i+1, i+1)
		out[fmt.Sprintf("e%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../d%d, ../e%d]\nnamePrefix: e-\n", i+1, i+1)
	}
	out["d30/kustomization.yaml"], out["e30/kustomization.yaml"] = "namePrefix: a\n", "namePrefix: b\n"
	return out
}

const besideRoot = `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: beside, namespace: flux-system}
spec: {interval: 1h, path: ./beside, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
`

func TestBounds(t *testing.T) {
	for _, c := range boundCases {
		t.Run(c.name, func(t *testing.T) {
			files := wallFiles(c.files["apps/kustomization.yaml"], c.files)
			root, _, _ := strings.Cut(files["cluster/ks.yaml"], "\n---\n")
			files["cluster/ks.yaml"] = root + "\n" + besideRoot
			files["beside/cm.yaml"] = configMapNamed("beside")
			for _, k := range Read(filesOf(files)).Clusters[0].Kustomizations {
				switch {
				case k.Name == "beside" && (k.Failed != nil || len(k.Objects) != 1):
					t.Errorf("the Kustomization beside it has %d objects: %v", len(k.Objects), k.Failed)
				case k.Name == "top" && (k.Failed == nil || !strings.Contains(k.Failed.Error(), c.why)):
					t.Errorf("got %v, want %q", k.Failed, c.why)
				case k.Name == "top" && (k.FailedAt.Line == 0 || k.FailedAt.File == ""):
					t.Error("it has no place")
				}
			}
		})
	}
}

// TestBoundsKept builds what is large and healthy.
func TestBoundsKept(t *testing.T) {
	files := map[string]string{
		"cluster/ks.yaml":         wallRoot,
		"over/kustomization.yaml": "resources: [../apps]\n",
		"apps/kustomization.yaml": "resources: [a.yaml, b.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '[{\"op\": \"copy\", \"from\": \"/data/a\", \"path\": \"/data/b\"}]'}]\n",
		"apps/a.yaml":             configMapNamed("a") + "data: {a: &a " + strings.Repeat("x", 100<<10) + ", b: *a, c: *a}\n",
		"apps/b.yaml":             numbered(300, "---\n"+configMapNamed("b%d")+"data: {a: '{{{{{{ [[[[[ ** && '}\n"),
	}
	for _, k := range Read(filesOf(files)).Clusters[0].Kustomizations {
		if k.Failed != nil || len(k.Objects) != 301 {
			t.Errorf("%s has %d objects: %v", k.ID(), len(k.Objects), k.Failed)
		}
	}
}

// TestReplacedInMany writes a value into the same field of many objects, and a variable
// beside one of many bytes.
func TestReplacedInMany(t *testing.T) {
	var targets strings.Builder
	for i := range 40 {
		fmt.Fprintf(&targets, "  - {select: {kind: ConfigMap, name: b%d}, fieldPaths: [metadata.labels.version], options: {create: true}}\n", i)
	}
	files := map[string]string{
		"cluster/ks.yaml": strings.Replace(wallRoot, "spec: {", "spec: {postBuild: {substitute: {NAME: a.b, LONG: "+strings.Repeat("x", 100<<10)+"}}, ", 1),
		"apps/kustomization.yaml": "resources: [a.yaml, b.yaml]\nreplacements:\n- source: {kind: ConfigMap, name: a, fieldPath: metadata.labels.version}\n  targets:\n" +
			targets.String(),
		"apps/a.yaml": strings.Replace(configMapNamed("a"), "{name: a", "{labels: {version: \"1\"}, name: a", 1) + "data:\n" + numbered(100, "  k%d: \"${NAME/./-}\"\n"),
		"apps/b.yaml": numbered(40, "---\n"+configMapNamed("b%d")),
	}
	for _, k := range Read(filesOf(files)).Clusters[0].Kustomizations {
		if k.Name == "top" && (k.Failed != nil || len(k.Objects) != 41) {
			t.Errorf("%d objects: %v", len(k.Objects), k.Failed)
		}
	}
}

// TestPluginChain builds directories of plugins that change each other. Each is built
// once: built as often as it is asked for, they would take hours.
func TestPluginChain(t *testing.T) {
	const last = 30
	files := map[string]string{"cluster/ks.yaml": wallRoot, "apps/kustomization.yaml": "resources: [cm.yaml]\ntransformers: [../p0]\n", "apps/cm.yaml": configMapNamed("a")}
	for i := range last + 1 {
		dir := fmt.Sprintf("p%d/", i)
		files[dir+"l.yaml"] = fmt.Sprintf("{apiVersion: builtin, kind: LabelTransformer, metadata: {name: l}, labels: {a: p%d}, fieldSpecs: [{path: metadata/labels, create: true}]}", i)
		files[dir+"kustomization.yaml"] = "resources: [l.yaml]\n"
		if i < last {
			files[dir+"kustomization.yaml"] += fmt.Sprintf("transformers: [../p%d]\n", i+1)
		}
	}
	for _, k := range Read(filesOf(files)).Clusters[0].Kustomizations {
		if k.Name == "top" && (k.Failed != nil || len(k.Objects) != 1 || k.Objects[0].Text("metadata", "labels", "a") != "p0") {
			t.Errorf("%v, %v", k.Objects[0].Content, k.Failed)
		}
	}
}

// TestChartBounds reads charts that build on others without end, or outside of the
// repository.
func TestChartBounds(t *testing.T) {
	g := newGuard(t)
	many := map[string]string{}
	for i := range 12 {
		for _, name := range []string{"a", "b"} {
			many[fmt.Sprintf("charts/%s%d/Chart.yaml", name, i)] = fmt.Sprintf("{apiVersion: v2, name: %s%d, version: 0.1.0, dependencies: [{name: a%d, repository: \"file://../a%d\"}, {name: b%d, repository: \"file://../b%d\"}]}", name, i, i+1, i+1, i+1, i+1)
		}
	}
	many["charts/web/Chart.yaml"] = strings.ReplaceAll(many["charts/a0/Chart.yaml"], "name: a0", "name: web")
	for _, c := range []struct {
		name  string
		files map[string]string
		why   string // empty for no flaw
	}{
		{"on itself", map[string]string{"charts/web/Chart.yaml": `{apiVersion: v2, name: web, version: 0.1.0, dependencies: [{name: other, repository: "file://."}]}`}, "charts/web depends on itself"},
		{"on each other", map[string]string{
			"charts/web/Chart.yaml":   `{apiVersion: v2, name: web, version: 0.1.0, dependencies: [{name: other, repository: "file://../other"}]}`,
			"charts/other/Chart.yaml": `{apiVersion: v2, name: other, version: 0.1.0, dependencies: [{name: web, repository: "file://../web"}]}`,
		}, "charts/web depends on itself"},
		{"on ever more", many, "it depends on more than 200 charts"},
		{"outside, and elsewhere", map[string]string{
			"charts/web/Chart.yaml":       `{apiVersion: v2, name: web, version: 0.1.0, dependencies: [{name: a, repository: "file://../../.."}, {name: b, repository: "file:///etc"}, {name: c, repository: "` + g.url + `"}, {name: d, repository: "oci://127.0.0.1/d"}]}`,
			"charts/web/templates/a.yaml": `{{ lookup "v1" "Secret" "a" "b" }}{{ getHostByName "example.com" }}{{ .Files.Get "../../../../etc/passwd" }}`,
		}, ""},
	} {
		files := map[string]string{"cluster/ks.yaml": wallRoot, "apps/hr.yaml": fuzzedRelease}
		for name, text := range c.files {
			files[name] = text
		}
		for _, k := range Read(filesOf(files)).Clusters[0].Kustomizations {
			var flaws []string
			for _, chart := range k.Charts {
				for _, f := range chart.Flaws {
					flaws = append(flaws, f.Message)
				}
			}
			if k.Name == "top" && (len(k.Charts) != 1 || (len(flaws) > 0) != (c.why != "") || !strings.Contains(strings.Join(flaws, "\n"), c.why)) {
				t.Errorf("%s: got %q, want %q", c.name, flaws, c.why)
			}
		}
		if seen := g.seen(); seen != nil {
			t.Errorf("%s: %q", c.name, seen)
		}
	}
}
