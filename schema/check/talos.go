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
		Summary: "The cluster has no control plane.",
		Wrong:   `cluster: nodes: a: role: "worker"`,
		Right:   `cluster: nodes: a: role: "controlplane"`,
	}, controlPlaneNone},
	{diag.Rule{
		Code: "control-plane-even", Severity: diag.Warning,
		Summary: "The number of control planes is even: etcd needs more than half of its members, so an even number survives no more failures than the odd number below it, and fails sooner.",
		Wrong:   `cluster: nodes: {a: role: "controlplane", b: role: "controlplane"}`,
		Right:   `cluster: nodes: {a: role: "controlplane", b: role: "worker"}`,
		Source:  "etcd documentation, FAQ, why an odd number of cluster members",
	}, controlPlaneEven},
	{diag.Rule{
		Code: "extension-unknown", Severity: diag.Error,
		Summary: "A node has an extension that the Image Factory does not know: the Image Factory builds no image, or an image without the extension.",
		Wrong:   `cluster: nodes: a: extensions: "siderolabs/iscsi-tool": {}`,
		Right:   `cluster: nodes: a: extensions: "siderolabs/iscsi-tools": {}`,
		Source:  "github.com/siderolabs/extensions",
	}, extensionsUnknown},
	{diag.Rule{
		Code: "shutdown-grace", Severity: diag.Error,
		Summary: "The shutdown time for critical pods is longer than the whole shutdown time, whose last part it is: the kubelet does not start.",
		Wrong:   `cluster: talos: kubelet: {shutdownGracePeriod: "10s", shutdownGracePeriodCriticalPods: "30s"}`,
		Right:   `cluster: talos: kubelet: {shutdownGracePeriod: "30s", shutdownGracePeriodCriticalPods: "10s"}`,
		Source:  "Kubernetes pkg/kubelet/apis/config/validation",
	}, shutdownGrace},
	{diag.Rule{
		Code: "label-invalid", Severity: diag.Error,
		Summary: "A label has an invalid key or value. A key is a name of at most 63 characters with an optional DNS prefix; a value is at most 63 letters, digits, dashes, dots and underscores.",
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
				at(r, e.Name, "%q is not an official extension", e.Name.V).
					Advise("official extensions are listed at github.com/siderolabs/extensions").
					Propose(e.Name.V, release.OfficialExtensions())
			case row != nil && !row.HasExtension(e.Name.V):
				at(r, e.Name, "Talos %s has no extension %q: a later release has it", row.Minor, e.Name.V).
					Note(c.Release.Talos.Pos, "the release of Talos").
					Advise("remove it, or raise release.talos")
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
		at(r, critical, "critical pods have %s to shut down, but `shutdownGracePeriod` is not set", critical.V).Advise("add `shutdownGracePeriod`")
	case err1 == nil && err2 == nil && part > whole:
		at(r, critical, "critical pods have %s to shut down, but the whole time is %s", critical.V, all.V).
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
			at(r, value, "%q is not a valid label key of %s", key, of).Advise("%s", why)
		}
		for _, why := range validation.IsValidLabelValue(value.V) {
			at(r, value, "%q is not a valid value of label %q of %s", value.V, key, of).Advise("%s", why)
		}
	}
}
