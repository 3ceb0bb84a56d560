package main

import (
	"github.com/spf13/cobra"
)

func (a *app) vet() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "vet",
		Aliases: []string{"validate", "lint"},
		Short:   "Check the spec",
		Long: `vet checks the spec against the language and against every rule, generates
everything in memory, and judges it as Talos and the API server would: each
machine configuration by Talos's own library, each object by the schema and the
rules of its kind in the release of the spec. vet also judges the directories that
services name, with the files that are in the index of git, and judges the Flux
Kustomizations in them as ichor audit does. vet prints all findings of a stage at
once, each with its place. A warning does not change the exit code.
ichor explain CODE prints more about a finding.`,
		Example: `  ichor vet
  ichor vet -C ../home-ops --spec clusters/home
  ichor vet -o github           annotations in a workflow of GitHub
  ichor vet -o sarif > ichor.sarif`,
		Args: noArguments,
	}
	format := formatFlag(cmd)
	a.allFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		p, err := a.project()
		if err != nil {
			return err
		}
		c, _, found, err := p.compile("")
		if err != nil {
			return err
		}
		if err := a.report(p, *format, found); err != nil {
			return err
		}
		a.summary("%s is fine: %d nodes, %d services, %d units", p.spec, len(c.Nodes), len(c.Services), len(c.Units))
		return nil
	}
	return cmd
}
