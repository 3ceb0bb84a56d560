package verify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var machineRules = []rule{
	{diag.Rule{
		Code: "chart-extension", Severity: diag.Warning,
		Summary: "A chart needs a system extension that its machines do not have. Talos has no package manager: programs and drivers come as system extensions. Without them the pods of the chart crash, or its volumes never attach.",
		Wrong:   `cluster: {nodes: a: extensions: {}, services: longhorn: {namespace: "longhorn", helm: {repository: "longhorn", chart: "longhorn", version: "1.9.1"}}}`,
		Right:   `cluster: {nodes: a: extensions: {"siderolabs/iscsi-tools": {}, "siderolabs/util-linux-tools": {}}, services: longhorn: {namespace: "longhorn", helm: {repository: "longhorn", chart: "longhorn", version: "1.9.1"}}}`,
		Source:  "schema/depend/charts.yaml, machines, with the source of each",
	}, chartExtensions},
	{diag.Rule{
		Code: "chart-machine", Severity: diag.Warning,
		Summary: "A chart needs something that its machines do not provide: kernel modules, which Talos loads only if the configuration names them, huge pages, or a directory that the kubelet can reach. The kubelet reaches user volumes and extra mounts, and little else on the machine.",
		Wrong:   `cluster: services: longhorn: {namespace: "longhorn", helm: {repository: "longhorn", chart: "longhorn", version: "1.9.1", values: defaultSettings: defaultDataPath: "/var/lib/longhorn"}}`,
		Right:   `cluster: {nodes: a: volumes: data: disk: path: "/dev/sdb", services: longhorn: {namespace: "longhorn", helm: {repository: "longhorn", chart: "longhorn", version: "1.9.1", values: defaultSettings: defaultDataPath: "/var/mnt/data"}}}`,
		Source:  "schema/depend/charts.yaml, machines; Talos documentation, user volumes, machine.kernel.modules, machine.kubelet.extraMounts",
	}, chartMachines},
}

// need is a chart and what it needs of the machines that run it.
type need struct {
	chart
	model.ChartMachine
	nodes []*model.Node // that run it
}

// needs gives what charts need of machines, where these are known.
func (o *objects) needs() []need {
	var out []need
	for _, c := range o.charts() {
		if len(o.Nodes) == 0 || o.unlike(c) || len(list(c.Object, "spec", "valuesFrom")) > 0 {
			continue
		}
		for _, m := range o.Charts[c.name].Machines {
			if nodes := o.runners(m.Labels); len(nodes) > 0 && c.filled(m.When, m.Unless) && c.allow(m.When, m.Unless) {
				out = append(out, need{c, m, nodes})
			}
		}
	}
	return out
}

// runners gives the nodes that run the pods of a chart: of those with the labels,
// the workers, and control planes where workloads run there too.
func (o *objects) runners(labels map[string]string) []*model.Node {
	chosen := slices.DeleteFunc(slices.Clone(o.Nodes), func(n *model.Node) bool {
		for key, value := range labels {
			if n.Labels[key].V != value {
				return true
			}
		}
		return false
	})
	workers := slices.DeleteFunc(slices.Clone(chosen), (*model.Node).IsControlPlane)
	if len(workers) == 0 || o.Talos != nil && o.Talos.ScheduleOnControlPlanes.V {
		return chosen
	}
	return workers
}

// lacking gives the nodes that lack something. One that has it is enough where the
// chart needs it of some alone, or its values hold its pods to some nodes.
func (n need) lacking(some bool, has func(*model.Node) bool) []*model.Node {
	out := slices.DeleteFunc(slices.Clone(n.nodes), has)
	some = some || n.Some || mentions(n.values, func(key, _ string) bool {
		return strings.HasSuffix(strings.ToLower(key), "nodeselector") || key == "nodeAffinity"
	})
	if some && len(out) < len(n.nodes) {
		return nil
	}
	return out
}

// nodeNames lists nodes for a sentence: `node a`, or `nodes a, b`.
func nodeNames(nodes []*model.Node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name.V)
	}
	if len(names) == 1 {
		return "node " + names[0]
	}
	return "nodes " + strings.Join(names, ", ")
}

// patched gives what patches of the machine configuration say at a path: that of
// all machines, and that of the node.
func (o *objects) patched(n *model.Node, path ...string) []*model.Tree {
	all := []*model.Tree{n.Patch.Lookup(path...)}
	if o.Talos != nil {
		all = append(all, o.Talos.Patch.Lookup(path...))
	}
	return slices.DeleteFunc(all, func(t *model.Tree) bool { return t == nil })
}

func chartExtensions(o *objects, r *diag.Report) {
	for _, n := range o.needs() {
		for _, either := range n.Extensions {
			names := strings.Split(either, "|")
			lacking := n.lacking(false, func(node *model.Node) bool {
				return slices.ContainsFunc(node.Extensions, func(e model.Extension) bool { return slices.Contains(names, e.Name.V) })
			})
			if len(lacking) > 0 {
				at(r, n.Object, n.field(), "chart %q needs the system extension %s on %s: %s", n.name, diag.OneOf(names), nodeNames(lacking), n.Because).
					Note(lacking[0].Name.Pos, "node %s", lacking[0].Name.V).
					Advise("add `extensions: %q: {}` to the nodes that run it, then generate, and upgrade them to the new installation image", names[0])
			}
		}
	}
}

