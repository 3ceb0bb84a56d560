package verify

import (
	"slices"
	"strings"
)

// attachers are the provisioners of volumes that are attached to one node at a time.
// Source: the CSIDriver objects and the storage classes in the documentation of each.
var attachers = []string{
	"block.csi.vultr.com", "blockvolume.csi.oraclecloud.com", "cinder.csi.openstack.org", "csi.hetzner.cloud", "csi.proxmox.sinextra.dev",
	"csi.scaleway.com", "csi.vsphere.vmware.com", "disk.csi.azure.com", "dobs.csi.digitalocean.com", "driver.longhorn.io", "ebs.csi.aws.com",
	"io.openebs.csi-mayastor", "linodebs.csi.linode.com", "linstor.csi.linbit.com", "pd.csi.storage.gke.io", "rbd.csi.ceph.com",
}

// attaches reports whether the volumes of a storage class are known to be attached to
// one node at a time, wherever the pod runs: by its provisioner, or by the chart that
// creates it. Those that stay on the node of their first pod hold the next one there.
func (o *objects) attaches(class *string) bool {
	if class == nil {
		return o.defaultAttaches()
	}
	for _, x := range o.of("storage.k8s.io", "StorageClass") {
		if x.GetName() == *class {
			return isAttacher(x.text("provisioner"))
		}
	}
	return slices.ContainsFunc(o.opaque(), func(c chart) bool {
		known := o.Charts[c.name]
		return isAttacher(known.Provisioner) && slices.Contains(known.StorageClasses, *class)
	})
}

// isAttacher takes a prefix before a provisioner, as Rook gives it: the namespace
// of its operator.
func isAttacher(provisioner string) bool {
	return slices.ContainsFunc(attachers, func(a string) bool { return provisioner == a || strings.HasSuffix(provisioner, "."+a) })
}

// annotationDefault marks the storage class of claims that name none.
const annotationDefault = "storageclass.kubernetes.io/is-default-class"

// defaultAttaches is attaches of the default class: of the only one that is marked,
// or of the chart that is the only one to make such a class.
func (o *objects) defaultAttaches() bool {
	var marked []bool
	for _, x := range o.of("storage.k8s.io", "StorageClass") {
		if x.GetAnnotations()[annotationDefault] == "true" {
			marked = append(marked, isAttacher(x.text("provisioner")))
		}
	}
	if len(marked) > 0 {
		return !slices.Contains(marked, false)
	}
	return false
}
