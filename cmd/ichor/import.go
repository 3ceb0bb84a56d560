package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/load"
	"ichor/schema/model"
)

func (a *app) importing() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Begin a spec from what is there",
		Long:  "import prints a part of a spec that says what something else said before.",
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
		r, err := a.repository(directoryOf(args))
		if err != nil {
			return err
		}
		c, err := r.cluster(*cluster)
		if err != nil {
			return err
		}
		text, err := imported(c, depend.Before(r.read.Bootstrap))
		if err != nil {
			return err
		}
		return a.print(text)
	}
	return cmd
}

// imported gives the CUE of a cluster's services.
func imported(c *audit.Cluster, before []model.Fact) (string, error) {
	im := newImporter(c, before)
	for i := range c.Kustomizations {
		im.add(i)
	}
	cluster := map[string]any{"services": im.services}
	if namespaces := im.worthSaying(); len(namespaces) > 0 {
		cluster["namespaces"] = namespaces
	}
	if groups := crdsOf(before, c.Units); len(groups) > 0 {
		cluster["bootstrap"] = map[string]any{"provides": map[string]any{"crds": groups}}
	}
	if len(im.left) > 0 {
		im.left = append(im.left, "", "")
	}
	data, err := load.Write(map[string]any{"cluster": cluster}, im.comments)
	return strings.Join(im.left, "\n") + string(data), err
}

// crdsOf gives the API groups among facts that a unit needs.
func crdsOf(facts []model.Fact, units []*model.Unit) []string {
	needed := map[model.Capability]bool{}
	for _, u := range units {
		for _, n := range u.Needs {
			needed[n.Capability] = true
		}
	}
	var out []string
	for _, f := range facts {
		if f.Kind == model.KindCRD && needed[f.Capability] {
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
