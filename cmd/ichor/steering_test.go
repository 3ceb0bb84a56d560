package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"ichor/schema/audit"
)

// evil are names with which the author of a file could steer a terminal, forge a line,
// or give a command to the runner that prints the log.
var evil = []string{
	"x\x1b]0;evil\a", "x\n::error::evil", "x\n##[error]evil", "x\r::warning::evil", "x\u0085::error::evil", "x\u2028::error::evil",
	"x##[error]evil", "##[group]evil", "::error::evil", "  ::error::evil", "\u3000::error file=a::evil", "x\u202eevil\u2066", "x\u200bevil\ufeff",
	"x\u061c\u200fevil", "x\U000e0041evil", "x\"] --> y[\"evil", "x`evil`<b onclick=evil>", "x\u3164evil\u00ad",
	"x\nevil: forged",
}

// ours is a command of GitHub's that ichor means.
var ours = regexp.MustCompile(`^::(error|warning|notice) (file=[^,:\n]+,line=\d+,col=\d+,)?title=[a-z0-9-]+::`)

// steering says what of an output is not plain. It knows nothing of how ichor makes it
// plain: it parses lines as the runner does, and asks Unicode's tables.
func steering(out string, github bool) []string {
	var bad []string
	if !utf8.ValidString(out) {
		bad = append(bad, "it is no UTF-8")
	}
	for _, r := range out {
		control := unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
		if control && r != '\n' && r != '\t' {
			bad = append(bad, fmt.Sprintf("it has %U", r))
		}
	}
	for _, line := range strings.Split(out, "\n") {
		begins := strings.HasPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
		if begins && !(github && ours.MatchString(line)) || strings.Contains(line, "##[") {
			bad = append(bad, fmt.Sprintf("a line is a command: %q", line))
		}
		if strings.HasPrefix(strings.TrimSpace(line), "evil: forged") && !strings.HasPrefix(out, "package spec\n") && !strings.HasPrefix(out, "// ") { // a text of CUE may have lines
			bad = append(bad, fmt.Sprintf("a line is not ours: %q", line))
		}
	}
	return bad
}

// The oracle sees what it is there for.
func TestSteering(t *testing.T) {
	for _, s := range evil[:len(evil)-4] {
		if steering(s, true) == nil && !strings.Contains(s, `"`) {
			t.Errorf("%q passes", s)
		}
	}
	if bad := steering("::error file=a b,line=1,col=2,title=build-failed::größe 日本語\n\tx # [a] ## b\n", true); bad != nil {
		t.Error(bad)
	}
}

// steered runs the program and demands that both streams are plain; stdout of a document
// of JSON also after decoding. It gives stdout.
func steered(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	run(args, streams{&out, &errs})
	if strings.Contains(errs.String(), "this is a bug") {
		t.Errorf("ichor %q: %s", args, errs.String())
	}
	bad := append(steering(out.String(), slices.Contains(args, "github")), steering(errs.String(), false)...)
	var document any
	if json.Unmarshal(out.Bytes(), &document) == nil {
		decoded(document, func(s string) { bad = append(bad, steering(s, false)...) })
	}
	if len(bad) > 0 {
		t.Errorf("ichor %q steers:\n%s", args, strings.Join(bad, "\n"))
	}
	return out.String()
}

// decoded visits the strings of a document.
func decoded(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, item := range v {
			decoded(item, visit)
		}
	case map[string]any:
		for key, item := range v {
			visit(key)
			decoded(item, visit)
		}
	}
}

// written makes a directory of files. Names that the disk cannot have are left out.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// asJSON writes a value in ASCII, as a text that YAML and CUE read alike.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, r := range string(b) {
		switch {
		case r < utf8.RuneSelf:
			out.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
	}
	return out.String()
}

type yamlMap = map[string]any

