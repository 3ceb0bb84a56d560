package talos

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
	"github.com/siderolabs/talos/pkg/machinery/version"
	"go.yaml.in/yaml/v4"

	"ichor/schema/model"
	"ichor/schema/release"
)

// shapes are the kinds of machines whose configuration differs in form.
var shapes = map[string]func(*model.Node) *model.Node{
	"control plane, DHCP":   func(n *model.Node) *model.Node { return n },
	"control plane, static": static,
	"worker, DHCP":          worker,
	"worker, static":        func(n *model.Node) *model.Node { return worker(static(n)) },
}

// Every release and shape, with a real secrets bundle in the place of the
// markers, is the very configuration that Talos's library makes with that
// bundle, and passes its strict validation.
func TestRendersToAValidConfiguration(t *testing.T) {
	for talos := range releases {
		bundle := realBundle(t, talos)
		for name, shape := range shapes {
			t.Run(talos+" "+name, func(t *testing.T) {
				c := reference(t, talos)
				n := shape(c.Nodes[0])
				got := render(t, mustGenerate(t, c)["talos/mini01.yaml"].Content, bundle)
				loaded, err := configloader.NewFromBytes(got)
				if err != nil {
					t.Fatal(err)
				}
				warnings, err := loaded.Validate(metal{}, validation.WithLocal(), validation.WithStrict())
				if err != nil || len(warnings) > 0 {
					t.Fatalf("refused: %v %v", err, warnings)
				}
				if diff := cmp.Diff(documentsOf(t, withBundle(t, c, n, bundle)), documentsOf(t, got)); diff != "" {
					t.Errorf("rendered configuration differs from the library's (-library +rendered):\n%s", diff)
				}
			})
		}
	}
}

// withBundle builds a node's configuration with real secrets, without markers.
func withBundle(t *testing.T, c *model.Cluster, n *model.Node, bundle *secrets.Bundle) []byte {
	t.Helper()
	input, err := newInput(c, newMarkers(c.Talos.Secrets))
	if err != nil {
		t.Fatal(err)
	}
	input.Options.SecretsBundle = bundle
	m, err := newMachine(c, n)
	if err != nil {
		t.Fatal(err)
	}
	config, err := m.config(input)
	if err != nil {
		t.Fatal(err)
	}
	content, err := config.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func realBundle(t *testing.T, talos string) *secrets.Bundle {
	t.Helper()
	contract, err := machinery.ParseContractFromVersion(talos)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := secrets.NewBundle(secrets.NewClock(), contract)
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// render puts the values of a secrets file in the place of the markers, each
// found in the file by the path that its marker names.
func render(t *testing.T, content []byte, bundle *secrets.Bundle) []byte {
	t.Helper()
	text, err := yaml.Marshal(bundle)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for _, marker := range (markers{}).all() {
		path := strings.ReplaceAll(strings.TrimPrefix(marker, "secret://"), "/", ".")
		value, ok := lookup(file, path).(string)
		if !ok || value == "" {
			t.Fatalf("marker %s names nothing in the secrets file", marker)
		}
		pairs = append(pairs, `"`+marker+`"`, value)
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(content)))
}

// The library writes for its own release, silently, where it is asked for one
// that is newer; so no row may be newer than the library.
func TestNoReleaseIsNewerThanTheLibrary(t *testing.T) {
	library, err := machinery.ParseContractFromVersion(version.Tag)
	if err != nil {
		t.Fatal(err)
	}
	for talos := range releases {
		contract, err := machinery.ParseContractFromVersion(talos)
		if err != nil {
			t.Fatal(err)
		}
		if contract.Greater(library) {
			t.Errorf("%s is newer than the library, %s", talos, version.Tag)
		}
	}
	if _, err := release.FindTalos("v1.14.0"); err == nil {
		t.Error("v1.14.0 is accepted, which the library would write as its own release")
	}
}
