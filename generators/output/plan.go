package output

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ichor/schema/diag"
)

// Action is what a plan does with a file.
type Action string

// The actions.
const (
	Create    Action = "create"
	Update    Action = "update"
	Delete    Action = "delete" // ours, unedited, and no longer wanted
	Unchanged Action = "unchanged"
)

// Change is one file of a plan. Paths are relative to the output directory.
type Change struct {
	Path   string
	Action Action
	Have   []byte // nothing if created
	Want   []byte // nothing if deleted
}

// Plan is what has to happen so that a directory holds every file that is
// wanted and none that is ours and no longer wanted.
type Plan struct {
	Changes   []Change  // sorted by path; the inventory is one of them
	Conflicts diag.List // what stands in the way; where there is one, nothing is written

	dir     string    // as the user knows it
	have    inventory // as it was found
	journal inventory // what is ours now, and what is about to be
	stale   []string  // paths that the inventory lists and nobody wants, there or not
}

// NewPlan compares the files that are wanted with a directory; it only reads.
// Errors are those of the disk and bugs of ours (two files of one path, a path
// that leaves the directory). What a user did to the files, and a directory that
// belongs to another cluster, are in Plan.Conflicts.
func NewPlan(d Dir, want []File, m Maker) (*Plan, error) {
	want, err := ordered(want)
	if err != nil {
		return nil, err
	}
	have, content, err := readInventory(d)
	var bad inventoryError
	if errors.As(err, &bad) {
		return &Plan{Conflicts: diag.List{unreadable(path.Join(d.Name(), inventoryName), bad)}}, nil
	}
	if err != nil {
		return nil, err
	}
	owner, err := have.owner(d)
	if err != nil {
		return nil, err
	}
	if !m.takesOver(owner) {
		return &Plan{Conflicts: diag.List{another(d.Name(), owner, m)}}, nil
	}
	p := &Plan{dir: d.Name(), have: have, journal: newInventory(m)}
	if err := p.compare(d, want); err != nil {
		return nil, err
	}
	if !p.mayDelete(owner, m) {
		return &Plan{Conflicts: diag.List{another(d.Name(), owner, m)}}, nil
	}
	return p, p.conclude(content, want, m)
}

// Clean reports whether the directory is as it should be.
func (p *Plan) Clean() bool {
	return len(p.Conflicts) == 0 && !slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Action != Unchanged })
}

// Count gives the number of files for which a plan has an action.
func (p *Plan) Count(a Action) int {
	n := 0
	for _, c := range p.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

func (p *Plan) compare(d Dir, want []File) error {
	wanted := map[string]bool{}
	for _, f := range want {
		wanted[f.Path] = true
		if err := p.wanted(d, f); err != nil {
			return err
		}
	}
	for _, name := range p.have.paths() {
		if !wanted[name] {
			if err := p.unwanted(d, name); err != nil {
				return err
			}
		}
	}
	return p.leftover(d)
}

// conclude adds the inventory, and makes the order that of the paths.
func (p *Plan) conclude(content []byte, want []File, m Maker) error {
	next := newInventory(m)
	for _, f := range want {
		next.Files[f.Path] = hash(f.Content)
	}
	data, err := next.encode()
	if err != nil {
		return err
	}
	p.add(Change{Path: inventoryName, Have: content, Want: data}, content != nil)
	slices.SortFunc(p.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	p.Conflicts = p.Conflicts.Sort()
	return nil
}

// add adds a file that is wanted.
func (p *Plan) add(c Change, exists bool) {
	switch {
	case !exists:
		c.Action = Create
	case bytes.Equal(c.Have, c.Want):
		c.Action = Unchanged
	default:
		c.Action = Update
	}
	p.Changes = append(p.Changes, c)
}

// wanted decides on a file that is wanted. What has the wanted content already
// is ours, whoever wrote it.
func (p *Plan) wanted(d Dir, f File) error {
	found, err := lookup(d, f.Path)
	switch {
	case err != nil:
		return err
	case found.obstacle != "":
		p.conflict(inTheWay(p.place(found.obstacle), found.kind, f.Origin))
	case found.exists && !found.owned(p.have) && found.hash() != hash(f.Content) && p.have.lists(f.Path):
		p.conflict(edited(p.place(f.Path), f.Origin))
	case found.exists && !found.owned(p.have) && found.hash() != hash(f.Content):
		p.conflict(foreign(p.place(f.Path), p.place(inventoryName), f.Origin))
	default:
		p.admit(found)
		p.journal.Pending[f.Path] = hash(f.Content)
		p.add(Change{Path: f.Path, Have: found.content, Want: f.Content}, found.exists)
	}
	return nil
}

// unwanted decides on a file that we wrote once. Where something else than a
// file has taken its place, that is not ours, and there is nothing to delete.
func (p *Plan) unwanted(d Dir, name string) error {
	found, err := lookup(d, name)
	switch {
	case err != nil:
		return err
	case found.obstacle != "":
		return nil
	case found.exists && !found.owned(p.have):
		p.conflict(editedStale(p.place(name), p.dir))
		return nil
	case found.exists:
		p.admit(found)
		p.Changes = append(p.Changes, Change{Path: name, Action: Delete, Have: found.content})
	default: // its directory may still be there
		p.journal.Files[name] = cmp.Or(p.have.Files[name], p.have.Pending[name])
	}
	p.stale = append(p.stale, name)
	return nil
}

// leftover finds the temporary file of a run that was killed.
func (p *Plan) leftover(d Dir) error {
	found, err := lookup(d, temporaryName)
	switch {
	case err != nil:
		return err
	case found.obstacle != "":
		p.conflict(inTheWay(p.place(temporaryName), found.kind, diag.Pos{}))
	case found.exists:
		p.Changes = append(p.Changes, Change{Path: temporaryName, Action: Delete, Have: found.content})
	}
	return nil
}

func (p *Plan) admit(f found) {
	if f.exists {
		p.journal.Files[f.path] = f.hash()
	}
}

func (p *Plan) place(name string) string { return path.Join(p.dir, name) }

func (p *Plan) conflict(d diag.Diagnostic) { p.Conflicts = append(p.Conflicts, d) }

// found is what stands at a path.
type found struct {
	path     string
	exists   bool // a regular file stands there
	content  []byte
	obstacle string // what stands there instead, or what bars the way: this path or one above it
	kind     string // of the obstacle, with its article
}

func (f found) hash() string { return hash(f.content) }

func (f found) owned(i inventory) bool { return i.owns(f.path, f.hash()) }

// lookup goes down to a path and follows no symbolic link.
func lookup(d reading, name string) (found, error) {
	f := found{path: name}
	for i, c := range name + "/" {
		if c != '/' {
			continue
		}
		info, err := d.Lstat(name[:i])
		if errors.Is(err, fs.ErrNotExist) {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		if isDir := i < len(name); isDir != info.IsDir() || !isDir && !info.Mode().IsRegular() {
			f.obstacle, f.kind = name[:i], kindOf(info)
			return f, nil
		}
	}
	var err error
	f.content, err = d.ReadFile(name)
	f.exists = err == nil
	return f, err
}

func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a directory"
	case mode.IsRegular():
		return "a file"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "a " + strings.ToLower(info.Mode().Type().String()) + " special file"
}
