package object

import (
	"encoding/json"
	"fmt"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"ichor/generators/output"
	"ichor/schema/model"
)

// How often Helm tries again. A failed installation is tried for ever, since
// what it lacks may still come; a failed upgrade is rolled back and, after
// these, waits for a change.
const (
	installRetries = -1
	upgradeRetries = 3
)

// HelmRelease gives the Flux object that installs a service's chart with the
// values. Its name is the release's. It gives an error if a duration of the
// spec cannot be read or JSON cannot hold the values.
func HelmRelease(c *model.Cluster, s *model.Service, values map[string]any) (*helmv2.HelmRelease, error) {
	interval, err := Duration(s.Interval.V, c.Flux.Interval.V)
	if err != nil {
		return nil, fmt.Errorf("interval of service %s: %w", s.Name.V, err)
	}
	timeout, err := Duration(s.Timeout.V, c.Flux.Timeout.V)
	if err != nil {
		return nil, fmt.Errorf("timeout of service %s: %w", s.Name.V, err)
	}
	chartValues, err := valuesOf(values)
	if err != nil {
		return nil, fmt.Errorf("values of service %s: %w", s.Name.V, err)
	}
	return &helmv2.HelmRelease{
		TypeMeta:   Type(helmv2.GroupVersion.String(), helmv2.HelmReleaseKind),
		ObjectMeta: Meta(s.ReleaseName(), s.Namespace.V),
		Spec: helmv2.HelmReleaseSpec{
			Interval: interval,
			Timeout:  &timeout,
			Chart:    &helmv2.HelmChartTemplate{Spec: chartOf(c, s.Helm)},
			Install: &helmv2.Install{
				CRDs:        crdsPolicy(s, helmv2.Create),
				Remediation: &helmv2.InstallRemediation{Retries: installRetries},
			},
			Upgrade: &helmv2.Upgrade{
				CRDs:        crdsPolicy(s, helmv2.CreateReplace),
				Remediation: &helmv2.UpgradeRemediation{Retries: upgradeRetries},
			},
			Values: chartValues,
		},
	}, nil
}

// ReleaseFields gives the places of what the spec says of a release as it stands in
// its HelmRelease.
func ReleaseFields(h *model.Helm) map[string]output.Place {
	all := Fields("spec.values", h.Values)
	for _, said := range []struct {
		field string
		at    model.At[string]
	}{{"chart", h.Chart}, {"chart", h.Path}, {"version", h.Version}, {"sourceRef.name", h.Repository.Name}} {
		if said.at.IsSet() {
			all["spec.chart.spec."+said.field] = output.Place{Pos: said.at.Pos, Path: said.at.Path}
		}
	}
	return all
}

// crdsPolicy leaves kinds alone that come apart from the service.
func crdsPolicy(s *model.Service, otherwise helmv2.CRDsPolicy) helmv2.CRDsPolicy {
	if s.CRDs != nil {
		return helmv2.Skip
	}
	return otherwise
}

// chartOf names a chart of a Helm repository, or one that Flux has with its own
// repository. Of that, the strategy by versions would leave a change alone that
// does not change the version.
func chartOf(c *model.Cluster, h *model.Helm) helmv2.HelmChartTemplateSpec {
	if h.Path.IsSet() {
		source := c.Flux.Source
		return helmv2.HelmChartTemplateSpec{
			Chart:             "./" + c.Flux.InSource(h.Path.V),
			SourceRef:         helmv2.CrossNamespaceObjectReference{Kind: source.Kind.V, Name: source.Name.V, Namespace: c.Flux.Namespace.V},
			ReconcileStrategy: "Revision",
		}
	}
	return helmv2.HelmChartTemplateSpec{
		Chart:   h.Chart.V,
		Version: h.Version.V,
		SourceRef: helmv2.CrossNamespaceObjectReference{
			Kind:      "HelmRepository",
			Name:      h.Repository.Name.V,
			Namespace: c.Flux.Namespace.V,
		},
	}
}

// valuesOf gives nil for no values, so that none are written.
func valuesOf(values map[string]any) (*apiextensionsv1.JSON, error) {
	if len(values) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return &apiextensionsv1.JSON{Raw: raw}, nil
}
