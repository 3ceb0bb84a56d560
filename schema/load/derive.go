package load

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/depend"
	"ichor/schema/model"
	"ichor/schema/release"
)

// derive adds what follows from the linked spec alone.
func derive(c *model.Cluster) {
	deriveReleases(&c.Release)
	for _, n := range c.Nodes {
		n.VLAN = c.VLANOf(n.Address.V)
	}
	deriveIngress(c)
	deriveAuth(c)
	for _, o := range c.Outposts() {
		o.Unit = "authentik-" + o.Name.V
	}
	for _, s := range c.Services {
		deriveExposures(c, s)
		deriveBackups(c, s)
		s.Values = values(c, s)
	}
	deriveOutposts(c)
	c.Namespaces = namespaces(c)
	c.Existing = existing(c)
}

// deriveReleases finds the row of each release. An unknown one stays nil, and
// is the business of a check.
func deriveReleases(r *model.Release) {
	r.TalosRow, _ = release.FindTalos(r.Talos.V)
	r.KubernetesRow, _ = release.FindKubernetes(r.Kubernetes.V)
	r.CiliumRow, _ = release.FindCilium(r.Cilium.V)
	r.FluxRow, _ = release.FindFlux(r.Flux.V)
	r.AuthentikRow, _ = release.FindAuthentik(r.Authentik.V)
	r.ExternalSecretsRow, _ = release.FindExternalSecrets(r.ExternalSecrets.V)
	r.CertManagerRow, _ = release.FindCertManager(r.CertManager.V)
}

// deriveManifests finds how the releases serve each inline object. For a kind
// that ichor does not write itself, the object's own apiVersion counts, and its
// schema says whether it lives in a namespace, the service's unless it names
// another; without a schema it does if it names one.
func deriveManifests(c *model.Cluster, s *model.Service) {
	for _, k := range s.Manifests {
		for _, m := range k.Objects {
			served, ok := c.ServedKind(m.Kind.V)
			if !ok {
				written, _ := m.Body.Lookup("apiVersion").Plain().(string)
				served = release.Kind{APIVersion: written, Namespaced: m.Body.Lookup("metadata", "namespace") != nil || isNamespaced(c, written, m.Kind.V)}
			}
			m.APIVersion, m.Namespaced = served.APIVersion, served.Namespaced
		}
	}
}

// isNamespaced reports whether a schema says that objects of a kind live in
// namespaces.
func isNamespaced(c *model.Cluster, apiVersion, kind string) bool {
	for _, s := range c.Schemas {
		if s.APIVersion == apiVersion && s.Kind == kind {
			return s.Namespaced
		}
	}
	s, ok := c.Release.Rows().Schemas().Find(apiVersion, kind)
	return ok && s.Namespaced
}

func deriveExposures(c *model.Cluster, s *model.Service) {
	for _, e := range s.Expose {
		domain := c.Domain.V
		if e.Domain.V == model.DomainPublic {
			domain = c.PublicDomain.V
		}
		e.Host = e.Name.V + "." + domain
		deriveScheme(e)
		if !e.Title.IsSet() {
			e.Title = e.Name
		}
	}
}

// deriveScheme has a Service at port 443 spoken to by https, and any other by http,
// where the spec does not say.
func deriveScheme(e *model.Exposure) {
	if e.Scheme.IsSet() {
		return
	}
	e.Scheme = model.At[string]{V: "http", Pos: e.Port.Pos, Path: e.Port.Path}
	if e.Port.V == httpsPort {
		e.Scheme.V = "https"
	}
}

const httpsPort = 443

// deriveIngress gives the ingress class of its domain to whatever names none. An
// outpost takes that of the hosts before which it stands, the internal one where
// they are of both domains.
func deriveIngress(c *model.Cluster) {
	public, internal := map[*model.Outpost]bool{}, map[*model.Outpost]bool{}
	for _, s := range c.Services {
		for _, e := range s.Expose {
			switch {
			case e.Auth == nil && !e.Ingress.IsSet():
				e.Ingress = c.Ingress.Of(e.Domain.V)
			case e.Auth != nil && e.Domain.V == model.DomainPublic:
				public[e.Auth.Outpost.To] = true
			case e.Auth != nil:
				internal[e.Auth.Outpost.To] = true
			}
		}
	}
	for _, o := range c.Outposts() {
		domain := model.DomainInternal
		if public[o] && !internal[o] {
			domain = model.DomainPublic
		}
		if !o.Ingress.IsSet() {
			o.Ingress = c.Ingress.Of(domain)
		}
	}
}

