package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ichor/cmd/ichor/supervise"
	"ichor/schema/diag"
	"ichor/schema/secret"
)

// Exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // findings of severity error, or differences
	exitFailed   = 2 // could not run
)

// exit is an error that says no more than the exit code: what is to be told
// has been printed.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// streams are where data and everything else go.
type streams struct{ out, err io.Writer }

// plain gives the same streams, on which nothing that a file holds steers a terminal or
// is a command to who reads the log.
func (s streams) plain() streams { return streams{diag.NewStream(s.out), diag.NewStream(s.err)} }

// flush ends what was written to the streams.
func (s streams) flush() error {
	var errs []error
	for _, w := range []io.Writer{s.out, s.err} {
		if stream, ok := w.(*diag.Stream); ok {
			errs = append(errs, stream.Flush())
		}
	}
	return errors.Join(errs...)
}

// app is what all verbs share: the streams and the global flags.
type app struct {
	streams
	directory string // -C
	spec      string // --spec
	all       bool   // --all
	watch     watch
}

// run is the whole program: a function of arguments and streams that gives the
// exit code.
func run(args []string, s streams) (code int) {
	s = s.plain()
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprint(s.err, diag.Line("ichor: this is a bug in ichor, at %s: %v", panicPlace(), secret.Foreign(fmt.Sprint(r))))
			code = exitFailed
		}
		if err := s.flush(); err != nil {
			code = exitFailed
		}
	}()
	a := &app{streams: s}
	a.watch.exceeded = func(sentence string) {
		fmt.Fprint(s.err, diag.Line("ichor: %s", sentence))
		supervise.Exit(exitFailed)
	}
	defer a.watch.end()
	root := a.root()
	root.SetArgs(args)
	return a.code(root.Execute())
}

// code prints the error of a verb and gives its exit code.
func (a *app) code(err error) int {
	var e exit
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &e):
		return int(e)
	}
	for _, e := range each(err) {
		fmt.Fprint(a.err, diag.Line("ichor: %s", secret.Hide(strings.TrimRight(e.Error(), "\n"))))
	}
	return exitFailed
}

// each gives the errors that were joined into one, which are a sentence each.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 1 {
		return joined.Unwrap()
	}
	return []error{err}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "ichor",
		Short: "Compile the spec of a Talos and Flux cluster",
		Long: `ichor compiles one CUE spec of a cluster (nodes, VLANs, BGP, address pools,
services, identity) into Talos machine configurations, Cilium and router
configuration, Flux Kustomizations and manifests, and rejects a spec that would
fail at run time, at the line of the mistake.

Exit codes: 0 all is well; 1 findings or differences; 2 could not run.`,
		Example: `  ichor vet                     check the spec
  ichor generate                write what follows from it
  ichor generate --check        is what is committed up to date?
  ichor why authentik longhorn  why does one unit wait for another?`,
		Args:          knownVerb,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetHelpCommand(a.help())
	tell := root.Flags().Bool("version", false, "print the version of ichor")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if *tell {
			return a.printVersion()
		}
		return cmd.Help()
	}
	root.PersistentPreRun = func(*cobra.Command, []string) { a.watch.begin() }
	flags := root.PersistentFlags()
	a.watch.flags(flags)
	flags.StringVarP(&a.directory, "directory", "C", "", "root of the repository (default: the nearest parent with a cue.mod, else the current directory; for audit and import always the current directory)")
	flags.StringVar(&a.spec, "spec", specDirectory, "directory of the spec, relative to the root")
	root.AddCommand(a.begin(), a.vet(), a.generate(), a.graph(), a.why(), a.impact(), a.audit(), a.importing(), a.explain(), a.schema(), a.talos(), a.version())
	return root
}

// knownVerb refuses a first word that is no verb.
func knownVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("there is no verb %q; %s", args[0], didYouMean(args[0], verbs(cmd), "ichor help lists all verbs"))
}

func verbs(cmd *cobra.Command) []string {
	var all []string
	for _, c := range cmd.Commands() {
		all = append(append(all, c.Name()), c.Aliases...)
	}
	return all
}

// summary tells of a success where a person is watching.
func (a *app) summary(format string, args ...any) {
	if isTerminal(a.err) {
		fmt.Fprint(a.err, diag.Line("ichor: "+format, args...))
	}
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(w io.Writer) bool {
	if s, ok := w.(*diag.Stream); ok {
		w = s.Unwrap()
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// panicPlace gives the innermost function of ours that a panic went through.
func panicPlace() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		ours := strings.HasPrefix(f.Function, "ichor/") || strings.HasPrefix(f.Function, "main.")
		if ours && !strings.Contains(f.Function, "run.func") {
			return fmt.Sprintf("%s, line %d", f.Function, f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
