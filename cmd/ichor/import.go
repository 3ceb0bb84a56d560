package main

import (
	"github.com/spf13/cobra"

	"ichor/schema/depend"
	"ichor/schema/importer"
)

func (a *app) importing() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Begin a spec from what is there",
		Long:  "import prints a part of a spec, made from a repository that exists.",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.importFlux())
	return cmd
}

func (a *app) importFlux() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "flux [DIR]",
		Short: "Print a service for every Kustomization of a Flux repository",
		Long: `flux prints the CUE of a service for every Kustomization of the repository in DIR:
its directory, and what Flux does with it beside (components, variables, patches). The
order is left out, since it follows; what is there before Flux stands in bootstrap, and
what Namespaces say in namespaces.

A Kustomization that applies others is a service without them, by patches that delete
them before they are applied: they are services themselves. What of it waits for them
while they wait for the rest becomes a second service. One whose files come from another
repository is applied as it is. Comments name what is left out, and what Flux does for a
Kustomization that the language has no word for, or does otherwise for a unit.

A spec can grow from there, one service after the other; that of a Kustomization which
applies others comes last, since it drops them.`,
		Example: `  ichor import flux ~/home-ops > spec/services.cue
  ichor import flux . --cluster kubernetes/main/flux/cluster`,
		Args: atMostOneDirectory,
	}
	cluster := clusterFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		r, err := a.repository(a.directoryOf(args))
		if err != nil {
			return err
		}
		c, err := r.cluster(*cluster)
		if err != nil {
			return err
		}
		spec, err := importer.Flux(c, depend.Before(r.read.Bootstrap))
		if err != nil {
			return err
		}
		return a.print(spec.Text)
	}
	return cmd
}
