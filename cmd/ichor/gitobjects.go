package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"ichor/schema/gitindex"
)

// objects opens what git has of the commits. Source: gitrepository-layout(5).
func (g *gitDir) objects() (*git.Repository, error) {
	if g.hash() != gitindex.SHA1 {
		return nil, errors.New("the repository uses SHA-256, and ichor reads only SHA-1: leave out --base")
	}
	borrowed, err := g.shared.ReadFile("objects/info/alternates")
	if err == nil && len(strings.TrimSpace(string(borrowed))) > 0 {
		return nil, errors.New("they are borrowed from another repository (objects/info/alternates): run `git repack -a -d`, and delete that file")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files := dotgit.NewRepositoryFilesystem(gitFiles{g.own}, gitFiles{g.shared})
	return git.Open(objectStorage{filesystem.NewStorage(files, cache.NewObjectLRUDefault())}, nil)
}

// objectStorage is read without the settings of the repository: go-git refuses
// one with settings that it does not know, and none of those changes an object.
type objectStorage struct{ *filesystem.Storage }

func (objectStorage) Config() (*config.Config, error) { return config.NewConfig(), nil }

// gitFiles shows go-git a directory that it can only read. It gives no directory
// of its own for what lies elsewhere.
type gitFiles struct{ confined }

var _ billy.Filesystem = gitFiles{}

// gitFile is a file that go-git reads.
type gitFile struct {
	*os.File
	name string
}

func (f gitFile) Name() string            { return f.name }
func (gitFile) Write([]byte) (int, error) { return 0, billy.ErrReadOnly }
func (gitFile) Truncate(int64) error      { return billy.ErrReadOnly }
func (gitFile) Lock() error               { return nil }
func (gitFile) Unlock() error             { return nil }

// valid gives a name as package fs has it. What leads above is held inside.
func valid(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name != "" {
		return name
	}
	return "."
}

func (g gitFiles) Open(name string) (billy.File, error) {
	f, _, err := g.open(valid(name))
	if err != nil {
		return nil, err
	}
	return gitFile{f, name}, nil
}

func (g gitFiles) OpenFile(name string, flag int, _ fs.FileMode) (billy.File, error) {
	if flag != os.O_RDONLY {
		return nil, billy.ErrReadOnly
	}
	return g.Open(name)
}

func (g gitFiles) Stat(name string) (fs.FileInfo, error)  { return g.confined.Stat(valid(name)) }
func (g gitFiles) Lstat(name string) (fs.FileInfo, error) { return g.confined.Lstat(valid(name)) }
func (g gitFiles) Readlink(name string) (string, error)   { return g.ReadLink(valid(name)) }
func (g gitFiles) Join(elem ...string) string             { return path.Join(elem...) }
func (g gitFiles) Root() string                           { return "/" }

func (g gitFiles) ReadDir(name string) ([]fs.FileInfo, error) {
	entries, err := fs.ReadDir(g.confined, valid(name))
	if err != nil {
		return nil, err
	}
	var out []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, info)
	}
	return out, nil
}

func (gitFiles) Create(string) (billy.File, error)           { return nil, billy.ErrReadOnly }
func (gitFiles) TempFile(string, string) (billy.File, error) { return nil, billy.ErrReadOnly }
func (gitFiles) Rename(string, string) error                 { return billy.ErrReadOnly }
func (gitFiles) Remove(string) error                         { return billy.ErrReadOnly }
func (gitFiles) MkdirAll(string, fs.FileMode) error          { return billy.ErrReadOnly }
func (gitFiles) Symlink(string, string) error                { return billy.ErrReadOnly }
func (gitFiles) Chroot(string) (billy.Filesystem, error)     { return nil, billy.ErrNotSupported }
