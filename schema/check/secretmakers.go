package check

import (
	"cmp"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// madeSecret is a Secret that something of the cluster makes. One without a
// namespace is made in whichever a selector picks.
type madeSecret struct {
	namespace, name string
	pos             diag.Pos
}

// secretsMade gives every Secret of the cluster whose maker ichor can see.
func secretsMade(c *model.Cluster) []madeSecret {
	var out []madeSecret
	for _, o := range derivedObjects(c) {
		if o.kind == "Secret" {
			out = append(out, madeSecret{o.namespace, o.name, o.at.Pos})
		}
	}
	for _, o := range c.Outposts() {
		if o.Issuer.IsSet() {
			out = append(out, madeSecret{o.Namespace.V, model.CertificateSecret(o.Unit), o.Name.Pos})
		}
	}
	for _, s := range c.Services {
		out = slices.Concat(out, typedSecrets(s), manifestSecrets(s), chartSecrets(s), directorySecrets(s))
	}
	return append(out, providedSecrets(c, out)...)
}

// providedSecrets gives the Secrets that units bring beside those that are known.
func providedSecrets(c *model.Cluster, known []madeSecret) []madeSecret {
	names := map[string]bool{}
	for _, m := range known {
		names[m.namespace+"/"+m.name] = true
	}
	var out []madeSecret
	for _, u := range c.Units {
		for _, f := range u.Provides {
			if namespace, name, ok := strings.Cut(f.Name, "/"); ok && f.Kind == model.KindSecret && !names[f.Name] {
				names[f.Name] = true
				out = append(out, madeSecret{namespace, name, f.Pos})
			}
		}
	}
	return out
}

// typedSecrets gives what the typed parts of a service make, and what it says
// that its chart or directory does.
func typedSecrets(s *model.Service) []madeSecret {
	var out []madeSecret
	for _, x := range s.Secrets {
		out = append(out, madeSecret{s.Namespace.V, x.Name.V, x.Name.Pos})
	}
	for _, x := range s.Provides.Secrets {
		namespace, name, _ := strings.Cut(x.V, "/")
		out = append(out, madeSecret{namespace, name, x.Pos})
	}
	for _, e := range s.Expose {
		if e.Auth == nil && e.Issuer.IsSet() {
			out = append(out, madeSecret{s.Namespace.V, model.CertificateSecret(e.Name.V), e.Name.Pos})
		}
	}
	for _, d := range s.Databases {
		for _, name := range d.OperatorSecrets() {
			out = append(out, madeSecret{s.Namespace.V, name, d.Name.Pos})
		}
	}
	return out
}

func manifestSecrets(s *model.Service) []madeSecret {
	var out []madeSecret
	for _, m := range manifests(s) {
		namespace := namespaceOf(s, m)
		if name := secretOf(m.Kind.V, m.Name.V, m.Body); name != "" {
			out = append(out, madeSecret{namespace, name, m.Name.Pos})
		}
		out = append(out, issuedSecrets(namespace, m.Body)...)
	}
	return out
}

// chartSecrets gives what the objects that a chart is handed in its values make.
func chartSecrets(s *model.Service) []madeSecret {
	var out []madeSecret
	for _, i := range installsOf(s) {
		i.values().Walk(func(t *model.Tree) {
			if name := secretOf(wordAt(t, "kind"), wordAt(t, "metadata", "name"), t); name != "" {
				out = append(out, madeSecret{i.into(), name, t.Pos})
			}
		})
		out = append(out, issuedSecrets(i.into(), i.values())...)
	}
	return out
}

// secretOf gives the Secret that an object stands for, or nothing.
func secretOf(kind, name string, t *model.Tree) string {
	switch kind {
	case "Secret":
		return name
	case "Certificate":
		return wordAt(t, "spec", "secretName")
	case "ExternalSecret":
		return cmp.Or(wordAt(t, "spec", "target", "name"), name)
	case "ClusterExternalSecret":
		return cmp.Or(wordAt(t, "spec", "externalSecretSpec", "target", "name"), wordAt(t, "spec", "externalSecretName"), name)
	}
	return ""
}

// wordAt gives the text at labels, or nothing.
func wordAt(t *model.Tree, labels ...string) string {
	text, _ := t.Lookup(labels...).Plain().(string)
	return text
}

// issuedSecrets gives the Secrets that cert-manager fills for an Ingress, or
// for one that a chart makes of its values.
func issuedSecrets(namespace string, t *model.Tree) []madeSecret {
	var out []madeSecret
	t.Walk(func(v *model.Tree) {
		if !asksIssuer(v.Lookup("annotations")) && !asksIssuer(v.Lookup("metadata", "annotations")) {
			return
		}
		v.Walk(func(x *model.Tree) {
			if name, ok := x.Scalar.(string); ok && x.Key == "secretName" {
				out = append(out, madeSecret{namespace, name, x.Pos})
			}
		})
	})
	return out
}

// issuerAnnotations ask cert-manager for the certificates of an Ingress.
// Source: cert-manager.io, Annotated Ingress resource.
var issuerAnnotations = []string{"cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme"}

func asksIssuer(annotations *model.Tree) bool {
	return slices.ContainsFunc(issuerAnnotations, func(key string) bool { return annotations.Lookup(key) != nil })
}

// unseen is what makes Secrets in a namespace that do not stand in the spec.
type unseen struct {
	prefixes []string // releases of charts and objects of operators: their Secrets are named for them
	any      bool     // a directory makes what is not seen, whose Secrets may have any name
}

func unseenMakers(c *model.Cluster, namespace string) unseen {
	var u unseen
	for _, s := range c.Services {
		for _, i := range installsOf(s) {
			if !i.Rendered && i.into() == namespace {
				u.prefixes = append(u.prefixes, i.release())
				u.any = u.any || i.Body.Lookup("spec", "valuesFrom") != nil // they may rename what it makes
			}
		}
		u.any = u.any || (s.Unseen || s.PartOf.IsSet()) && slices.Contains(s.Namespaces(), namespace)
		for _, o := range s.Objects {
			if o.Namespace == namespace && operated(c, o.Kind) {
				u.prefixes = append(u.prefixes, o.Name)
			}
			u.any = u.any || o.Namespace == namespace && strings.Contains(secretOf(o.Kind, o.Name, o.Body), "${")
		}
		for _, m := range manifests(s) {
			if m.Kind.V != "HelmRelease" && namespaceOf(s, m) == namespace && operated(c, m.Kind.V) {
				u.prefixes = append(u.prefixes, m.Name.V)
			}
		}
	}
	return u
}

// operated reports whether objects of a kind become others of which nothing else is
// seen: Kustomizations, and kinds that ichor does not know.
func operated(c *model.Cluster, kind string) bool {
	_, known := c.ServedKind(kind)
	return !known && kind != "HelmRelease" || kind == "Kustomization"
}

// makes reports whether the Secret of a name may be of one of them.
func (u unseen) makes(name string) bool {
	return u.any || slices.ContainsFunc(u.prefixes, func(p string) bool { return name == p || strings.HasPrefix(name, p+"-") })
}

// none reports whether all Secrets of the namespace stand in the spec.
func (u unseen) none() bool { return !u.any && len(u.prefixes) == 0 }
