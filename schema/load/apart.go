package load

import (
	"slices"
	"strings"

	"ichor/schema/model"
)

// withKinds adds a service for each whose kinds come apart: it brings them, and
// nothing else.
func withKinds(services []*model.Service) []*model.Service {
	out := slices.Clone(services)
	for _, s := range services {
		if s.CRDs != nil {
			out = append(out, kindsOf(s))
		}
	}
	slices.SortStableFunc(out, func(a, b *model.Service) int { return strings.Compare(a.Name.V, b.Name.V) })
	return out
}

func kindsOf(s *model.Service) *model.Service {
	k := s.CRDs
	return &model.Service{
		Name: model.At[string]{V: model.UnitOfCRDs(s.Name.V), Pos: k.Pos, Path: s.Name.Path}, Pos: k.Pos, KindsOf: s,
		Namespace: s.Namespace, Helm: k.Chart, Manifests: k.Manifests, Directory: k.Directory,
		Provides: model.Capabilities{CRDs: s.Provides.CRDs}, Timeout: s.Timeout, Interval: s.Interval,
	}
}
