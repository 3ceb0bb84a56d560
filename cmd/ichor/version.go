package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version of ichor.
const version = "0.1.0"

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of ichor",
		Example: "  ichor version",
		Args:    noArguments,
		RunE:    func(*cobra.Command, []string) error { return a.printVersion() },
	}
}

func (a *app) printVersion() error { return a.print(fmt.Sprintf("ichor %s%s\n", version, build())) }

// build tells the commit and the Go release that the binary was built from and
// with, where they are known.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return fmt.Sprintf(" (commit %.12s, %s)", s.Value, info.GoVersion)
		}
	}
	return fmt.Sprintf(" (%s)", info.GoVersion)
}
