package check

import (
	"fmt"

	"github.com/dustin/go-humanize"
	"k8s.io/apimachinery/pkg/api/resource"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var diskRules = []rule{
	{diag.Rule{
		Code: "disk-selector", Severity: diag.Error,
		Summary: "A disk is selected by both its model and its path, or by neither: exactly one of them must select it.",
		Wrong:   `cluster: nodes: a: install: disk: {model: "APPLE*", path: "/dev/sda"}`,
		Right:   `cluster: nodes: a: install: disk: model: "APPLE*"`,
	}, diskSelectors},
	{diag.Rule{
		Code: "disk-shared", Severity: diag.Error,
		Summary: "A volume is on the disk that Talos is installed on: Talos takes the whole disk, and the volume finds no room.",
		Wrong:   `cluster: nodes: a: {install: disk: path: "/dev/sda", volumes: data: disk: path: "/dev/sda"}`,
		Right:   `cluster: nodes: a: {install: disk: path: "/dev/sda", volumes: data: disk: path: "/dev/sdb"}`,
		Source:  "Talos documentation, disk layout: EPHEMERAL grows to the end of the disk",
	}, disksShared},
	{diag.Rule{
		Code: "wipe-unexplained", Severity: diag.Error,
		Summary: "`wipe` has no reason in `wipeOnce`, or `wipeOnce` has no `wipe`. `wipe` erases the disk at each new installation of the machine, so it is for one installation only and requires a reason.",
		Wrong:   `cluster: nodes: a: install: wipe: true`,
		Right:   `cluster: nodes: a: install: {wipe: true, wipeOnce: "the disk held another system"}`,
	}, wipeUnexplained},
	{diag.Rule{
		Code: "wipe-once", Severity: diag.Warning,
		Summary: "`wipe` is still in the spec: the next installation erases the disk again. `wipe` is for one installation; remove it afterwards.",
		Wrong:   `cluster: nodes: a: install: {wipe: true, wipeOnce: "the disk held another system"}`,
		Right:   `cluster: nodes: a: install: disk: model: "APPLE*"`,
	}, wipeOnce},
	{diag.Rule{
		Code: "volume-size", Severity: diag.Error,
		Summary: "The minimum size of a volume is larger than its maximum size.",
		Wrong:   `cluster: nodes: a: volumes: data: {minSize: "2TB", maxSize: "1TB"}`,
		Right:   `cluster: nodes: a: volumes: data: {minSize: "500GB", maxSize: "1TB"}`,
	}, volumeSizes},
	{diag.Rule{
		Code: "size-not-quantity", Severity: diag.Error,
		Summary: "The size of a claim is not a quantity of Kubernetes, such as 20Gi; sizes of Talos disks have a B, such as 20GiB.",
		Wrong:   `cluster: services: db: databases: main: size: "20GiB"`,
		Right:   `cluster: services: db: databases: main: size: "20Gi"`,
		Source:  "Kubernetes documentation, quantity",
	}, claimSizes},
}

// disk is a selector and what it is for.
type disk struct {
	of string
	model.Disk
	at model.At[string] // the place of the selector, or of what it belongs to
}

func disks(n *model.Node) []disk {
	install := disk{fmt.Sprintf("the installation of node %q", n.Name.V), n.Install.Disk, n.Name}
	out := []disk{install}
	for _, v := range n.Volumes {
		out = append(out, disk{fmt.Sprintf("volume %q of node %q", v.Name.V, n.Name.V), v.Disk, v.Name})
	}
	for i, d := range out {
		if d.Disk.Pos.IsValid() {
			out[i].at.Pos = d.Disk.Pos
		}
	}
	return out
}

func diskSelectors(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		for _, d := range disks(n) {
			switch {
			case d.Model.IsSet() && d.Path.IsSet():
				at(r, d.Path, "the disk of %s is selected by path %q and by model %q", d.of, d.Path.V, d.Model.V).
					Note(d.Model.Pos, "the model").
					Advise("keep one of them")
			case !d.Model.IsSet() && !d.Path.IsSet():
				at(r, d.at, "the disk of %s is not selected", d.of).
					Advise("add `model`, as \"Samsung*\", or `path`, as \"/dev/disk/by-id/...\"")
			}
		}
	}
}

func disksShared(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		all := disks(n)
		for _, d := range all[1:] {
			chosen, taken := selector(d.Disk), selector(all[0].Disk)
			if chosen.V != "" && chosen.V == taken.V {
				at(r, chosen, "%s is on the disk that Talos is installed on, %q", d.of, chosen.V).
					Note(taken.Pos, "the installation").
					Advise("select another disk")
			}
		}
	}
}

func selector(d model.Disk) model.At[string] {
	if d.Path.IsSet() {
		return d.Path
	}
	return d.Model
}

func wipeUnexplained(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		switch i := n.Install; {
		case i.Wipe.V && i.WipeOnce.V == "":
			at(r, i.Wipe, "the installation of node %q erases its disk, and no reason is given", n.Name.V).
				Advise("remove `wipe`, or add `wipeOnce` with the reason for this one time")
		case !i.Wipe.V && i.WipeOnce.IsSet():
			at(r, i.WipeOnce, "node %q has a reason to wipe its disk, but does not wipe the disk", n.Name.V).
				Advise("remove `wipeOnce`, or add `wipe: true`")
		}
	}
}

func wipeOnce(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		if n.Install.Wipe.V && n.Install.WipeOnce.V != "" {
			at(r, n.Install.Wipe, "the next installation of node %q erases its disk: %s", n.Name.V, n.Install.WipeOnce.V).
				Advise("remove `wipe` and `wipeOnce` once the node is installed")
		}
	}
}

func volumeSizes(c *model.Cluster, r *diag.Report) {
	for _, n := range c.Nodes {
		for _, v := range n.Volumes {
			least, err1 := humanize.ParseBytes(v.MinSize.V)
			most, err2 := humanize.ParseBytes(v.MaxSize.V)
			if err1 == nil && err2 == nil && least > most {
				at(r, v.MinSize, "volume %q of node %q has a minimum size of %s and a maximum size of %s", v.Name.V, n.Name.V, v.MinSize.V, v.MaxSize.V).
					Note(v.MaxSize.Pos, "the maximum size").
					Advise("write a minSize of at most %s", v.MaxSize.V)
			}
		}
	}
}

func claimSizes(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		for _, d := range s.Databases {
			if _, err := resource.ParseQuantity(d.Size.V); err != nil {
				at(r, d.Size, "the size %q of database %q is not a quantity of Kubernetes", d.Size.V, d.Name.V).
					Advise("write a size such as 20Gi")
			}
		}
	}
}
