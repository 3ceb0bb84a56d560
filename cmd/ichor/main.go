// Command ichor compiles the spec of a Talos and Flux cluster into everything
// that the cluster runs on.
//
// Data goes to stdout, and everything else to stderr. The exit code is 0 where
// all is well, 1 where there are findings or differences, and 2 where ichor
// could not do what was asked.
package main

import (
	"os"
	"runtime/debug"
)

// A compile allocates some 150 MB and ends: collecting hardly ever saves more
// than the memory costs.
const gcPercent = 1000

func main() {
	debug.SetGCPercent(gcPercent)
	os.Exit(run(os.Args[1:], streams{os.Stdout, os.Stderr}))
}
