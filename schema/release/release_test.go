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
