package audit

import (
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
)

// Releases gives the releases that the objects of a cluster say: by the version of
// a chart, of a FluxInstance, or of Kubernetes that an upgrade leads to. What is a
// range, is said twice in different words, or is no release that ichor knows is
// left out.
func (c *Cluster) Releases() release.Rows {
	said := map[string]string{}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			program, version := c.version(&o.Object)
			if other, twice := said[program]; twice && other != version {
				version = ""
			}
			said[program] = version
		}
	}
	var rows release.Rows
	rows.Kubernetes, _ = release.FindKubernetes(said["kubernetes"])
	rows.Flux, _ = release.FindFlux(said["flux"])
	rows.Cilium, _ = release.FindCilium(said["cilium"])
	rows.CertManager, _ = release.FindCertManager(said["cert-manager"])
	rows.ExternalSecrets, _ = release.FindExternalSecrets(said["external-secrets"])
	return rows
}

// version gives the program and the version that an object installs. The charts
// of the three programs that others' rows name have the versions of the programs.
func (c *Cluster) version(o *model.Object) (program, version string) {
	switch {
	case o.Is(scan.HelmGroup, "HelmRelease"):
		chart := c.chartOf(o)
		return chart.name, chart.version
	case o.Is("fluxcd.controlplane.io", "FluxInstance"):
		return "flux", o.Text("spec", "distribution", "version")
	case o.Is("tuppr.home-operations.com", "KubernetesUpgrade"):
		return "kubernetes", o.Text("spec", "kubernetes", "version")
	}
	return "", ""
}
