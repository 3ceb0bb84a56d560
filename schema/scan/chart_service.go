package scan

import (
	"ichor/schema/model"
)

// HelmRelease gives the release of a service as it will be applied, with the
// places of its parts in the spec. Of it only what can be needed by others, tells
// of needs, or has to do with its chart is there.
func HelmRelease(s *model.Service) *model.Object {
	part := func(key string, below ...*model.Tree) *model.Tree {
		return &model.Tree{Key: key, Pos: s.Helm.Pos, IsMap: true, Map: below}
	}
	spec := part("spec", part("chart", part("spec", chartFields(s.Helm)...)))
	if s.CRDs != nil {
		spec.Map = append(spec.Map, part("install", &model.Tree{Key: "crds", Pos: s.CRDs.Pos, Scalar: "Skip"}))
	}
	if s.Helm.Values != nil {
		values := *s.Helm.Values
		values.Key = "values"
		spec.Map = append(spec.Map, &values)
	}
	return &model.Object{
		Group: HelmGroup, Version: "v2", Kind: "HelmRelease", Namespace: s.Namespace.V, Name: s.ReleaseName(),
		Body: part("", spec), Content: map[string]any{"spec": map[string]any{"values": s.Values}}, Pos: s.Helm.Pos,
	}
}

// chartFields says which chart it is, and of one of the repository that every
// change of it counts.
func chartFields(h *model.Helm) []*model.Tree {
	field := func(key, value string, said model.At[string]) *model.Tree {
		return &model.Tree{Key: key, Pos: said.Pos, Path: said.Path, Scalar: value}
	}
	if h.Path.IsSet() {
		return []*model.Tree{field("chart", h.Path.V, h.Path), field("reconcileStrategy", "Revision", h.Path)}
	}
	return []*model.Tree{field("chart", h.Chart.V, h.Chart), field("version", h.Version.V, h.Version)}
}

// Chart renders the chart of the repository that the release of a service names,
// with the values that follow from the whole spec.
func (d *Directories) Chart(s *model.Service, from SourceID) *Chart {
	o := &Object{Object: *HelmRelease(s), File: s.Helm.Pos.File, Document: -1}
	return d.chart(&Kustomization{}, o, local(s.Helm.Path.V), d.wholly(from))
}
