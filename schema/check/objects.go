package check

import (
	"fmt"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/secret"
)

var objectRules = []rule{
	{diag.Rule{
		Code: "raw-secret", Severity: diag.Error,
		Summary: "A Secret is among the manifests: it would put its values into git, and conflict with the Secret that External Secrets creates.",
		Wrong:   `cluster: services: web: manifests: Secret: token: stringData: token: "..."`,
		Right:   `cluster: services: web: secrets: token: keys: token: {item: "Web", property: "token"}`,
	}, rawSecrets},
	{diag.Rule{
		Code: "decryption-missing", Severity: diag.Error,
		Summary: "A directory has a Secret that SOPS encrypted, but the spec does not let Flux decrypt it: Flux applies nothing of the directory.",
		Wrong:   `cluster: services: web: {namespace: "web", path: "apps/web"} // with a Secret in it that SOPS encrypted`,
		Right:   `cluster: services: web: {namespace: "web", path: "apps/web", kustomization: decryption: {provider: "sops", secretRef: name: "sops-age"}}`,
		Source:  "Flux kustomize-controller: configuring decryption is required for this secret to be reconciled",
	}, undecrypted},
	{diag.Rule{
		Code: "two-owners", Severity: diag.Error,
		Summary: "An object has two owners: they overwrite each other forever.",
		Wrong:   `cluster: services: {a: {namespace: "web", manifests: ConfigMap: web: {}}, b: {namespace: "web", manifests: ConfigMap: web: {}}}`,
		Right:   `cluster: services: a: {namespace: "web", manifests: ConfigMap: web: {}}`,
	}, twoOwners},
	{diag.Rule{
		Code: "cilium-owners", Severity: diag.Error,
		Summary: "A service installs Cilium's chart, which cilium.owner already installs: the two would conflict over the network of the nodes.",
		Wrong:   `cluster: services: cilium: helm: {repository: "cilium", chart: "cilium", version: "1.17.6"}`,
		Right:   `cluster: cilium: owner: "flux"`,
	}, ciliumOwners},
	{diag.Rule{
		Code: "api-version-not-served", Severity: diag.Error,
		Summary: "An object has an API version that the release does not serve: the API server rejects it. The API version follows from the kind and the releases.",
		Wrong:   `cluster: {release: externalSecrets: "0.18.2", services: web: manifests: ExternalSecret: web: apiVersion: "external-secrets.io/v1beta1"}`,
		Right:   `cluster: {release: externalSecrets: "0.18.2", services: web: manifests: ExternalSecret: web: spec: {}}`,
	}, apiVersions},
	{diag.Rule{
		Code: "api-version-missing", Severity: diag.Error,
		Summary: "An object has no apiVersion, but ichor does not know its kind: the object must give its API version itself.",
		Wrong:   `cluster: services: web: manifests: Widget: web: spec: {}`,
		Right:   `cluster: services: web: manifests: Widget: web: {apiVersion: "example.com/v1", spec: {}}`,
	}, apiVersionsMissing},
	{diag.Rule{
		Code: "common-labels", Severity: diag.Error,
		Summary: "A kustomization has commonLabels, which are written into selectors too: all workloads below get the same selector, and Services find each other's pods.",
		Wrong:   `cluster: services: web: manifests: Kustomization: web: commonLabels: app: "web"`,
		Right:   `cluster: services: web: manifests: Kustomization: web: labels: [{pairs: app: "web"}]`,
		Source:  "kustomize documentation, commonLabels",
	}, commonLabels},
}

// manifests gives the inline objects of a service.
func manifests(s *model.Service) []*model.Manifest {
	var out []*model.Manifest
	for _, k := range s.Manifests {
		out = append(out, k.Objects...)
	}
	return out
}

// namespaceOf gives where an object lives; empty for one of the whole cluster.
func namespaceOf(s *model.Service, m *model.Manifest) string {
	if !m.Namespaced {
		return ""
	}
	if own, ok := m.Body.Lookup("metadata", "namespace").Plain().(string); ok {
		return own
	}
	return s.Namespace.V
}

func rawSecrets(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if m.Kind.V != "Secret" {
				continue
			}
			f := at(r, m.Name, "Secret %q of service %q contains its values without encryption", m.Name.V, s.Name.V).
				Advise("keep its values in the secret store and name them in services.%s.secrets", s.Name.V)
			for _, x := range s.Secrets {
				if x.Name.V == m.Name.V {
					f.Note(x.Name.Pos, "External Secrets fills the Secret of the same name")
				}
			}
		}
	}
}

// auditedRules are rules that an audit has too, which lists them. What is a warning
// there is an error in a spec, whose directories are its own.
var auditedRules = []rule{
	{diag.Rule{Code: secret.Plain.Code, Severity: diag.Error}, plainSecrets},
}

func plainSecrets(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		rawDirectorySecrets(s, r)
	}
}

func ciliumOwners(c *model.Cluster, r *diag.Report) {
	if c.Cilium == nil {
		return
	}
	for _, i := range charts(c) {
		chart := i.chart.Name
		if chart.V != "cilium" {
			continue
		}
		f := at(r, chart, "service %q installs Cilium, which cilium.owner %q already installs", i.service.Name.V, c.Cilium.Owner.V).
			Advise("remove the service; if Flux should install Cilium, write `cilium: owner: \"flux\"`, and ichor writes the HelmRelease")
		if !i.own() && c.Cilium.Owner.V == "bootstrap" {
			f.Severity = diag.Warning // Flux takes over what was installed by hand, with the values of the file
		}
	}
}

func apiVersions(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			written := m.Body.Lookup("apiVersion")
			if written == nil || written.Scalar == m.APIVersion {
				continue
			}
			r.Add(written.Pos, written.Path, fmt.Sprintf("%s %q is written as %v, but the release serves it as %s", m.Kind.V, m.Name.V, written.Scalar, m.APIVersion)).
				Advise("remove `apiVersion`: it follows from the kind and the releases")
		}
	}
}

func apiVersionsMissing(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if m.APIVersion == "" {
				at(r, m.Name, "ichor does not know the kind %q of %q, and the object has no apiVersion", m.Kind.V, m.Name.V).
					Advise("add `apiVersion`, or correct the name of the kind")
			}
		}
	}
}

func commonLabels(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if t := m.Body.Lookup("commonLabels"); m.Kind.V == "Kustomization" && t != nil {
				r.Add(t.Pos, t.Path, fmt.Sprintf("commonLabels of Kustomization %q are written into every selector", m.Name.V)).
					Advise("use `labels` with `pairs`, which leaves selectors alone")
			}
		}
	}
}
