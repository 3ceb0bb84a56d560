package depend

import (
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// written gives the objects of a service that the spec writes out as they are
// applied: its inline ones, and its release with the values of the spec. Of the
// release only what can be needed by others or tells of needs is there.
func written(s *model.Service) []*model.Object {
	out := inlines(s)
	if s.Helm != nil {
		out = append(out, helmRelease(s))
	}
	return out
}

// Releases gives the HelmReleases of a service, wherever they stand: its own, those
// among its inline objects, and those of its directory.
func Releases(s *model.Service) []*model.Object {
	return slices.DeleteFunc(append(slices.Clone(s.Objects), written(s)...), func(o *model.Object) bool { return !isRelease(o) })
}

func isRelease(o *model.Object) bool { return o.Is(scan.HelmGroup, "HelmRelease") }

func inlines(s *model.Service) []*model.Object {
	var out []*model.Object
	for _, k := range s.Manifests {
		for _, m := range k.Objects {
			out = append(out, inline(s, m))
		}
	}
	return out
}

func inline(s *model.Service, m *model.Manifest) *model.Object {
	group, version, ok := strings.Cut(m.APIVersion, "/")
	if !ok {
		group, version = "", m.APIVersion
	}
	o := &model.Object{Group: group, Version: version, Kind: m.Kind.V, Name: m.Name.V, Body: m.Body, Pos: m.Name.Pos}
	if m.Namespaced {
		o.Namespace = s.Namespace.V
		if other := m.Body.Lookup("metadata", "namespace").Text(); other != "" {
			o.Namespace = other
		}
	}
	return o
}

// helmRelease gives the release of a service: with what is known of it by its
// chart, where that lies in the repository.
func helmRelease(s *model.Service) *model.Object {
	if s.Release != nil {
		return s.Release
	}
	return scan.HelmRelease(s)
}

// releaseFacts is what a release of the spec is to others beside what its service
// says: its name, by which its Services are found. Which classes its values make,
// the spec says.
func releaseFacts(s *model.Service) []model.Fact {
	if s.Helm == nil {
		return nil
	}
	name := s.Namespace.V + "/" + s.ReleaseName()
	return []model.Fact{{Capability: model.Capability{Kind: model.KindRelease, Name: name}, Pos: s.Helm.Pos}}
}

// applier is the Kustomization that applies the directory of a service.
func applier(c *model.Cluster, s *model.Service) *model.Object {
	return &model.Object{
		Group: scan.KustomizeGroup, Kind: "Kustomization", Namespace: c.Flux.Namespace.V, Name: s.Name.V, Body: s.Kustomization, Pos: s.Directory.Pos,
	}
}

// remoteFacts is what the directory of a service fetches from elsewhere.
func remoteFacts(c *model.Cluster, s *model.Service) []model.Fact {
	f := &facts{}
	f.remotes(s.Remote, applier(c, s))
	return f.all
}

// directoryNeeds is what the Kustomization of a directory needs by itself.
func directoryNeeds(c *model.Cluster, s *model.Service) []model.Need {
	w := &wants{}
	o := applier(c, s)
	w.remotes(s.Remote, o)
	for _, ref := range s.Kustomization.Lookup("postBuild", "substituteFrom").Items() {
		n := w.add(model.KindVariables, ref.Lookup("kind").Text()+"/"+o.Namespace+"/"+ref.Lookup("name").Text(), o, ref.Pos)
		n.Soft = ref.Lookup("optional").Text() == "true"
	}
	if ref := s.Kustomization.Lookup("decryption", "secretRef", "name"); ref != nil {
		w.add(model.KindSecret, o.Namespace+"/"+ref.Text(), o, ref.Pos)
	}
	return w.needs
}
