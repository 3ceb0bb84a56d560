package check

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var talosRules = []rule{
	{diag.Rule{
		Code: "control-plane-none", Severity: diag.Error,
		Summary: "A cluster needs a control plane.",
		Wrong:   `cluster: nodes: a: role: "worker"`,
		Right:   `cluster: nodes: a: role: "controlplane"`,
	}, controlPlaneNone},
	{diag.Rule{
		Code: "control-plane-even", Severity: diag.Warning,
		Summary: "etcd needs more than half of its members: an even number survives no more failures than the odd one below it, and fails sooner.",
		Wrong:   `cluster: nodes: {a: role: "controlplane", b: role: "controlplane"}`,
		Right:   `cluster: nodes: {a: role: "controlplane", b: role: "worker"}`,
		Source:  "etcd documentation, FAQ, why an odd number of cluster members",
	}, controlPlaneEven},
	{diag.Rule{
		Code: "extension-unknown", Severity: diag.Error,
		Summary: "The Image Factory builds only extensions that it knows; an image with another does not come about, or comes without it.",
		Wrong:   `cluster: nodes: a: extensions: "siderolabs/iscsi-tool": {}`,
		Right:   `cluster: nodes: a: extensions: "siderolabs/iscsi-tools": {}`,
		Source:  "github.com/siderolabs/extensions",
	}, extensionsUnknown},
	{diag.Rule{
		Code: "shutdown-grace", Severity: diag.Error,
		Summary: "The time for critical pods is the last part of the whole time to shut down; the kubelet does not start if the part is longer.",
		Wrong:   `cluster: talos: kubelet: {shutdownGracePeriod: "10s", shutdownGracePeriodCriticalPods: "30s"}`,
		Right:   `cluster: talos: kubelet: {shutdownGracePeriod: "30s", shutdownGracePeriodCriticalPods: "10s"}`,
		Source:  "Kubernetes pkg/kubelet/apis/config/validation",
	}, shutdownGrace},
	{diag.Rule{
		Code: "label-invalid", Severity: diag.Error,
		Summary: "The key of a label is a name of at most 63 characters with an optional DNS prefix, its value at most 63 letters, digits, dashes, dots and underscores.",
		Wrong:   `cluster: nodes: a: labels: "rack number": "first floor"`,
		Right:   `cluster: nodes: a: labels: "rack-number": "first-floor"`,
		Source:  "Kubernetes documentation, labels and selectors, syntax",
	}, labelsInvalid},
}

func controlPlaneNone(c *model.Cluster, r *diag.Report) {
	if len(c.ControlPlanes()) > 0 {
		return
	}
	if len(c.Nodes) == 0 {
		r.Add(c.Pos, "cluster.nodes", "the cluster has no nodes").Advise("add one with `role: \"controlplane\"`")
		return
	}
	at(r, c.Nodes[0].Role, "none of the nodes is a control plane").Advise("give one of them `role: \"controlplane\"`")
}

func controlPlaneEven(c *model.Cluster, r *diag.Report) {
	all := c.ControlPlanes()
	if n := len(all); n > 0 && n%2 == 0 {
		last := all[n-1]
		at(r, last.Role, "%d control planes survive no more failures than %d", n, n-1).
			Advise("make one of them a worker, or add another control plane")
	}
}

func extensionsUnknown(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		for _, e := range n.Extensions {
			switch row := c.Release.TalosRow; {
			case !release.IsOfficialExtension(e.Name.V):
				at(r, e.Name, "there is no official extension %q", e.Name.V).
					Advise("official extensions are listed at github.com/siderolabs/extensions").
					Propose(e.Name.V, release.OfficialExtensions())
			case row != nil && !row.HasExtension(e.Name.V):
				at(r, e.Name, "Talos %s has no extension %q: it came later", row.Minor, e.Name.V).
					Note(c.Release.Talos.Pos, "the release of Talos").
					Advise("take it out, or raise release.talos")
			}
		}
	}
}

// shutdownGrace leaves durations that do not parse to the language.
func shutdownGrace(c *model.Cluster, r *diag.Report) {
	if c.Talos == nil {
		return
	}
	all, critical := c.Talos.Kubelet.ShutdownGracePeriod, c.Talos.Kubelet.ShutdownGracePeriodCriticalPods
	whole, err1 := time.ParseDuration(all.V)
	part, err2 := time.ParseDuration(critical.V)
	switch {
	case critical.IsSet() && !all.IsSet():
		at(r, critical, "critical pods have %s of no time to shut down", critical.V).Advise("add `shutdownGracePeriod`")
	case err1 == nil && err2 == nil && part > whole:
		at(r, critical, "critical pods have %s of %s to shut down", critical.V, all.V).
			Note(all.Pos, "the whole time").
			Advise("give them less than the whole, as 10s of 30s")
	}
}

func labelsInvalid(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		labels(r, fmt.Sprintf("node %q", n.Name.V), n.Labels)
	}
	for _, n := range c.Namespaces {
		labels(r, fmt.Sprintf("namespace %q", n.Name.V), n.Labels)
	}
	for _, s := range c.Services {
		for _, lb := range s.LoadBalancers {
			labels(r, fmt.Sprintf("load balancer %q", lb.Name.V), lb.Selector)
		}
	}
}

func labels(r *diag.Report, of string, all map[string]model.At[string]) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		value := all[key]
		for _, why := range validation.IsQualifiedName(key) {
			at(r, value, "%q is no key of a label of %s", key, of).Advise("%s", why)
		}
		for _, why := range validation.IsValidLabelValue(value.V) {
			at(r, value, "%q is no value of label %q of %s", value.V, key, of).Advise("%s", why)
		}
	}
}
