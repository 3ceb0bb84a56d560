package main

import (
	"os"
	"os/exec"
	"path/filepath"
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
