package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ichor/generators/output"
	"ichor/generators/talos"
	"ichor/schema/diag"
)

// Modes of what holds secrets.
const (
	secretFileMode      fs.FileMode = 0o600
	secretDirectoryMode fs.FileMode = 0o700
)

func (a *app) talos() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "talos",
		Short:   "Make machine configurations that can be applied",
		Example: "  ichor talos render --secrets ~/talos/secrets.yaml --to ~/talos/rendered",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.talosRender())
	return cmd
}

func (a *app) talosRender() *cobra.Command {
	var bundle, to string
	cmd := &cobra.Command{
		Use:   "render",
		Short: "Put the secrets into the machine configurations, outside the repository",
		Long: `render compiles the spec and writes each machine configuration with the values of
a secrets bundle in the place of its markers, as files that only you can read.
The bundle is the file that "talosctl gen secrets" writes. Where the spec keeps
the bundle in 1Password, use "op inject" instead.`,
		Example: `  talosctl gen secrets -o ~/talos/secrets.yaml
  ichor talos render --secrets ~/talos/secrets.yaml --to ~/talos/rendered
  talosctl apply-config --nodes 172.29.51.11 --file ~/talos/rendered/mini01.yaml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.render(bundle, to) },
	}
	cmd.Flags().StringVar(&bundle, "secrets", "", "file with the secrets bundle")
	cmd.Flags().StringVar(&to, "to", "", "directory to write to, outside the repository")
	return required(cmd, "secrets", "to")
}

// required makes flags that a verb cannot do without.
func required(cmd *cobra.Command, flags ...string) *cobra.Command {
	for _, f := range flags {
		if err := cmd.MarkFlagRequired(f); err != nil {
			panic(err)
		}
	}
	return cmd
}

func (a *app) render(bundle, to string) error {
	p, err := a.project()
	if err != nil {
		return err
	}
	if err := outside(p.root, to); err != nil {
		return err
	}
	values, err := os.ReadFile(bundle)
	if err != nil {
		return err
	}
	cluster, files, found, err := p.compile("")
	if err != nil {
		return err
	}
	if found.HasErrors() {
		return a.report(p, diag.Text, found)
	}
	if cluster.Talos.Secrets.Item.IsSet() {
		return fmt.Errorf("the spec keeps the secrets in 1Password (talos.secrets): fill them in with `op inject -i %s/talos/<node>.yaml`", cluster.Flux.Path.V)
	}
	return a.writeRendered(files, values, to)
}

// outside refuses a directory in the repository, where secrets would end in git.
func outside(root, to string) error {
	absolute, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(root, absolute); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("%s lies in the repository %s, where secrets would end in git: name a directory outside of it", to, root)
	}
	return nil
}

// writeRendered renders everything before it writes anything.
func (a *app) writeRendered(files []output.File, values []byte, to string) error {
	rendered := map[string][]byte{}
	var names []string
	for _, f := range files {
		if path.Dir(f.Path) != "talos" {
			continue // schematics hold no secrets
		}
		content, err := talos.Render(f.Content, values)
		if err != nil {
			return err
		}
		name := path.Base(f.Path)
		rendered[name], names = content, append(names, name)
	}
	if err := os.MkdirAll(to, secretDirectoryMode); err != nil {
		return err
	}
	for _, name := range names {
		if err := writeSecret(filepath.Join(to, name), rendered[name]); err != nil {
			return err
		}
	}
	a.summary("%d machine configurations in %s", len(names), to)
	return nil
}

// writeSecret replaces a file by one that only its owner can read.
func writeSecret(name string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".ichor-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(secretFileMode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
