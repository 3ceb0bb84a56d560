package model

import (
	"testing"

	"ichor/schema/release"
)

// A value that no chart has would protect nothing.
func TestDerivedValuesAreOfTheChart(t *testing.T) {
	for _, v := range ciliumDerived {
		found := false
		for _, version := range []string{"1.16.0", "1.17.0", "1.18.0", "1.19.0", "1.20.0"} {
			row, err := release.FindCilium(version)
			if err != nil {
				t.Fatal(err)
			}
			found = found || row.ChartKey(v.keys()...)
		}
		if !found {
			t.Errorf("no chart has %s", v.Path)
		}
	}
}

func TestCiliumDerived(t *testing.T) {
	tests := []struct {
		path   []string
		want   string // the value, or nothing
		covers bool
	}{
		{nil, "", false},
		{[]string{"loadBalancer", "mode"}, "", false},
		{[]string{"hubble", "metrics"}, "", false},
		{[]string{"hubble"}, "hubble.enabled", false},
		{[]string{"hubble", "relay"}, "hubble.relay.enabled", false},
		{[]string{"hubble", "relay", "enabled"}, "hubble.relay.enabled", true},
		{[]string{"bgp", "announce", "podCIDR"}, "bgp", true},
	}
	for _, test := range tests {
		v, ok := CiliumDerived(test.path...)
		if ok != (test.want != "") || v.Path != test.want || ok && v.Covers(test.path...) != test.covers {
			t.Errorf("%v: %q, %t", test.path, v.Path, ok)
		}
	}
}
