package talos

import (
	"bytes"
	"strings"
	"testing"
)

// What is rendered with a real bundle is a configuration that Talos takes, and
// holds the bundle's values in the place of every marker.
func TestRender(t *testing.T) {
	for version := range releases {
		bundle, file := bundleFile(t, version)
		read, err := ReadBundle(file)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Render(mustGenerate(t, reference(t, version))["talos/mini01.yaml"].Content, read)
		if err != nil {
			t.Fatal(err)
		}
		if warnings, err := validate(out); err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v, %v", version, warnings, err)
		}
		if marked(string(out)) {
			t.Errorf("%s: a marker is left", version)
		}
		expect(t, documentsOf(t, out)["v1alpha1"], map[string]any{
			"machine.token": bundle.TrustdInfo.Token, "cluster.id": bundle.Cluster.ID, "cluster.token": bundle.Secrets.BootstrapToken,
		})
	}
}

// A marker that is left anywhere, and what Talos refuses, is refused, without a value of
// the bundle.
func TestRenderRefuses(t *testing.T) {
	content := mustGenerate(t, reference(t, "v1.10.5"))["talos/mini01.yaml"].Content
	_, file := bundleFile(t, "v1.10.5")
	bundle, err := ReadBundle(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"secret://trustdinfo/token", "secret://trustdinfo/nothing", "has no trustdinfo.nothing"},
		{"secret://trustdinfo/token", "token=secret://trustdinfo/token", "has a marker that render cannot fill in"},
		{"secret://trustdinfo/token", "op://vault/talos/token", "a marker"},
		{"machine:\n", "machine: # see secret://trustdinfo/token\n", "a key or a comment holds a marker"},
		{"type: controlplane", "type: nonsense", "the rendered configuration is not valid for Talos"},
	} {
		if !bytes.Contains(content, []byte(c.from)) {
			t.Fatalf("the configuration has no %s", c.from)
		}
		_, err := Render(bytes.Replace(content, []byte(c.from), []byte(c.to), 1), bundle)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want: %s", c.to, err, c.want)
			continue
		}
		for path, value := range bundle.values {
			if len(value) >= minHidden && strings.Contains(err.Error(), value) {
				t.Errorf("%s: the error holds %s", c.to, path)
			}
		}
	}
}
