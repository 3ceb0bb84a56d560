package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var serviceRules = []rule{
	{diag.Rule{
		Code: "service-source", Severity: diag.Error,
		Summary: "A service has no content, or has parts that exclude each other. It is a Helm release with objects beside it, objects alone, a directory of manifests, or a part of the cluster's network.",
		Wrong:   `cluster: services: web: {namespace: "web", path: "apps/web", helm: {repository: "r", chart: "web", version: "1.0.0"}}`,
		Right:   `cluster: services: web: {namespace: "web", path: "apps/web"}`,
	}, serviceSources},
	{diag.Rule{
		Code: "crds-source", Severity: diag.Error,
		Summary: "The `crds` of a service do not name exactly one source of its kinds (a chart, objects or a directory), or ichor does not know the API groups of the kinds. For a chart that ichor does not know, `provides: crds` names the API groups.",
		Wrong:   `cluster: services: operator: {namespace: "operator", crds: {}}`,
		Right:   `cluster: services: operator: {namespace: "operator", crds: path: "crds/operator"}`,
	}, crdsSources},
	{diag.Rule{
		Code: "unit-name-taken", Severity: diag.Error,
		Summary: "A service has the name of a unit that the compiler creates itself (namespaces, charts, pools, BGP, outposts), or of the unit by which Flux applies the output: the two would be the same unit.",
		Wrong:   `cluster: services: namespaces: namespace: "web"`,
		Right:   `cluster: services: web: namespace: "web"`,
	}, unitNames},
	{diag.Rule{
		Code: "unit-name-long", Severity: diag.Error,
		Summary: "The name of a unit is too long: Flux writes the name as the value of a label, which has at most 63 characters. The units of outposts and chart repositories are named authentik-<name> and charts-<name>, and the separate units of a service <name>-crds and <name>-config.",
		Wrong:   `cluster: auth: authentik: outposts: "the-outpost-before-everything-that-the-whole-family-uses": type: "proxy"`,
		Right:   `cluster: auth: authentik: outposts: family: type: "proxy"`,
		Source:  "Kubernetes documentation, labels and selectors, syntax",
	}, unitNamesLong},
	{diag.Rule{
		Code: "namespace-unused", Severity: diag.Warning,
		Summary: "The spec describes a namespace that nothing uses: in most cases the name is mistyped.",
		Wrong:   `cluster: {namespaces: monitorng: podSecurity: "privileged", services: m: namespace: "monitoring"}`,
		Right:   `cluster: {namespaces: monitoring: podSecurity: "privileged", services: m: namespace: "monitoring"}`,
	}, namespacesUnused},
	{diag.Rule{
		Code: "pod-security-written", Severity: diag.Error,
		Summary: "A label of a namespace sets the Pod Security level, which podSecurity defines: one of the two would silently override the other.",
		Wrong:   `cluster: namespaces: web: labels: "pod-security.kubernetes.io/enforce": "privileged"`,
		Right:   `cluster: namespaces: web: podSecurity: "privileged"`,
		Source:  "Kubernetes documentation, Pod Security Admission",
	}, podSecurityWritten},
	{diag.Rule{
		Code: "issuer-kind", Severity: diag.Error,
		Summary: "An issuer has both `selfSigned` and `acme`, or neither: it requires exactly one of them.",
		Wrong:   `cluster: services: issuers: issuers: own: {}`,
		Right:   `cluster: services: issuers: issuers: own: selfSigned: true`,
	}, issuerKinds},
	{diag.Rule{
		Code: "secret-key-unknown", Severity: diag.Error,
		Summary: "A Secret does not have a key that is read from it: a pod or an issuer reads the key that it names, and a database reads username and password.",
		Wrong:   `cluster: services: dns: {secrets: token: keys: "api-token": {item: "DNS", property: "token"}, issuers: le: acme: cloudflare: {name: "token", key: "token"}}`,
		Right:   `cluster: services: dns: {secrets: token: keys: "api-token": {item: "DNS", property: "token"}, issuers: le: acme: cloudflare: {name: "token", key: "api-token"}}`,
		Source:  "cert-manager documentation, ACME DNS01, Cloudflare; CloudNativePG documentation, bootstrap (basic-auth secrets)",
	}, secretKeys},
	{diag.Rule{
		Code: "secret-empty", Severity: diag.Error,
		Summary: "A Secret has no keys: it holds nothing, and External Secrets rejects it.",
		Wrong:   `cluster: services: web: secrets: web: keys: {}`,
		Right:   `cluster: services: web: secrets: web: keys: token: {item: "Web", property: "token"}`,
	}, emptySecrets},
}