func chartMachines(o *objects, r *diag.Report) {
	for _, n := range o.needs() {
		for _, name := range n.Modules {
			o.kernelModule(r, n, name)
		}
		for _, name := range slices.Sorted(maps.Keys(n.Sysctls)) {
			o.sysctl(r, n, name)
		}
		for _, d := range n.Directories {
			o.directory(r, n, d)
		}
	}
}

// kernelModule looks for a module among those that patches have Talos load; names
// are alike with dashes and underscores.
func (o *objects) kernelModule(r *diag.Report, n need, name string) {
	alike := strings.NewReplacer("-", "_")
	lacking := n.lacking(false, func(node *model.Node) bool {
		for _, list := range o.patched(node, "machine", "kernel", "modules") {
			for _, m := range list.Items() {
				if alike.Replace(m.Lookup("name").Text()) == alike.Replace(name) {
					return true
				}
			}
		}
		return false
	})
	if len(lacking) > 0 {
		at(r, n.Object, n.field(), "chart %q needs the kernel module %s, which Talos does not load on %s: %s", n.name, name, nodeNames(lacking), n.Because).
			Note(lacking[0].Name.Pos, "node %s", lacking[0].Name.V).
			Advise("add `patch: machine: kernel: modules: [{name: %q}]` to the nodes that run it, or to `cluster: talos`", name)
	}
}

// sysctl looks for a kernel parameter that is at least so much.
func (o *objects) sysctl(r *diag.Report, n need, name string) {
	lacking := n.lacking(false, func(node *model.Node) bool {
		if slices.ContainsFunc(node.KernelArgs, func(a model.At[string]) bool { return strings.HasPrefix(a.V, "hugepages=") && name == hugePages }) {
			return true
		}
		said := node.Sysctls[name].V
		for _, t := range o.patched(node, "machine", "sysctls", name) {
			said = cmp.Or(said, t.Text())
		}
		return reaches(said, n.Sysctls[name])
	})
	if len(lacking) > 0 {
		at(r, n.Object, n.field(), "chart %q needs %s of at least %d on %s: %s", n.name, name, n.Sysctls[name], nodeNames(lacking), n.Because).
			Note(lacking[0].Name.Pos, "node %s", lacking[0].Name.V).
			Advise("add `sysctls: %q: %q` to the nodes that run it", name, fmt.Sprint(n.Sysctls[name]))
	}
}

// hugePages is the sysctl that a kernel argument sets too.
const hugePages = "vm.nr_hugepages"

func reaches(said string, least int) bool {
	var number int
	_, err := fmt.Sscan(said, &number)
	return err == nil && number >= least
}

// directory looks whether the kubelet sees a directory: in a user volume, or in an
// extra mount. Source: siderolabs/talos issue 11218; Longhorn documentation, Talos
// Linux Support, data path mounts.
func (o *objects) directory(r *diag.Report, n need, d model.ChartDirectory) {
	path, field := d.Default, n.field()
	for _, value := range d.Values {
		if said := scalar(n.value(strings.Split(value, ".")...)); said != "" {
			path, field = said, "spec.values."+value
			break
		}
	}
	path = strings.TrimSuffix(path, "/")
	if variable("", path) || !strings.HasPrefix(path, "/") {
		return
	}
	lacking := n.lacking(strings.HasPrefix(path, userVolumes), func(node *model.Node) bool { return o.sees(node, path) })
	if len(lacking) == 0 {
		return
	}
	f := at(r, n.Object, field, "chart %q keeps data in %s, which the kubelet of %s cannot reach: the directory is not in a user volume or an extra mount", n.name, path, nodeNames(lacking)).
		Note(lacking[0].Name.Pos, "node %s", lacking[0].Name.V)
	instead := userVolumes + "<volume>"
	if len(lacking[0].Volumes) > 0 {
		instead = userVolumes + lacking[0].Volumes[0].Name.V
	}
	f.Advise("set %s to a directory in a user volume, such as %s, or mount it with `patch: machine: kubelet: extraMounts`", d.Values[0], instead)
}

// userVolumes is where Talos mounts user volumes, by their names.
const userVolumes = "/var/mnt/"

// sees reports whether the kubelet of a node sees a path.
func (o *objects) sees(node *model.Node, path string) bool {
	within := func(dir string) bool { return dir != "" && (path == dir || strings.HasPrefix(path, dir+"/")) }
	for _, list := range o.patched(node, "machine", "kubelet", "extraMounts") {
		if slices.ContainsFunc(list.Items(), func(m *model.Tree) bool { return within(strings.TrimSuffix(m.Lookup("destination").Text(), "/")) }) {
			return true
		}
	}
	return slices.ContainsFunc(node.Volumes, func(v *model.Volume) bool { return within(userVolumes + v.Name.V) })
}
