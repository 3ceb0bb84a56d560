package verify

import (
	"testing"

	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestSurges(t *testing.T) {
	at := func(s string) *intstr.IntOrString {
		if s == "" {
			return nil
		}
		v := intstr.Parse(s)
		return &v
	}
	for _, c := range []struct {
		surge, unavailable string
		want               bool
	}{
		{"", "", true}, {"25%", "25%", true}, {"100%", "0", true}, {"1", "0", true}, {"1%", "99%", true},
		{"0", "", false}, {"0%", "1", false}, {"", "1", false}, {"1", "100%", false}, {"", "nothing", false},
	} {
		if got := surges(at(c.surge), at(c.unavailable)); got != c.want {
			t.Errorf("maxSurge %q and maxUnavailable %q: %v, want %v", c.surge, c.unavailable, got, c.want)
		}
	}
}
