package release

import (
	"strings"
	"testing"
)

// at follows a path from a kind of document.
func at(path string) *MachineField {
	kind, fields, _ := strings.Cut(path, " ")
	f := MachineDocument(kind)
	for name := range strings.FieldsSeq(strings.ReplaceAll(fields, ".", " ")) {
		if name == "[]" {
			f = f.Element()
		} else {
			f = f.Field(name)
		}
	}
	return f
}

func TestMachineFieldsOfARelease(t *testing.T) {
	for _, tt := range []struct {
		path        string
		first, last int // minors of 1.x; 0 for none
	}{
		{"UserVolumeConfig", 10, 13},
		{"SwapVolumeConfig", 11, 13},
		{"LinkConfig", 12, 13},
		{"VRFConfig", 13, 13},
		{"KubeletConfig", 0, 0},
		{"UserVolumeConfig volumeType", 12, 13},
		{"UserVolumeConfig encryption.keys.[].nodeID", 10, 13},
		{"UserVolumeConfig encryption.keys.[].tpm.options", 12, 13},
		{"UserVolumeConfig volumetype", 0, 0},
		{"VolumeConfig encryption", 11, 13},
		{"VolumeConfig mount.secure", 13, 13},
		{"OOMConfig strictCgroupClassOrdering", 12, 13},
		{"ImageVerificationConfig rules", 13, 13},
		{"v1alpha1 machine.network.hostname", 10, 13},
		{"v1alpha1 machine.network.interfaces.[].vlans.[].vlanId", 10, 13},
		{"v1alpha1 machine.systemDiskEncryption.state", 10, 13},
		{"v1alpha1 machine.install.grubUseUKICmdline", 12, 13},
		{"v1alpha1 machine.sysctls.net/core", 10, 13},
		{"v1alpha1 cluster.apiServer.extraArgs.max-pods", 10, 13},
		{"v1alpha1 cluster.apiServer.extraArgs.max-pods.[]", 13, 13},
	} {
		f := at(tt.path)
		for i, row := range talosTable {
			if want := tt.first <= row.Minor.Minor && row.Minor.Minor <= tt.last; row.Knows(f) != want {
				t.Errorf("%s: Talos %s knows it: %t, want %t", tt.path, talosTable[i].Minor, !want, want)
			}
		}
		if f != nil && (f.First().Minor != tt.first || f.Last().Minor != tt.last) {
			t.Errorf("%s: %s to %s", tt.path, f.First(), f.Last())
		}
	}
}

// The documents that the named facts speak of are there when the fact holds.
func TestFactsAgreeWithDocuments(t *testing.T) {
	for _, row := range talosTable {
		if row.HostnameDocument != row.Knows(MachineDocument("HostnameConfig")) {
			t.Errorf("%s: HostnameDocument", row.Minor)
		}
		if row.EncryptionInVolumes != row.Knows(at("VolumeConfig encryption")) {
			t.Errorf("%s: EncryptionInVolumes", row.Minor)
		}
		for _, kind := range []string{"LinkConfig", "DHCPv4Config", "DHCPv6Config", "Layer2VIPConfig", "ResolverConfig", "TimeSyncConfig"} {
			if row.NetworkDocuments != row.Knows(MachineDocument(kind)) {
				t.Errorf("%s: NetworkDocuments and %s", row.Minor, kind)
			}
		}
	}
}
