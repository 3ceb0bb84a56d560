package output

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

// Apply makes a directory hold the files that are wanted, and gives the plan it
// followed. Where the plan has conflicts nothing is written. It fails with
// ErrBusy while another run is at work. Other errors are those of NewPlan and of
// the disk; after one, as after a crash at any moment, every file is as it was
// or as it is wanted, and the next Apply finishes.
//
// The order that makes this so: the journal, which says what is there and what
// will be, is on stable storage before the first file changes; each file is
// written whole elsewhere and takes its name in one step; and the journal gives
// way to the inventory when all that is on stable storage too.
func Apply(d Dir, want []File, m Maker) (p *Plan, err error) {
	unlock, err := d.Lock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name(), err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	p, err = NewPlan(d, want, m)
	if err != nil || len(p.Conflicts) > 0 {
		return p, err
	}
	if p.Clean() {
		return p, d.Sync(".") // the run before may have been killed just before it did
	}
	return p, p.apply(&writer{Dir: d, touched: map[string]bool{}})
}

func (p *Plan) apply(w *writer) error {
	if err := w.removeLeftover(p.Changes); err != nil {
		return err
	}
	if len(p.have.Pending) > 0 {
		w.adopt(p.Changes, p.stale)
	}
	if p.changesFiles() {
		journal, err := p.journal.encode()
		if err != nil {
			return err
		}
		if err := w.commit(journal); err != nil {
			return err
		}
	}
	if err := w.files(p.Changes); err != nil {
		return err
	}
	if err := w.prune(p.stale); err != nil {
		return err
	}
	i := slices.IndexFunc(p.Changes, func(c Change) bool { return c.Path == inventoryName })
	return w.commit(p.Changes[i].Want)
}

func (p *Plan) changesFiles() bool {
	return slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Action != Unchanged && !isReserved(c.Path) })
}

// writer changes a directory and remembers where.
type writer struct {
	Dir
	touched map[string]bool // directories in which names changed since the last commit
}

func (w *writer) removeLeftover(changes []Change) error {
	if slices.ContainsFunc(changes, func(c Change) bool { return c.Path == temporaryName }) {
		return w.Remove(temporaryName)
	}
	return nil
}

// files writes before it deletes.
func (w *writer) files(changes []Change) error {
	for _, c := range changes {
		if !isReserved(c.Path) && (c.Action == Create || c.Action == Update) {
			if err := w.replace(c.Path, c.Want); err != nil {
				return err
			}
		}
	}
	for _, c := range changes {
		if !isReserved(c.Path) && c.Action == Delete {
			if err := w.remove(c.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// replace gives a file its content in one step.
func (w *writer) replace(name string, content []byte) error {
	if err := w.makeParents(path.Dir(name)); err != nil {
		return err
	}
	if err := w.Create(temporaryName, content); err != nil {
		_ = w.Remove(temporaryName) // or the next run does
		return fmt.Errorf("write %s: %w", path.Join(w.Name(), name), err)
	}
	w.touched["."], w.touched[path.Dir(name)] = true, true
	return w.Rename(temporaryName, name)
}

func (w *writer) remove(name string) error {
	w.touched[path.Dir(name)] = true
	return w.Remove(name)
}

func (w *writer) makeParents(dir string) error {
	if dir == "." {
		return nil
	}
	if err := w.makeParents(path.Dir(dir)); err != nil {
		return err
	}
	err := w.Mkdir(dir)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	w.touched[path.Dir(dir)] = true
	return err
}

// prune removes the directories that hold nothing since our files left them,
// the innermost first.
func (w *writer) prune(stale []string) error {
	dirs := map[string]bool{}
	for _, name := range stale {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	for _, dir := range slices.Backward(sorted(dirs)) {
		entries, err := w.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) > 0 {
			continue
		}
		if err != nil {
			return err
		}
		if err := w.remove(dir); err != nil {
			return err
		}
	}
	return nil
}

// adopt takes over what a killed run did: names that it changed may not be on
// stable storage yet, so they could still change back, to something that the
// next journal does not admit.
func (w *writer) adopt(changes []Change, stale []string) {
	paths := slices.Clone(stale)
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	for _, name := range paths {
		for dir := name; dir != "."; {
			dir = path.Dir(dir)
			w.touched[dir] = true
		}
	}
}

// commit makes everything so far last, and then replaces the inventory. Of a
// directory that is gone, the one above it tells.
func (w *writer) commit(inventory []byte) error {
	for _, dir := range sorted(w.touched) {
		if err := w.Sync(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	clear(w.touched)
	if err := w.replace(inventoryName, inventory); err != nil {
		return err
	}
	return w.Sync(".")
}
