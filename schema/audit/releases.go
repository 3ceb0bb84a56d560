package audit

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/scan"
)

// Releases gives the releases that the repository says of a cluster: by versions of
// charts, by what installs Flux, by upgrades of Kubernetes, and by the configuration
// of talhelper. Of a program every place has to say the same minor, which a range may
// settle as well; where one says another, or one that ichor does not know, none
// counts: which of them is out of date nobody tells, and by the wrong one a valid
// object would be refused.
func (c *Cluster) Releases() release.Rows {
	said := c.versions()
	return release.Rows{
		Kubernetes:      release.Agreed(said["kubernetes"], release.FindKubernetes),
		Flux:            release.Agreed(said["flux"], release.FindFlux),
		Cilium:          release.Agreed(said["cilium"], release.FindCilium),
		CertManager:     release.Agreed(said["cert-manager"], release.FindCertManager),
		ExternalSecrets: release.Agreed(said["external-secrets"], release.FindExternalSecrets),
		CloudNativePG:   release.Agreed(said["cloudnative-pg"], release.FindCloudNativePG),
	}
}

// Applied gives those of the releases that Flux or an upgrade by it brings about. A
// configuration of talhelper may lag behind what somebody has installed since.
func (c *Cluster) Applied() release.Rows {
	rows := c.Releases()
	if len(c.versions()["kubernetes"]) == len(c.configured()) {
		rows.Kubernetes = nil
	}
	return rows
}

// configured gives the versions of Kubernetes in configurations of talhelper. Of
// several clusters nobody tells which one they are of.
func (c *Cluster) configured() []string {
	if len(c.Repository.Clusters) != 1 {
		return nil
	}
	return c.Repository.Bootstrap.Kubernetes
}

// versions gives what is said of each program, by every place.
func (c *Cluster) versions() map[string][]string {
	said := map[string][]string{"kubernetes": slices.Clone(c.configured())}
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if program, version := c.version(o); program != "" {
				said[program] = append(said[program], version)
			}
		}
	}
	return said
}

// version gives the program and the version that an object installs. The charts of
// Cilium, cert-manager and External Secrets have the versions of the programs; rows of
// CloudNativePG are those of its chart.
func (c *Cluster) version(o *scan.Object) (program, version string) {
	switch {
	case o.Is(scan.HelmGroup, "HelmRelease"):
		if chart := c.chartOf(&o.Object); chart.Name.V != "flux-instance" {
			return chart.Name.V, chart.Version.V
		}
		return "flux", c.instance(o)
	case o.Is("fluxcd.controlplane.io", "FluxInstance"):
		return "flux", o.Text("spec", "distribution", "version")
	case o.Is(scan.SourceGroup, "OCIRepository") && path.Base(o.Text("spec", "url")) == "flux-manifests":
		return "flux", cmp.Or(o.Text("spec", "ref", "semver"), o.Text("spec", "ref", "tag"))
	case ofFlux(o):
		return "flux", o.Text("metadata", "labels", "app.kubernetes.io/version")
	case o.Is("tuppr.home-operations.com", "KubernetesUpgrade"):
		return "kubernetes", o.Text("spec", "kubernetes", "version")
	case upgradesKubernetes(o):
		return "kubernetes", o.Text("spec", "version")
	}
	return "", ""
}

// ofFlux reports whether an object is a kind of Flux as `flux install` writes it,
// with the version in a label. Source: gotk-components.yaml.
func ofFlux(o *scan.Object) bool {
	return o.Is("apiextensions.k8s.io", "CustomResourceDefinition") && strings.HasSuffix(o.Name, ".toolkit.fluxcd.io") &&
		o.Text("metadata", "labels", "app.kubernetes.io/part-of") == "flux"
}

// instance gives the version in the values of the chart flux-instance: its own, or
// those of a ConfigMap. What it says nowhere is as its chart has it.
func (c *Cluster) instance(o *scan.Object) string {
	if version := o.Text("spec", "values", "instance", "distribution", "version"); version != "" {
		return version
	}
	version := ""
	for _, ref := range o.Body.Lookup("spec", "valuesFrom").Items() {
		_, from := c.object("", ref.Lookup("kind").Text(), o.Namespace, ref.Lookup("name").Text())
		if from == nil || from.Encrypted || ref.Lookup("targetPath") != nil {
			return ""
		}
		text := from.Text("data", cmp.Or(ref.Lookup("valuesKey").Text(), "values.yaml"))
		var values struct {
			Instance struct {
				Distribution struct{ Version string }
			}
		}
		if yaml.Unmarshal([]byte(text), &values) != nil {
			return ""
		}
		version = cmp.Or(values.Instance.Distribution.Version, version)
	}
	return version
}

// upgradesKubernetes reports whether a plan of the system-upgrade-controller
// upgrades Kubernetes: by the image of a distribution whose version is that of
// Kubernetes with a suffix, or by talosctl.
func upgradesKubernetes(o *scan.Object) bool {
	if !o.Is("upgrade.cattle.io", "Plan") {
		return false
	}
	upgrade := o.Body.Lookup("spec", "upgrade")
	image, _, _ := strings.Cut(path.Base(upgrade.Lookup("image").Text()), ":")
	byTalos := func(word *model.Tree) bool { return strings.HasPrefix(word.Text(), "upgrade-k8s") }
	return image == "k3s-upgrade" || image == "rke2-upgrade" ||
		slices.ContainsFunc(slices.Concat(upgrade.Lookup("command").Items(), upgrade.Lookup("args").Items()), byTalos)
}
