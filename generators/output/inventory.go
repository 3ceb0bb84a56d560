package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
)

// The names in the output directory that are ichor's own.
const (
	inventoryName = "inventory.json"
	// temporaryName is where a file is written before it takes its name. Runs
	// exclude each other, so there is one, and what lies there is left over
	// from a run that was killed.
	temporaryName = ".ichor.tmp"
)

// inventorySchema is the version of the inventory's format. Version 1 did not
// record the owner, and is read too.
const inventorySchema = 2

func isReserved(path string) bool {
	return path == "." || path == inventoryName || path == temporaryName
}

// inventory says which files are ours: SHA-256 in hexadecimal by path.
//
// It is also the journal of an apply. Before the first file changes, Pending
// takes the hashes that the run is about to write, and Files those that are
// there. Whenever the run is killed, every file is then absent or has one of
// the two hashes, and the next run knows it as ours.
type inventory struct {
	Schema int    `json:"schema"`
	Tool   string `json:"tool"`
	Owner
	Files   map[string]string `json:"files"`
	Pending map[string]string `json:"pending,omitempty"`
}

func newInventory(m Maker) inventory {
	return inventory{Schema: inventorySchema, Tool: m.Tool, Owner: m.Owner, Files: map[string]string{}, Pending: map[string]string{}}
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// owns reports whether we wrote this content there, or were about to.
func (i inventory) owns(path, hash string) bool {
	return i.Files[path] == hash || i.Pending[path] == hash
}

// lists reports whether we ever wrote to the path, whatever stands there now.
func (i inventory) lists(path string) bool {
	return i.Files[path] != "" || i.Pending[path] != ""
}

// paths gives every path we ever wrote to, sorted.
func (i inventory) paths() []string {
	all := slices.Concat(slices.Collect(maps.Keys(i.Files)), slices.Collect(maps.Keys(i.Pending)))
	slices.Sort(all)
	return slices.Compact(all)
}

func (i inventory) encode() ([]byte, error) {
	data, err := json.MarshalIndent(i, "", "  ")
	return append(data, '\n'), err
}

// readInventory gives an empty inventory where there is none. Its errors are
// mistakes in the file, to be told to the user, but for those of the disk.
func readInventory(d reading) (i inventory, content []byte, err error) {
	info, err := d.Lstat(inventoryName)
	if errors.Is(err, fs.ErrNotExist) {
		return inventory{}, nil, nil
	}
	if err != nil {
		return inventory{}, nil, err
	}
	if !info.Mode().IsRegular() {
		return inventory{}, nil, inventoryError{reason: "it is " + kindOf(info)}
	}
	if content, err = d.ReadFile(inventoryName); err != nil {
		return inventory{}, nil, err
	}
	i, err = decodeInventory(content)
	return i, content, err
}

// inventoryError says what is wrong with the inventory.
type inventoryError struct {
	reason string
	newer  bool // a newer ichor wrote it
}

func (e inventoryError) Error() string { return e.reason }

func decodeInventory(content []byte) (inventory, error) {
	var format struct{ Schema int }
	if err := json.Unmarshal(content, &format); err != nil {
		return inventory{}, inventoryError{reason: err.Error()}
	}
	if format.Schema < 1 || format.Schema > inventorySchema {
		return inventory{}, inventoryError{
			reason: fmt.Sprintf("its schema is %d, and this ichor reads 1 to %d", format.Schema, inventorySchema),
			newer:  format.Schema > inventorySchema,
		}
	}
	var i inventory
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&i); err != nil {
		return inventory{}, inventoryError{reason: err.Error()}
	}
	if _, err := dec.Token(); err != io.EOF {
		return inventory{}, inventoryError{reason: "text follows its end"}
	}
	return i, i.check()
}

func (i inventory) check() error {
	if i.Spec != "" && !fs.ValidPath(i.Spec) {
		return inventoryError{reason: fmt.Sprintf("its spec, %q, is not a path in the repository", i.Spec)}
	}
	for _, m := range []map[string]string{i.Files, i.Pending} {
		for _, path := range sorted(m) {
			sum, err := hex.DecodeString(m[path])
			if err != nil || len(sum) != sha256.Size {
				return inventoryError{reason: fmt.Sprintf("%q has no SHA-256", path)}
			}
			if !fs.ValidPath(path) || isReserved(path) {
				return inventoryError{reason: fmt.Sprintf("it lists %q, which ichor never writes", path)}
			}
		}
	}
	return nil
}

func sorted[V any](set map[string]V) []string { return slices.Sorted(maps.Keys(set)) }
