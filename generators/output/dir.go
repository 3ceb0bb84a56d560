package output

import (
	"errors"
	"io/fs"
)

// ErrBusy is the error of Dir.Lock while another run holds the directory.
var ErrBusy = errors.New("another ichor generate is running")

// Dir is the output directory. Names are relative to it, with forward slashes
// and no dots. No operation reaches outside of the directory, through symbolic
// links neither. Errors match fs.ErrNotExist and fs.ErrExist where they apply;
// a directory that does not exist yet reads as an empty one.
type Dir interface {
	reading
	Name() string // as the user knows the directory, for messages
	ReadDir(name string) ([]fs.DirEntry, error)

	// Lock excludes other runs until unlock is called or the process ends; it
	// makes the directory if there is none. It fails with ErrBusy at once, and
	// leaves nothing in the directory.
	Lock() (unlock func() error, err error)
	// Create writes a file that must not exist; when it returns, the content is
	// on stable storage, though the name need not be.
	Create(name string, content []byte) error
	Mkdir(name string) error // its parent exists, it does not
	// Rename gives a file another name, in one step, in place of what has it.
	Rename(from, to string) error
	Remove(name string) error // a file or an empty directory
	// Sync puts the names in a directory on stable storage.
	Sync(dir string) error
}

// reading is how single files are read.
type reading interface {
	ReadFile(name string) ([]byte, error)
	Lstat(name string) (fs.FileInfo, error)
}
