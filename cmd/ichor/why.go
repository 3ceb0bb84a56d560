package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ichor/schema/diag"
	"ichor/schema/model"
)

func (a *app) why() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "why A B [DIR]",
		Short: "Show why unit A comes after unit B",
		Long: `why prints the shortest chain of reasons for which unit A waits for unit B. If A only
uses B, and becomes ready without it, why prints that chain as a use, and the exit
code is 1. If there is no chain, the exit code is also 1. With a directory, the units
are the Kustomizations of the Flux repository there, which needs no spec.`,
		Example: `  ichor why authentik longhorn
  ichor why authentik longhorn ~/home-ops    in a Flux repository without a spec`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 && len(args) != 3 {
				return fmt.Errorf("why takes two units, as in: ichor why authentik longhorn")
			}
			return nil
		},
		ValidArgsFunction: a.completeUnits,
	}
	cluster := clusterFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		all, err := a.unitsIn(args[2:], *cluster)
		if err != nil {
			return err
		}
		from, err := unit(all, args[0])
		if err != nil {
			return err
		}
		to, err := unit(all, args[1])
		if err != nil {
			return err
		}
		return a.tellWhy(from, to)
	}
	return cmd
}

// tellWhy prints the chain, or a sentence and exit code 1 where none is hard.
func (a *app) tellWhy(from, to *model.Unit) error {
	text, found := whyText(from, to)
	if found {
		return a.print(text)
	}
	if err := a.print(text); err != nil {
		return err
	}
	return exit(exitFindings)
}

// whyText tells the chain from a unit to another; found says that it is hard.
func whyText(from, to *model.Unit) (text string, found bool) {
	if from == to {
		return diag.Line("%s is one unit: it comes neither before nor after itself.", from.Name), false
	}
	if steps := chain(from, to, false); steps != nil {
		return diag.Line("%s comes after %s:", from.Name, to.Name) + tell(steps, "comes after"), true
	}
	text = diag.Line("%s does not need %s.", from.Name, to.Name)
	if steps := chain(from, to, true); steps != nil {
		text = diag.Line("%s does not wait for %s, and only uses it:", from.Name, to.Name) + tell(steps, "uses")
	}
	if chain(to, from, false) != nil {
		text += diag.Line("It is the other way round: ichor why %s %s", to.Name, from.Name)
	}
	return text, false
}

// tell gives a line for each step, and one for each of its reasons with its
// place. A step of soft edges reads with the verb soft.
func tell(steps []step, soft string) string {
	var b strings.Builder
	for _, s := range steps {
		verb := "comes after"
		if s.edges[0].Soft {
			verb = soft
		}
		b.WriteString(diag.Line("  %s %s %s", s.from.Name, verb, s.to.Name))
		for _, e := range s.edges {
			b.WriteString(diag.Line("    because %s [%s]%s", e.Reason, e.Rule, place(e)))
		}
	}
	return b.String()
}

func place(e model.Edge) string {
	if !e.Pos.IsValid() {
		return ""
	}
	return ": " + e.Pos.String()
}

// completeUnits offers the units' names to a shell.
func (a *app) completeUnits(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, err := a.units()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var plain []string
	for _, name := range names(all) {
		plain = append(plain, diag.Plain(name))
	}
	return plain, cobra.ShellCompDirectiveNoFileComp
}