// deriveBackups gives each backup a directory that is no other's, and the service
// the Secret with the keys.
func deriveBackups(c *model.Cluster, s *model.Service) {
	for _, d := range s.Databases {
		if d.Backup == nil {
			continue
		}
		if !d.Backup.Path.IsSet() {
			d.Backup.Path = model.At[string]{V: c.Name.V + "/" + s.Namespace.V, Pos: d.Backup.Pos, Path: d.Backup.To.Name.Path}
		}
		s.Secrets = append(s.Secrets, d.BackupSecret())
	}
}

// deriveAuth finds authentik's addresses. The server's Service and its port are
// the chart's, so that the pod's port has no place in a spec.
func deriveAuth(c *model.Cluster) {
	if c.Auth == nil || c.Auth.Authentik == nil {
		return
	}
	a := c.Auth.Authentik
	if !a.Ingress.IsSet() {
		a.Ingress = c.Ingress.Internal
	}
	s := a.Service.To
	backend, port := authentikServer(s)
	a.URL = "https://" + a.Host.V + "." + c.Domain.V
	a.InternalURL = fmt.Sprintf("http://%s.%s.svc.%s:%d", backend, s.Namespace.V, c.DNSDomain.V, port)
	at := func(v string) model.At[string] {
		return model.At[string]{V: v, Pos: a.Host.Pos, Path: a.Host.Path}
	}
	s.Expose = append(s.Expose, &model.Exposure{
		Name: a.Host, Pos: a.Host.Pos, Backend: at(backend), Scheme: at("http"), Domain: at(model.DomainInternal),
		Port:    model.At[int]{V: port, Pos: a.Host.Pos, Path: a.Host.Path},
		Ingress: a.Ingress, Issuer: a.Issuer, Service: s,
	})
}

// authentikServer gives the server's Service and its port by the table of charts.
func authentikServer(s *model.Service) (name string, port int) {
	chart, _ := depend.ChartOf("authentik")
	server := chart.Services[0]
	return server.In(s.ReleaseName(), "authentik"), server.Ports[0].Port
}

func deriveOutposts(c *model.Cluster) {
	for _, s := range c.Services {
		for _, e := range s.Expose {
			if e.Auth != nil {
				e.Auth.Outpost.To.Exposures = append(e.Auth.Outpost.To.Exposures, e)
			}
		}
	}
	for _, o := range c.Outposts() {
		slices.SortFunc(o.Exposures, func(a, b *model.Exposure) int { return strings.Compare(a.Host, b.Host) })
	}
}

// namespaces are those that the spec describes and those that follow from what
// lives in them: services of any kind at the baseline level, and outposts, whose
// pods are made for the strictest.
func namespaces(c *model.Cluster) []*model.Namespace {
	known := map[string]*model.Namespace{}
	for _, n := range c.Namespaces {
		known[n.Name.V] = n
	}
	add := func(name model.At[string], podSecurity string) {
		if _, ok := known[name.V]; !ok && !exists(c, name.V) {
			known[name.V] = &model.Namespace{
				Name:        name,
				PodSecurity: model.At[string]{V: podSecurity, Pos: name.Pos, Path: name.Path},
				Implied:     true,
			}
		}
	}
	for _, s := range c.Services {
		add(s.Namespace, "baseline")
	}
	for _, o := range c.Outposts() {
		add(o.Namespace, "restricted")
	}
	var out []*model.Namespace
	for _, n := range known {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b *model.Namespace) int { return strings.Compare(a.Name.V, b.Name.V) })
	return out
}

// exists reports whether a namespace is there before Flux.
func exists(c *model.Cluster, namespace string) bool {
	return slices.Contains(model.NamespacesBefore(c.Flux.Namespace.V), namespace)
}

// existing is what is there before Flux: what the spec says of bootstrap, what
// Kubernetes makes by itself, and Cilium where it is installed by hand.
func existing(c *model.Cluster) []model.Fact {
	facts := c.Bootstrap.Provides.Facts()
	for _, n := range model.NamespacesBefore(c.Flux.Namespace.V) {
		facts = append(facts, model.Fact{Capability: model.Capability{Kind: model.KindNamespace, Name: n}})
	}
	if c.Cilium.Owner.V == "bootstrap" {
		facts = append(facts, model.Fact{Capability: model.Capability{Kind: model.KindCRD, Name: "cilium.io"}, Pos: c.Cilium.Owner.Pos})
	}
	return facts
}
