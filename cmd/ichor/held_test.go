package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// canary is a value of the machine that no input may get out.
const canary = "canary-of-the-machine"

// TestTemplatesSeeNoMachine holds that charts get nothing of the environment, of a
// cluster or of the network, and that one that includes itself ends.
func TestTemplatesSeeNoMachine(t *testing.T) {
	t.Setenv("ICHOR_CANARY", canary)
	for name, template := range map[string]string{
		"env":       `a: {{ env "ICHOR_CANARY" }}`,
		"expandenv": `a: {{ expandenv "$ICHOR_CANARY" }}`,
		"lookup":    `a: {{ (lookup "v1" "Secret" "default" "x").data | toJson }}`,
		"host":      `a: {{ getHostByName "localhost" | quote }}`,
		"files":     `a: {{ .Files.Get "../../outside" }}`,
		"recursion": `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`,
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "repository")
			write(t, filepath.Join(top, "outside"), canary)
			files := chart(template)
			files["chart/templates/b.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ fail (tpl .Values.t .) }}\"}\n"
			files["chart/values.yaml"] = "t: " + quoteYAML(template) + "\n"
			silent(t, dir, files, "audit", "--show", "info")
		})
	}
}

// TestSpecsSeeNoMachine holds that a spec gets nothing of the machine by what CUE has
// for its command line: packages of tools, files to embed, and tags.
func TestSpecsSeeNoMachine(t *testing.T) {
	t.Setenv("ICHOR_CANARY", canary)
	for name, spec := range map[string]string{
		"tool":  "import \"tool/exec\"\n_x: exec.Run & {cmd: \"env\", stdout: string}\ncluster: name: _x.stdout\n",
		"os":    "import \"tool/os\"\n_x: os.Getenv & {ICHOR_CANARY: string}\ncluster: name: _x.ICHOR_CANARY\n",
		"embed": "cluster: name: _ @embed(file=../../outside,type=text)\n",
		"tag":   "cluster: name: string @tag(name,var=username)\n",
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			write(t, filepath.Join(top, "outside"), canary)
			preamble := "package spec\n"
			if name == "embed" {
				preamble = "@extern(embed)\n\n" + preamble
			}
			files := map[string]string{"cue.mod/module.cue": starterModule, "spec/a.cue": preamble + spec}
			silent(t, filepath.Join(top, "repository"), files, "vet")
		})
	}
}

// silent runs a verb over a repository, which must end by itself and not show the canary.
func silent(t *testing.T, dir string, files map[string]string, args ...string) {
	t.Helper()
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	code, out, errs := program(t, dir, args...)
	if strings.Contains(out+errs, canary) {
		t.Errorf("ichor %q shows what is the machine's:\n%.500s", args, out+errs)
	}
	if strings.Contains(out+errs, "goroutine") || code == exitFailed {
		t.Errorf("ichor %q fails (exit code %d):\n%.500s", args, code, errs)
	}
}

// quoteYAML gives a text as a scalar of YAML in single quotes.
func quoteYAML(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// TestGitRunsNothing holds that what git's configuration has to run is not run.
func TestGitRunsNothing(t *testing.T) {
	dir, programs := t.TempDir(), t.TempDir()
	started := filepath.Join(programs, "started")
	recorder := filepath.Join(programs, "program")
	write(t, recorder, "#!/bin/sh\necho x >> "+started+"\n")
	if err := os.Chmod(recorder, 0o755); err != nil {
		t.Fatal(err)
	}
	files := chart("a: b")
	files["cue.mod/module.cue"], files["spec/cluster.cue"] = starterModule, strings.Replace(outwardSpec, `services: web: {namespace: "web", path: "apps/a"}`, "", 1)
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"config", "core.fsmonitor", recorder},
		{"config", "core.hooksPath", programs}, {"config", "core.pager", recorder}, {"config", "diff.external", recorder},
		{"config", "filter.x.smudge", recorder}, {"config", "core.sshCommand", recorder}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	if err := os.RemoveAll(started); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"audit"}, {"audit", "--fix"}, {"vet"}, {"generate"}, {"generate", "--check"}} {
		if code, _, errs := program(t, dir, args...); code == exitFailed {
			t.Errorf("ichor %q: %s", args, errs)
		}
		if _, err := os.Stat(started); err == nil {
			t.Fatalf("ichor %q starts what git's configuration names", args)
		}
	}
}
