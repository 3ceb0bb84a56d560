package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// make golden passes on what go test prints of a test that fails, and its failure.
func TestMakeGoldenShowsFailures(t *testing.T) {
	for _, c := range []struct {
		script string
		prints string
		fails  bool
	}{
		{"echo '--- FAIL: TestX'; echo 'why it failed'; exit 1", "why it failed", true},
		{"test \"$ICHOR_UPDATE\" = 1 && echo \"go $*\"", "go test ./...", false},
	} {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("make", "--no-print-directory", "-C", repository, "golden")
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if fails := err != nil; fails != c.fails || !strings.Contains(string(out), c.prints) {
			t.Errorf("make golden with a go that runs %q: %v\n%s", c.script, err, out)
		}
	}
}

// make without a target lists every target that says what it does.
func TestMakeListsTargets(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("make", "--no-print-directory", "-C", repository).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, m := range regexp.MustCompile(`(?m)^(\S+):.*## (.*)$`).FindAllSubmatch(makefile, -1) {
		if !regexp.MustCompile(`(?m)^  make ` + string(m[1]) + ` +` + regexp.QuoteMeta(string(m[2])) + `$`).Match(out) {
			t.Errorf("make does not list %s:\n%s", m[1], out)
		}
	}
}
