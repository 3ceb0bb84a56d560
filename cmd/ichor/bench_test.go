package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
)

// The benchmarks below start a process for each round: what a person waits for
// is a cold one. BenchmarkEvaluate is the floor: the same binary, which only
// evaluates the CUE of the reference cluster with its language. The whole
// compile is to stay within three times of it.
//
//	go test -run '^$' -bench . -count 10 ./cmd/ichor

// roleVariable makes the test binary play a program instead of running tests.
const roleVariable = "ICHOR_BENCHMARK_ROLE"

// playRole runs the program that the environment names, and reports whether it
// names one.
func playRole() (code int, played bool) {
	switch os.Getenv(roleVariable) {
	case "compile":
		return run([]string{"generate", "--dry-run"}, streams{os.Stdout, os.Stderr}), true
	case "evaluate":
		return evaluateOnly(), true
	}
	return 0, false
}

// evaluateOnly is `cue vet ./spec` in its shortest form.
func evaluateOnly() int {
	inst := load.Instances([]string{"./spec"}, &load.Config{Env: []string{}})[0]
	if inst.Err != nil {
		return exitFailed
	}
	if err := cuecontext.New().BuildInstance(inst).Validate(cue.Concrete(true), cue.Final()); err != nil {
		return exitFindings
	}
	return exitClean
}

func BenchmarkCompile(b *testing.B)  { benchmarkRole(b, "compile") }
func BenchmarkEvaluate(b *testing.B) { benchmarkRole(b, "evaluate") }

func benchmarkRole(b *testing.B, role string) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cmd := exec.Command(self)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), roleVariable+"="+role)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}
