// Package generators is the back end: the table of targets, each a function of
// the model alone.
package generators

import (
	"errors"
	"fmt"
	"sync"

	"ichor/generators/authentik"
	"ichor/generators/cilium"
	"ichor/generators/flux"
	"ichor/generators/output"
	"ichor/generators/router"
	"ichor/generators/talos"
	"ichor/schema/model"
)

// Generator makes the files of one target.
type Generator struct {
	Name     string
	Generate func(*model.Cluster) ([]output.File, error)
}

// Table gives all generators. No generator sees what another makes.
func Table() []Generator {
	return []Generator{
		{"talos", talos.Generate},
		{"cilium", cilium.Generate},
		{"router", router.Generate},
		{"flux", flux.Generate},
		{"authentik", authentik.Generate},
	}
}

// Run gives the files of all targets, which are made at once, sorted by path and with the index of each
// directory that Flux applies. The cluster has passed every check: an error,
// which joins those of all generators, is a bug of ichor's or a refusal of a
// library that judges what was made.
func Run(c *model.Cluster) ([]output.File, error) { return run(Table(), c) }

func run(table []Generator, c *model.Cluster) ([]output.File, error) {
	files, errs := make([][]output.File, len(table)), make([]error, len(table))
	var running sync.WaitGroup
	for i, g := range table {
		running.Go(func() { files[i], errs[i] = g.Generate(c) })
	}
	running.Wait()
	var all []output.File
	var failed []error
	for i, g := range table {
		if errs[i] != nil {
			failed = append(failed, fmt.Errorf("generator %s: %w", g.Name, errs[i]))
		}
		all = append(all, files[i]...)
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return output.Index(all)
}
