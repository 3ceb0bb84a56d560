// Command ichor compiles the spec of a Talos and Flux cluster into everything
// that the cluster runs on.
//
// Data goes to stdout, and everything else to stderr. The exit code is 0 where
// all is well, 1 where there are findings or differences, and 2 where ichor
// could not do what was asked.
package main

import (
	"io"
	"log"
	"os"
	"runtime/debug"

	"ichor/cmd/ichor/seal"
	"ichor/cmd/ichor/supervise"
)

// A compile allocates some 150 MB and ends: collecting hardly ever saves more
// than the memory costs.
const gcPercent = 1000

// What libraries log, Helm's of odd values and kustomize's of old fields, is
// either a finding or of no use. An old kernel that cannot filter calls leaves the
// rest of the seal in place, and no user can act on it.
func main() {
	log.SetOutput(io.Discard)
	debug.SetGCPercent(gcPercent)
	_ = seal.Process()
	supervise.Exit(run(os.Args[1:], streams{os.Stdout, supervise.Stderr()}))
}
