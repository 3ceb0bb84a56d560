// Package supervise makes ichor two processes on Linux: a worker, which does all
// the work, and a supervisor, which reads nothing but what the worker reports.
// Where the worker dies (its stack or its memory runs out, the kernel kills it),
// the supervisor says so in one sentence and exits with code 2: the dump of Go's
// runtime shows nothing that a user could act on.
//
// Importing the package is enough. It imports next to nothing, so that Go
// initializes it before almost every other package of the program: the
// supervisor has cost a few milliseconds when it starts the worker.
package supervise

import (
	"os"
	"strings"
	"syscall"
)

// variable marks the worker's environment.
const variable = "ICHOR_SUPERVISED"

// The worker's descriptors beside the three that every process has. What Go's
// runtime writes to descriptor 2 when it dies goes to the supervisor.
const (
	stderrFile   = 3
	progressFile = 4
)

func init() {
	if os.Getenv(variable) == "" && !isTest(os.Args[0]) {
		if code, ok := supervise(); ok {
			os.Exit(code)
		}
	}
}

// isTest reports whether a program is a test binary of Go.
func isTest(name string) bool { return strings.HasSuffix(name, ".test") }

// supervise runs the worker to its end and gives the exit code; ok is false where
// no worker can be started: then this process does the work.
func supervise() (code int, ok bool) {
	deaths, dying, err := os.Pipe()
	if err != nil {
		return 0, false
	}
	progress, reports, err := os.Pipe()
	if err != nil {
		return 0, false
	}
	worker, err := os.StartProcess("/proc/self/exe", os.Args, &os.ProcAttr{
		Env:   append(os.Environ(), variable+"=1"),
		Files: []*os.File{os.Stdin, os.Stdout, dying, os.Stderr, reports},
		Sys:   &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return 0, false
	}
	dying.Close()
	reports.Close()
	last, dump := make(chan string), make(chan string)
	go func() { dump <- head(deaths) }()
	go func() { last <- lastLine(progress) }()
	state, err := worker.Wait()
	if err != nil {
		return 2, true
	}
	return ended(state, <-last, <-dump), true
}
