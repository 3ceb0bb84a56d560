package main

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// endless are repositories whose authors mean that reading them never ends, or
// takes all memory. Each says what ichor must name where it stops.
var endless = map[string]struct {
	names string
	files map[string]string
}{
	"tpl of itself":        {"chart", chart(`a: {{ $t := "{{ tpl .t . }}" }}{{ tpl $t (dict "t" $t "Template" .Template) }}`)},
	"one huge text":        {"chart", chart(`a: {{ repeat 2000000000 "aaaaaaaaaa" }}`)},
	"nested loops":         {"chart", chart(`{{ range $i := until 100000 }}{{ range $j := until 100000 }}{{ end }}{{ end }}`)},
	"a loop over a number": {"chart", chart(`{{ range $i := 1000000000000 }}{{ end }}`)},
	"a long sequence":      {"chart", chart(`{{ seq 1 100000000 }}`)},
	"a long list":          {"chart", chart(`{{ untilStep 0 100000000 1 }}`)},
	"texts in a loop":      {"chart", chart(`{{ range $i := until 100000 }}{{ repeat 100000 "aaaaaaaaaa" }}{{ end }}`)},
	"many private keys":    {"chart", chart(`{{ range $i := until 100000 }}{{ genPrivateKey "rsa" }}{{ end }}`)},
	"many password hashes": {"chart", chart(`{{ range $i := until 100000 }}{{ bcrypt "a" }}{{ end }}`)},
	"derived passwords":    {"chart", chart(`{{ range $i := until 100000 }}{{ derivePassword 1 "long" "password" "user" "example.com" }}{{ end }}`)},
}

// endlessSpecs are the same for specs.
var endlessSpecs = map[string]string{
	"a long list":            `import "list", _x: list.Range(0, 1000000000, 1)`,
	"a wide comprehension":   `_r: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], _x: [for a in _r for b in _r for c in _r for d in _r for e in _r for f in _r for g in _r for h in _r for i in _r {a + b}]`,
	"a tree of disjunctions": `_x: ` + strings.Repeat(`({a: 1} | {b: 2}) & `, 24) + `{c: 3}`,
}

// chart is a repository whose only Kustomization applies a release of a chart with
// one template.
func chart(template string) map[string]string {
	return map[string]string{
		"flux/ks.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: a, namespace: flux-system}
spec: {interval: 1h, path: ./apps/a, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
`,
		"apps/a/hr.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: c, namespace: default}
spec:
  interval: 1h
  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}
`,
		"chart/Chart.yaml":       "apiVersion: v2\nname: c\nversion: 0.1.0\n",
		"chart/templates/t.yaml": template + "\n",
	}
}

// TestEndless runs the real program with small limits over inputs that have no end:
// it ends by itself, and says in one sentence what it was reading.
func TestEndless(t *testing.T) {
	for name, c := range endless {
		t.Run(name, func(t *testing.T) { stops(t, c.files, c.names, "audit") })
	}
	for name, spec := range endlessSpecs {
		t.Run("spec/"+name, func(t *testing.T) {
			files := map[string]string{"cue.mod/module.cue": starterModule, "spec/a.cue": "package spec\n" + strings.ReplaceAll(spec, ", _x:", "\n_x:")}
			stops(t, files, "spec", "vet")
		})
	}
}

// starting is what a slow machine may still be reading at the limit.
const starting = "ichor read the files of "

// stops runs a verb over a repository, and demands a finding or the one sentence.
func stops(t *testing.T, files map[string]string, names, verb string) {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	lay := maps.Clone(files)
	for name, content := range lay {
		write(t, filepath.Join(dir, name), content)
	}
	code, out, errs := program(t, dir, verb, "--limit-time", "5s", "--limit-memory", "1GiB")
	switch {
	case strings.Contains(errs+out, "goroutine"):
		t.Errorf("a dump:\n%.500s", errs+out)
	case code == exitFailed && (strings.Count(errs, "\n") != 1 || !strings.HasPrefix(errs, "ichor: stopped: ") || !strings.Contains(errs, names) && !strings.Contains(errs, starting)):
		t.Errorf("exit code 2 without the one sentence that names %s:\n%.500s", names, errs)
	case code == exitFailed || code == exitFindings || code == exitClean:
	default:
		t.Errorf("exit code %d: %.500s", code, errs)
	}
}

// program runs the test binary as ichor in a directory.
func program(t *testing.T, dir string, args ...string) (code int, out, errs string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := &exec.Cmd{Path: self, Args: append([]string{"ichor"}, args...), Dir: dir, Stdout: &stdout, Stderr: &stderr}
	err = cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
