package depend

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"
)

// Chart is what a chart, or a file of manifests that is fetched, brings to a
// cluster and needs in it.
type Chart struct {
	Source   string   `json:"source"`             // where its project tells so
	CRDs     []string `json:"crds,omitempty"`     // API groups whose kinds it installs
	CRDsOnly bool     `json:"crdsOnly,omitempty"` // there is no controller in it
	// CRDsValue is the path in its values, as crds.enabled, that is false where it is
	// to install none; empty for a chart with a directory crds, which Helm skips.
	CRDsValue string `json:"crdsValue,omitempty"`
	// BeforeFlux says that where the chart is in use, it was there before Flux
	// could run.
	BeforeFlux bool `json:"beforeFlux,omitempty"`
	// Operates are the API groups whose objects its controller works on: CRDs,
	// unless it says otherwise.
	Operates        []string `json:"operates,omitempty"`
	Webhooks        []string `json:"webhooks,omitempty"` // API groups whose objects it admits
	StorageClasses  []string `json:"storageClasses,omitempty"`
	SnapshotClasses []string `json:"snapshotClasses,omitempty"`
	IngressClasses  []string `json:"ingressClasses,omitempty"`
	GatewayClasses  []string `json:"gatewayClasses,omitempty"`
	RuntimeClasses  []string `json:"runtimeClasses,omitempty"`
	DeviceClasses   []string `json:"deviceClasses,omitempty"`
	PriorityClasses []string `json:"priorityClasses,omitempty"`
	Resources       []string `json:"resources,omitempty"` // extended resources, as gpu.intel.com/i915
	Labels          []string `json:"labels,omitempty"`    // prefixes of labels that it sets on nodes
	Services        []string `json:"services,omitempty"`  // with {{release}} for the name of the release
	Needs           []string `json:"needs,omitempty"`     // charts that it builds on
	// PodSecurity are the pods of it that a Pod Security Standard refuses.
	PodSecurity []Refused `json:"podSecurity,omitempty"`
}

// Refused is a pod that a namespace of a level, or of a stricter one, does not
// admit. It is made where all values of When are given, and none of Unless; what
// the values do not say is as the chart has it by default.
type Refused struct {
	Level   string          `json:"level"` // the loosest level that refuses it: baseline or restricted
	When    map[string]bool `json:"when,omitempty"`
	Unless  map[string]bool `json:"unless,omitempty"`
	Because string          `json:"because"` // as `the node exporter uses the host's network`
	Source  string          `json:"source"`
}

//go:embed charts.yaml
var chartsFile []byte

// knowledge is the table of charts, and that of manifests by a part of their
// address.
type knowledge struct {
	Charts  map[string]Chart `json:"charts"`
	Remotes map[string]Chart `json:"remotes"`
}

// table reads the tables once. They are a part of the program: one that cannot
// be read is a bug, and a test reads it.
var table = sync.OnceValue(func() knowledge {
	var k knowledge
	if err := yaml.UnmarshalStrict(chartsFile, &k); err != nil {
		panic("depend: charts.yaml: " + err.Error())
	}
	return k
})

// ChartOf gives what is known of a chart by its name; false where nothing is.
func ChartOf(name string) (Chart, bool) {
	c, ok := table().Charts[name]
	return c.complete(), ok
}

// ChartServices gives the Services of the charts that are known to make them.
func ChartServices() map[string][]string {
	out := map[string][]string{}
	for name, c := range table().Charts {
		if len(c.Services) > 0 {
			out[name] = c.Services
		}
	}
	return out
}

// RemoteOf gives what is known of manifests by their address: the row whose part
// of it is the longest.
func RemoteOf(url string) (Chart, bool) {
	best := ""
	for _, part := range slices.Sorted(maps.Keys(table().Remotes)) {
		if strings.Contains(url, part) && len(part) > len(best) {
			best = part
		}
	}
	c, ok := table().Remotes[best]
	return c.complete(), ok
}

func (c Chart) complete() Chart {
	if c.Operates == nil && !c.CRDsOnly {
		c.Operates = c.CRDs
	}
	return c
}