// evilApp gives the files of an application whose names are all evil, and the
// Kustomization of Flux that applies it.
func evilApp(t *testing.T, i int, word string) map[string]string {
	dir := fmt.Sprintf("apps/%d%s", i, strings.ReplaceAll(word, "/", ""))
	file := strings.ReplaceAll(word, "/", "") + ".yaml"
	objects := []any{
		yamlMap{"apiVersion": "v1", "kind": "ConfigMap", "metadata": yamlMap{"name": word, "labels": yamlMap{word: word}}, "data": yamlMap{word: word + "${UNKNOWN}"}},
		yamlMap{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": yamlMap{"name": word}, "spec": yamlMap{
			"replicas": word, word: 1, "selector": yamlMap{"matchLabels": yamlMap{"a": word}},
			"template": yamlMap{"metadata": yamlMap{"labels": yamlMap{"a": "b"}}, "spec": yamlMap{"containers": []any{
				yamlMap{"name": word, "image": word, "envFrom": []any{yamlMap{"secretRef": yamlMap{"name": word}}}}}}}}},
		yamlMap{"apiVersion": "v1", "kind": "Service", "metadata": yamlMap{"name": "s"}, "spec": yamlMap{"selector": yamlMap{word: word}, "ports": []any{yamlMap{"port": word}}}},
		yamlMap{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": yamlMap{"name": "i" + word}, "spec": yamlMap{
			"ingressClassName": word, "rules": []any{yamlMap{"host": word, "http": yamlMap{"paths": []any{yamlMap{
				"path": word, "pathType": word, "backend": yamlMap{"service": yamlMap{"name": word, "port": yamlMap{"name": word}}}}}}}}}},
		yamlMap{"apiVersion": "v1", "kind": "Secret", "metadata": yamlMap{"name": "t" + word}, "stringData": yamlMap{"password" + word: "hunter2-hunter2"}},
		yamlMap{"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": yamlMap{"name": "h" + word}, "spec": yamlMap{
			"interval": word, "dependsOn": []any{yamlMap{"name": word}}, "valuesFrom": []any{yamlMap{"kind": "Secret", "name": word}},
			"chart":  yamlMap{"spec": yamlMap{"chart": "./" + dir + "/chart", "sourceRef": yamlMap{"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"}}},
			"values": yamlMap{"word": word}}},
		yamlMap{"apiVersion": word + "/v1", "kind": word, "metadata": yamlMap{"name": word}},
	}
	files := map[string]string{
		dir + "/kustomization.yaml":      asJSON(t, yamlMap{"resources": []string{file, word, "https://example.com/" + word}, word: true, "commonLabels": yamlMap{"a": word}}),
		dir + "/unread" + file:           "# " + word + "\n" + asJSON(t, objects[0]),
		dir + "/chart/Chart.yaml":        "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		dir + "/chart/templates/" + file: "{{ fail .Values.word }}",
	}
	var documents []string
	for _, o := range objects {
		documents = append(documents, asJSON(t, o))
	}
	files[dir+"/"+file] = strings.Join(documents, "\n---\n")
	flux := func(name, path string) yamlMap {
		return yamlMap{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": yamlMap{"name": name, "namespace": "flux-system"},
			"spec": yamlMap{"interval": "1h", "path": path, "prune": true, "targetNamespace": "n" + word, "sourceRef": yamlMap{"kind": "GitRepository", "name": "flux-system"},
				"dependsOn": []any{yamlMap{"name": "missing" + word}}, "postBuild": yamlMap{"substitute": yamlMap{word: word}, "substituteStrategy": word},
				"serviceAccountName": word, "healthChecks": []any{yamlMap{"kind": word, "name": word}},
				"decryption": yamlMap{"provider": word, "secretRef": yamlMap{"name": word}}}}
	}
	files[fmt.Sprintf("cluster/%d.yaml", i)] = asJSON(t, flux(word, "./"+dir)) + "\n---\n" + asJSON(t, flux(word+"-gone", "./gone"+word))
	return files
}

// evilRepository gives the files of a Flux repository in which all names are evil.
func evilRepository(t *testing.T) map[string]string {
	files := map[string]string{"cluster/flux-system.yaml": auditRoot}
	for i, word := range evil {
		maps.Copy(files, evilApp(t, i, word))
	}
	return files
}

