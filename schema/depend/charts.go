package depend

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"ichor/schema/model"
)

//go:embed charts.yaml
var chartsFile []byte

// knowledge is the table of charts, and that of manifests by a part of their
// address.
type knowledge struct {
	Charts  map[string]model.Chart `json:"charts"`
	Remotes map[string]model.Chart `json:"remotes"`
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
func ChartOf(name string) (model.Chart, bool) {
	c, ok := table().Charts[name]
	return c.Complete(), ok
}

// Charts gives what is known of charts, by their names.
func Charts() map[string]model.Chart { return table().Charts }

// RemoteOf gives what is known of manifests by their address: the row whose part
// of it is the longest.
func RemoteOf(url string) (model.Chart, bool) {
	best := ""
	for _, part := range slices.Sorted(maps.Keys(table().Remotes)) {
		if strings.Contains(url, part) && len(part) > len(best) {
			best = part
		}
	}
	c, ok := table().Remotes[best]
	return c.Complete(), ok
}
