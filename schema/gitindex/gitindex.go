// Package gitindex reads the index of git: the paths that git tracks in a work
// tree. It reads the versions 2, 3 and 4, an index that is split in two, one with
// sparse directories, and one without a checksum. Source: gitformat-index(5).
package gitindex

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// Hash is the function that a repository names its objects with, as the size of a
// name in bytes.
type Hash int

// The functions. Source: gitrepository-layout(5), extensions.objectFormat.
const (
	SHA1   Hash = sha1.Size
	SHA256 Hash = sha256.Size
)

// sum gives the checksum of an index.
func (h Hash) sum(data []byte) []byte {
	if h == SHA256 {
		s := sha256.Sum256(data)
		return s[:]
	}
	s := sha1.Sum(data)
	return s[:]
}

// Entry is a path that git tracks.
type Entry struct {
	// Path has forward slashes, and is relative to the work tree.
	Path string
	Kind Kind
	// Absent says that a sparse checkout leaves it out of the work tree.
	Absent bool
}

// Kind is what git has at a path.
type Kind uint32

// The kinds. Source: gitformat-index(5), the four bits of the object type.
const (
	Directory Kind = 0o4 // of a sparse checkout: all that is below it is absent
	File      Kind = 0o10
	Link      Kind = 0o12
	Submodule Kind = 0o16
)

// Bounds of what is kept, in bytes: a path of an index of version 4 is written as
// the difference to the one before, so that a small file can stand for many long
// ones.
const (
	maxPath  = 1 << 12
	maxPaths = 1 << 28
)

var errEnds = errors.New("it ends too early")

// Read gives the paths of an index in their order, each once. Open reads a file
// that lies beside it, by its name: the other part of an index that is split. Errors
// are those of open, and sentences about what is wrong with the index.
func Read(data []byte, h Hash, open func(name string) ([]byte, error)) ([]Entry, error) {
	own, err := parse(data, h)
	if err != nil {
		return nil, err
	}
	entries := own.entries
	if own.base != "" {
		if entries, err = own.over(h, open); err != nil {
			return nil, err
		}
	}
	for _, e := range entries {
		if e.Path == "" {
			return nil, errors.New("a path is empty")
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	return slices.CompactFunc(entries, func(a, b Entry) bool { return a.Path == b.Path }), nil
}

// file is one file of an index.
type file struct {
	entries []Entry
	sum     string // the checksum at its end, in hexadecimal; empty where it has none
	// base is the checksum of the index that this one changes: it deletes some of
	// its entries, replaces some by its own first ones, which have no path, and adds
	// the others.
	base              string
	deleted, replaced []int
}

func parse(data []byte, h Hash) (file, error) {
	var f file
	if len(data) < 12+int(h) {
		return f, errEnds
	}
	body, sum := data[:len(data)-int(h)], data[len(data)-int(h):]
	if none := make([]byte, h); !bytes.Equal(sum, none) {
		if !bytes.Equal(sum, h.sum(body)) {
			return f, errors.New("its checksum is wrong")
		}
		f.sum = hex.EncodeToString(sum)
	}
	r := &reader{rest: body, hash: h}
	if err := r.header(); err != nil {
		return f, err
	}
	err := r.entries(&f)
	for err == nil && len(r.rest) > 0 {
		err = r.extension(&f)
	}
	return f, err
}

// over gives the entries of the index that this one changes, with the changes.
func (f file) over(h Hash, open func(name string) ([]byte, error)) ([]Entry, error) {
	name := "sharedindex." + f.base
	data, err := open(name)
	if err != nil {
		return nil, err
	}
	base, err := parse(data, h)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case base.base != "":
		return nil, fmt.Errorf("%s is split itself", name)
	case base.sum != "" && base.sum != f.base:
		return nil, fmt.Errorf("%s has the checksum %s", name, base.sum)
	case len(f.replaced) > len(f.entries):
		return nil, errors.New("it replaces more entries than it has")
	}
	for i, at := range f.replaced {
		if at >= len(base.entries) {
			return nil, errBeyond
		}
		e := f.entries[i]
		if e.Path != "" {
			return nil, errors.New("an entry that replaces another has a path of its own")
		}
		e.Path = base.entries[at].Path
		base.entries[at] = e
	}
	return append(f.kept(base.entries), f.entries[len(f.replaced):]...), nil
}

// kept gives the entries that are not deleted. One that is added takes the place
// of one that has its path.
func (f file) kept(base []Entry) []Entry {
	gone := map[string]bool{}
	for _, e := range f.entries[len(f.replaced):] {
		gone[e.Path] = true
	}
	at := map[int]bool{}
	for _, i := range f.deleted {
		at[i] = true
	}
	var out []Entry
	for i, e := range base {
		if !at[i] && !gone[e.Path] {
			out = append(out, e)
		}
	}
	return out
}
