package main

import (
	"fmt"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/pflag"

	"ichor/cmd/ichor/supervise"
	"ichor/schema/diag"
)

// What a run may take for a repository of up to a megabyte, what each further
// megabyte adds, and how often.
const (
	baseTime   = 2 * time.Minute
	baseMemory = 4 << 30
	moreTime   = 30 * time.Second
	moreMemory = 256 << 20
	megabyte   = 1 << 20
	maxGrowth  = 48
)

// checkEvery is the time between two looks at the limits: chosen so that memory
// cannot grow by more than a few hundred megabytes between them.
const checkEvery = 10 * time.Millisecond

// watch ends the process where it takes more time or memory than it may: what a
// repository makes a library do cannot be stopped in another way.
type watch struct {
	time   durationFlag
	memory sizeFlag
	size   atomic.Int64           // of the repository, in bytes
	what   atomic.Pointer[string] // is being read
	held   int64                  // the memory limit that Go and the kernel know
	done   chan struct{}
	// exceeded is called once, with a sentence, where a limit is passed.
	exceeded func(sentence string)
}

// flags adds those that set the limits.
func (w *watch) flags(flags *pflag.FlagSet) {
	flags.Var(&w.time, "limit-time", "longest time that reading may take, such as 5m; 0 for no limit (default: 2m, and more for a repository of more than 1 MB)")
	flags.Var(&w.memory, "limit-memory", "most memory that ichor may use, such as 8GiB; 0 for no limit (default: 4GiB, and more for a repository of more than 1 MB)")
}

// begin starts to watch. It is ended by end.
func (w *watch) begin() {
	w.done = make(chan struct{})
	w.hold()
	go w.look(time.Now(), w.done)
}

// end stops watching: what follows is the writing of files, which is not to be
// interrupted.
func (w *watch) end() {
	if w.done != nil {
		close(w.done)
		w.done = nil
	}
}

// look compares what was taken with the limits, until end.
func (w *watch) look(start time.Time, done <-chan struct{}) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		w.hold()
		if sentence := w.over(time.Since(start), memoryInUse()); sentence != "" {
			w.exceeded(sentence)
			return
		}
	}
}

// over says which limit is passed; empty for none.
func (w *watch) over(taken time.Duration, used int64) string {
	mostTime, mostMemory := w.limits()
	switch {
	case taken > mostTime:
		return fmt.Sprintf("stopped: it took more than %s%s; --limit-time allows more", mostTime, w.during())
	case used > mostMemory:
		return fmt.Sprintf("stopped: it needs more than %s of memory%s; --limit-memory allows more", humanize.IBytes(uint64(mostMemory)), w.during())
	}
	return ""
}

// limits gives those of a flag, or those that grow with the repository.
func (w *watch) limits() (time.Duration, int64) {
	more := min(max(w.size.Load()-1, 0)/megabyte, maxGrowth)
	return w.time.or(baseTime + time.Duration(more)*moreTime), w.memory.or(baseMemory + more*moreMemory)
}

// hold has Go collect earlier where the limit comes near, and the kernel refuse
// what is far beyond it.
func (w *watch) hold() {
	_, most := w.limits()
	if most == w.held {
		return
	}
	w.held = most
	debug.SetMemoryLimit(most / 4 * 3)
	supervise.LimitMemory(most)
}

func (w *watch) during() string {
	if what := w.what.Load(); what != nil {
		return ", while ichor read " + *what
	}
	return ""
}

// reading remembers what is being read, for the sentence that is printed where a
// limit is passed or the process dies.
func (w *watch) reading(what string) {
	what = diag.Plain(what)
	w.what.Store(&what)
	supervise.Report(what)
}

// memoryInUse gives the bytes that Go's runtime holds of the system's.
func memoryInUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}

// durationFlag is a time limit of the user's; not set, there is a default.
type durationFlag struct {
	set   bool
	value time.Duration
}

func (d *durationFlag) or(otherwise time.Duration) time.Duration {
	switch {
	case !d.set:
		return otherwise
	case d.value == 0:
		return math.MaxInt64
	}
	return d.value
}

func (d *durationFlag) String() string { return "" }
func (d *durationFlag) Type() string   { return "time" }

// Set takes a duration of Go, as 90s or 5m.
func (d *durationFlag) Set(s string) error {
	v, err := time.ParseDuration(s)
	if s == "0" {
		v, err = 0, nil
	}
	if err != nil || v < 0 {
		return fmt.Errorf("write a number with a unit, such as 90s or 5m")
	}
	d.set, d.value = true, v
	return nil
}

// sizeFlag is a memory limit of the user's; not set, there is a default.
type sizeFlag struct {
	set   bool
	value int64
}

func (m *sizeFlag) or(otherwise int64) int64 {
	switch {
	case !m.set:
		return otherwise
	case m.value == 0:
		return math.MaxInt64
	}
	return m.value
}

func (m *sizeFlag) String() string { return "" }
func (m *sizeFlag) Type() string   { return "size" }

// Set takes bytes with a unit, as 500MB or 8GiB.
func (m *sizeFlag) Set(s string) error {
	v, err := humanize.ParseBytes(s)
	if err != nil || v > math.MaxInt64 {
		return fmt.Errorf("write a number with a unit, such as 500MB or 8GiB")
	}
	m.set, m.value = true, int64(v)
	return nil
}
