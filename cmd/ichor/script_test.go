package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the binary by the scripts of testdata/script. Beside its own
// files, a script finds the smallest cluster in the directory smallest; the
// repository of the reference cluster is $REFERENCE, to be read only.
//
// Five commands are ours: `exits CODE program args...` demands an exact exit
// code, `reference DIR` copies the spec of the reference cluster into a new
// repository, `fifo FILE` makes a pipe that nobody writes to, `bundle FILE
// [PATH=VALUE]` writes a secrets bundle of Talos, with one value replaced, and
// `replace FILE OLD NEW` changes the one place where OLD stands in a file, with
// \n and \t for line ends and tabs.
func TestScripts(t *testing.T) {
	reference, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(repository, "testdata", "script"),
		UpdateScripts: updating(),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "reference": copyReference, "replace": replace, "fifo": fifo, "bundle": bundle,
		},
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

func copyReference(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: reference DIR")
	}
	spec := os.DirFS(filepath.Join(ts.Getenv("REFERENCE"), "spec"))
	ts.Check(os.RemoveAll(ts.MkAbs(args[0])))
	ts.Check(os.CopyFS(filepath.Join(ts.MkAbs(args[0]), "spec"), spec))
}

func fifo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fifo FILE")
	}
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o600))
}

func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	escapes := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	text, from, to := ts.ReadFile(args[0]), escapes.Replace(args[1]), escapes.Replace(args[2])
	if n := strings.Count(text, from); n != 1 {
		ts.Fatalf("%q stands %d times in %s", from, n, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, from, to, 1)), 0o644))
}
