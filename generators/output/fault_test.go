package output_test

import (
	"errors"
	"io/fs"

	"ichor/generators/output"
)

// fault is how an operation goes wrong.
type fault string

const (
	killedBefore fault = "killed before"
	killedAfter  fault = "killed after"
	killedWithin fault = "killed within" // a file is left with half its bytes
	failing      fault = "failing"       // as on a full disk; the process lives on
)

var (
	allFaults = []fault{killedBefore, killedWithin, killedAfter, failing}

	errFault  = errors.New("injected fault")
	errKilled = errors.New("killed")
)

// faulty lets the operation number `at` (from 1) of those that change the
// directory go wrong.
type faulty struct {
	*memory
	at    int
	fault fault
	count int
	dead  bool
}

var _ output.Dir = (*faulty)(nil)

func (f *faulty) do(op, half func() error) error {
	if f.dead {
		return errKilled
	}
	if f.count++; f.count != f.at {
		return op()
	}
	switch f.fault {
	case failing:
		must(half())
		return errFault
	case killedWithin:
		must(half())
	case killedAfter:
		_ = op() // its error dies with the process
	}
	f.dead = true
	return errKilled
}

func nothing() error { return nil }

func (f *faulty) Create(name string, content []byte) error {
	return f.do(
		func() error { return f.memory.Create(name, content) },
		func() error { return f.memory.Create(name, content[:len(content)/2]) })
}

func (f *faulty) Mkdir(name string) error {
	return f.do(func() error { return f.memory.Mkdir(name) }, nothing)
}

func (f *faulty) Rename(from, to string) error {
	return f.do(func() error { return f.memory.Rename(from, to) }, nothing)
}

func (f *faulty) Remove(name string) error {
	return f.do(func() error { return f.memory.Remove(name) }, nothing)
}

func (f *faulty) Sync(dir string) error {
	return f.do(func() error { return f.memory.Sync(dir) }, nothing)
}

func (f *faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if f.dead {
		return nil, errKilled
	}
	return f.memory.ReadDir(name)
}

// run applies a tree and lets the kernel clean up behind a killed process.
func (f *faulty) run(want map[string]string) error {
	_, err := output.Apply(f, files(want), output.Maker{Tool: "ichor test"})
	f.memory.locked = false
	return err
}
