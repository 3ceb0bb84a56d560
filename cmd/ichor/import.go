package main

import (
	"github.com/spf13/cobra"

	"ichor/schema/depend"
	"ichor/schema/importer"
)

func (a *app) importing() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Create a part of a spec from an existing repository",
		Long:  "import converts existing configuration into a part of a spec.",
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
its directory, and what else Flux does with it (components, variables, patches). flux
leaves out the order, because ichor computes it. bootstrap holds what exists before
Flux, and namespaces holds what the Namespaces define.

A Kustomization that applies others becomes a service without them: patches delete them
before Flux applies them, because they are services themselves. The part that waits for
them, while they wait for the rest, becomes a second service. A Kustomization whose files
come from another repository is applied as it is. Comments name what is left out, and
what Flux does for a Kustomization that the language cannot express, or that Flux does
differently for a unit.

A spec can grow from there, one service after the other. The service of a Kustomization
that applies others comes last, because it drops them.`,
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
