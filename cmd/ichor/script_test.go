package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the binary by the scripts of testdata/script. Beside its own
// files, a script finds the smallest cluster in the directory smallest; the
// repository of the reference cluster is $REFERENCE, to be read only.
//
// One command is ours: `exits CODE program args...` demands an exact exit code.
func TestScripts(t *testing.T) {
	reference, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(repository, "testdata", "script"),
		UpdateScripts: updating(),
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("REFERENCE", reference)
			spec := os.DirFS(filepath.Join(buildCases, "smallest", "spec"))
			return os.CopyFS(filepath.Join(e.WorkDir, "smallest", "spec"), spec)
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var failed *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
