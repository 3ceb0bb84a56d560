package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("torn paper") }

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("the pipe is broken") }

// A bug is told in a sentence that says where it is.
func TestPanicIsASentence(t *testing.T) {
	var errs bytes.Buffer
	if code := run([]string{"version"}, streams{panicWriter{}, &errs}); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	got := errs.String()
	if !strings.HasPrefix(got, "ichor: this is a bug in ichor, at ") || !strings.HasSuffix(got, ": torn paper\n") {
		t.Errorf("got %q", got)
	}
}

// Data that cannot be written is no success.
func TestBrokenStdout(t *testing.T) {
	for _, args := range [][]string{
		{"version"}, {"explain"}, {"explain", "unknown-field"}, {"graph", "-C", repository},
		{"why", "authentik", "longhorn", "-C", repository}, {"why", "longhorn", "authentik", "-C", repository},
		{"impact", "longhorn", "-C", repository}, {"vet", "-o", "json", "-C", buildCases + "/smallest"},
	} {
		var errs bytes.Buffer
		if code := run(args, streams{brokenWriter{}, &errs}); code != exitFailed {
			t.Errorf("ichor %q: exit code %d", args, code)
		}
		if got, want := errs.String(), "ichor: the pipe is broken\n"; got != want {
			t.Errorf("ichor %q says %q, want %q", args, got, want)
		}
	}
}
