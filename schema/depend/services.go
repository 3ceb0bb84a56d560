package depend

import (
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/release"
)

// services gives a unit to every service that has anything to apply, and a
// second one to those that bring kinds by their chart and have objects of them:
// Flux applies all of a unit at once, before the chart is installed.
func services(c *model.Cluster) []*model.Unit {
	var out []*model.Unit
	for _, s := range c.Services {
		if !hasObjects(s) {
			continue
		}
		main, config := split(s, chartKinds(c, s))
		out = append(out, unitOf(main))
		if config != nil {
			out = append(out, unitOf(config))
		}
	}
	return out
}

// unitOf gives the unit of a service. Kinds alone live in no namespace.
func unitOf(s *model.Service) *model.Unit {
	u := &model.Unit{
		Name: s.Name.V, Namespace: s.Namespace.V, Pos: s.Pos, Service: s,
		Directory: strings.TrimPrefix(s.Directory.V, "./"), Objects: s.Objects, Timeout: s.Timeout.V, Interval: s.Interval.V,
	}
	if s.KindsOf != nil && s.Helm == nil {
		u.Namespace = ""
	}
	return u
}

func hasObjects(s *model.Service) bool {
	ingress := slices.ContainsFunc(s.Expose, func(e *model.Exposure) bool { return e.Auth == nil })
	ours := slices.ContainsFunc(s.LoadBalancers, func(l *model.LoadBalancer) bool { return !l.Values.IsSet() })
	return s.Helm != nil || s.Directory.IsSet() || ingress || ours ||
		len(s.Manifests)+len(s.Secrets)+len(s.SecretStores)+len(s.Issuers)+len(s.Databases) > 0
}

// chartKinds gives the API groups that are not there before a service's chart is
// installed: what the service says, what its chart renders, and what the table of
// charts knows where nobody says.
func chartKinds(c *model.Cluster, s *model.Service) map[string]bool {
	out := map[string]bool{}
	if s.Helm == nil || s.CRDs != nil {
		return out
	}
	said := map[string]bool{}
	for _, other := range c.Services {
		for _, group := range other.Provides.CRDs {
			said[group.V] = true
		}
	}
	for _, f := range chartFacts(s) {
		if f.Kind == model.KindCRD && !said[f.Name] {
			out[f.Name] = true
		}
	}
	for _, group := range s.Provides.CRDs {
		out[group.V] = true
	}
	for _, f := range Facts(s.Objects) {
		if f.Kind == model.KindCRD {
			out[f.Name] = true
		}
	}
	for _, f := range c.Existing {
		if f.Kind == model.KindCRD {
			delete(out, f.Name)
		}
	}
	return out
}

// split takes the objects of kinds from a service, and what cannot be without
// them, into a second one; without any it gives the service itself. The release
// stays: if it needs one of them, the two wait for each other, which a check
// tells.
func split(s *model.Service, kinds map[string]bool) (main, config *model.Service) {
	rest, apart := *s, &model.Service{
		Name: model.At[string]{V: model.UnitOfConfig(s.Name.V), Pos: s.Name.Pos, Path: s.Name.Path}, Pos: s.Pos,
		Namespace: s.Namespace, Timeout: s.Timeout, Interval: s.Interval,
	}
	if kinds["external-secrets.io"] {
		apart.Secrets, rest.Secrets = s.Secrets, nil
		apart.SecretStores, rest.SecretStores = s.SecretStores, nil
	}
	if kinds["cert-manager.io"] {
		apart.Issuers, rest.Issuers = s.Issuers, nil
	}
	if kinds["postgresql.cnpg.io"] || kinds[release.BackupGroup] && slices.ContainsFunc(s.Databases, func(d *model.Database) bool { return d.Backup != nil }) {
		apart.Databases, rest.Databases = s.Databases, nil
	}
	move(&rest, apart, func(o *model.Object) bool { return kinds[o.Group] })
	if !hasObjects(apart) {
		return s, nil
	}
	for move(&rest, apart, needsOf(apart)) {
	}
	return &rest, apart
}

// move takes the inline objects that fit from one service to another, and
// reports whether there were any.
func move(from, to *model.Service, fits func(*model.Object) bool) bool {
	moved := false
	var left []*model.ManifestKind
	for _, k := range from.Manifests {
		stay, leave := &model.ManifestKind{Name: k.Name}, &model.ManifestKind{Name: k.Name}
		for _, m := range k.Objects {
			if fits(inline(from, m)) {
				leave.Objects = append(leave.Objects, m)
			} else {
				stay.Objects = append(stay.Objects, m)
			}
		}
		if len(stay.Objects) > 0 {
			left = append(left, stay)
		}
		if len(leave.Objects) > 0 {
			to.Manifests, moved = append(to.Manifests, leave), true
		}
	}
	from.Manifests = left
	return moved
}

// needsOf tells which objects need what a service brings.
func needsOf(s *model.Service) func(*model.Object) bool {
	brought := saidOf(append(serviceProvides(s), Facts(inlines(s))...))
	return func(o *model.Object) bool {
		return slices.ContainsFunc(Needs([]*model.Object{o}, nil), func(n model.Need) bool {
			return !n.Soft && n.Kind != model.KindNamespace && brought[alias(n)]
		})
	}
}
