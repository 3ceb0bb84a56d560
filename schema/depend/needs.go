package depend

import (
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// needs gives what a unit needs, from what the spec says of it anyway.
func needs(c *model.Cluster, u *model.Unit) []model.Need {
	n := &collector{cluster: c}
	if u.Namespace != "" {
		n.add(model.KindNamespace, u.Namespace, "its objects", u.Pos)
	}
	switch {
	case u.Service != nil:
		n.service(u.Service)
	case u.Outpost != nil:
		n.outpost(u.Outpost)
	case u.Name == model.UnitCilium:
		n.add(model.KindChartSource, model.CiliumCharts, "HelmRelease cilium", u.Pos)
	case u.Name == model.UnitCiliumPools:
		n.add(model.KindCRD, "cilium.io", "CiliumLoadBalancerIPPool", u.Pos)
	case u.Name == model.UnitCiliumBGP:
		n.bgp(c.BGP)
	}
	return n.needs
}

// collector gathers the needs of one unit.
type collector struct {
	cluster *model.Cluster
	needs   []model.Need
}

func (n *collector) add(kind, name, what string, pos diag.Pos) {
	n.needs = append(n.needs, model.Need{
		Capability: model.Capability{Kind: kind, Name: name}, Soft: ruleOf(kind).strength == soft, Weak: ruleOf(kind).strength == weak, What: what, Pos: pos,
	})
}

// soft adds a need that this consumer can do without for a while, whatever the
// rule of its kind says.
func (n *collector) soft(kind, name, what string, pos diag.Pos) {
	n.add(kind, name, what, pos)
	n.needs[len(n.needs)-1].Soft = true
}

// object adds what an object of an API group that is not Kubernetes' own needs:
// its CRD, the controller that works on it, and the webhook that admits it.
func (n *collector) object(group, what string, pos diag.Pos) {
	n.add(model.KindCRD, group, what, pos)
	n.add(model.KindOperator, group, what, pos)
	n.needs[len(n.needs)-1].Guess = true // bootstrap.provides has no word for it
	if webhookInUse(n.cluster, group) {
		n.add(model.KindWebhook, group, what, pos)
	}
}

func webhookInUse(c *model.Cluster, group string) bool {
	for _, s := range c.Services {
		for _, w := range s.Provides.Webhooks {
			if w.V == group {
				return true
			}
		}
	}
	return false
}

func (n *collector) service(s *model.Service) {
	if s.Helm != nil {
		if r := s.Helm.Repository.Name; r.IsSet() {
			n.add(model.KindChartSource, r.V, "HelmRelease "+s.ReleaseName(), r.Pos)
		}
	}
	n.secrets(s)
	n.platform(s)
	for _, lb := range s.LoadBalancers {
		n.loadBalancer(lb)
	}
	for _, e := range s.Expose {
		n.exposure(e)
	}
	for _, f := range s.Needs.Facts() {
		n.add(f.Kind, f.Name, "", f.Pos)
	}
}

// secrets are the objects of External Secrets, and the Secrets that typed parts
// of the service read.
func (n *collector) secrets(s *model.Service) {
	for _, x := range s.Secrets {
		what := "ExternalSecret " + s.Namespace.V + "/" + x.Name.V
		n.object("external-secrets.io", what, x.Name.Pos)
		for _, k := range x.Keys {
			n.add(model.KindSecretStore, k.Store.Name.V, what, k.Item.Pos)
		}
	}
	for _, x := range s.SecretStores {
		n.object("external-secrets.io", "ClusterSecretStore "+x.Name.V, x.Name.Pos)
		if x.Connect != nil {
			n.add(model.KindSecret, s.Namespace.V+"/"+x.Connect.Token.Name.V, "ClusterSecretStore "+x.Name.V, x.Connect.Token.Name.Pos)
		}
	}
}

// platform is the typed parts: issuers and databases.
func (n *collector) platform(s *model.Service) {
	for _, x := range s.Issuers {
		what := "ClusterIssuer " + x.Name.V
		n.object("cert-manager.io", what, x.Name.Pos)
		if x.ACME != nil {
			n.add(model.KindSecret, s.Namespace.V+"/"+x.ACME.Cloudflare.Name.V, what, x.ACME.Cloudflare.Name.Pos)
		}
	}
	for _, x := range s.Databases {
		what := "Cluster " + s.Namespace.V + "/" + x.Name.V
		n.object("postgresql.cnpg.io", what, x.Name.Pos)
		if x.Backup != nil {
			n.object(release.BackupGroup, "ObjectStore "+s.Namespace.V+"/"+x.BackupName(), x.Backup.Pos)
		}
		n.add(model.KindStorageClass, x.StorageClass.V, what, x.StorageClass.Pos)
		for _, secret := range []model.At[string]{x.Superuser, x.OwnerSecret} {
			if secret.IsSet() {
				n.add(model.KindSecret, s.Namespace.V+"/"+secret.V, what, secret.Pos)
			}
		}
	}
}

// loadBalancer needs its pool. Helm waits for the address of a chart's Service;
// Flux takes a Service of its own for ready without one (kstatus looks at
// spec.clusterIP only), so that a full pool stops nothing else.
func (n *collector) loadBalancer(lb *model.LoadBalancer) {
	add := n.soft
	if lb.Values.IsSet() {
		add = n.add
	}
	add(model.KindPool, lb.Pool.Name.V, "load balancer "+lb.Name.V, lb.Pool.Name.Pos)
}

func (n *collector) exposure(e *model.Exposure) {
	what := "host " + e.Host
	if e.Auth != nil {
		n.add(model.KindOutpost, e.Auth.Outpost.Name.V, what, e.Auth.Outpost.Name.Pos)
		return
	}
	n.add(model.KindIngressClass, e.Ingress.V, what, e.Ingress.Pos)
	if e.Issuer.IsSet() {
		n.soft(model.KindIssuer, e.Issuer.Name.V, what, e.Issuer.Name.Pos)
	}
}

func (n *collector) outpost(o *model.Outpost) {
	secret := "ExternalSecret " + o.Namespace.V + "/" + o.TokenSecret()
	n.object("external-secrets.io", secret, o.Token.Item.Pos)
	n.add(model.KindSecretStore, o.Token.Store.Name.V, secret, o.Token.Item.Pos)
	a := n.cluster.Auth.Authentik
	for _, i := range a.Service.To.Provides.Identity {
		n.add(model.KindIdentity, i.V, "outpost "+o.Name.V, o.Pos)
	}
	n.add(model.KindIngressClass, o.Ingress.V, "outpost "+o.Name.V, o.Ingress.Pos)
	if o.Issuer.IsSet() {
		n.soft(model.KindIssuer, o.Issuer.Name.V, "the certificate of outpost "+o.Name.V, o.Issuer.Name.Pos)
	}
}

func (n *collector) bgp(b *model.BGP) {
	n.add(model.KindCRD, "cilium.io", "CiliumBGPClusterConfig", b.Pos)
	for _, p := range n.cluster.Pools {
		n.add(model.KindPool, p.Name.V, "CiliumBGPAdvertisement", p.Name.Pos)
	}
	for _, p := range b.Peers {
		if p.Password.IsSet() {
			what := "ExternalSecret " + model.CiliumNamespace + "/" + p.PasswordSecret()
			n.object("external-secrets.io", what, p.Password.Item.Pos)
			n.add(model.KindSecretStore, p.Password.Store.Name.V, what, p.Password.Item.Pos)
		}
	}
}

// builtinGroups are the API groups with a dot that Kubernetes' own API server
// serves, and metrics-server beside it. Source: k8s.io/api.
var builtinGroups = []string{
	"admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io",
	"certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
	"internal.apiserver.k8s.io", "metrics.k8s.io", "networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io", "resource.k8s.io",
	"scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
}

// customGroup gives the API group of a version that a CRD must bring, and
// nothing for Kubernetes' own and for Flux's, which are there when Flux is.
func customGroup(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	builtin := !strings.Contains(group, ".") || slices.Contains(builtinGroups, group)
	if !ok || builtin || strings.HasSuffix(group, ".toolkit.fluxcd.io") {
		return ""
	}
	return group
}
