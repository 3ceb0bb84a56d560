package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ichor/generators/output"
	"ichor/generators/talos"
	"ichor/generators/verify"
	"ichor/schema/audit"
	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/load"
)

// rules gives every rule that a finding can name, sorted by code.
func rules() []diag.Rule {
	all := slices.Concat(load.Rules, check.Rules(), talos.Rules(), output.Rules(), verify.Rules(), audit.Rules(), differenceRules(), []diag.Rule{ignoredRule(), diag.LeftOut})
	slices.SortFunc(all, func(a, b diag.Rule) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain a rule, with an example; without a code, list all rules",
		Long: `explain prints what a code means: what ichor reports and why, an example that it
reports, the corrected example, and the source of the fact, where a rule has them.
The code is the word in brackets at the start of a finding, such as
error[pool-outside-vlan]. Without a code it lists all codes, each with its severity
and a summary.
It reads no spec, so it works anywhere.`,
		Example: `  ichor explain                     all codes
  ichor explain pool-outside-vlan
  ichor explain | grep secret       the codes about secrets`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("explain takes one code, but there are %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return codes(rules()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listRules()
			}
			return a.explainRule(args[0])
		},
	}
}

func codes(all []diag.Rule) []string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.Code
	}
	return names
}

func (a *app) listRules() error {
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range rules() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Code, r.Severity, r.Summary)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return a.print(b.String())
}

func (a *app) explainRule(code string) error {
	all := rules()
	i := slices.IndexFunc(all, func(r diag.Rule) bool { return r.Code == code })
	if i < 0 {
		return fmt.Errorf("there is no code %q; %s", code, didYouMean(code, codes(all), "ichor explain lists all codes"))
	}
	return a.print(fmt.Sprintf("%s[%s]\n\n%s", all[i].Severity, code, all[i].Explain()))
}

// print writes data to stdout.
func (a *app) print(s string) error {
	_, err := a.out.Write([]byte(s))
	return err
}

// didYouMean gives a clause with the names nearest to a mistyped one, or
// otherwise where none is near.
func didYouMean(name string, names []string, otherwise string) string {
	near := diag.Nearest(name, names)
	if len(near) == 0 {
		return otherwise
	}
	return fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
}
