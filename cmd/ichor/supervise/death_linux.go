package supervise

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// finished is the worker's last report where it ends by itself.
const finished = "finished"

// The most that is kept of what the worker writes: bytes of a dump's head, and of
// the last report.
const (
	maxHead   = 4 << 10
	maxReport = 1 << 10
)

// ended gives the exit code of a worker that is gone. One that did not say that
// it finished is reported with what it read last.
func ended(state *os.ProcessState, last, dump string) int {
	status, _ := state.Sys().(syscall.WaitStatus)
	switch {
	case last == finished && status.Exited():
		return status.ExitStatus()
	case status.Signaled() && status.Signal() != syscall.SIGKILL:
		return 128 + int(status.Signal()) // as a shell has it
	}
	os.Stderr.WriteString("ichor: stopped: " + cause(status, dump) + during(last) + "\n")
	return 2
}

// cause says in a clause why a worker died.
func cause(status syscall.WaitStatus, dump string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(dump), "\n")
	switch {
	case status.Signaled():
		return "the system killed it, probably because memory ran out"
	case strings.Contains(dump, "out of memory"), strings.Contains(dump, "cannot allocate memory"):
		return "it needs more memory than it may have"
	case strings.Contains(dump, "stack overflow"), strings.Contains(dump, "stack exceeds"):
		return "a definition or a template calls itself without end"
	case strings.HasPrefix(first, "panic: runtime error: "), strings.HasPrefix(first, "fatal error: "):
		return "this is a bug in ichor (" + plain(first) + ")"
	}
	return "this is a bug in ichor" // a panic of another kind may quote a secret
}

// plain shows in ASCII what a panic says, which may quote a file: nothing in it steers a
// terminal or is a command to a runner of GitHub. The rest of ichor has diag.Plain, which
// would make the supervisor start late.
func plain(s string) string {
	quoted := strconv.QuoteToASCII(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], "##", `#\x23`)
}

func during(last string) string {
	if last == "" || last == finished {
		return ""
	}
	return ", while ichor read " + last
}

// head reads a stream to its end, and keeps its beginning.
func head(f *os.File) string {
	var kept []byte
	buffer := make([]byte, maxHead)
	for {
		n, err := f.Read(buffer)
		kept = append(kept, buffer[:min(n, maxHead-len(kept))]...)
		if err != nil {
			return string(kept)
		}
	}
}

// lastLine reads a stream to its end, and gives its last whole line.
func lastLine(f *os.File) string {
	var line []byte
	buffer := make([]byte, maxHead)
	for {
		n, err := f.Read(buffer)
		line = append(line, buffer[:n]...)
		if end := bytes.LastIndexByte(line, '\n'); end > 0 {
			if begin := bytes.LastIndexByte(line[:end], '\n'); begin >= 0 {
				line = line[begin+1:]
			}
		}
		if len(line) > 2*maxReport {
			line = line[:2*maxReport]
		}
		if err != nil {
			whole, _, _ := bytes.Cut(line, []byte("\n"))
			return string(whole)
		}
	}
}
