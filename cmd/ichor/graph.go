package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// graphFormat is a form in which the graph of units is printed.
type graphFormat string

func (a *app) graph() *cobra.Command {
	forms := []struct {
		name   graphFormat
		render func([]*model.Unit) string
	}{{"text", graphText}, {"dot", graphDOT}, {"mermaid", graphMermaid}, {"json", graphJSON}}
	cmd := &cobra.Command{
		Use:   "graph [DIR]",
		Short: "Print the units and what they wait for",
		Long: `graph prints every unit with the units it needs. A unit waits for a hard edge (drawn
solid), and not for a soft edge (drawn dashed): without a soft edge the unit becomes
ready, and recovers on its own later. With a directory, graph prints the graph of the
Flux repository there, which needs no spec: what its objects need of each other.`,
		Example: `  ichor graph
  ichor graph -o dot | dot -Tsvg > graph.svg
  ichor graph -o mermaid        for a Markdown file
  ichor graph ~/home-ops        of a Flux repository without a spec
  ichor graph -o json           every edge with its rule, reason and place`,
		Args: atMostOneDirectory,
	}
	cluster := clusterFlag(cmd)
	var words []graphFormat
	for _, f := range forms {
		words = append(words, f.name)
	}
	format := outputFlag(cmd, "format of the graph", words)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		all, err := a.unitsIn(args, *cluster)
		if err != nil {
			return err
		}
		return a.print(forms[slices.Index(words, *format)].render(all))
	}
	return cmd
}

// pair is all edges from one unit to another: hard if one of them is.
type pair struct {
	to    *model.Unit
	soft  bool
	rules []string // sorted
}

// pairs gives a pair for each unit that a unit leads to, sorted by name.
func pairs(u *model.Unit) []pair {
	byUnit := map[string]pair{}
	var to []string
	for _, e := range u.Edges {
		p, ok := byUnit[e.To.Name]
		if !ok {
			p = pair{to: e.To, soft: true}
			to = append(to, e.To.Name)
		}
		p.soft = p.soft && e.Soft
		if !slices.Contains(p.rules, e.Rule) {
			p.rules = append(p.rules, e.Rule)
		}
		byUnit[e.To.Name] = p
	}
	slices.Sort(to)
	all := make([]pair, len(to))
	for i, name := range to {
		all[i] = byUnit[name]
		slices.Sort(all[i].rules)
	}
	return all
}

func (p pair) label() string { return strings.Join(p.rules, ", ") }

// graphText gives a paragraph for each unit.
func graphText(all []*model.Unit) string {
	var b strings.Builder
	for _, u := range all {
		b.WriteString(diag.Line("%s", u.Name))
		for _, p := range pairs(u) {
			verb := "after"
			if p.soft {
				verb = "uses "
			}
			b.WriteString(diag.Line("  %s %s (%s)", verb, p.to.Name, p.label()))
		}
	}
	return b.String()
}

// graphDOT is for Graphviz. The language: https://graphviz.org/doc/info/lang.html
func graphDOT(all []*model.Unit) string {
	var b strings.Builder
	b.WriteString("digraph units {\n\trankdir=LR;\n\tnode [shape=box];\n")
	for _, u := range all {
		fmt.Fprintf(&b, "\t%s;\n", quoteDOT(u.Name))
	}
	for _, u := range all {
		for _, p := range pairs(u) {
			style := "solid"
			if p.soft {
				style = "dashed"
			}
			fmt.Fprintf(&b, "\t%s -> %s [label=%s, style=%s];\n", quoteDOT(u.Name), quoteDOT(p.to.Name), quoteDOT(p.label()), style)
		}
	}
	return b.String() + "}\n"
}

// quoteDOT writes a string of DOT, in which only the quote and the backslash
// mean something.
func quoteDOT(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(diag.Plain(s)) + `"`
}

// graphMermaid is for Markdown. A unit's name is also its ID, behind a prefix: the
// bare name can be a word of the language, such as end.
func graphMermaid(all []*model.Unit) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for _, u := range all {
		fmt.Fprintf(&b, "  %s[%s]\n", mermaidID(u), quoteMermaid(u.Name))
	}
	for _, u := range all {
		for _, p := range pairs(u) {
			arrow := "-->"
			if p.soft {
				arrow = "-.->"
			}
			fmt.Fprintf(&b, "  %s %s|%s| %s\n", mermaidID(u), arrow, quoteMermaid(p.label()), mermaidID(p.to))
		}
	}
	return b.String()
}

// mermaidID gives a unit's name behind a prefix; what may end an ID is written
// otherwise: a slash, which stands in names with a namespace, as two underscores,
// and any other by its number.
func mermaidID(u *model.Unit) string {
	var b strings.Builder
	for _, r := range u.Name {
		switch {
		case r == '/':
			b.WriteString("__")
		case r == '-' || r == '.' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "_%x_", r)
		}
	}
	return "u-" + b.String()
}

// quoteMermaid writes a label, which is HTML or Markdown to Mermaid, and in which # begins
// a character by its number. Source: Mermaid documentation, Flowcharts, entity codes.
func quoteMermaid(s string) string {
	return `"` + mermaidLabel.Replace(diag.Plain(s)) + `"`
}

var mermaidLabel = strings.NewReplacer(`"`, "#quot;", "#", "#35;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "`", "#96;")
