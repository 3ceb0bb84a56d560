package check

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// owned is an object and what makes it.
type owned struct {
	kind, namespace, name string // of a kind that is not Kubernetes' own with its group
	by                    string
	at                    model.At[string]
	object                *model.Object // as it stands in a directory; nil for what the spec makes
}

func (o owned) key() [3]string { return [3]string{o.kind, o.namespace, o.name} }

// objectsOf gives the objects of a service whose names the spec chooses. What
// is a capability too (classes, stores, issuers, databases) is left to
// two-providers, and a written Secret to raw-secret.
func objectsOf(s *model.Service) []owned {
	l := &ownedList{s: s}
	for _, m := range manifests(s) {
		switch {
		case m.Kind.V == "ExternalSecret":
			l.addIn(namespaceOf(s, m), "Secret", m.Name)
		case !slices.Contains(capable, m.Kind.V):
			l.addIn(namespaceOf(s, m), familyOf(groupIn(m.APIVersion), m.Kind.V), m.Name)
		}
	}
	for _, x := range s.Secrets {
		l.add("Secret", x.Name)
	}
	l.databases()
	l.ways()
	if s.Helm != nil {
		name := s.Name
		if s.Helm.Release.IsSet() {
			name = s.Helm.Release
		}
		l.add("HelmRelease", name)
	}
	return append(l.all, directoryObjects(s)...)
}

// ownedList gathers the objects of one service.
type ownedList struct {
	s   *model.Service
	all []owned
}

func (l *ownedList) add(kind string, name model.At[string]) {
	l.addIn(l.s.Namespace.V, kind, name)
}

func (l *ownedList) addIn(namespace, kind string, name model.At[string]) {
	l.all = append(l.all, owned{kind: kind, namespace: namespace, name: name.V, by: fmt.Sprintf("service %q", l.s.Name.V), at: name})
}

func (l *ownedList) databases() {
	for _, d := range l.s.Databases {
		l.add("Cluster.postgresql.cnpg.io", d.Name)
		if d.Backup != nil {
			name := model.At[string]{V: d.BackupName(), Pos: d.Backup.Pos, Path: d.Backup.To.Name.Path}
			l.add("ObjectStore.barmancloud.cnpg.io", name)
			l.add("ScheduledBackup.postgresql.cnpg.io", name)
		}
	}
}

// ways are the ways in: Services that no chart makes, and Ingresses.
func (l *ownedList) ways() {
	for _, lb := range l.s.LoadBalancers {
		if !lb.Values.IsSet() {
			l.add("Service", lb.Name)
		}
	}
	for _, e := range l.s.Expose {
		if e.Auth == nil {
			l.add("Ingress", e.Name)
		}
	}
}

// capable are the kinds whose objects are capabilities too.
var capable = []string{"StorageClass", "VolumeSnapshotClass", "IngressClass", "ClusterSecretStore", "ClusterIssuer", "CustomResourceDefinition", "Secret"}

// derivedObjects gives the objects that stand for no service of the spec.
func derivedObjects(c *model.Cluster) []owned {
	var out []owned
	add := func(kind, namespace, name, by string, place model.At[string]) {
		out = append(out, owned{kind: kind, namespace: namespace, name: name, by: by, at: place})
	}
	for _, x := range c.Bootstrap.Provides.Secrets {
		namespace, name, _ := strings.Cut(x.V, "/")
		add("Secret", namespace, name, "bootstrap", x)
	}
	for _, n := range c.Namespaces {
		add("Namespace", "", n.Name.V, "the unit of namespaces", n.Name)
	}
	for _, u := range c.Units {
		place := model.At[string]{V: u.Name, Pos: u.Pos, Path: pathOf(u)}
		add("Kustomization.kustomize.toolkit.fluxcd.io", c.Flux.Namespace.V, u.Name, fmt.Sprintf("unit %q", u.Name), place)
	}
	for _, r := range c.Charts {
		if c.Unit(model.UnitOfCharts(r.Name.V)) != nil {
			add("HelmRepository.source.toolkit.fluxcd.io", c.Flux.Namespace.V, r.Name.V, fmt.Sprintf("chart repository %q", r.Name.V), r.Name)
		}
	}
	for _, p := range peers(c) {
		if p.Password.IsSet() {
			add("Secret", model.CiliumNamespace, p.PasswordSecret(), fmt.Sprintf("BGP peer %q", p.Name.V), p.Name)
		}
	}
	for _, o := range c.Outposts() {
		add("Secret", o.Namespace.V, o.TokenSecret(), outpostName(o), o.Name)
		for _, kind := range []string{"Deployment", "Service", "Ingress", "ServiceAccount", "PodDisruptionBudget"} {
			add(kind, o.Namespace.V, o.Unit, outpostName(o), o.Name)
		}
		if s := identity(c).Service.To; s != nil {
			add("ConfigMap", s.Namespace.V, o.Blueprint(), outpostName(o), o.Name)
			add("Secret", s.Namespace.V, o.TokenSecret(), outpostName(o), o.Name)
		}
	}
	return out
}

func twoOwners(c *model.Cluster, r *diag.Report) {
	first := map[[3]string]owned{}
	for _, o := range derivedObjects(c) {
		first[o.key()] = o
	}
	for _, s := range c.Services {
		for _, o := range objectsOf(s) {
			other, taken := first[o.key()]
			if !taken {
				first[o.key()] = o
				continue
			}
			f := at(r, o.at, "%s %q has two owners, %s and %s", plainKind(o.kind), fullName(o), other.by, o.by).
				Note(other.at.Pos, "%s creates it", other.by).
				Advise("keep one of them, or give the other object a name of its own")
			o.against(f, other)
		}
	}
}

// plainKind is a kind without the group that tells it from another.
func plainKind(kind string) string {
	kind, _, _ = strings.Cut(kind, ".")
	return kind
}

// against is less grave of two that write the same, and of a Namespace in a
// directory: its objects live there all the same, whoever sets its labels last.
func (o owned) against(f *diag.Finding, other owned) {
	switch {
	case o.object == nil:
	case o.kind == "Namespace":
		f.Severity = diag.Warning
		f.Advise("remove it from the directory: the spec creates it, with its labels; write the labels in `namespaces: %q`", o.name)
	case other.object != nil && reflect.DeepEqual(o.object.Content, other.object.Content):
		f.Severity = diag.Warning
	}
}

func fullName(o owned) string {
	if o.namespace == "" {
		return o.name
	}
	return o.namespace + "/" + o.name
}
