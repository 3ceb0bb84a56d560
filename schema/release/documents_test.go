package release

import "testing"

func TestDocumentsOfARelease(t *testing.T) {
	for _, tt := range []struct {
		talos, kind string
		want        bool
	}{
		{"v1.10.5", "UserVolumeConfig", true},
		{"v1.10.5", "SwapVolumeConfig", false},
		{"v1.11.0", "SwapVolumeConfig", true},
		{"v1.11.0", "LinkConfig", false},
		{"v1.12.0", "LinkConfig", true},
		{"v1.12.0", "VRFConfig", false},
		{"v1.13.0", "VRFConfig", true},
		{"v1.13.0", "KubeletConfig", false},
	} {
		row, err := FindTalos(tt.talos)
		if err != nil {
			t.Fatal(err)
		}
		if got := row.HasDocument(tt.kind); got != tt.want {
			t.Errorf("%s %s: %v, want %v", tt.talos, tt.kind, got, tt.want)
		}
	}
}

// The documents that the named facts speak of are there when the fact holds.
func TestFactsAgreeWithDocuments(t *testing.T) {
	for _, row := range talosTable {
		if row.HostnameDocument != row.HasDocument("HostnameConfig") {
			t.Errorf("%s: HostnameDocument", row.Minor)
		}
		for _, kind := range []string{"LinkConfig", "DHCPv4Config", "DHCPv6Config", "Layer2VIPConfig", "ResolverConfig", "TimeSyncConfig"} {
			if row.NetworkDocuments != row.HasDocument(kind) {
				t.Errorf("%s: NetworkDocuments and %s", row.Minor, kind)
			}
		}
	}
}
