package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// maxFileSize bounds what one file of a repository may hold, in bytes.
const maxFileSize = 128 << 20

// maxLinks bounds the symbolic links on the way to a file, as Linux does.
const maxLinks = 40

var (
	errLinkOutside = errors.New("a link leads out of the repository")
	errSpecialFile = errors.New("it is neither a file nor a directory")
	errTooLarge    = fmt.Errorf("it is larger than %d MiB", maxFileSize>>20)
)

// confined is a directory of the disk as a file system that is only read. Links
// are followed as far as they stay inside the root: what leads out of it gives
// errLinkOutside. Pipes, sockets and devices give errSpecialFile, and never block.
type confined struct {
	root *os.Root
	base string // the directory in the root, with forward slashes
}

var (
	_ fs.ReadFileFS = confined{}
	_ fs.StatFS     = confined{}
	_ fs.ReadLinkFS = confined{}
)

// confine gives a directory of which nothing outside is reached.
func confine(dir string) (confined, error) {
	info, err := os.Stat(dir) // the opening of a pipe would block
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	if err != nil {
		return confined{}, err
	}
	root, err := os.OpenRoot(dir)
	return confined{root, "."}, err
}

// in gives a directory below, from which links may lead to all of the root.
func (c confined) in(dir string) confined { return confined{c.root, path.Join(c.base, dir)} }

// Open opens a file or a directory.
func (c confined) Open(name string) (fs.File, error) {
	f, _, err := c.open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// open never waits for the other end of a pipe, and looks at what it got.
func (c confined) open(name string) (*os.File, fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := c.root.OpenFile(path.Join(c.base, name), os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if errors.Is(err, syscall.ENXIO) {
		err = errSpecialFile // a socket
	}
	if err != nil {
		return nil, nil, c.failed("open", name, err)
	}
	info, err := f.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = errSpecialFile
	}
	if err != nil {
		return nil, nil, c.failed("open", name, errors.Join(err, f.Close()))
	}
	return f, info, nil
}

// ReadFile gives the content of a file of at most maxFileSize bytes.
func (c confined) ReadFile(name string) ([]byte, error) {
	f, info, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch {
	case info.IsDir():
		return nil, c.failed("read", name, syscall.EISDIR)
	case info.Size() > maxFileSize:
		return nil, c.failed("read", name, errTooLarge)
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // it has become shorter
	}
	if err != nil {
		return nil, c.failed("read", name, err)
	}
	return data[:n], nil
}

// Stat tells what a name or the link of that name leads to.
func (c confined) Stat(name string) (fs.FileInfo, error) { return c.stat("stat", c.root.Stat, name) }

// Lstat tells what a name is, be it a link.
func (c confined) Lstat(name string) (fs.FileInfo, error) {
	return c.stat("lstat", c.root.Lstat, name)
}

func (c confined) stat(op string, ask func(string) (fs.FileInfo, error), name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	info, err := ask(path.Join(c.base, name))
	if err != nil {
		return nil, c.failed(op, name, err)
	}
	return info, nil
}

// ReadLink gives the target of a link as it is written.
func (c confined) ReadLink(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := c.root.Readlink(path.Join(c.base, name))
	if err != nil {
		return "", c.failed("readlink", name, err)
	}
	return target, nil
}

// failed names a file as its reader knows it.
func (c confined) failed(op, name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if escapes(c.root, err) {
		err = errLinkOutside
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// escapes reports whether an error is that of a path which leads out of a root.
// Package os does not name it: the root gives it for its parent.
func escapes(root *os.Root, err error) bool {
	_, outside := root.Lstat("..")
	var known *fs.PathError
	return errors.As(outside, &known) && errors.Is(err, known.Err)
}

// real gives the name in the root that a name leads to by links. What is not
// there keeps its name.
func (c confined) real(name string) (string, error) {
	rest := strings.Split(path.Join(c.base, name), "/")
	at := "."
	for links := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		if next == ".." || strings.HasPrefix(next, "../") {
			return "", c.failed("open", name, errLinkOutside)
		}
		rest = rest[1:]
		info, err := c.root.Lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			at = next
			continue
		case err != nil:
			return "", c.failed("open", name, err)
		case info.Mode()&fs.ModeSymlink == 0:
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", c.failed("open", name, syscall.ELOOP)
		}
		target, err := c.root.Readlink(next)
		if err != nil || path.IsAbs(target) {
			return "", c.failed("open", name, errors.Join(err, errLinkOutside))
		}
		rest = append(strings.Split(path.Clean(target), "/"), rest...)
	}
	return at, nil
}
