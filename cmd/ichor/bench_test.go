package main

import (
	"os"
	"os/exec"
	"runtime/debug"
	"testing"
	"time"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"

	"ichor/generators"
	"ichor/generators/output"
)

// The benchmarks below start a process for each round: what a person waits for
// is a cold one. BenchmarkEvaluate is the floor: the same binary, which only
// evaluates the CUE of the reference cluster with its language. The whole
// compile is to stay within four times of it. BenchmarkRatio runs the two in
// turn, so that a noisy machine disturbs both alike, and gives the ratio.
//
//	go test -run '^$' -bench . -count 5 ./cmd/ichor

// roleVariable makes the test binary play a program instead of running tests.
const roleVariable = "ICHOR_BENCHMARK_ROLE"

// playRole runs the program that the environment names, and reports whether it
// names one.
func playRole() (code int, played bool) {
	switch os.Getenv(roleVariable) {
	case "unjudged":
		return unjudged(), true
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

// unjudged is the compile without the judgement of what it makes.
func unjudged() int {
	debug.SetGCPercent(gcPercent)
	p := project{spec: "spec", fsys: os.DirFS(".")}
	c, found := p.checked()
	if found.HasErrors() {
		return exitFindings
	}
	files, err := generators.Run(c)
	if err != nil {
		return exitFailed
	}
	dir, err := openDisk(destination{path: c.Flux.Path.V}, c.Flux.Path.V)
	if err != nil {
		return exitFailed
	}
	if _, err := output.NewPlan(dir, files, output.Maker{Tool: tool}); err != nil {
		return exitFailed
	}
	return exitClean
}

// BenchmarkJudgement gives the part of a compile that the judgement of the
// objects takes, in cold processes: it is to stay under a third.
func BenchmarkJudgement(b *testing.B) {
	var compile, without time.Duration
	for b.Loop() {
		without += play(b, "unjudged")
		compile += play(b, "compile")
	}
	b.ReportMetric(float64(compile-without)/float64(compile), "judgement/compile")
}

func BenchmarkCompile(b *testing.B)  { benchmarkRole(b, "compile") }
func BenchmarkEvaluate(b *testing.B) { benchmarkRole(b, "evaluate") }

func benchmarkRole(b *testing.B, role string) {
	for b.Loop() {
		play(b, role)
	}
}

func BenchmarkRatio(b *testing.B) {
	var compile, evaluate time.Duration
	for b.Loop() {
		evaluate += play(b, "evaluate")
		compile += play(b, "compile")
	}
	b.ReportMetric(float64(compile)/float64(evaluate), "compile/evaluate")
}

// play runs a program in a process of its own in the repository's root, and
// gives the time from its start to its end. The role "compile" is ichor itself,
// with its supervisor.
func play(b *testing.B, role string) time.Duration {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Dir, cmd.Env = repository, append(os.Environ(), roleVariable+"="+role)
	if role == "compile" {
		cmd.Args, cmd.Env = []string{"ichor", "generate", "--dry-run"}, os.Environ()
	}
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return time.Since(start)
}
