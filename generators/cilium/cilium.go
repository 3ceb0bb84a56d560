// Package cilium writes what installs and configures the cluster's network:
// the values of Cilium's chart, its load-balancer pools, and the cluster's end
// of the BGP sessions. The other end is written by generators/router.
package cilium

import (
	"fmt"
	"path"
	"strings"

	"ichor/generators/object"
	"ichor/generators/output"
	"ichor/schema/model"
)

// bootstrapValues is the file to install Cilium from before Flux comes.
const bootstrapValues = "cilium/values.yaml"

// Generate writes the chart's values, as a file or as a HelmRelease, and the
// objects of the units cilium-pools and cilium-bgp.
func Generate(c *model.Cluster) ([]output.File, error) {
	installation, err := install(c)
	if err != nil {
		return nil, err
	}
	files, err := object.Files(append(pools(c), bgp(c)...))
	return append(files, installation), err
}

// install gives Cilium to its one owner: a file for whoever installs it before
// Flux, or a HelmRelease.
func install(c *model.Cluster) (output.File, error) {
	v := values(c)
	if c.Cilium.Owner.V != "flux" {
		content, err := output.Encode(v)
		return output.File{Path: bootstrapValues, Content: append(header(c), content...), Origin: c.Cilium.Pos}, err
	}
	service := chart(c)
	release, err := object.HelmRelease(c, service, v)
	if err != nil {
		return output.File{}, err
	}
	file, err := output.Object(model.UnitCilium, release, c.Cilium.Pos)
	file.Fields = object.ReleaseFields(service.Helm)
	return file, err
}

// header gives the comments above the values: what they are for, and how to
// install from them.
func header(c *model.Cluster) []byte {
	lines := []string{
		fmt.Sprintf("Values of Cilium's chart for cluster %s.", c.Name.V),
		"Written by ichor: change the spec instead.",
		fmt.Sprintf("Chart cilium, version %s. To install it, at the root of the repository:", c.Release.Cilium.V),
		"  " + helmInstall(c),
	}
	return []byte("# " + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n# ") + "\n")
}

// helmInstall is the command that installs Cilium from the values. A chart of a
// registry is named by its whole address.
func helmInstall(c *model.Cluster) string {
	from := "cilium --repo " + model.CiliumChartsURL
	for _, r := range c.Charts {
		switch {
		case r.Name.V != model.CiliumCharts:
		case r.IsOCI():
			from = strings.TrimSuffix(r.URL.V, "/") + "/cilium"
		default:
			from = "cilium --repo " + r.URL.V
		}
	}
	return fmt.Sprintf("helm install cilium %s --version %s --namespace %s --values %s",
		from, c.Release.Cilium.V, model.CiliumNamespace, path.Join(c.Flux.Path.V, bootstrapValues))
}

// chart is Cilium as a service that Flux installs.
func chart(c *model.Cluster) *model.Service {
	at := func(v string) model.At[string] {
		return model.At[string]{V: v, Pos: c.Cilium.Pos, Path: "cluster.cilium"}
	}
	return &model.Service{
		Name: at("cilium"), Pos: c.Cilium.Pos, Namespace: at(model.CiliumNamespace),
		Helm: &model.Helm{
			Pos: c.Cilium.Pos, Chart: at("cilium"), Version: c.Release.Cilium,
			Repository: model.Ref[model.ChartRepository]{Name: at(model.CiliumCharts)},
		},
	}
}