// rawRepository gives one whose files hold the words as they are, where a parser stops at
// them, or shows the line.
func rawRepository(t *testing.T) map[string]string {
	files := map[string]string{"cluster/flux-system.yaml": auditRoot}
	for i, word := range evil {
		dir := fmt.Sprintf("apps/%d", i)
		files[dir+"/kustomization.yaml"] = "resources: [a.yaml]"
		files[dir+"/a.yaml"] = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: web}\nspec: {ports: [{port: no}]} # " + word + "\n"
		if i%2 == 1 {
			files[dir+"/a.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  key: " + word + "\n  [" + word
		}
		files[fmt.Sprintf("cluster/%d.yaml", i)] = "# x\u202eevil\n" + strings.NewReplacer("flux-system, namespace", fmt.Sprintf("app%d, namespace", i), "./cluster", "./"+dir).Replace(auditRoot)
	}
	return files
}

func TestNothingSteersFromARepository(t *testing.T) {
	for name, files := range map[string]map[string]string{"quoted": evilRepository(t), "raw": rawRepository(t)} {
		t.Run(name, func(t *testing.T) {
			root := written(t, files)
			for _, form := range []string{"text", "json", "github", "sarif"} {
				steered(t, "audit", "--show", "info", "-o", form, root)
			}
			for _, form := range []string{"text", "dot", "mermaid", "json"} {
				steered(t, "graph", "-o", form, root)
			}
			steered(t, "audit", "--fix", "--dry-run", root)
			steered(t, "import", "flux", root)
			steered(t, "audit", "--base", evil[1], root)
			var errs bytes.Buffer
			a := &app{streams: streams{&errs, &errs}}
			units, err := a.unitsIn([]string{root}, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range units[:min(3, len(units))] {
				steered(t, "impact", u.Name, root)
				steered(t, "why", units[len(units)-1].Name, u.Name, root)
			}
		})
	}
}

// What an import prints holds the words of the repository as strings and comments: nothing
// of them is CUE.
func TestNothingSteersAnImport(t *testing.T) {
	out := steered(t, "import", "flux", written(t, evilRepository(t)))
	file, err := parser.ParseFile("services.cue", out)
	if err != nil {
		t.Fatal(err)
	}
	strs := 0
	ast.Walk(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			strs++
		case *ast.Ident:
			if strings.Contains(n.Name, "evil") {
				t.Errorf("a name has become CUE: %s", n.Name)
			}
		}
		return true
	}, nil)
	if strs < 10*len(evil) {
		t.Errorf("only %d strings are imported:\n%s", strs, out)
	}
}

