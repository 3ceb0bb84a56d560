package diag

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearest(t *testing.T) {
	names := []string{"longhorn", "monitoring", "authentik", "authentik-proxy", "cilium-bgp", "cilium-pools", "nginx"}
	for name, want := range map[string][]string{
		"longhron":        {"longhorn"},
		"authentik-proxi": {"authentik-proxy"},
		"autentik":        {"authentik"},
		"cilium-pgp":      {"cilium-bgp"},
		"nginx":           {"nginx"},
		"grafana":         nil,
		"":                nil,
	} {
		if diff := cmp.Diff(want, Nearest(name, names)); diff != "" {
			t.Errorf("nearest to %q (-want +got):\n%s", name, diff)
		}
	}
}

func TestNearestGivesThree(t *testing.T) {
	want := []string{"abcd", "abc", "abce"}
	if diff := cmp.Diff(want, Nearest("abcd", []string{"abcf", "abce", "abcg", "abc", "abcd"})); diff != "" {
		t.Error(diff)
	}
}

// Two neighbours that changed places are the commonest slip, also in a word too
// short for two mistakes.
func TestNearestExchange(t *testing.T) {
	names := []string{"port", "name", "host", "asn"}
	for name, want := range map[string][]string{
		"prot": {"port"},
		"nmae": {"name"},
		"hots": {"host"},
		"sna":  nil,
	} {
		if diff := cmp.Diff(want, Nearest(name, names)); diff != "" {
			t.Errorf("nearest to %q (-want +got):\n%s", name, diff)
		}
	}
}
