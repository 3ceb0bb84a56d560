package gitindex

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// reader goes through the bytes of an index.
type reader struct {
	rest    []byte
	hash    Hash
	version uint32
	count   uint32
	names   int // bytes of all paths so far
}

func (r *reader) take(n int) ([]byte, error) {
	if n < 0 || n > len(r.rest) {
		return nil, errEnds
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out, nil
}

func (r *reader) uint32() (uint32, error) {
	b, err := r.take(4)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b), nil
}

func (r *reader) header() error {
	b, err := r.take(12)
	if err != nil {
		return err
	}
	r.version, r.count = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	switch {
	case string(b[:4]) != "DIRC":
		return errors.New("it is no index of git")
	case r.version < 2 || r.version > 4:
		return fmt.Errorf("it is of version %d, and ichor reads 2, 3 and 4", r.version)
	case uint64(r.count)*uint64(statSize+int(r.hash)+3) > uint64(len(r.rest)):
		return errEnds
	}
	return nil
}

// statSize is what an entry holds before the name of its object: two times,
// device, inode, mode, owner, group and size.
const statSize = 40

// Flags of an entry. Source: gitformat-index(5), Index entry.
const (
	flagExtended = 1 << 14
	flagAbsent   = 1 << 14 // among those of version 3: skip-worktree
	lengthMask   = 1<<12 - 1
)

func (r *reader) entries(f *file) error {
	f.entries = make([]Entry, 0, r.count)
	before := ""
	for range r.count {
		e, err := r.entry(before)
		if err != nil {
			return err
		}
		before = e.Path
		if e.Kind == Directory {
			e.Path, e.Absent = strings.TrimSuffix(e.Path, "/"), true
		}
		f.entries = append(f.entries, e)
	}
	return nil
}

func (r *reader) entry(before string) (Entry, error) {
	start := len(r.rest)
	b, err := r.take(statSize + int(r.hash) + 2)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Kind: Kind(binary.BigEndian.Uint32(b[24:]) >> 12 & 0xf)}
	flags := binary.BigEndian.Uint16(b[len(b)-2:])
	if flags&flagExtended != 0 {
		more, err := r.take(2)
		if err != nil {
			return Entry{}, err
		}
		e.Absent = binary.BigEndian.Uint16(more)&flagAbsent != 0
	}
	if r.version == 4 {
		e.Path, err = r.difference(before)
		return e, err
	}
	if e.Path, err = r.name(int(flags & lengthMask)); err != nil {
		return Entry{}, err
	}
	// One to eight zeros end the name, up to a multiple of eight.
	_, err = r.take(8 - (start-len(r.rest))%8)
	return e, err
}

// name reads a path of a length. The greatest length stands for all longer ones:
// such a path ends before the first zero.
func (r *reader) name(length int) (string, error) {
	if length == lengthMask {
		length = bytes.IndexByte(r.rest, 0)
	}
	b, err := r.take(length)
	if err != nil {
		return "", err
	}
	return r.path(string(b))
}

// difference reads a path as how many bytes to take from the end of the one before,
// and what follows in their place.
func (r *reader) difference(before string) (string, error) {
	less, err := r.varint()
	if err != nil {
		return "", err
	}
	end := bytes.IndexByte(r.rest, 0)
	b, err := r.take(end)
	switch {
	case err != nil:
		return "", err
	case less > uint64(len(before)):
		return "", errors.New("a path takes more from the one before than that has")
	}
	r.rest = r.rest[1:]
	kept := before[:uint64(len(before))-less]
	if len(kept)+len(b) > maxPath {
		return "", errLong
	}
	return r.path(kept + string(b))
}

var errLong = fmt.Errorf("a path is longer than %d bytes, or all are longer than %d", maxPath, maxPaths)

func (r *reader) path(p string) (string, error) {
	r.names += len(p)
	if len(p) > maxPath || r.names > maxPaths {
		return "", errLong
	}
	return p, nil
}

// varint reads a number as packs of git write offsets. Source: gitformat-pack(5).
func (r *reader) varint() (uint64, error) {
	var n uint64
	for i := 0; ; i++ {
		b, err := r.take(1)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			n++
		}
		n = n<<7 + uint64(b[0]&0x7f)
		switch {
		case n > maxPath:
			return 0, errLong
		case b[0]&0x80 == 0:
			return n, nil
		}
	}
}

// extension reads what follows the entries. One whose name begins with a capital
// can be left out: a cache, or what git knows of changes on the disk.
func (r *reader) extension(f *file) error {
	name, err := r.take(4)
	if err != nil {
		return err
	}
	size, err := r.uint32()
	if err != nil {
		return err
	}
	if uint64(size) > uint64(len(r.rest)) {
		return errEnds
	}
	data, err := r.take(int(size))
	switch {
	case err != nil:
		return err
	case name[0] >= 'A' && name[0] <= 'Z', string(name) == "sdir":
		return nil
	case string(name) == "link":
		inner := &reader{rest: data, hash: r.hash}
		return inner.link(f)
	}
	return fmt.Errorf("it has an extension %q that ichor does not know", name)
}

// link reads what an index changes of another one.
func (r *reader) link(f *file) error {
	base, err := r.take(int(r.hash))
	if err != nil {
		return err
	}
	if bytes.Equal(base, make([]byte, r.hash)) {
		return nil // it changes none
	}
	f.base = hex.EncodeToString(base)
	if len(r.rest) == 0 {
		return nil
	}
	if f.deleted, err = r.bitmap(); err != nil {
		return err
	}
	f.replaced, err = r.bitmap()
	return err
}
