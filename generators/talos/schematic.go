package talos

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"ichor/generators/output"
	"ichor/schema/model"
)

// schematic is what the Image Factory builds an image from. Its canonical form
// is the factory's own: these fields in this order, YAML as the library writes
// it by default. Source: github.com/siderolabs/image-factory, pkg/schematic.
type schematic struct {
	Customization customization `yaml:"customization"`
}

type customization struct {
	ExtraKernelArgs  []string         `yaml:"extraKernelArgs,omitempty"`
	SystemExtensions systemExtensions `yaml:"systemExtensions,omitempty"`
}

type systemExtensions struct {
	OfficialExtensions []string `yaml:"officialExtensions,omitempty"`
}

// schematicOf gives a node's schematic. Kernel arguments stand here and
// nowhere else: a UEFI machine takes them from its image, and ignores
// machine.install.extraKernelArgs. Extensions are sorted, since their order is
// part of the ID, and another ID is another image.
func schematicOf(c *model.Cluster, n *model.Node) schematic {
	var s schematic
	if c.Talos.KernelLog.IsSet() {
		s.Customization.ExtraKernelArgs = append(s.Customization.ExtraKernelArgs, "talos.logging.kernel="+c.Talos.KernelLog.V)
	}
	for _, a := range n.KernelArgs {
		s.Customization.ExtraKernelArgs = append(s.Customization.ExtraKernelArgs, a.V)
	}
	for _, e := range n.Extensions {
		s.Customization.SystemExtensions.OfficialExtensions = append(s.Customization.SystemExtensions.OfficialExtensions, e.Name.V)
	}
	slices.Sort(s.Customization.SystemExtensions.OfficialExtensions)
	return s
}

// canonical gives the bytes that the factory hashes, and that are to be posted
// to it: it can only serve an ID that was posted once.
func (s schematic) canonical() ([]byte, error) { return yaml.Marshal(s) }

// id gives the schematic's ID, the SHA-256 of its canonical form.
func (s schematic) id() (string, error) {
	content, err := s.canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}

// installer gives the installation image of a schematic for machines of metal.
// Tags begin with a v, however the spec writes the version.
// Source: Image Factory's registry frontend, from Talos 1.10 on.
func installer(id, version string) string {
	return "factory.talos.dev/metal-installer/" + id + ":v" + strings.TrimPrefix(version, "v")
}

// schematicFiles gives each schematic in use once, sorted by path, with the
// first node that uses it as its origin.
func schematicFiles(c *model.Cluster) ([]output.File, error) {
	var files []output.File
	for _, n := range c.Nodes {
		s := schematicOf(c, n)
		id, err := s.id()
		if err != nil {
			return nil, err
		}
		path := "talos/schematics/" + id + ".yaml"
		if slices.ContainsFunc(files, func(f output.File) bool { return f.Path == path }) {
			continue
		}
		content, err := s.canonical()
		if err != nil {
			return nil, err
		}
		files = append(files, output.File{Path: path, Content: content, Origin: n.Pos})
	}
	slices.SortFunc(files, func(a, b output.File) int { return cmp.Compare(a.Path, b.Path) })
	return files, nil
}
