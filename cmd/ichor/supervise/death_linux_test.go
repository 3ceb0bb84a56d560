package supervise

import (
	"strings"
	"syscall"
	"testing"
)

// What a dying worker says of a file steers no terminal, and is no command.
func TestCauseIsPlain(t *testing.T) {
	got := cause(syscall.WaitStatus(2<<8), "fatal error: größe \x1b]0;evil\a\u202e ##[error]evil\rx\n::error::evil")
	const want = `this is a bug in ichor (fatal error: gr\u00f6\u00dfe \x1b]0;evil\a\u202e #\x23[error]evil\rx)`
	if got != want || strings.Contains(got, "\n") {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A panic may quote a value of a file.
func TestCauseQuotesNothing(t *testing.T) {
	if got := cause(syscall.WaitStatus(2<<8), "panic: bad value hunter2"); got != "this is a bug in ichor" {
		t.Errorf("got %s", got)
	}
}
