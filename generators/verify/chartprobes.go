package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var chartProbeRules = []rule{
	{diag.Rule{
		Code: "chart-probe-port", Severity: diag.Error,
		Summary: "A probe in the values of a chart names a port that its container does not have, so the probe never passes. For a port number the finding is a warning, since a program may listen on a port that the container does not list. ichor knows the ports of some charts.",
		Wrong:   `cluster: services: dns: {namespace: "dns", helm: {repository: "dns", chart: "external-dns", version: "1.18.0", values: provider: {name: "webhook", webhook: livenessProbe: httpGet: port: 8888}}}`,
		Right:   `cluster: services: dns: {namespace: "dns", helm: {repository: "dns", chart: "external-dns", version: "1.18.0", values: provider: {name: "webhook", webhook: livenessProbe: httpGet: port: "http-webhook"}}}`,
		Source:  "schema/depend/charts.yaml, probes, with the source of each; Kubernetes pkg/probe/util.go, ResolveContainerPort",
	}, chartProbes},
}

func chartProbes(o *objects, r *diag.Report) {
	for _, c := range o.opaque() {
		if o.unlike(c) {
			continue
		}
		for _, p := range o.Charts[c.name].Probes {
			if !c.allow(p.When, nil) || p.Since != "" && !release.Since(o.versionOf(c), p.Since) {
				continue
			}
			for _, at := range p.Values {
				for _, way := range []string{"httpGet", "tcpSocket", "grpc"} {
					c.probe(r, p, at+"."+way+".port")
				}
			}
		}
	}
}

// probe tells of a probe at a port that its container does not have.
func (c chart) probe(r *diag.Report, p model.ChartProbe, path string) {
	said := c.value(strings.Split(path, ".")...)
	port := intstr.Parse(scalar(said))
	if _, named := p.Ports[port.StrVal]; said == nil || named || variable("", port.StrVal) || slices.Contains(slices.Collect(maps.Values(p.Ports)), int(port.IntVal)) {
		return
	}
	var ports []string
	for _, name := range slices.Sorted(maps.Keys(p.Ports)) {
		ports = append(ports, fmt.Sprintf("%q (%d)", name, p.Ports[name]))
	}
	f := at(r, c.Object, "spec.values."+path, "%s names port %s, but container %q of chart %q has %s", path, quoted(port), p.Container, c.name, strings.Join(ports, ", ")).
		Advise("name a port of the container, or keep the probe of the chart")
	if port.Type == intstr.Int {
		f.Severity = diag.Warning
	}
}
