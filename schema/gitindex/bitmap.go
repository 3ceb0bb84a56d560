package gitindex

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var errBeyond = errors.New("it changes an entry that the index it is based on does not have")

// maxEntries bounds the entries of an index. Each takes more than 60 bytes of it.
const maxEntries = 1 << 22

// bitmap reads the positions of the bits of a compressed bitmap. A word tells of
// how many words with all bits alike, and of how many that are written out after
// it. Source: gitformat-index(5), Split index; git, ewah/ewok.h.
func (r *reader) bitmap() ([]int, error) {
	if _, err := r.uint32(); err != nil { // the number of bits
		return nil, err
	}
	count, err := r.uint32()
	if err != nil {
		return nil, err
	}
	if uint64(count)*8 > uint64(len(r.rest)) {
		return nil, errEnds
	}
	words, err := r.take(int(count) * 8)
	if err != nil {
		return nil, err
	}
	if _, err := r.uint32(); err != nil { // where the last word of its kind stands
		return nil, err
	}
	return positions(words)
}

func positions(words []byte) ([]int, error) {
	var out []int
	var at uint64 // the next bit
	add := func(word uint64) error {
		if word != 0 && at >= maxEntries {
			return errBeyond
		}
		for ; word != 0; word &= word - 1 {
			out = append(out, int(at)+bits.TrailingZeros64(word))
		}
		at += 64
		return nil
	}
	for len(words) > 0 {
		run := binary.BigEndian.Uint64(words)
		words = words[8:]
		alike, literal := run>>1&(1<<32-1), run>>33
		if run&1 == 0 {
			at += alike * 64
			alike = 0
		}
		if alike > maxEntries/64 || literal > uint64(len(words)/8) {
			return nil, errBeyond
		}
		for range alike {
			if err := add(^uint64(0)); err != nil {
				return nil, err
			}
		}
		for ; literal > 0; literal-- {
			if err := add(binary.BigEndian.Uint64(words)); err != nil {
				return nil, err
			}
			words = words[8:]
		}
	}
	return out, nil
}
