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

func TestSince(t *testing.T) {
	for version, want := range map[string]bool{
		"1.15.0": true, "v1.16.1": true, "1.15.x": true, "~1.15.2": true, "2.0.0": true,
		"1.14.5": false, "1.14.x": false, "0.16.0": false, "": false, ">=1.15.0": false, "^1.15.0": false,
	} {
		if got := Since(version, "1.15"); got != want {
			t.Errorf("%q: %v, not %v", version, got, want)
		}
	}
}
