package talos

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"ichor/schema/model"
)

// places are where a control plane's configuration holds values of the bundle.
var places = map[string]string{
	"machine.token":                     "trustdinfo/token",
	"machine.ca.crt":                    "certs/os/crt",
	"machine.ca.key":                    "certs/os/key",
	"cluster.id":                        "cluster/id",
	"cluster.secret":                    "cluster/secret",
	"cluster.token":                     "secrets/bootstraptoken",
	"cluster.secretboxEncryptionSecret": "secrets/secretboxencryptionsecret",
	"cluster.ca.crt":                    "certs/k8s/crt",
	"cluster.ca.key":                    "certs/k8s/key",
	"cluster.aggregatorCA.crt":          "certs/k8saggregator/crt",
	"cluster.aggregatorCA.key":          "certs/k8saggregator/key",
	"cluster.serviceAccount.key":        "certs/k8sserviceaccount/key",
	"cluster.etcd.ca.crt":               "certs/etcd/crt",
	"cluster.etcd.ca.key":               "certs/etcd/key",
}

func TestMarkersStandInTheirPlaces(t *testing.T) {
	for talos := range releases {
		doc := documentsOf(t, mustGenerate(t, reference(t, talos))["talos/mini01.yaml"].Content)["v1alpha1"]
		for place, path := range places {
			expect(t, doc, map[string]any{place: "secret://" + path})
		}
	}
	if len(places) != len((markers{}).all()) {
		t.Errorf("%d markers, %d places", len((markers{}).all()), len(places))
	}
}

// `op inject` replaces {{ op://vault/item/field }}; the scalar is quoted, since
// it begins like a map of YAML.
func TestMarkersOfOnePassword(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Talos.Secrets = model.TalosSecrets{Vault: at("Automation"), Item: at("Talos Secrets - home-ops")}
	content := mustGenerate(t, c)["talos/mini01.yaml"].Content
	doc := documentsOf(t, content)["v1alpha1"]
	for place, path := range places {
		marker := "{{ op://Automation/Talos Secrets - home-ops/" + strings.ReplaceAll(path, "/", ".") + " }}"
		expect(t, doc, map[string]any{place: marker})
		if !bytes.Contains(content, []byte(`"`+marker+`"`)) {
			t.Errorf("%s is not quoted", marker)
		}
	}
	if bytes.Contains(content, []byte("secret://")) {
		t.Error("a marker of the other form is left")
	}
}

// Nothing that looks like a secret is in any file: no PEM, no marker behind
// base64, and no scalar that is base64 of something.
func TestNoSecretInTheOutput(t *testing.T) {
	for talos := range releases {
		c := reference(t, talos)
		worker(c.Nodes[2])
		for path, f := range mustGenerate(t, c) {
			if bytes.Contains(f.Content, []byte("-----BEGIN")) {
				t.Errorf("%s %s holds PEM", talos, path)
			}
			for _, s := range texts(t, f.Content) {
				if _, err := base64.StdEncoding.DecodeString(s); err == nil && len(s) >= 32 {
					t.Errorf("%s %s holds base64: %s", talos, path, s)
				}
			}
		}
	}
}

func texts(t *testing.T, content []byte) []string {
	t.Helper()
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case string:
			out = append(out, v)
		}
	}
	for _, doc := range documentsOf(t, content) {
		walk(doc)
	}
	return out
}

// The same spec gives the same bytes, whatever the order in which its sets are
// read: no clock, no randomness, no order of maps.
func TestDeterministic(t *testing.T) {
	for talos := range releases {
		first := mustGenerate(t, reference(t, talos))
		c := reference(t, talos)
		slices.Reverse(c.Nodes[0].Extensions)
		second := mustGenerate(t, c)
		if len(first) != len(second) || len(first) != 4 {
			t.Fatalf("%s: %d and %d files, want 4", talos, len(first), len(second))
		}
		for path, f := range first {
			if !bytes.Equal(f.Content, second[path].Content) {
				t.Errorf("%s: %s differs between two runs", talos, path)
			}
		}
	}
}

// insert leaves what is no marker as it stands.
func TestInsertTouchesNothingElse(t *testing.T) {
	m := markers{}
	in := "a: '0'\nb: |\n    two\n    lines\nc: {}\nd: " + base64.StdEncoding.EncodeToString([]byte("secret://elsewhere")) + "\n---\ne: [1]\n"
	out, err := m.insert([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	want := "a: '0'\nb: |\n  two\n  lines\nc: {}\nd: c2VjcmV0Oi8vZWxzZXdoZXJl\n---\ne: [1]\n"
	if string(out) != want {
		t.Errorf("got %q\nwant %q", out, want)
	}
	if _, err := m.insert([]byte("a: [")); err == nil {
		t.Error("broken YAML passes")
	}
	var node yaml.Node
	if err := yaml.Unmarshal(out, &node); err != nil {
		t.Error(err)
	}
}
