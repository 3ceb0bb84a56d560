package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ichor/generators/verify"
	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/diag"
)

// level is a severity, or none at all.
type level string

func (a *app) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit [DIR]",
		Short: "Judge a Flux repository that has no spec",
		Long: `audit reads the repository in DIR (default: that of -C, or the current directory)
as Flux would: it builds the path of every Kustomization, substitutes its variables,
and continues with the Kustomizations among the results. It reads only files in the
index of git, or all files where there is no git. It fetches and runs nothing, and only
--fix writes. From the objects it computes which Kustomization needs which, and compares
the result with the written dependsOn.

An error is something that will fail, or a value that can only be a secret. A warning is
something that may fail, fails only on a fresh cluster, or looks like a secret. An info
is something that could be better.
audit renders the charts in the repository, and knows well-known charts from a table.
What it cannot see (other charts, encrypted values, remote resources) is never an error.
ichor explain CODE prints more about a finding.

With --base, audit also reads the repository at another commit, and reports the changes
that Kubernetes rejects in place (the template of a Job, selectors, claims), and the
Kustomizations that are gone or renamed, so that Flux deletes what they applied.`,
		Example: `  ichor audit
  ichor audit ~/home-ops --show info
  ichor audit --fix --dry-run                what would be added to dependsOn?
  ichor audit --base origin/main             what does my branch change that cannot be?
  ichor audit -o github --fail-on warning    in a workflow of GitHub
  ichor audit -o sarif > audit.sarif`,
		Args: atMostOneDirectory,
	}
	w := auditFlags(cmd)
	a.allFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := fixing(*w.fix, *w.dry, *w.base); err != nil {
			return err
		}
		r, err := a.repository(a.directoryOf(args))
		if err != nil {
			return err
		}
		if *w.fix {
			return a.fix(r, *w.dry)
		}
		if err := r.since(*w.base); err != nil {
			return err
		}
		return a.tell(r, w)
	}
	return cmd
}

// auditWishes are the flags of an audit.
type auditWishes struct {
	format       *diag.Format
	show, failOn *level
	fix, dry     *bool
	base         *string
}

func auditFlags(cmd *cobra.Command) auditWishes {
	return auditWishes{
		format: outputFlag(cmd, "format of findings", diag.Formats()),
		show:   levelFlag(cmd, "show", "lowest severity that is printed", level(diag.Warning), level(diag.Info), level(diag.Error)),
		failOn: levelFlag(cmd, "fail-on", "lowest severity that makes the exit code 1", level(diag.Error), level(diag.Warning), level(diag.Info), "never"),
		fix:    cmd.Flags().Bool("fix", false, "write computed dependencies that are missing into the files, and print no findings"),
		dry:    cmd.Flags().Bool("dry-run", false, "with --fix: print what would change, and write nothing"),
		base:   cmd.Flags().String("base", "", "git commit to compare with, such as HEAD~1 or origin/main"),
	}
}

// tell prints a summary and the findings; those that are grave enough fail.
func (a *app) tell(r *fluxRepository, w auditWishes) error {
	a.watch.reading("the objects of the repository")
	found := r.findings()
	if *w.format == diag.Text {
		if err := a.print(r.summary(found)); err != nil {
			return err
		}
	}
	if err := a.printTo(a.out, r.project, *w.format, gravest(found, *w.show)); err != nil {
		return err
	}
	if len(gravest(found, *w.failOn)) > 0 {
		return exit(exitFindings)
	}
	return nil
}

// fixing refuses flags that say nothing together.
func fixing(fix, dry bool, base string) error {
	switch {
	case dry && !fix:
		return fmt.Errorf("--dry-run requires --fix")
	case fix && base != "":
		return fmt.Errorf("--fix writes dependencies and compares nothing: leave out --base")
	}
	return nil
}

// levelFlag gives a verb a flag that takes a severity; the first is the default.
func levelFlag(cmd *cobra.Command, name, usage string, words ...level) *level {
	value := words[0]
	cmd.Flags().Var(choice[level]{&value, words}, name, usage)
	return &value
}

func atMostOneDirectory(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one directory, but there are %d", cmd.Name(), len(args))
	}
	return nil
}

