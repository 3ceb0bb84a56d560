package release

import (
	"slices"
	"strings"
)

// extension is a system extension that the Image Factory builds into an image.
type extension struct {
	Name string
	// Since is the first minor of Talos that has it; the zero Minor says that
	// every release of talosTable has.
	Since Minor
	// Service is the name of the extension's service where it is not the name
	// of the extension; ExtensionServiceConfig wants it.
	Service string
	// Configured: the service waits for an ExtensionServiceConfig, and never
	// starts without (depends: configuration: true in its file).
	Configured bool
}

// OfficialExtensions gives the names of the official system extensions, sorted,
// as siderolabs/iscsi-tools.
func OfficialExtensions() []string {
	names := make([]string, len(extensionTable))
	for i, e := range extensionTable {
		names[i] = e.Name
	}
	return names
}

// IsOfficialExtension reports whether the Image Factory knows the extension for
// any release of Talos that ichor knows.
func IsOfficialExtension(name string) bool {
	_, ok := findExtension(name)
	return ok
}

// HasExtension reports whether the Image Factory offers the extension for this
// minor of Talos.
func (t Talos) HasExtension(name string) bool {
	e, ok := findExtension(name)
	return ok && t.Minor.Compare(e.Since) >= 0
}

// ExtensionService gives the name of an extension's service, under which Talos
// looks for its ExtensionServiceConfig.
func ExtensionService(name string) string {
	if e, ok := findExtension(name); ok && e.Service != "" {
		return e.Service
	}
	return name[strings.LastIndex(name, "/")+1:]
}

// ExtensionNeedsConfig reports whether an extension's service only starts once
// it is given a configuration.
func ExtensionNeedsConfig(name string) bool {
	e, ok := findExtension(name)
	return ok && e.Configured
}

func findExtension(name string) (extension, bool) {
	i, ok := slices.BinarySearchFunc(extensionTable, name, func(e extension, name string) int {
		return strings.Compare(e.Name, name)
	})
	if !ok {
		return extension{}, false
	}
	return extensionTable[i], true
}

