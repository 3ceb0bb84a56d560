package depend

import (
	"slices"
	"strings"

	"ichor/schema/model"
)

// providers finds who brings what.
type providers struct {
	units    map[model.Capability][]*model.Unit
	existing map[model.Capability]bool
	releases map[string][]string // names of the HelmReleases in a namespace
	parts    map[string][]*model.Unit
}

func providersOf(units []*model.Unit, existing []model.Fact) *providers {
	p := &providers{map[model.Capability][]*model.Unit{}, map[model.Capability]bool{}, map[string][]string{}, map[string][]*model.Unit{}}
	for _, f := range existing {
		p.existing[f.Capability] = true
	}
	for _, u := range units {
		for _, f := range u.Provides {
			if !slices.Contains(p.units[f.Capability], u) {
				p.units[f.Capability] = append(p.units[f.Capability], u)
			}
			switch f.Kind {
			case model.KindRelease:
				namespace, name, _ := strings.Cut(f.Name, "/")
				p.releases[namespace] = append(p.releases[namespace], name)
			case model.KindInstance:
				kind, _, _ := strings.Cut(f.Name, "/")
				p.parts[kind] = append(p.parts[kind], u)
			}
		}
	}
	return p
}

// of gives the units that a unit waits for because of a need: none where the
// unit brings it itself, or where it is there before Flux.
func (p *providers) of(n model.Need, u *model.Unit) []*model.Unit {
	if p.existing[n.Capability] {
		return nil
	}
	found := p.units[alias(n)]
	switch {
	case n.Kind == model.KindService && len(found) == 0:
		found = p.serviceOfChart(n.Name)
	case n.Kind == model.KindInstance && strings.HasSuffix(n.Name, "/*"):
		found = p.parts[strings.TrimSuffix(n.Name, "/*")]
	}
	if slices.ContainsFunc(found, func(p *model.Unit) bool { return p == u || above(p, u) }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(found), func(p *model.Unit) bool { return above(u, p) }) // a unit cannot wait for what it applies
}

// above reports whether a unit applies another, directly or through others: what
// it applies beside is there when the other begins.
func above(p, u *model.Unit) bool {
	for u = u.Parent; u != nil; u = u.Parent {
		if u == p {
			return true
		}
	}
	return false
}

// alias names a capability as the kind that brings it does: what a need reads of
// several kinds.
func alias(n model.Need) model.Capability {
	kind, name, _ := strings.Cut(n.Name, "/")
	switch {
	case n.Kind == model.KindVariables && kind == "Secret", n.Kind == model.KindValues && kind == "Secret":
		return model.Capability{Kind: model.KindSecret, Name: name}
	case n.Kind == model.KindVariables, n.Kind == model.KindValues:
		return model.Capability{Kind: model.KindConfigMap, Name: name}
	case n.Kind == model.KindMonitoring:
		return model.Capability{Kind: model.KindOperator, Name: n.Name}
	}
	return n.Capability
}

// serviceOfChart gives the units whose HelmRelease has the name of a Service, or
// one that the Service's name begins with: charts call their Services so.
func (p *providers) serviceOfChart(service string) []*model.Unit {
	namespace, name, _ := strings.Cut(service, "/")
	best := ""
	for _, release := range p.releases[namespace] {
		if (name == release || strings.HasPrefix(name, release+"-")) && len(release) > len(best) {
			best = release
		}
	}
	if best == "" {
		return nil
	}
	return p.units[model.Capability{Kind: model.KindRelease, Name: namespace + "/" + best}]
}
