package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var releaseRules = []rule{
	{diag.Rule{
		Code: "release-unknown", Severity: diag.Error,
		Summary: "The spec names a release whose minor version ichor does not know. ichor accepts a newer patch release of a minor version that it knows.",
		Wrong:   `cluster: release: cilium: "1.99.0"`,
		Right:   `cluster: release: cilium: "1.17.6"`,
	}, releasesUnknown},
	{diag.Rule{
		Code: "release-range", Severity: diag.Error,
		Summary: "Talos rejects a Kubernetes release that it does not support, and Helm one that a chart excludes. Cilium, Flux, cert-manager and CloudNativePG may run on releases that they do not support or were not tested with, which is a warning.",
		Wrong:   `cluster: release: {talos: "v1.10.5", kubernetes: "v1.35.0"}`,
		Right:   `cluster: release: {talos: "v1.10.5", kubernetes: "v1.31.1"}`,
		Source:  "Talos pkg/machinery/compatibility; Cilium Documentation/network/kubernetes/compatibility.rst; Flux cmd/flux/check.go, which nothing but `flux check` asks; authentik's Chart.yaml; cert-manager.io/docs/releases; CloudNativePG docs/src/supported_releases.md",
	}, releaseRanges},
	{diag.Rule{
		Code: "release-missing", Severity: diag.Error,
		Summary: "The spec uses External Secrets, cert-manager or authentik, but does not name its release: the output depends on the release.",
		Wrong:   `cluster: services: web: secrets: web: keys: token: {item: "Web", property: "token"}`,
		Right:   `cluster: {release: externalSecrets: "0.18.2", services: web: secrets: web: keys: token: {item: "Web", property: "token"}}`,
	}, releasesMissing},
	{diag.Rule{
		Code: "release-differs", Severity: diag.Error,
		Summary: "The version of a chart differs from the release that objects are written for: the two are one fact, so the chart must refer to the release.",
		Wrong:   `cluster: {release: certManager: "v1.18.2", services: "cert-manager": helm: version: "v1.17.0"}`,
		Right:   `cluster: {release: certManager: "v1.18.2", services: "cert-manager": helm: version: cluster.release.certManager}`,
	}, releasesDiffer},
}

func releasesUnknown(c *model.Cluster, r *diag.Report) {
	for _, p := range []struct {
		version model.At[string]
		find    func(string) error
	}{
		{c.Release.Talos, finder(release.FindTalos)},
		{c.Release.Kubernetes, finder(release.FindKubernetes)},
		{c.Release.Cilium, finder(release.FindCilium)},
		{c.Release.Flux, finder(release.FindFlux)},
		{c.Release.Authentik, finder(release.FindAuthentik)},
		{c.Release.ExternalSecrets, finder(release.FindExternalSecrets)},
		{c.Release.CertManager, finder(release.FindCertManager)},
	} {
		if !p.version.IsSet() {
			continue
		}
		if err := p.find(p.version.V); err != nil {
			at(r, p.version, "%q: %v", p.version.V, err).Advise("name a release that ichor knows, or use an ichor that knows this release")
		}
	}
}

func finder[R any](find func(string) (*R, error)) func(string) error {
	return func(version string) error {
		_, err := find(version)
		return err
	}
}

// releaseRanges finds what rejects the Kubernetes release: Talos does when it takes a
// machine configuration, Helm when it installs authentik's chart.
func releaseRanges(c *model.Cluster, r *diag.Report) {
	k := c.Release.KubernetesRow
	if k == nil {
		return
	}
	outside := func(program string, of model.At[string], takes string) {
		at(r, c.Release.Kubernetes, "Kubernetes %s does not work with %s %s, which requires %s", c.Release.Kubernetes.V, program, of.V, takes).
			Note(of.Pos, "the release of %s", program).
			Advise("use Kubernetes %s, or another release of %s", takes, program)
	}
	if t := c.Release.TalosRow; t != nil && !t.Kubernetes.Contains(k.Minor) {
		outside("Talos", c.Release.Talos, t.Kubernetes.String())
	}
	if x := c.Release.AuthentikRow; x != nil && k.Minor.Compare(x.MinKubernetes) < 0 {
		outside("authentik", c.Release.Authentik, x.MinKubernetes.String()+" or newer")
	}
	untestedReleases(c, r)
}