// Source: the targets in .kres.yaml and the service files of
// github.com/siderolabs/extensions, branches release-1.10 to release-1.13 (tags
// v1.10.9, v1.11.6, v1.12.11 and v1.13.9). None was dropped in between.
var extensionTable = []extension{
	{Name: "siderolabs/amazon-ena"},
	{Name: "siderolabs/amd-ucode"},
	{Name: "siderolabs/amdgpu"},
	{Name: "siderolabs/binfmt-misc"},
	{Name: "siderolabs/bird2", Since: Minor{1, 12}, Configured: true},
	{Name: "siderolabs/bnx2-bnx2x"},
	{Name: "siderolabs/btrfs"},
	{Name: "siderolabs/chelsio-drivers"},
	{Name: "siderolabs/chelsio-firmware"},
	{Name: "siderolabs/cloudflared", Configured: true},
	{Name: "siderolabs/crun"},
	{Name: "siderolabs/ctr"},
	{Name: "siderolabs/drbd"},
	{Name: "siderolabs/dvb-cx23885"},
	{Name: "siderolabs/dvb-m88ds3103", Since: Minor{1, 11}},
	{Name: "siderolabs/ecr-credential-provider"},
	{Name: "siderolabs/fuse3"},
	{Name: "siderolabs/gasket-driver"},
	{Name: "siderolabs/glibc"},
	{Name: "siderolabs/gpio-pinctrl", Since: Minor{1, 12}},
	{Name: "siderolabs/gvisor"},
	{Name: "siderolabs/gvisor-debug"},
	{Name: "siderolabs/hailort", Since: Minor{1, 11}},
	{Name: "siderolabs/hello-world-service", Service: "hello-world"},
	{Name: "siderolabs/i915"},
	{Name: "siderolabs/intel-ice-firmware"},
	{Name: "siderolabs/intel-npu", Since: Minor{1, 13}},
	{Name: "siderolabs/intel-ucode"},
	{Name: "siderolabs/iscsi-tools", Service: "iscsid"},
	{Name: "siderolabs/joydev", Since: Minor{1, 13}},
	{Name: "siderolabs/kata-containers"},
	{Name: "siderolabs/lldpd", Configured: true},
	{Name: "siderolabs/mdadm"},
	{Name: "siderolabs/mei"},
	{Name: "siderolabs/mellanox-mstflint", Since: Minor{1, 12}},
	{Name: "siderolabs/metal-agent"},
	{Name: "siderolabs/multipath-tools", Since: Minor{1, 12}, Service: "multipathd", Configured: true},
	{Name: "siderolabs/nebula", Configured: true},
	{Name: "siderolabs/netbird", Since: Minor{1, 12}, Configured: true},
	{Name: "siderolabs/newt", Since: Minor{1, 11}, Configured: true},
	{Name: "siderolabs/nfs-utils", Since: Minor{1, 12}},
	{Name: "siderolabs/nfsd"},
	{Name: "siderolabs/nfsrahead", Since: Minor{1, 11}},
	{Name: "siderolabs/nonfree-kmod-nvidia-lts"},
	{Name: "siderolabs/nonfree-kmod-nvidia-production"},
	{Name: "siderolabs/nut-client", Configured: true},
	{Name: "siderolabs/nvidia-container-toolkit-lts", Service: "nvidia-persistenced"},
	{Name: "siderolabs/nvidia-container-toolkit-production", Service: "nvidia-persistenced"},
	{Name: "siderolabs/nvidia-fabricmanager-lts", Service: "nvidia-fabricmanager"},
	{Name: "siderolabs/nvidia-fabricmanager-production", Service: "nvidia-fabricmanager"},
	{Name: "siderolabs/nvidia-gdrdrv-device", Since: Minor{1, 12}},
	{Name: "siderolabs/nvidia-open-gpu-kernel-modules-lts"},
	{Name: "siderolabs/nvidia-open-gpu-kernel-modules-production"},
	{Name: "siderolabs/nvme-cli"},
	{Name: "siderolabs/panfrost"},
	{Name: "siderolabs/px-fuse", Since: Minor{1, 13}},
	{Name: "siderolabs/qemu-guest-agent"},
	{Name: "siderolabs/qlogic-firmware"},
	{Name: "siderolabs/realtek-firmware"},
	{Name: "siderolabs/revpi-firmware"},
	{Name: "siderolabs/rockchip-rknn", Since: Minor{1, 13}},
	{Name: "siderolabs/soci-snapshotter", Since: Minor{1, 12}},
	{Name: "siderolabs/spin"},
	{Name: "siderolabs/stargz-snapshotter"},
	{Name: "siderolabs/tailscale", Configured: true},
	{Name: "siderolabs/tenstorrent", Since: Minor{1, 11}},
	{Name: "siderolabs/thunderbolt"},
	{Name: "siderolabs/trident-iscsi-tools", Since: Minor{1, 12}},
	{Name: "siderolabs/uhid", Since: Minor{1, 13}},
	{Name: "siderolabs/uinput"},
	{Name: "siderolabs/usb-audio-drivers", Since: Minor{1, 12}},
	{Name: "siderolabs/usb-modem-drivers"},
	{Name: "siderolabs/util-linux-tools"},
	{Name: "siderolabs/v4l-uvc-drivers"},
	{Name: "siderolabs/vc4"},
	{Name: "siderolabs/vmtoolsd-guest-agent", Service: "talos-vmtoolsd"},
	{Name: "siderolabs/wasmedge"},
	{Name: "siderolabs/xdma-driver"},
	{Name: "siderolabs/xe", Since: Minor{1, 12}},
	{Name: "siderolabs/xen-guest-agent"},
	{Name: "siderolabs/youki"},
	{Name: "siderolabs/zerotier", Configured: true},
	{Name: "siderolabs/zfs", Service: "zfs-service"},
}
