package release

import (
	"slices"
	"testing"
)

func TestExtensionsAreSortedAndUnique(t *testing.T) {
	names := OfficialExtensions()
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("extensionTable is searched by halving and is not sorted, or names one twice")
	}
	for _, name := range names {
		if !IsOfficialExtension(name) {
			t.Errorf("%s is not found", name)
		}
	}
	for _, name := range []string{"", "iscsi-tools", "siderolabs/", "siderolabs/iscsi", "siderolabs/zzz"} {
		if IsOfficialExtension(name) {
			t.Errorf("%q is found", name)
		}
	}
}

func TestExtensionsOfARelease(t *testing.T) {
	for _, tt := range []struct {
		talos, name string
		want        bool
	}{
		{"v1.10.5", "siderolabs/lldpd", true},
		{"v1.10.5", "siderolabs/usb-modem-drivers", true},
		{"v1.10.5", "siderolabs/newt", false},
		{"v1.11.0", "siderolabs/newt", true},
		{"v1.11.0", "siderolabs/bird2", false},
		{"v1.12.0", "siderolabs/bird2", true},
		{"v1.13.0", "siderolabs/rockchip-rknn", true},
		{"v1.12.0", "siderolabs/rockchip-rknn", false},
		{"v1.13.0", "siderolabs/nonsense", false},
	} {
		row, err := FindTalos(tt.talos)
		if err != nil {
			t.Fatal(err)
		}
		if got := row.HasExtension(tt.name); got != tt.want {
			t.Errorf("%s %s: %v, want %v", tt.talos, tt.name, got, tt.want)
		}
	}
}

func TestExtensionServices(t *testing.T) {
	for name, want := range map[string]string{
		"siderolabs/lldpd":       "lldpd",
		"siderolabs/iscsi-tools": "iscsid",
		"siderolabs/nut-client":  "nut-client",
		"someone/else":           "else",
	} {
		if got := ExtensionService(name); got != want {
			t.Errorf("%s: service %s, want %s", name, got, want)
		}
	}
}
