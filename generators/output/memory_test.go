package output_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"ichor/generators/output"
)

// memory is a directory with a page cache and a disk below it. What a process
// does is seen at once; it reaches the disk by Sync, and at a power loss what
// was not synced may or may not be there. A change of names is one step, also
// between two directories, as in every journalling file system.
type memory struct {
	root   *node
	log    []*step // changes of names that may be lost
	locked bool
}

// node is a file, a symbolic link or a directory.
type node struct {
	mode    fs.FileMode
	content []byte
	entries map[string]*node // as processes see them
	stable  map[string]*node // as they were when the log was empty
}

// step is one change of names.
type step struct {
	changes  []name
	unsynced map[*node]bool // directories that have to be synced for it to last
}

type name struct {
	dir  *node
	base string
	to   *node // nil if removed
}

func newDir() *node {
	return &node{mode: fs.ModeDir | 0o755, entries: map[string]*node{}, stable: map[string]*node{}}
}

func newMemory() *memory { return &memory{root: newDir()} }

func (m *memory) Name() string { return "out" }

func (m *memory) find(name string) (*node, error) {
	n := m.root
	if name == "." {
		return n, nil
	}
	for part := range strings.SplitSeq(name, "/") {
		if n.entries == nil {
			return nil, fmt.Errorf("%s: not a directory", name)
		}
		if n = n.entries[part]; n == nil {
			return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
	}
	return n, nil
}

func (m *memory) ReadFile(name string) ([]byte, error) {
	n, err := m.find(name)
	if err == nil && !n.mode.IsRegular() {
		err = fmt.Errorf("%s: not a file", name)
	}
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.content), nil
}

func (m *memory) Lstat(name string) (fs.FileInfo, error) {
	n, err := m.find(name)
	if err != nil {
		return nil, err
	}
	return fs.Lstat(fstest.MapFS{"it": {Mode: n.mode}}, "it")
}

func (m *memory) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := m.find(name)
	if err != nil {
		return nil, err
	}
	listing := fstest.MapFS{}
	for base, child := range n.entries {
		listing[base] = &fstest.MapFile{Mode: child.mode}
	}
	return listing.ReadDir(".")
}

func (m *memory) Lock() (func() error, error) {
	if m.locked {
		return nil, output.ErrBusy
	}
	m.locked = true
	return func() error { m.locked = false; return nil }, nil
}

func (m *memory) Create(name string, content []byte) error {
	return m.put(name, &node{mode: 0o644, content: slices.Clone(content)})
}

func (m *memory) Mkdir(name string) error { return m.put(name, newDir()) }

func (m *memory) put(file string, n *node) error {
	if _, err := m.find(file); err == nil {
		return fmt.Errorf("%s: %w", file, fs.ErrExist)
	}
	dir, err := m.find(path.Dir(file))
	if err != nil {
		return err
	}
	m.do(name{dir, path.Base(file), n})
	return nil
}

func (m *memory) Rename(from, to string) error {
	n, err := m.find(from)
	if err != nil {
		return err
	}
	if there, err := m.find(to); err == nil && there.entries != nil {
		return fmt.Errorf("%s: is a directory", to)
	}
	source, _ := m.find(path.Dir(from))
	target, err := m.find(path.Dir(to))
	if err != nil {
		return err
	}
	m.do(name{source, path.Base(from), nil}, name{target, path.Base(to), n})
	return nil
}

func (m *memory) Remove(file string) error {
	n, err := m.find(file)
	if err != nil {
		return err
	}
	if len(n.entries) > 0 {
		return fmt.Errorf("%s: directory not empty", file)
	}
	dir, err := m.find(path.Dir(file))
	m.do(name{dir, path.Base(file), nil})
	return err
}

func (m *memory) do(changes ...name) {
	s := &step{changes: changes, unsynced: map[*node]bool{}}
	for _, c := range changes {
		set(c.dir.entries, c)
		s.unsynced[c.dir] = true
	}
	m.log = append(m.log, s)
}

func set(entries map[string]*node, c name) {
	if entries[c.base] = c.to; c.to == nil {
		delete(entries, c.base)
	}
}

func (m *memory) Sync(dir string) error {
	n, err := m.find(dir)
	if err != nil {
		return err
	}
	if n.entries == nil {
		return errors.New(dir + ": not a directory")
	}
	for _, s := range m.log {
		delete(s.unsynced, n)
	}
	return nil
}

// losePower keeps what is on stable storage, and of the rest what chance leaves.
func (m *memory) losePower(r *rand.Rand) {
	lost := func(s *step) bool { return len(s.unsynced) > 0 && r.IntN(2) == 0 }
	for _, s := range slices.DeleteFunc(m.log, lost) {
		for _, c := range s.changes {
			set(c.dir.stable, c)
		}
	}
	m.log, m.locked = nil, false
	m.root.reload()
}

// settle puts everything on stable storage, as time does.
func (m *memory) settle() {
	for _, s := range m.log {
		clear(s.unsynced)
	}
	m.losePower(nil)
}

func (n *node) reload() {
	if n.entries == nil {
		return
	}
	n.entries = maps.Clone(n.stable)
	for _, child := range n.entries {
		child.reload()
	}
}

// tree gives the content of every file by path; a directory is "dir" by its
// path and a slash.
func (m *memory) tree() map[string]string {
	t := map[string]string{}
	m.root.collect("", t)
	return t
}

func (n *node) collect(at string, t map[string]string) {
	for base, child := range n.entries {
		if child.entries == nil {
			t[at+base] = string(child.content)
			continue
		}
		if len(child.entries) == 0 {
			t[at+base+"/"] = "dir"
		}
		child.collect(at+base+"/", t)
	}
}

// write is the user's hand: it makes what is missing above a file.
func (m *memory) write(file, content string) {
	m.mkdirAll(path.Dir(file))
	if _, err := m.find(file); err == nil {
		must(m.Remove(file))
	}
	must(m.Create(file, []byte(content)))
	m.settle()
}

func (m *memory) mkdirAll(dir string) {
	if _, err := m.find(dir); err == nil {
		return
	}
	m.mkdirAll(path.Dir(dir))
	must(m.Mkdir(dir))
}

func (m *memory) symlink(file string) {
	m.mkdirAll(path.Dir(file))
	must(m.put(file, &node{mode: fs.ModeSymlink}))
	m.settle()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
