package release

import "testing"

func TestDiffer(t *testing.T) {
	for _, tt := range []struct {
		a, b            string
		patches, differ bool
	}{
		{"1.17.2", "v1.17.2", true, false},
		{"1.17.2", "1.17.3", true, true},
		{"1.17.2", "1.18.2", false, true},
		{"1.17.x", "1.18.0", false, false},
		{"", "1.18.0", false, false},
	} {
		if patches, differ := Differ(tt.a, tt.b); differ != tt.differ || patches != tt.patches && differ {
			t.Errorf("%q and %q: patches %v, differ %v", tt.a, tt.b, patches, differ)
		}
	}
}

func TestSettled(t *testing.T) {
	for version, want := range map[string]string{
		"2.7.3": "2.7.0", "v2.7.3": "2.7.0", "2.7.x": "2.7.0", "2.7.*": "2.7.0", "2.7": "2.7.0", "~2.7.1": "2.7.0", "=2.7.1": "2.7.0",
		"v1.33.1+k3s1": "1.33.0", "v1.33.0-rc.1": "1.33.0", "v1.33.0-rc1+rke2r1": "1.33.0",
		"": "", "2": "", "2.x": "", "*": "", "^2.7.1": "", ">=2.7.1": "", "2.7.1 - 2.8.0": "", "2.7.x || 2.8.x": "", "${VERSION}": "", "latest": "",
	} {
		if got := Settled(version); got != want {
			t.Errorf("%q: %q, not %q", version, got, want)
		}
	}
}
