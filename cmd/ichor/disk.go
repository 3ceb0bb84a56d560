package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"ichor/generators/output"
)

// Modes of what generate makes, before the umask. No file holds a secret.
const (
	fileMode      fs.FileMode = 0o644
	directoryMode fs.FileMode = 0o755
)

// disk is the output directory on a disk. All names go through os.Root, so that
// nothing outside of the directory is reached.
type disk struct {
	at   destination
	name string   // as the user knows it
	root *os.Root // nil as long as there is no such directory
}

var _ output.Dir = (*disk)(nil)

// openDisk opens an output directory, which need not exist. It is to be closed.
func openDisk(at destination, name string) (*disk, error) {
	dir, err := at.open()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &disk{at: at, name: filepath.ToSlash(name), root: dir.root}, nil
}

func (d *disk) close() error {
	if d.root == nil {
		return nil
	}
	return d.root.Close()
}

func (d *disk) Name() string { return d.name }

func (d *disk) ReadFile(name string) ([]byte, error) {
	if d.root == nil {
		return nil, absent("open", name)
	}
	return d.files().ReadFile(name)
}

func (d *disk) ReadDir(name string) ([]fs.DirEntry, error) {
	if d.root == nil {
		return nil, absent("open", name)
	}
	return fs.ReadDir(d.files(), name)
}

func (d *disk) Lstat(name string) (fs.FileInfo, error) {
	if d.root == nil {
		return nil, absent("lstat", name)
	}
	return d.files().Lstat(name)
}

func (d *disk) files() confined { return confined{d.root, "."} }

func absent(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// Lock locks the directory itself: the kernel lets go of it when the process
// ends, however it ends, and no lock file lies about in the repository.
func (d *disk) Lock() (unlock func() error, err error) {
	if d.root == nil {
		if err := d.make(); err != nil {
			return nil, err
		}
	}
	handle, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(handle.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return handle.Close, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = output.ErrBusy
	}
	return nil, errors.Join(err, handle.Close())
}

func (d *disk) make() error {
	if err := d.at.create(directoryMode); err != nil {
		return err
	}
	dir, err := d.at.open()
	d.root = dir.root
	return err
}

func (d *disk) Create(name string, content []byte) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (d *disk) Mkdir(name string) error { return d.root.Mkdir(name, directoryMode) }

func (d *disk) Rename(from, to string) error { return d.root.Rename(from, to) }

func (d *disk) Remove(name string) error { return d.root.Remove(name) }

// Sync asks for the names in a directory to be on stable storage. File systems
// that cannot say so for a directory answer EINVAL; they are taken as they are.
func (d *disk) Sync(dir string) error {
	handle, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	err = handle.Sync()
	if errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	if err = errors.Join(err, handle.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
