package supervise

import (
	"strings"
	"syscall"
	"testing"
)

// What a dying worker says of a file steers no terminal, and is no command.
func TestCauseIsPlain(t *testing.T) {
	got := cause(syscall.WaitStatus(2<<8), "panic: größe \x1b]0;evil\a\u202e ##[error]evil\rx\n::error::evil")
	const want = `this is a bug in ichor (panic: gr\u00f6\u00dfe \x1b]0;evil\a\u202e #\x23[error]evil\rx)`
	if got != want || strings.Contains(got, "\n") {
		t.Errorf("got %s, want %s", got, want)
	}
}
