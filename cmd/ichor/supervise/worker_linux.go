package supervise

import (
	"math"
	"os"
	"strings"
	"syscall"
)

// worker is set in a process that a supervisor started.
var worker = os.Getenv(variable) != "" && isPipe(progressFile)

// isPipe guards against a user who sets the variable by hand.
func isPipe(fd int) bool {
	var s syscall.Stat_t
	return syscall.Fstat(fd, &s) == nil && s.Mode&syscall.S_IFMT == syscall.S_IFIFO
}

// Stderr gives the stream that the user sees.
func Stderr() *os.File {
	if !worker {
		return os.Stderr
	}
	return os.NewFile(stderrFile, os.Stderr.Name())
}

// Report tells the supervisor what is being read, in one line. It may be called
// from several goroutines.
func Report(what string) {
	if worker {
		line := []byte(strings.ReplaceAll(what, "\n", " "))
		line = append(line[:min(len(line), maxReport-1)], '\n')
		_, _ = syscall.Write(progressFile, line) // a supervisor that is gone needs no report
	}
}

// Exit ends the process with an exit code of its own.
func Exit(code int) {
	Report(finished)
	os.Exit(code)
}

// memorySlack is what a process maps beside Go's heap: its data, the stacks of
// threads, and what Go keeps for itself.
const memorySlack = 512 << 20

// LimitMemory has the kernel refuse the worker more than some bytes beyond what it
// may use, so that one huge allocation fails at once. Source: setrlimit(2),
// RLIMIT_DATA.
func LimitMemory(bytes int64) {
	if worker && bytes < 1<<62 {
		_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: uint64(bytes) + memorySlack, Max: math.MaxUint64})
	}
}
