package main

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"ichor/generators/output"
	"ichor/schema"
	"ichor/schema/diag"
)

// languageCopy is where a repository keeps the language for CUE's own tools.
const languageCopy = "cue.mod/pkg/" + schema.ImportPath

func (a *app) schema() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Keep a copy of the language beside the spec, for editors and cue",
		Example: "  ichor schema sync",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "sync",
		Short: "Write this ichor's language to " + languageCopy,
		Long: `sync writes the language that this ichor was built with to
` + languageCopy + `, where "cue vet", "cue fmt" and the CUE language
server find it. ichor itself always reads its own language; vet reports a copy that
differs.`,
		Example: "  ichor schema sync",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if _, err := a.project(); err != nil {
				return err
			}
			return a.syncLanguage()
		},
	})
	return cmd
}

// syncLanguage writes the copy as generate writes its output: whole, and
// touching nothing that is not ichor's.
func (a *app) syncLanguage() error {
	root, err := a.rootDir()
	if err != nil {
		return err
	}
	files, err := languageFiles()
	if err != nil {
		return err
	}
	at, err := openRepoDir(root)
	if err != nil {
		return err
	}
	return a.write(at, languageCopy, files)
}

func languageFiles() ([]output.File, error) {
	names, err := fs.Glob(schema.Files, "*.cue")
	if err != nil {
		return nil, err
	}
	var files []output.File
	for _, name := range names {
		content, err := fs.ReadFile(schema.Files, name)
		if err != nil {
			return nil, err
		}
		files = append(files, output.File{Path: name, Content: content})
	}
	return files, nil
}

// write applies files to a directory of the repository.
func (a *app) write(at *repoDir, dir string, files []output.File) (err error) {
	to, err := at.destination(filepath.Join(at.root, filepath.FromSlash(dir)))
	if err != nil {
		return err
	}
	d, err := openDisk(to, path.Clean(dir))
	if err != nil {
		return err
	}
	plan, err := output.Apply(d, files, output.Maker{Tool: tool})
	if closed := d.close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if len(plan.Conflicts) > 0 {
		return a.report(project{repoDir: at, fsys: emptyFS{}}, diag.Text, plan.Conflicts)
	}
	a.summary("%s is up to date", dir)
	return nil
}

// emptyFS has no files: conflicts of the output show no lines.
type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
}