// TestNothingSteersFromASpec holds a spec whose words are evil: its own, those of the
// directories that it names, and those of what lies in its output.
func TestNothingSteersFromASpec(t *testing.T) {
	smallest, err := fs.ReadFile(os.DirFS(buildCases), "smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]string{"spec/cluster.cue": string(smallest)}
	wrong := maps.Clone(good)
	for i, word := range evil {
		quoted := asJSON(t, word)
		wrong[fmt.Sprintf("spec/%d%s.cue", i, word)] = fmt.Sprintf("package spec\n// %s\ncluster: nodes: one: address: %s\n", strings.NewReplacer("\n", " ", "\r", " ").Replace(word), quoted)
		good[fmt.Sprintf("spec/%d%s.cue", i, word)] = fmt.Sprintf("package spec\ncluster: services: s%d: {namespace: \"web\", manifests: ConfigMap: settings: data: word: %s}\n", i, quoted)
		good["out/flux/"+fmt.Sprint(i)+word+".yaml"] = word
	}
	broken := map[string]string{"spec/cluster.cue": string(smallest), "spec/" + evil[1] + ".cue": "package spec\n" + evil[0] + "\n"}
	for name, files := range map[string]map[string]string{"good": good, "wrong": wrong, "broken": broken} {
		t.Run(name, func(t *testing.T) {
			root := written(t, files)
			for _, form := range []string{"text", "json", "github", "sarif"} {
				steered(t, "vet", "-o", form, "-C", root)
				steered(t, "generate", "--check", "-o", form, "-C", root)
			}
			for _, args := range [][]string{{"generate", "--diff"}, {"generate", "--dry-run"}, {"generate"}, {"graph"}, {"why", "a", evil[1]}, {"impact", evil[1]}, {"__complete", "impact", ""}} {
				steered(t, append(args, "-C", root)...)
			}
		})
	}
}

// Arguments are of who runs ichor, and may come from a branch all the same.
func TestNothingSteersFromArguments(t *testing.T) {
	root := written(t, map[string]string{"cluster/flux-system.yaml": auditRoot})
	for _, word := range evil {
		for _, args := range [][]string{
			{word}, {"explain", word}, {"audit", word}, {"audit", "-o", word}, {"audit", "--base", word, root}, {"graph", "--cluster", word, root}, {"vet", "-C", word},
			{"vet", "--spec", word}, {"help", word}, {"init", "--spec", word, "-C", root + "/nowhere"}, {"talos", "render", "--secrets", word, "--to", word, "-C", root}, {"import", "flux", word}, {"why", word, word, root},
		} {
			steered(t, args...)
		}
	}
}

// What ichor prints of its own passes as it is: the scripts for shells, and the rules.
func TestPlainOutputPasses(t *testing.T) {
	for _, args := range [][]string{{"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"completion", "powershell"}, {"explain"}, {"--help"}} {
		var out bytes.Buffer
		if code := run(args, streams{&out, &out}); code != exitClean {
			t.Errorf("ichor %q: exit code %d", args, code)
		}
		if strings.Contains(out.String(), `\u00`) {
			t.Errorf("ichor %q is changed", args)
		}
	}
	for _, r := range audit.Rules() {
		var out bytes.Buffer
		run([]string{"explain", r.Code}, streams{&out, &out})
		if !strings.HasSuffix(out.String(), r.Explain()) {
			t.Errorf("explain %s is changed:\n%s", r.Code, out.String())
		}
	}
}

// A diff has the lines of files as they are, and a line that did not change begins with
// a blank alone.
func TestNothingSteersADiff(t *testing.T) {
	const hostile = "::error::evil\u202e\n##[error]evil\u200b"
	t.Run("fix", func(t *testing.T) {
		flux := func(name, annotations string) string {
			metadata := "\n  name: " + name + "\n  namespace: flux-system" + annotations
			return strings.NewReplacer(" {name: flux-system, namespace: flux-system}", metadata, "./cluster", "./apps/"+name).Replace(auditRoot)
		}
		root := written(t, map[string]string{
			"cluster/flux-system.yaml": auditRoot, "cluster/eso.yaml": flux("eso", ""),
			"cluster/web.yaml":  flux("web", "\n  annotations:\n    a: |\n"+indented(hostile, "      ")),
			"apps/eso/hr.yaml":  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: webs.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Web, plural: webs}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n",
			"apps/web/web.yaml": "apiVersion: example.com/v1\nkind: Web\nmetadata: {name: a, namespace: web}\n",
		})
		out := steered(t, "audit", "--fix", "--dry-run", root)
		if !strings.Contains(out, "- name: eso") || strings.Count(out, "evil") != 2 {
			t.Errorf("the diff lacks its lines:\n%s", out)
		}
	})
	t.Run("generate", func(t *testing.T) {
		smallest, err := fs.ReadFile(os.DirFS(buildCases), "smallest/spec/cluster.cue")
		if err != nil {
			t.Fatal(err)
		}
		spec := func(last string) string {
			return fmt.Sprintf("package spec\ncluster: services: web: {namespace: \"web\", manifests: ConfigMap: settings: data: word: %s}\n", asJSON(t, "::error::evil\n##[error]evil\n"+last))
		}
		root := written(t, map[string]string{"spec/cluster.cue": string(smallest), "spec/web.cue": spec("a\n")})
		mustRun(t, "generate", "-C", root)
		if err := os.WriteFile(filepath.Join(root, "spec/web.cue"), []byte(spec("b\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		if out := steered(t, "generate", "--diff", "-C", root); !strings.Contains(out, "evil") {
			t.Errorf("the diff lacks its lines:\n%s", out)
		}
	})
}

func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}
