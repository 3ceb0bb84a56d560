package main

import (
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/spf13/cobra"

	"ichor/generators/output"
	"ichor/generators/talos"
	"ichor/schema/diag"
)

func (a *app) talos() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "talos",
		Short:   "Create machine configurations that can be applied",
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
a secrets bundle in place of its markers. Only you can read the files. The bundle is
the file that "talosctl gen secrets" writes, decrypted: if a value is encrypted, is a
variable, or is not the key that its name requires, render writes nothing. Talos's own
library checks the result. The directory must be outside of every work tree of git,
also after ichor follows links. render names the files of nodes that are gone, and
keeps them. If the spec keeps the bundle in 1Password, use "op inject" instead.`,
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
	if err := judgeSecretDir(to, p.root); err != nil {
		return err
	}
	data, err := os.ReadFile(bundle)
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
	rendered, err := renderAll(files, data, bundle)
	if err != nil {
		return err
	}
	return a.writeRendered(rendered, to, p.root)
}

// renderAll gives the machine configurations by their names, with the values of a
// secrets bundle.
func renderAll(files []output.File, data []byte, name string) (map[string][]byte, error) {
	bundle, err := talos.ReadBundle(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	rendered := map[string][]byte{}
	for _, f := range files {
		if path.Dir(f.Path) != "talos" {
			continue // schematics hold no secrets
		}
		content, err := talos.Render(f.Content, bundle)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		rendered[path.Base(f.Path)] = content
	}
	return rendered, nil
}

// writeRendered writes what is rendered, and names what an earlier run wrote of nodes
// that are gone. It deletes nothing: a machine that still runs may need its file.
func (a *app) writeRendered(rendered map[string][]byte, to, repository string) (err error) {
	d, err := openSecretDir(to, repository)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.root.Close()) }()
	if err := d.write(rendered); err != nil {
		return err
	}
	old, err := d.left(rendered)
	if err != nil {
		return err
	}
	for _, name := range old {
		fmt.Fprintf(a.err, "%q in %s belongs to no node of the spec: delete it when its machine is gone, since it holds the keys of the cluster\n", name, to)
	}
	a.summary("%s in %s", count(len(rendered), "machine configuration"), to)
	return nil
}
