package depend

import (
	"slices"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// Kind is a kind of an API group.
type Kind struct{ Group, Kind string }

// Apart gives the kinds of what units apply that cannot stay with the rest once the
// Kustomizations that come out of the units stand beside them, and wait for the rest:
// those of objects that need what these bring, and of what needs such objects, by the
// name of the unit. Namespaces are there before all.
func Apart(units []*model.Unit, existing []model.Fact) map[string][]Kind {
	flat := beside(units)
	connect(flat, existing, func(*model.Unit) []model.Edge { return nil })
	s := &separation{circles(flat), providersOf(flat, existing), sourcesOf(flat)}
	out := map[string][]Kind{}
	for i, u := range flat {
		if slices.ContainsFunc(units, func(x *model.Unit) bool { return x.Parent == units[i] }) {
			if kinds := s.of(u); len(kinds) > 0 {
				out[u.Name] = kinds
			}
		}
	}
	return out
}

// beside gives units of which none comes out of another.
func beside(units []*model.Unit) []*model.Unit {
	var out []*model.Unit
	for _, u := range units {
		flat := *u
		flat.Parent, flat.Edges, flat.DependsOn = nil, nil, nil
		flat.Provides = slices.DeleteFunc(slices.Clone(u.Provides), func(f model.Fact) bool { return f.Kind == model.KindNamespace })
		out = append(out, &flat)
	}
	return out
}

// separation parts what units apply by what waits for whom.
type separation struct {
	in map[string]int // the circle that a unit is in
	*providers
	sources map[string]*model.Object
}

// of gives the kinds of a unit that close a circle, and those of what needs them.
// Where that is all there is, nothing is won.
func (s *separation) of(u *model.Unit) []Kind {
	rest := slices.DeleteFunc(slices.Clone(u.Objects), func(o *model.Object) bool {
		return o.Is(scan.KustomizeGroup, "Kustomization") || o.Is("", "Namespace")
	})
	kinds, rest := take(nil, rest, func(o *model.Object) bool { return s.closes(u, o) })
	for moved := kinds; len(moved) > 0; {
		brought := saidOf(Facts(slices.DeleteFunc(slices.Clone(u.Objects), func(o *model.Object) bool { return !slices.Contains(moved, kindOf(o)) })))
		moved, rest = take(kinds, rest, func(o *model.Object) bool { return s.needs(o, brought) })
		kinds = append(kinds, moved...)
	}
	if len(rest) == 0 {
		return nil
	}
	return kinds
}

// take gives the kinds of the objects that fit, and the objects of other kinds.
func take(known []Kind, objects []*model.Object, fits func(*model.Object) bool) (kinds []Kind, rest []*model.Object) {
	for _, o := range objects {
		if k := kindOf(o); !slices.Contains(known, k) && !slices.Contains(kinds, k) && fits(o) {
			kinds = append(kinds, k)
		}
	}
	return kinds, slices.DeleteFunc(objects, func(o *model.Object) bool { return slices.Contains(kinds, kindOf(o)) })
}

// kindOf is the kind that brings an object: of what a chart makes, its release.
func kindOf(o *model.Object) Kind {
	if o.Release != nil {
		o = o.Release
	}
	return Kind{o.Group, o.Kind}
}

// closes reports whether an object waits for a unit that waits for its own.
func (s *separation) closes(u *model.Unit, o *model.Object) bool {
	return slices.ContainsFunc(s.hard(o), func(n model.Need) bool {
		return slices.ContainsFunc(s.providers.of(n, u), func(x *model.Unit) bool { return s.in[x.Name] == s.in[u.Name] })
	})
}

func (s *separation) needs(o *model.Object, brought map[model.Capability]bool) bool {
	return slices.ContainsFunc(s.hard(o), func(n model.Need) bool { return brought[alias(n)] })
}

// hard gives what an object cannot be without.
func (s *separation) hard(o *model.Object) []model.Need {
	return slices.DeleteFunc(Needs([]*model.Object{o}, s.sources), func(n model.Need) bool { return n.Soft || n.Weak })
}
