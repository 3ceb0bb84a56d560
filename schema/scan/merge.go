package scan

import (
	"fmt"
	"path"
	"strings"

	fluxkustomize "github.com/fluxcd/pkg/apis/kustomize"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"
)

// merged gives the kustomization file that Flux builds: that of the directory,
// or one of all its files, with what the Kustomization adds. Source: generator
// of github.com/fluxcd/pkg/kustomize, GenerateManifest.
func (b *build) merged() ([]byte, error) {
	k, err := b.kustomizationFile()
	if err != nil {
		return nil, err
	}
	b.overlay(k)
	for i, c := range b.spec.Components {
		if err := b.component(k, i, c); err != nil {
			return nil, err
		}
	}
	k.BuildMetadata = []string{types.OriginAnnotations}
	return yaml.Marshal(k)
}

// kustomizationFile reads the file of the directory, or makes the one that Flux
// makes.
func (b *build) kustomizationFile() (*types.Kustomization, error) {
	k := &types.Kustomization{TypeMeta: types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind}}
	if b.file = b.kustomizationIn(b.dir); b.file == "" {
		b.file, b.generated = path.Join(b.dir, "kustomization.yaml"), true
		var err error
		if k.Resources, err = b.manifests(b.dir); len(k.Resources) == 0 {
			k.Namespace = "_placeholder" // kustomize refuses an empty file
		}
		return k, err
	}
	data, err := b.read(b.file)
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(data, k); err != nil {
		return nil, fmt.Errorf("%s is not a kustomization: %w", b.file, err)
	}
	return k, nil
}

// manifests gives what Flux takes from a directory without a kustomization file:
// every YAML file below, and directories with a kustomization file whole. A file
// that holds no Kubernetes objects fails the build.
func (b *build) manifests(dir string) ([]string, error) {
	var out []string
	for _, base := range b.dirs[dir] {
		name := path.Join(dir, base)
		switch {
		case b.isDir(name) && b.kustomizationIn(name) != "":
			out = append(out, b.relative(name))
		case b.isDir(name):
			more, err := b.manifests(name)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		case isYAML(name):
			if err := b.holdsObjects(name); err != nil {
				return nil, err
			}
			out = append(out, b.relative(name))
		}
	}
	return out, nil
}

// relative gives a path below the built directory as the file names it.
func (b *build) relative(name string) string {
	return "./" + strings.TrimPrefix(strings.TrimPrefix(name, b.dir), "/")
}

// holdsObjects refuses a file that Flux cannot read as objects.
func (b *build) holdsObjects(name string) error {
	data, err := b.read(name)
	if err != nil {
		return err
	}
	nodes, err := decodeAll(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, n := range nodes {
		if n = target(n); n == nil || n.Tag == "!!null" {
			continue
		}
		if text(n, "kind") == "" || text(n, "apiVersion") == "" {
			return fileError{name, n.Line, "is not a Kubernetes object, and Flux uses every YAML file of a directory that has no kustomization.yaml"}
		}
	}
	return nil
}

// fileError is a file that cannot be used, and the line that shows it.
type fileError struct {
	file string
	line int
	is   string // as `is no Kubernetes object`
}

func (e fileError) Error() string { return e.file + " " + e.is }

// overlay adds what the Kustomization says itself.
func (b *build) overlay(k *types.Kustomization) {
	s := b.spec
	if s.TargetNamespace != "" {
		k.Namespace = s.TargetNamespace
	}
	if s.NamePrefix != "" {
		k.NamePrefix = s.NamePrefix
	}
	if s.NameSuffix != "" {
		k.NameSuffix = s.NameSuffix
	}
	for _, p := range s.Patches {
		k.Patches = append(k.Patches, types.Patch{Patch: p.Patch, Target: selector(p.Target)})
	}
	for _, i := range s.Images {
		k.Images = append(k.Images, types.Image{Name: i.Name, NewName: i.NewName, NewTag: i.NewTag, Digest: i.Digest})
	}
}

func selector(s *fluxkustomize.Selector) *types.Selector {
	if s == nil {
		return nil
	}
	return &types.Selector{
		ResId:              resid.ResId{Gvk: resid.Gvk{Group: s.Group, Version: s.Version, Kind: s.Kind}, Name: s.Name, Namespace: s.Namespace},
		LabelSelector:      s.LabelSelector,
		AnnotationSelector: s.AnnotationSelector,
	}
}

// component adds one of the Kustomization's own components, which must be a
// directory of the repository.
func (b *build) component(k *types.Kustomization, i int, name string) error {
	dir := local(path.Join("/", b.dir, name))
	at := b.specPlace(fmt.Sprintf("spec.components[%d]", i))
	switch {
	case path.IsAbs(name) || remotePattern.MatchString(name):
		return fmt.Errorf("component %q must be a relative path in the repository", name)
	case b.isDir(dir) && b.kustomizationIn(dir) != "":
		k.Components = append(k.Components, name)
	case b.isDir(dir):
		b.entries.missing = append(b.entries.missing, missing{Pos: at, File: at.File, Field: "components", Entry: name, What: "is a directory without a kustomization.yaml", Target: dir})
	case !b.spec.IgnoreMissingComponents:
		b.entries.missing = append(b.entries.missing, missing{Pos: at, File: at.File, Field: "components", Entry: name, What: b.absence(dir), Target: dir, Hidden: b.hidden(dir)})
	}
	return nil
}