func serviceSources(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		objects := len(s.Manifests)+len(s.Secrets)+len(s.SecretStores)+len(s.Issuers)+len(s.Databases)+len(s.LoadBalancers) > 0
		switch {
		case s.KindsOf != nil: // crds-source judges it
		case s.Directory.IsSet() && s.Helm != nil:
			at(r, s.Directory, "service %q is both a directory and a Helm release", s.Name.V).
				Note(s.Helm.Pos, "the Helm release").Advise("keep `path` or `helm`")
		case s.Kustomization != nil && !s.Directory.IsSet():
			r.Add(s.Kustomization.Pos, s.Kustomization.Path, fmt.Sprintf("service %q defines how Flux applies a directory, but has no directory", s.Name.V)).
				Advise("add `path`, or remove `kustomization`")
		case s.Directory.IsSet() && objects:
			at(r, s.Directory, "service %q is a directory, but also has objects", s.Name.V).
				Advise("put the objects into the directory, or into a service of their own")
		case s.PartOf.IsSet() && (s.Helm != nil || s.Directory.IsSet() || objects):
			at(r, s.PartOf, "service %q is part of the cluster's network, but also has content of its own", s.Name.V).
				Advise("remove `partOf`, or keep `expose` alone")
		case s.Helm == nil && !objects && !s.Directory.IsSet() && !s.PartOf.IsSet() && len(s.Expose) == 0:
			at(r, s.Name, "service %q has no content", s.Name.V).Advise("add `helm`, `manifests` or `path`")
		}
	}
}

func crdsSources(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		k := s.CRDs
		if k == nil {
			continue
		}
		ways := 0
		for _, set := range []bool{k.Chart != nil, len(k.Manifests) > 0, k.Directory.IsSet()} {
			if set {
				ways++
			}
		}
		switch u := c.Unit(model.UnitOfCRDs(s.Name.V)); {
		case ways != 1:
			r.Add(k.Pos, s.Name.Path, fmt.Sprintf("the kinds of service %q have a separate unit, but %d of `chart`, `manifests` and `path` provide them", s.Name.V, ways)).
				Advise("write exactly one of the three")
		case u == nil || !slices.ContainsFunc(u.Provides, func(f model.Fact) bool { return f.Kind == model.KindCRD }):
			r.Add(k.Pos, s.Name.Path, fmt.Sprintf("the kinds of service %q have a separate unit, but ichor does not know their API groups", s.Name.V)).
				Advise("write `provides: crds: [\"<API group>\"]` in the service")
		}
		kindsTwice(s, r)
	}
}

// kindsTwice looks for a value by which the chart installs the kinds too.
func kindsTwice(s *model.Service, r *diag.Report) {
	if s.Helm == nil {
		return
	}
	chart, _ := depend.ChartOf(s.Helm.Chart.V)
	if v := s.Helm.Values.Lookup(strings.Split(chart.CRDsValue, ".")...); chart.CRDsValue != "" && v.Text() == "true" {
		r.Add(v.Pos, v.Path, fmt.Sprintf("the kinds of service %q have a separate unit, but %s makes its chart install them too", s.Name.V, chart.CRDsValue)).
			Note(s.CRDs.Pos, "`crds` defines the separate unit here").Advise("remove the value, or remove `crds`")
	}
}

func unitNames(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		reservedNames(c, s, r)
		for _, u := range c.Units {
			if u.Name == s.Name.V && (u.Service == nil || u.Service.Name.Pos != s.Name.Pos) && s.KindsOf == nil {
				f := at(r, s.Name, "service %q has the name of a unit that ichor creates", s.Name.V).Advise("give the service another name")
				if u.Pos.IsValid() {
					f.Note(u.Pos, "the unit follows from this")
				}
			}
		}
	}
}

func unitNamesLong(c *model.Cluster, r *diag.Report) {
	for _, o := range c.Outposts() {
		unitNameLong(r, o.Name, o.Unit)
	}
	for _, repository := range c.Charts {
		unitNameLong(r, repository.Name, model.UnitOfCharts(repository.Name.V))
	}
	for _, s := range c.Services {
		for _, u := range c.Units {
			if u.Service != nil && (u.Service.KindsOf == s || u.Name == model.UnitOfConfig(s.Name.V)) {
				unitNameLong(r, s.Name, u.Name)
			}
		}
	}
}

