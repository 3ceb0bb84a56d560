package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ichor/schema/diag"
)

// starter is the spec that init writes.
//
//go:embed starter.cue
var starter []byte

// starterFile is its name in the directory of the spec.
const starterFile = "cluster.cue"

// starterModule makes a repository a CUE module, which CUE's own tools ask for.
const starterModule = "module: \"cluster.internal@v0\"\nlanguage: version: \"v0.17.0\"\n"

func (a *app) begin() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Create a spec in this directory",
		Long: `init writes a small spec to start from, makes the directory a CUE module, and puts
the language beside the spec for editors. Existing files stay as they are. With
--spec, init creates a further spec, which gets its own output directory.`,
		Example: `  ichor init
  ichor -C ~/cluster init
  ichor init --spec clusters/lab`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.runInit() },
	}
}

func (a *app) runInit() error {
	root, err := filepath.Abs(a.directory)
	if err != nil {
		return err
	}
	spec := path.Clean(filepath.ToSlash(a.spec))
	if a.spec == "" || !fs.ValidPath(spec) {
		return fmt.Errorf("--spec %q is not a directory below %s: write a relative path, such as clusters/lab", a.spec, root)
	}
	wrote, err := beginSpec(root, spec)
	if err != nil {
		return err
	}
	vet, generate := a.command("vet"), a.command("generate")
	a.directory = root
	if err := a.syncLanguage(); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "ichor: wrote %s, and the language to %s\n", diag.Plain(strings.Join(wrote, " and ")), languageCopy)
	fmt.Fprintf(a.err, "ichor: next, describe your cluster in %s, check it with `%s`, and generate the output with `%s`\n",
		diag.Plain(path.Join(spec, starterFile)), diag.Plain(vet), diag.Plain(generate))
	return nil
}

// beginSpec writes the starter and the module into a repository, and gives the
// files that were not there yet.
func beginSpec(directory, spec string) (wrote []string, err error) {
	if err := os.MkdirAll(directory, directoryMode); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := vacant(confined{root, "."}, spec); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{{"cue.mod/module.cue", []byte(starterModule)}, {path.Join(spec, starterFile), starterFor(spec)}} {
		created, err := writeNew(root, f.name, f.content)
		if err != nil {
			return nil, err
		}
		if created {
			wrote = append(wrote, f.name)
		}
	}
	return wrote, nil
}

// vacant fails where a directory cannot take a spec: it is a file, or holds CUE
// already, of which CUE makes one package.
func vacant(root fs.FS, spec string) error {
	entries, err := fs.ReadDir(root, spec)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return path.Ext(e.Name()) == ".cue" })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("a spec already exists, %s: init creates a spec and does not change one; to create another spec, name its directory with --spec", path.Join(spec, entries[i].Name()))
}

// starterFor gives the starter for the directory of a spec. All but the usual one
// get an output directory of their own.
func starterFor(spec string) []byte {
	if spec == specDirectory || spec == "." {
		return starter
	}
	line := fmt.Sprintf("\tflux: path: %q\n\n", outputOf(spec))
	return bytes.Replace(starter, []byte("\tvlans:"), []byte(line+"\tvlans:"), 1)
}

// noOutput is what flux.path has no room for.
var noOutput = regexp.MustCompile("[^A-Za-z0-9_/-]")

// outputOf gives the output directory of a spec in one that all specs share. It
// must not lie in the spec itself.
func outputOf(spec string) string {
	all := "out"
	if strings.HasPrefix(spec+"/", "out/") {
		all = "output"
	}
	return path.Join(all, noOutput.ReplaceAllString(spec, "-"))
}

// writeNew writes a file that is not there yet; one that is stays as it is.
func writeNew(root *os.Root, name string, content []byte) (created bool, err error) {
	if err := root.MkdirAll(path.Dir(name), directoryMode); err != nil {
		return false, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(content)
	return true, errors.Join(err, f.Close())
}
