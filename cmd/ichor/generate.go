package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ichor/generators/output"
	"ichor/schema/diag"
)

// generateFlags are what generate may be asked for.
type generateFlags struct {
	check, dryRun, diff bool
	outDir              string
	format              *diag.Format
}

func (a *app) generate() *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:     "generate",
		Aliases: []string{"build"},
		Short:   "Write everything that follows from the spec",
		Long: `generate compiles the spec and makes the output directory hold exactly the result. It
deletes only files that it wrote itself and that are not edited. If it finds an edited
file, a file that it did not write, or a directory that belongs to another cluster or
spec, it names the file or directory and writes nothing. --check, --dry-run and --diff
write nothing; of these, only the exit code of --check shows whether the output is up
to date.`,
		Example: `  ichor generate
  ichor generate --diff         what would change, line by line
  ichor generate --check        in CI: exit code 1 if the output is not up to date
  ichor generate --check -o github`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.runGenerate(f) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.check, "check", false, "compare only, and list the files that are missing, changed, stale or edited")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list what would be done")
	flags.BoolVar(&f.diff, "diff", false, "show what would be done as a unified diff")
	flags.StringVar(&f.outDir, "out-dir", "", "directory of the output (default: flux.path of the spec)")
	f.format = formatFlag(cmd)
	a.allFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("check", "dry-run", "diff")
	cmd.MarkFlagsMutuallyExclusive("output", "dry-run")
	cmd.MarkFlagsMutuallyExclusive("output", "diff")
	return cmd
}

// compiled is what came of a spec, and where it belongs.
type compiled struct {
	project
	findings diag.List // warnings
	files    []output.File
	maker    output.Maker
	dir      *disk
	format   diag.Format
}

func (a *app) runGenerate(f generateFlags) (err error) {
	p, err := a.project()
	if err != nil {
		return err
	}
	cluster, files, found, err := p.compile(f.outDir)
	if err != nil {
		return err
	}
	if found.HasErrors() {
		return a.report(p, *f.format, found)
	}
	to, name, err := p.place(cluster, f.outDir)
	if err != nil {
		return err
	}
	if err := p.apart(to, name); err != nil {
		return err
	}
	dir, err := openDisk(to, name)
	if err != nil {
		return err
	}
	c := compiled{p, found, files, p.maker(cluster, to), dir, *f.format}
	err = a.put(c, f)
	if closed := dir.close(); err == nil {
		err = closed
	}
	return err
}

// put does with the files what the flags ask for.
func (a *app) put(c compiled, f generateFlags) error {
	if !f.check && !f.dryRun && !f.diff {
		return a.apply(c)
	}
	plan, err := output.NewPlan(c.dir, c.files, c.maker)
	switch {
	case err != nil:
		return err
	case f.check:
		return a.check(c, plan)
	case f.diff:
		return a.preview(c, plan, concealed(plan.Diff()))
	}
	return a.preview(c, plan, planned(plan))
}

func (a *app) apply(c compiled) error {
	a.watch.end()
	plan, err := output.Apply(c.dir, c.files, c.maker)
	if err != nil {
		return err
	}
	if err := a.report(c.project, c.format, append(c.findings, plan.Conflicts...)); err != nil {
		return err
	}
	a.summary("%s: %d files created, %d updated, %d deleted, %d unchanged", c.dir.Name(),
		plan.Count(output.Create), plan.Count(output.Update), plan.Count(output.Delete), plan.Count(output.Unchanged))
	return nil
}

// preview prints what would be done, and to stderr what Flux would then prune.
// What stands in the way is exit code 1; that there is something to do is not.
func (a *app) preview(c compiled, plan *output.Plan, text string) error {
	if err := a.print(text); err != nil {
		return err
	}
	for _, p := range plan.Prunes() {
		fmt.Fprint(a.err, diag.Line("%s", p))
	}
	return a.report(c.project, c.format, append(c.findings, plan.Conflicts...))
}

// check compares only. For people it lists the differences on stdout; for
// programs they are findings like the others.
func (a *app) check(c compiled, plan *output.Plan) error {
	found := append(c.findings, plan.Conflicts...)
	differ := differences(plan, c.dir.Name(), c.files)
	if c.format != diag.Text {
		return a.report(c.project, c.format, append(found, differ...))
	}
	if err := a.print(listed(differ)); err != nil {
		return err
	}
	err := a.report(c.project, diag.Text, found)
	if err == nil && len(differ) > 0 {
		fmt.Fprint(a.err, diag.Line("ichor: %s differs from what %s produces: run ichor generate, and commit the result", c.dir.Name(), c.spec))
		err = exit(exitFindings)
	}
	if err == nil {
		a.summary("%s is what %s produces: %d files", c.dir.Name(), c.spec, len(c.files))
	}
	return err
}