func unitNameLong(r *diag.Report, name model.At[string], unit string) {
	if over := len(unit) - validation.LabelValueMaxLength; over > 0 {
		at(r, name, "the unit of %q is %q, which has %d characters", name.V, unit, len(unit)).
			Advise("shorten the name to %d characters", len(name.V)-over)
	}
}

// reservedNames are that of the list of all units, and the one that Flux gives
// its own Kustomization: a unit of that name would take the place of what
// applies the output.
func reservedNames(c *model.Cluster, s *model.Service, r *diag.Report) {
	switch {
	case s.Name.V == "kustomization":
		at(r, s.Name, "service %q has the name of the list of all units", s.Name.V).Advise("give the service another name")
	case c.Flux != nil && s.Name.V == c.Flux.Namespace.V:
		at(r, s.Name, "service %q has the name of Flux's own Kustomization", s.Name.V).Advise("give the service another name")
	}
}

func namespacesUnused(c *model.Cluster, r *diag.Report) {
	var used []string
	for _, s := range c.Services {
		used = append(used, s.Namespace.V)
		for _, o := range s.Objects {
			used = append(used, o.Namespace)
		}
	}
	for _, o := range c.Outposts() {
		used = append(used, o.Namespace.V)
	}
	if c.Flux == nil {
		return
	}
	own := model.NamespacesBefore(c.Flux.Namespace.V)
	for _, n := range c.Namespaces {
		if !n.Implied && !slices.Contains(used, n.Name.V) && !slices.Contains(own, n.Name.V) {
			at(r, n.Name, "nothing uses namespace %q", n.Name.V).
				Advise("remove it, or name it as the namespace of a service").
				Propose(n.Name.V, used)
		}
	}
}

func podSecurityWritten(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Namespaces {
		for _, key := range slices.Sorted(maps.Keys(n.Labels)) {
			if strings.HasPrefix(key, "pod-security.kubernetes.io/") {
				at(r, n.Labels[key], "label %q of namespace %q sets the Pod Security level by hand", key, n.Name.V).
					Advise("write `podSecurity: %q`", n.Labels[key].V)
			}
		}
	}
}

func issuerKinds(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, i := range s.Issuers {
			switch {
			case i.SelfSigned.V && i.ACME != nil:
				at(r, i.Name, "issuer %q both signs by itself and uses an ACME server", i.Name.V).Advise("keep `selfSigned` or `acme`")
			case !i.SelfSigned.V && i.ACME == nil:
				at(r, i.Name, "issuer %q does not say how it signs", i.Name.V).Advise("add `selfSigned: true` or `acme`")
			}
		}
	}
}

// secretKeys looks at the Secrets that services fill; what else exists is the
// business of the graph's needs and of secret-unknown.
func secretKeys(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, i := range s.Issuers {
			if i.ACME != nil {
				keysOf(r, c, s.Namespace.V, i.ACME.Cloudflare.Name, i.ACME.Cloudflare.Key)
			}
		}
		for _, d := range s.Databases {
			for _, secret := range []model.At[string]{d.Superuser, d.OwnerSecret} {
				for _, key := range []string{"username", "password"} {
					keysOf(r, c, s.Namespace.V, secret, model.At[string]{V: key, Pos: secret.Pos, Path: secret.Path})
				}
			}
		}
	}
	for _, u := range secretUses(c) {
		for _, key := range u.keys {
			keysOf(r, c, u.namespace, u.name, key)
		}
	}
}

// filledSecret gives the Secret of a name that a service fills, or nil.
func filledSecret(c *model.Cluster, namespace, name string) *model.Secret {
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			if s.Namespace.V == namespace && x.Name.V == name {
				return x
			}
		}
	}
	return nil
}

func keysOf(r *diag.Report, c *model.Cluster, namespace string, secret, key model.At[string]) {
	x := filledSecret(c, namespace, secret.V)
	if x == nil {
		return
	}
	var have []string
	for _, k := range x.Keys {
		have = append(have, k.Name.V)
	}
	if !slices.Contains(have, key.V) {
		at(r, key, "secret %q has no key %q", secret.V, key.V).
			Note(x.Name.Pos, "secret %q has %s", secret.V, strings.Join(have, ", ")).
			Advise("add the key to the secret, or name a key that the secret has").
			Propose(key.V, have)
	}
}

func emptySecrets(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			if len(x.Keys) == 0 {
				at(r, x.Name, "secret %q has no keys", x.Name.V).Advise("add a key with the item and the property that its value is read from")
			}
		}
	}
}
