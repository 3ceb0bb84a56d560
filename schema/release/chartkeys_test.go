package release

import (
	"slices"
	"strings"
	"testing"
)

func TestChartKey(t *testing.T) {
	tests := []struct {
		path   string
		minors []int // of Cilium 1.x that have it
	}{
		{"kubeProxyReplacement", []int{16, 17, 18, 19, 20}}, // read by templates; in values.yaml from 1.19 on
		{"loadBalancer.algorithm", []int{16, 17, 18, 19, 20}},
		{"loadBalancer.mode", []int{16, 17, 18, 19, 20}},
		{"ipam.operator.clusterPoolIPv6PodCIDRList", []int{16, 17, 18, 19, 20}},
		{"securityContext.capabilities.ciliumAgent", []int{16, 17, 18, 19, 20}},
		{"socketLB.hostNamespaceOnly", []int{16, 17, 18, 19, 20}}, // looked up by an alias
		{"socketLB.tracing", []int{17, 18, 19, 20}},
		{"nodePort.range", []int{16, 17, 18, 19, 20}}, // looked up by name
		{"localRedirectPolicy", []int{16, 17, 18, 19, 20}},
		{"enableLBIPAM", []int{17, 18, 19, 20}},
		{"bgpControlPlane.statusReport.enabled", []int{17, 18, 19, 20}},
		{"bgpControlPlane.legacyOriginAttribute.enabled", []int{19, 20}},
		{"extraConfig.anything", []int{16, 17, 18, 19, 20}}, // an empty map: open
		{"podAnnotations.example.com/a", []int{16, 17, 18, 19, 20}},
		{"operator.nodeSelector.example.com/b", []int{16, 17, 18, 19, 20}}, // handed to Kubernetes
		{"bgp.announce.loadbalancerIP", []int{16}},
		{"l2NeighDiscovery.refreshPeriod", []int{16, 17}},
		{"", nil},
		{"enableIPv4", nil},
		{"enable-lb-ipam", nil},
		{"enableXDPPrefilter", nil},
		{"datapathMode", nil},
		{"l2announcement", nil},
		{"l2announcements.enable", nil},
		{"loadBalancer.l2.enabled", nil},
		{"bgpControlplane.enabled", nil},
		{"bgpControlPlane.secretNamespace.name", nil}, // as the documentation has it
		{"securityContext.capabilites.ciliumAgent", nil},
		{"operator.replicas.count", nil}, // below a number
		{"tunnel", nil},                  // named by templates only to be refused
	}
	for _, test := range tests {
		path := strings.FieldsFunc(test.path, func(r rune) bool { return r == '.' })
		if i := strings.Index(test.path, "example.com"); i > 0 {
			path = append(strings.Split(test.path[:i-1], "."), test.path[i:])
		}
		for _, row := range ciliumTable {
			want := slices.Contains(test.minors, row.Minor.Minor)
			if got := row.ChartKey(path...); got != want {
				t.Errorf("Cilium %s: ChartKey(%q) = %t, want %t", row.Minor, path, got, want)
			}
		}
	}
}

// What is proposed for a misspelt key must be a key.
func TestChartKeysAreKeys(t *testing.T) {
	for _, row := range ciliumTable {
		for _, parent := range [][]string{nil, {"bgpControlPlane"}, {"ipam", "operator"}} {
			keys := row.ChartKeys(parent...)
			if len(keys) < 2 || !slices.IsSorted(keys) {
				t.Errorf("Cilium %s: keys below %v: %v", row.Minor, parent, keys)
			}
			for _, k := range keys {
				if path := append(slices.Clone(parent), k); !row.ChartKey(path...) {
					t.Errorf("Cilium %s: %v is proposed, and is no key", row.Minor, path)
				}
			}
		}
	}
	if keys := ciliumTable[0].ChartKeys("enableIPv4"); keys != nil {
		t.Errorf("keys below one that is none: %v", keys)
	}
}

func TestAgentCapabilities(t *testing.T) {
	for _, row := range ciliumTable {
		c := row.AgentCapabilities()
		if slices.Contains(c, "SYS_MODULE") || slices.Contains(row.CleanCapabilities(), "SYS_MODULE") {
			t.Errorf("Cilium %s: Talos grants no pod SYS_MODULE", row.Minor)
		}
		if got, want := slices.Contains(c, "SYSLOG"), row.Minor.Minor >= 19; got != want {
			t.Errorf("Cilium %s: SYSLOG %t, want %t", row.Minor, got, want)
		}
	}
}
