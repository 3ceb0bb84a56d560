// Package generators is the back end: the table of targets, each a function of
// the model alone.
package generators

import (
	"errors"
	"fmt"

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

// Run gives the files of all targets, sorted by path and with the index of each
// directory that Flux applies. The cluster has passed every check: an error,
// which joins those of all generators, is a bug of ichor's or a refusal of a
// library that judges what was made.
func Run(c *model.Cluster) ([]output.File, error) { return run(Table(), c) }

func run(table []Generator, c *model.Cluster) ([]output.File, error) {
	var all []output.File
	var failed []error
	for _, g := range table {
		files, err := g.Generate(c)
		if err != nil {
			failed = append(failed, fmt.Errorf("generator %s: %w", g.Name, err))
		}
		all = append(all, files...)
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return output.Index(all)
}