// directoryOf gives the directory that is named as an argument, else by -C, else the
// current one.
func (a *app) directoryOf(args []string) string {
	if len(args) == 0 {
		return cmp.Or(a.directory, ".")
	}
	return args[0]
}

// severities, the gravest first.
var severities = []diag.Severity{diag.Error, diag.Warning, diag.Info}

// gravest gives the findings of a severity and of graver ones; of never, none.
func gravest(l diag.List, least level) diag.List {
	limit := slices.Index(severities, diag.Severity(least))
	return slices.DeleteFunc(slices.Clone(l), func(d diag.Diagnostic) bool { return slices.Index(severities, d.Severity) > limit })
}

// findings judges every cluster: its Kustomizations, and the objects against each
// other.
func (r *fluxRepository) findings() diag.List {
	var found diag.List
	for _, c := range r.clusters {
		found = append(found, c.Findings()...)
		found = append(found, verify.Scanned(worldOf(c), c.Here())...)
	}
	return found.Sort()
}

// worldOf is what the objects of a repository come to.
func worldOf(c *audit.Cluster) verify.World {
	w := verify.World{ByHand: true, Before: c.Before(), Releases: c.Applied(), Said: c.Releases(), Charts: depend.Charts()}
	for _, u := range c.Units {
		for _, f := range u.Provides {
			w.Capabilities = append(w.Capabilities, f.Capability)
		}
	}
	for i, k := range c.Kustomizations {
		if k.Spec.Force {
			w.Forced = append(w.Forced, c.Units[i].Name)
		}
		if k.Incomplete() {
			w.Directories = append(w.Directories, k.Namespace, k.Spec.TargetNamespace)
		}
	}
	return w
}

// summary tells what was read and found, before the findings one by one.
func (r *fluxRepository) summary(found diag.List) string {
	var b bytes.Buffer
	for _, c := range r.clusters {
		s := c.Statistics()
		b.WriteString(diag.Line("%s: %s, %s", c.Name, count(len(c.Kustomizations), "Kustomization"), count(s.Objects, "object")))
		if s.Written > 0 {
			fmt.Fprintf(&b, "  %d of %s follow from the objects (%d more through others); ichor computes %s\n",
				s.Direct, count(s.Written, "written dependency"), s.Through, count(s.Computed, "dependency"))
		} else {
			fmt.Fprintf(&b, "  no dependsOn is written; ichor computes %s\n", count(s.Computed, "dependency"))
		}
	}
	b.WriteString(r.unread())
	fmt.Fprintf(&b, "%s\n", countFindings(found))
	codesTable(&b, found)
	fmt.Fprintln(&b)
	return b.String()
}

// unread says how many files Flux never applies.
func (r *fluxRepository) unread() string {
	files, dirs := 0, 0
	all := r.read.Unread()
	for _, u := range all {
		if files += len(u.Files); u.IsDir {
			dirs++
		}
	}
	switch {
	case len(all) == 0:
		return ""
	case dirs == 0:
		return fmt.Sprintf("never applied: %s that no kustomization names\n", count(files, "file"))
	}
	return fmt.Sprintf("never applied: %s that no kustomization names, including those of %s\n", count(files, "file"), count(dirs, "whole directory"))
}

// codesTable gives a line for each code: how often, how grave, and what it is.
func codesTable(w io.Writer, found diag.List) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer table.Flush()
	all := rules()
	for _, s := range severities {
		for _, rule := range all {
			n := 0
			for _, d := range found {
				if d.Code == rule.Code && d.Severity == s {
					n++
				}
			}
			if n > 0 {
				fmt.Fprintf(table, "  %d\t%s\t%s\t%s\n", n, s, rule.Code, firstClause(rule.Summary))
			}
		}
	}
}

// firstClause gives a summary up to its first colon or full stop.
func firstClause(s string) string {
	before, _, _ := strings.Cut(s, ":")
	before, _, _ = strings.Cut(before, ". ")
	return strings.TrimSuffix(before, ".")
}

func countFindings(l diag.List) string {
	var parts []string
	for _, s := range severities {
		n := 0
		for _, d := range l {
			if d.Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, count(n, string(s)))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// count gives a number with its noun.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
