package flux

import (
	"ichor/generators/object"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// serviceObjects gives everything a service declares: its release, its own
// objects, and what others use of it.
func serviceObjects(c *model.Cluster, u *model.Unit) ([]object.Placed, error) {
	s := u.Service
	out := collection{unit: u.Name}
	if s.Helm != nil {
		release, err := object.HelmRelease(c, s, s.Values)
		if err != nil {
			return nil, err
		}
		out.add(release, s.Helm.Pos)
		out.last().Fields = object.ReleaseFields(s.Helm)
	}
	for _, kind := range s.Manifests {
		for _, m := range kind.Objects {
			out.add(manifest(s, m), m.Name.Pos)
			out.last().Fields = object.Fields("", m.Body)
		}
	}
	for _, secret := range s.Secrets {
		out.add(object.ExternalSecret(c, secret, s.Namespace.V), secret.Name.Pos)
	}
	out.addDeclared(c, s)
	return out.objects, nil
}

// collection gathers the objects of one unit.
type collection struct {
	unit    string
	objects []object.Placed
}

func (l *collection) add(obj any, origin diag.Pos) {
	l.objects = append(l.objects, object.Placed{Unit: l.unit, Object: obj, Origin: origin})
}

// last gives the object added last.
func (l *collection) last() *object.Placed { return &l.objects[len(l.objects)-1] }

// addDeclared adds what follows from the words that the spec has for it.
func (l *collection) addDeclared(c *model.Cluster, s *model.Service) {
	for _, store := range s.SecretStores {
		if store.Connect != nil {
			l.add(secretStore(c, s, store), store.Name.Pos)
		}
	}
	for _, i := range s.Issuers {
		l.add(issuer(i), i.Name.Pos)
	}
	for _, d := range s.Databases {
		l.add(database(s, d), d.Name.Pos)
		if d.Backup != nil {
			l.add(objectStore(s, d), d.Backup.Pos)
			l.add(scheduledBackup(s, d), d.Backup.Schedule.Pos)
		}
	}
	for _, lb := range s.LoadBalancers {
		if !lb.Values.IsSet() { // otherwise the chart makes the Service
			l.add(loadBalancer(s, lb), lb.Name.Pos)
		}
	}
	for _, e := range s.Expose {
		if e.Auth == nil && e.Ingress.IsSet() { // otherwise an outpost answers for the host, or nobody
			l.add(exposure(c, s, e), e.Pos)
		}
	}
}

// manifest gives an inline object: what its body says, under the API version,
// kind and name that follow. A body may name another namespace than the service's.
func manifest(s *model.Service, m *model.Manifest) map[string]any {
	obj := m.Body.PlainMap()
	meta, ok := obj["metadata"].(map[string]any)
	if !ok {
		meta = map[string]any{}
	}
	meta["name"] = m.Name.V
	if _, named := meta["namespace"]; m.Namespaced && !named {
		meta["namespace"] = s.Namespace.V
	}
	obj["apiVersion"], obj["kind"], obj["metadata"] = m.APIVersion, m.Kind.V, meta
	return obj
}
