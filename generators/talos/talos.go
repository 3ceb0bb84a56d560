// Package talos writes what the machines run on: a machine configuration a
// node, and the Image Factory schematics of their installation images. The
// configurations are built by Talos's own library with the contract of the
// release, and validated by it on every run.
package talos

import (
	"errors"
	"fmt"

	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"

	"ichor/generators/output"
	"ichor/schema/model"
	"ichor/schema/release"
)

// Generate gives talos/<node>.yaml for each node and
// talos/schematics/<id>.yaml for each schematic that they use. Whatever comes
// from the secrets bundle is a marker (see markers). An error names the node: an
// output.Refusal is of a patch of the spec. What Talos only warns about is a
// warning of the file.
func Generate(c *model.Cluster) ([]output.File, error) {
	if c.Talos == nil || c.Release.TalosRow == nil {
		return nil, errors.New("talos: the cluster is not linked: it has no talos section or no known release")
	}
	files, err := schematicFiles(c)
	if err != nil {
		return nil, err
	}
	secrets := newMarkers(c.Talos.Secrets)
	input, err := newInput(c, secrets)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, n := range c.Nodes {
		file, err := machineConfig(c, n, input, secrets)
		if err != nil {
			errs = append(errs, fmt.Errorf("talos: node %s: %w", n.Name.V, err))
			continue
		}
		files = append(files, file)
	}
	return files, errors.Join(errs...)
}

// machineConfig gives the finished configuration of a node.
func machineConfig(c *model.Cluster, n *model.Node, input *generate.Input, secrets markers) (output.File, error) {
	m, err := newMachine(c, n)
	if err != nil {
		return output.File{}, err
	}
	config, err := m.config(input)
	if err != nil {
		return output.File{}, err
	}
	plain, warnings, err := m.patched(config)
	if err != nil {
		return output.File{}, err
	}
	content, err := secrets.insert(plain)
	return output.File{Path: "talos/" + n.Name.V + ".yaml", Content: content, Origin: n.Pos, Warnings: warnings}, err
}

// machine is a node while its configuration is being put together.
type machine struct {
	cluster *model.Cluster
	node    *model.Node
	release *release.Talos
	image   string // installation image
}

func newMachine(c *model.Cluster, n *model.Node) (*machine, error) {
	s := schematicOf(c, n)
	id, err := s.id()
	if err != nil {
		return nil, err
	}
	return &machine{cluster: c, node: n, release: c.Release.TalosRow, image: installer(id, c.Release.Talos.V)}, nil
}

// config builds the configuration as one container: the contract's own
// documents first, then ours.
func (m *machine) config(input *generate.Input) (machinery.Provider, error) {
	base, err := input.Config(m.machineType())
	if err != nil {
		return nil, err
	}
	v1 := base.RawV1Alpha1()
	if v1 == nil {
		return nil, errors.New("the library of Talos returned no v1alpha1 configuration")
	}
	if err := m.fill(v1); err != nil {
		return nil, err
	}
	documents, err := m.documents()
	if err != nil {
		return nil, err
	}
	return assemble(base.Documents(), documents)
}
