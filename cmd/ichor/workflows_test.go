package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is what the tests read of a workflow of GitHub.
type workflow struct {
	On          yaml.Node         `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Timeout     int               `yaml:"timeout-minutes"`
		Permissions map[string]string `yaml:"permissions"`
		Steps       []struct {
			Uses string         `yaml:"uses"`
			Run  string         `yaml:"run"`
			With map[string]any `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// pinned is an action at a commit, with the version that the commit has.
var pinned = regexp.MustCompile(`^\s*(- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// Workflows, and those that the documents show, run fixed actions, keep no token on
// the disk, may only read, and end.
func TestWorkflows(t *testing.T) {
	all := workflows(t)
	for name, text := range all {
		for line := range strings.Lines(text) {
			if strings.Contains(line, "uses:") && !pinned.MatchString(strings.TrimRight(line, "\n")) {
				t.Errorf("%s: not pinned by its commit, with the version as a comment: %s", name, line)
			}
		}
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w.check(t, name)
	}
	runsTests := func(text string) bool { return strings.Contains(text, ".ci/run") }
	if !slices.ContainsFunc(sortedKeys(all), func(name string) bool { return runsTests(all[name]) }) {
		t.Error("no workflow runs .ci/run")
	}
}

func (w workflow) check(t *testing.T, name string) {
	t.Helper()
	if on := nodeText(t, w.On); strings.Contains(on, "pull_request_target") || strings.Contains(on, "workflow_run") {
		t.Errorf("%s: runs with the rights of the repository on what a stranger sends", name)
	}
	if len(w.Permissions) == 0 || len(w.Jobs) == 0 {
		t.Errorf("%s: no permissions, or no jobs", name)
	}
	for job, j := range w.Jobs {
		for _, permissions := range []map[string]string{w.Permissions, j.Permissions} {
			for scope, right := range permissions {
				if right != "read" && right != "none" {
					t.Errorf("%s: job %s may %s %s", name, job, right, scope)
				}
			}
		}
		if j.Timeout == 0 {
			t.Errorf("%s: job %s has no timeout-minutes", name, job)
		}
		for _, s := range j.Steps {
			if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
				t.Errorf("%s: job %s leaves its token in .git/config", name, job)
			}
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: job %s puts text of an event into a script: %s", name, job, s.Run)
			}
		}
	}
}

func nodeText(t *testing.T, n yaml.Node) string {
	t.Helper()
	text, err := yaml.Marshal(&n)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// workflows gives every workflow of the repository, and every one in a document,
// by a name for messages.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join(repository, ".github", "workflows", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	documents, err := filepath.Glob(filepath.Join(repository, "*.md"))
	if err != nil || len(documents) == 0 {
		t.Fatal(err, documents)
	}
	fence := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for _, file := range slices.Concat(files, documents) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(file) != ".md" {
			all[file] = string(text)
			continue
		}
		for _, block := range fence.FindAllSubmatch(text, -1) {
			if strings.Contains(string(block[1]), "uses:") {
				all[file] = string(block[1])
			}
		}
	}
	return all
}
