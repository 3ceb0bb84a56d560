package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ichor/schema/diag"
	"ichor/schema/model"
)

func (a *app) impact() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "impact UNIT [DIR]",
		Short: "Show what stays down if a unit never becomes ready",
		Long: `impact lists the units that wait for a unit to become ready, directly or through
other units, each with its reason. Separately, it lists the units that become ready
anyway, and lack only what they use of that unit. With a directory, the units are
the Kustomizations of the Flux repository there, which needs no spec.`,
		Example: `  ichor impact longhorn
  ichor impact longhorn ~/home-ops    in a Flux repository without a spec`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return fmt.Errorf("impact takes one unit, as in: ichor impact longhorn")
			}
			return nil
		},
		ValidArgsFunction: a.completeUnits,
	}
	cluster := clusterFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		all, err := a.unitsIn(args[1:], *cluster)
		if err != nil {
			return err
		}
		u, err := unit(all, args[0])
		if err != nil {
			return err
		}
		return a.print(impactText(u, impactOf(all, u)))
	}
	return cmd
}

func impactText(u *model.Unit, i impact) string {
	var b strings.Builder
	if len(i.down) == 0 {
		b.WriteString(diag.Line("If %s never becomes ready, nothing else stays down.", u.Name))
	} else {
		b.WriteString(diag.Line("If %s never becomes ready, %s:", u.Name, stayDown(len(i.down))) + tell(i.down, ""))
	}
	if len(i.soft) > 0 {
		fmt.Fprintf(&b, "\nReady anyway, but without what they use:\n%s", tell(i.soft, "uses"))
	}
	return b.String()
}

func stayDown(n int) string {
	if n == 1 {
		return "1 unit stays down"
	}
	return fmt.Sprintf("%d units stay down", n)
}
