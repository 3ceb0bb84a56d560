package main

import (
	"math"
	"testing"
	"time"
)

// The limits grow with the repository, up to a bound; a flag sets them.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		size       int64
		time, mem  string
		wantTime   time.Duration
		wantMemory int64
	}{
		{0, "", "", 2 * time.Minute, 4 << 30},
		{megabyte, "", "", 2 * time.Minute, 4 << 30},
		{3*megabyte + 1, "", "", 3*time.Minute + 30*time.Second, 4<<30 + 3*256<<20},
		{1 << 40, "", "", 26 * time.Minute, 16 << 30},
		{1 << 40, "90s", "500MB", 90 * time.Second, 500_000_000},
		{0, "0", "0", math.MaxInt64, math.MaxInt64},
	} {
		var w watch
		w.size.Store(c.size)
		if c.time != "" && (w.time.Set(c.time) != nil || w.memory.Set(c.mem) != nil) {
			t.Fatalf("%s and %s are not taken", c.time, c.mem)
		}
		if gotTime, gotMemory := w.limits(); gotTime != c.wantTime || gotMemory != c.wantMemory {
			t.Errorf("%+v: %s and %d bytes", c, gotTime, gotMemory)
		}
	}
}

// The sentence names the limit, what was being read, and the flag that allows more.
func TestLimitSentences(t *testing.T) {
	var w watch
	if got := w.over(time.Minute, 1<<30); got != "" {
		t.Errorf("below both limits it says %q", got)
	}
	w.reading("chart charts/\x1b[31mweb")
	for got, want := range map[string]string{
		w.over(3*time.Minute, 0): `stopped: it took more than 2m0s, while ichor read chart charts/\x1b[31mweb; --limit-time allows more`,
		w.over(0, 5<<30):         `stopped: it needs more than 4.0 GiB of memory, while ichor read chart charts/\x1b[31mweb; --limit-memory allows more`,
	} {
		if got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestLimitFlags(t *testing.T) {
	for _, bad := range []string{"", "x", "-1s", "5"} {
		if new(durationFlag).Set(bad) == nil {
			t.Errorf("%q counts as a time", bad)
		}
	}
	for _, bad := range []string{"", "x", "-1GiB"} {
		if new(sizeFlag).Set(bad) == nil {
			t.Errorf("%q counts as a size", bad)
		}
	}
}
