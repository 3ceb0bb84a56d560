package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// starter is the spec that init writes.
//
//go:embed starter.cue
var starter []byte

// starterModule makes a repository a CUE module, which CUE's own tools ask for.
const starterModule = "module: \"cluster.internal@v0\"\nlanguage: version: \"v0.17.0\"\n"

func (a *app) begin() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Begin a spec in this directory",
		Long: `init writes a small spec to grow from, makes the directory a CUE module, and puts
the language beside it for editors. What is there already stays as it is.`,
		Example: `  ichor init
  ichor -C ~/cluster init`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.runInit() },
	}
}

func (a *app) runInit() error {
	root, err := filepath.Abs(a.directory)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, a.spec)); err == nil {
		return fmt.Errorf("%s is there already: init begins a spec, and changes none", filepath.Join(root, a.spec))
	}
	if err := writeNew(filepath.Join(root, "cue.mod", "module.cue"), []byte(starterModule)); err != nil {
		return err
	}
	if err := writeNew(filepath.Join(root, a.spec, "cluster.cue"), starter); err != nil {
		return err
	}
	a.directory = root
	return a.syncLanguage()
}

// writeNew writes a file that is not there yet; one that is stays as it is.
func writeNew(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), directoryMode); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
