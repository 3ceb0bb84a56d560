package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var longhornRules = []rule{
	{diag.Rule{
		Code: "replicas-exceed-nodes", Severity: diag.Error,
		Summary: "A storage class requires more replicas than there are nodes with Longhorn's disk. Longhorn puts each replica of a volume onto a separate node: the volumes of the class stay degraded forever, or are not created. For the default of the chart, the finding is a warning.",
		Wrong:   `cluster: {nodes: {a: volumes: data: disk: path: "/dev/sdb", b: {}}, services: longhorn: {helm: values: defaultSettings: defaultDataPath: "/var/mnt/data", manifests: StorageClass: fast: {provisioner: "driver.longhorn.io", parameters: numberOfReplicas: "2"}}}`,
		Right:   `cluster: {nodes: {a: volumes: data: disk: path: "/dev/sdb", b: {}}, services: longhorn: {helm: values: defaultSettings: defaultDataPath: "/var/mnt/data", manifests: StorageClass: fast: {provisioner: "driver.longhorn.io", parameters: numberOfReplicas: "1"}}}`,
		Source:  "Longhorn documentation, settings: Replica Node Level Soft Anti-Affinity (off), Default Data Path; Talos documentation, user volumes",
	}, replicasExceedNodes},
}

// ask is a place that asks for replicas, and how many.
type ask struct {
	by       string
	count    model.At[string]
	replicas int
	byChart  bool // the chart asks by default
}

func replicasExceedNodes(c *model.Cluster, r *diag.Report) {
	h := chartInstall(c, "longhorn")
	if h != nil && valueAt(h.values(), "defaultSettings.replicaSoftAntiAffinity").Text() == "true" {
		return // a node may hold several
	}
	disk := longhornVolume(h)
	holders := replicaNodes(c, h, disk.V)
	for _, a := range append(classAsks(c), chartAsks(h)...) {
		if a.replicas <= len(holders) {
			continue
		}
		f := at(r, a.count, "%s requires %d replicas, but Longhorn has a disk on %s", a.by, a.replicas, nodeCount(holders)).
			Advise("write %d, or give more nodes the disk", max(len(holders), 1))
		switch {
		case disk.V != "":
			f.Note(disk.Pos, "Longhorn's disk is volume %q of the nodes", disk.V)
		case len(holders) > 0:
			f.Note(holders[0].Name.Pos, "a node that Longhorn runs on")
		}
		if a.byChart {
			f.Severity = diag.Warning
			f.Advise("set persistence.defaultClassReplicaCount to %d in the values of the chart", max(len(holders), 1))
		}
	}
}

func nodeCount(nodes []*model.Node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name.V)
	}
	switch len(names) {
	case 0:
		return "no node"
	case 1:
		return "node " + names[0] + " alone"
	}
	return fmt.Sprintf("%d nodes: %s", len(names), strings.Join(names, ", "))
}

// longhornVolume gives the user volume that Longhorn keeps its data in: Talos
// mounts it at /var/mnt/<name>. It is unset for another place, which all nodes have.
func longhornVolume(h *charted) model.At[string] {
	if h == nil {
		return model.At[string]{}
	}
	path := wordOf(valueAt(h.values(), "defaultSettings.defaultDataPath"))
	rest, ok := strings.CutPrefix(path.V, "/var/mnt/")
	if !ok {
		return model.At[string]{}
	}
	path.V, _, _ = strings.Cut(rest, "/")
	return path
}

// replicaNodes gives the nodes that may hold replicas: those that run workloads
// and have the volume. Which disks carry a tag that a class selects is known to
// Longhorn alone; there are no more of them.
func replicaNodes(c *model.Cluster, h *charted, volume string) []*model.Node {
	nodes := workloadNodes(c, h)
	if volume == "" {
		return nodes
	}
	return slices.DeleteFunc(nodes, func(n *model.Node) bool {
		return !slices.ContainsFunc(n.Volumes, func(v *model.Volume) bool { return v.Name.V == volume })
	})
}

// workloadNodes gives the nodes on which Longhorn's manager runs. It runs on
// control planes too where it tolerates their taint, or where there is nothing else.
func workloadNodes(c *model.Cluster, h *charted) []*model.Node {
	tolerates := h != nil && len(valueAt(h.values(), "longhornManager.tolerations").Items()) > 0
	workers := slices.DeleteFunc(slices.Clone(c.Nodes), (*model.Node).IsControlPlane)
	if len(workers) == 0 || tolerates || c.Talos != nil && c.Talos.ScheduleOnControlPlanes.V {
		return slices.Clone(c.Nodes)
	}
	return workers
}

// classAsks gives what storage classes of Longhorn ask for.
func classAsks(c *model.Cluster) []ask {
	var out []ask
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			if m.Kind.V == "StorageClass" {
				out = append(out, classAsk(m.Name.V, m.Body)...)
			}
		}
		for _, o := range s.Objects {
			if o.Is("storage.k8s.io", "StorageClass") {
				out = append(out, classAsk(o.Name, o.Body)...)
			}
		}
	}
	return out
}

func classAsk(name string, class *model.Tree) []ask {
	if wordAt(class, "provisioner") != "driver.longhorn.io" || wordAt(class, "parameters", "replicaSoftAntiAffinity") == "enabled" {
		return nil
	}
	return asked(fmt.Sprintf("StorageClass %q", name), class.Lookup("parameters", "numberOfReplicas"))
}

// asked reads a count; there is none where it is no number.
func asked(by string, t *model.Tree) []ask {
	n, err := strconv.Atoi(t.Text())
	if err != nil {
		return nil
	}
	return []ask{{by: by, count: model.At[string]{V: t.Text(), Pos: t.Pos, Path: t.Path}, replicas: n}}
}

// chartClassReplicas is what the class of the chart has by default. Source:
// longhorn chart/values.yaml, persistence.defaultClassReplicaCount.
const chartClassReplicas = 3

// chartAsks gives what the values of the chart ask for. It makes its class
// whether that is the default one or not.
func chartAsks(h *charted) []ask {
	if h == nil {
		return nil
	}
	out := asked("defaultSettings.defaultReplicaCount", valueAt(h.values(), "defaultSettings.defaultReplicaCount"))
	class := valueAt(h.values(), "persistence.defaultClassReplicaCount")
	if class == nil {
		return append(out, ask{by: `the class of chart "longhorn"`, count: h.chart.Name, replicas: chartClassReplicas, byChart: true})
	}
	return append(out, asked("the class of the chart", class)...)
}

// valueAt gives the value at a path, as persistence.enabled.
func valueAt(values *model.Tree, path string) *model.Tree {
	return values.Lookup(strings.Split(path, ".")...)
}
