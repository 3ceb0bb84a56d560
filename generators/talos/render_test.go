package talos

import (
	"strings"
	"testing"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"go.yaml.in/yaml/v4"
)

// What is rendered with a real bundle is a configuration that Talos takes, and
// holds the bundle's values in the place of every marker.
func TestRender(t *testing.T) {
	for version := range releases {
		contract, err := config.ParseContractFromVersion(version)
		if err != nil {
			t.Fatal(err)
		}
		bundle, err := secrets.NewBundle(secrets.NewFixedClock(time.Unix(1_700_000_000, 0)), contract)
		if err != nil {
			t.Fatal(err)
		}
		file, err := yaml.Marshal(bundle)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Render(mustGenerate(t, reference(t, version))["talos/mini01.yaml"].Content, file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := validate(out); err != nil {
			t.Errorf("%s: %v", version, err)
		}
		if strings.Contains(string(out), scheme) {
			t.Errorf("%s: a marker is left", version)
		}
		expect(t, documentsOf(t, out)["v1alpha1"], map[string]any{
			"machine.token": bundle.TrustdInfo.Token, "cluster.id": bundle.Cluster.ID, "cluster.token": bundle.Secrets.BootstrapToken,
		})
	}
}

// A bundle that lacks values is refused with all that it lacks.
func TestRenderRefuses(t *testing.T) {
	content := mustGenerate(t, reference(t, "v1.10.5"))["talos/mini01.yaml"].Content
	_, err := Render(content, []byte("cluster: {id: x, secret: \"\"}\n"))
	for _, want := range []string{"has no cluster.secret", "has no trustdinfo.token", "has no certs.os.key"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want: %s", err, want)
		}
	}
	if _, err := Render(content, []byte("a: [")); err == nil {
		t.Error("broken YAML passes")
	}
}