// untestedReleases finds what runs on a Kubernetes release that its project does not
// support or did not test, and that nothing rejects.
func untestedReleases(c *model.Cluster, r *diag.Report) {
	k := c.Release.KubernetesRow.Minor
	untested := func(of model.At[string], what, ranges, newest string) {
		f := at(r, of, "%s Kubernetes %s, but the cluster has %s", what, ranges, c.Release.Kubernetes.V).
			Note(c.Release.Kubernetes.Pos, "the release of Kubernetes").
			Advise("use Kubernetes %s", ranges)
		if newest != "" {
			f.Advise("use %s, or Kubernetes %s", newest, ranges)
		}
		f.Severity = diag.Warning
	}
	if x := c.Release.CiliumRow; x != nil && !x.Kubernetes.Contains(k) {
		untested(c.Release.Cilium, "Cilium "+c.Release.Cilium.V+" was tested with", x.Kubernetes.String(), release.NewestCilium(k))
	}
	if x := c.Release.FluxRow; x != nil && k.Compare(x.MinKubernetes) < 0 {
		untested(c.Release.Flux, "Flux "+c.Release.Flux.V+" supports", x.MinKubernetes.String()+" or newer", release.NewestFlux(k))
	}
	if x := c.Release.CertManagerRow; x != nil && !x.Kubernetes.Contains(k) {
		untested(c.Release.CertManager, "cert-manager "+c.Release.CertManager.V+" was tested with", x.Kubernetes.String(), release.NewestCertManager(k))
	}
	if i := chartInstall(c, "cloudnative-pg"); i != nil {
		version := i.chart.Version
		if x, err := release.FindCloudNativePG(version.V); err == nil && !x.Kubernetes.Contains(k) {
			what := fmt.Sprintf("CloudNativePG %s of chart %s was tested with", x.Operator, version.V)
			untested(version, what, x.Kubernetes.String(), release.NewestCloudNativePG(k))
		}
	}
}

func releasesMissing(c *model.Cluster, r *diag.Report) {
	missing := func(given model.At[string], user model.At[string], what, field string) {
		if !given.IsSet() && user.IsSet() {
			at(r, user, "%s, but the spec does not name the release of this program", what).
				Advise("add `%s` to cluster.release with the version that runs", field)
		}
	}
	secret, name := firstSecret(c)
	missing(c.Release.ExternalSecrets, secret, fmt.Sprintf("External Secrets fills %s", name), "externalSecrets")
	for _, s := range c.Services {
		if len(s.Issuers) > 0 {
			missing(c.Release.CertManager, s.Issuers[0].Name, fmt.Sprintf("issuer %q belongs to cert-manager", s.Issuers[0].Name.V), "certManager")
			break
		}
	}
	if a := identity(c); a != nil {
		missing(c.Release.Authentik, a.Service.Name, "authentik signs people in", "authentik")
	}
}

// firstSecret gives the first thing of the spec that External Secrets fills.
func firstSecret(c *model.Cluster) (model.At[string], string) {
	for _, s := range c.Services {
		if len(s.Secrets) > 0 {
			return s.Secrets[0].Name, fmt.Sprintf("secret %q", s.Secrets[0].Name.V)
		}
		if len(s.SecretStores) > 0 {
			return s.SecretStores[0].Name, fmt.Sprintf("secret store %q", s.SecretStores[0].Name.V)
		}
	}
	for _, o := range c.Outposts() {
		return o.Token.Item, fmt.Sprintf("the token of outpost %q", o.Name.V)
	}
	for _, p := range peers(c) {
		if p.Password.IsSet() {
			return p.Password.Item, fmt.Sprintf("the password of peer %q", p.Name.V)
		}
	}
	return model.At[string]{}, ""
}

func releasesDiffer(c *model.Cluster, r *diag.Report) {
	for _, i := range charts(c) {
		chart := i.chart
		named, field := releaseOf(c, i)
		if !named.IsSet() || i.sameRelease(named.V, chart.Version.V) {
			continue
		}
		f := at(r, chart.Version, "service %q installs %s, but cluster.release.%s is %s", i.service.Name.V, chart.Version.V, field, named.V).
			Note(named.Pos, "the release that objects are written for").
			Advise("write `version: cluster.release.%s`", field)
		if !i.own() {
			f.Advise("write the same version in both places")
		}
	}
}

// sameRelease compares the version of a chart with the one that the spec names. A
// file cannot refer to the spec, and of one minor all objects are the same.
func (i install) sameRelease(named, version string) bool {
	if i.own() {
		return sameVersion(named, version)
	}
	patches, differ := release.Differ(named, version)
	return patches || !differ
}

// releaseOf gives the release that a chart installs.
func releaseOf(c *model.Cluster, i charted) (model.At[string], string) {
	brings := func(group string) bool {
		return !i.own() || slices.ContainsFunc(i.service.Provides.CRDs, func(a model.At[string]) bool { return a.V == group })
	}
	switch chart := i.chart.Name.V; {
	case chart == "external-secrets" && brings("external-secrets.io"):
		return c.Release.ExternalSecrets, "externalSecrets"
	case chart == "cert-manager" && brings("cert-manager.io"):
		return c.Release.CertManager, "certManager"
	case chart == "authentik" && i.own() && identity(c) != nil && identity(c).Service.To == i.service:
		return c.Release.Authentik, "authentik"
	}
	return model.At[string]{}, ""
}

// sameVersion takes v1.18.2 and 1.18.2 for one.
func sameVersion(a, b string) bool { return strings.TrimPrefix(a, "v") == strings.TrimPrefix(b, "v") }
