package talos

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/role"
	"go.yaml.in/yaml/v4"
)

// bundleFile gives a bundle as `talosctl gen secrets` makes it for a release, and its
// file.
func bundleFile(t *testing.T, version string) (*secrets.Bundle, []byte) {
	t.Helper()
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
	return bundle, file
}

// changed gives the file of a bundle with one value replaced; with none, without it.
func changed(t *testing.T, file []byte, path, text string) []byte {
	t.Helper()
	var all map[string]any
	if err := yaml.Unmarshal(file, &all); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(path, ".")
	at := all
	for _, p := range parts[:len(parts)-1] {
		at = at[p].(map[string]any)
	}
	if at[parts[len(parts)-1]] = text; text == "" {
		delete(at, parts[len(parts)-1])
	}
	out, err := yaml.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What stands in the place of a value is refused, with the way out where there is one,
// and without the value.
func TestReadBundleRefuses(t *testing.T) {
	bundle, file := bundleFile(t, "v1.6")
	if _, err := ReadBundle(file); err != nil {
		t.Fatal(err)
	}
	leaf, err := secrets.NewAdminCertificateAndKey(time.Unix(1_700_000_000, 0), bundle.Certs.OS, role.MakeSet(role.Admin), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	b64 := func(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
	for _, c := range []struct{ path, value, want string }{
		{"sops", "anything", "sops -d"},
		{"certs.os.key", "ENC[AES256_GCM,data:7n0e,iv:x=,tag:y=,type:str]", "certs.os.key of the secrets bundle is a value that SOPS encrypted"},
		{"cluster.secret", "${CLUSTER_SECRET}", "cluster.secret of the secrets bundle is a variable"},
		{"cluster.secret", "op://vault/talos/secret", "1Password"},
		{"cluster.secret", "{{ op://vault/talos/secret }}", "1Password"},
		{"trustdinfo.token", "{{ .token }}", "a template"},
		{"certs.k8s.crt", "secret://certs/k8s/crt", "a marker of ichor"},
		{"cluster.id", "", "has no cluster.id"},
		{"cluster.id", "home", "cluster.id of the secrets bundle is not 32 random bytes"},
		{"cluster.secret", b64([]byte("too short a secret")), "cluster.secret of the secrets bundle is not"},
		{"secrets.bootstraptoken", "abcdef-0123456789abcdef", "is not a bootstrap token"},
		{"secrets.secretboxencryptionsecret", b64([]byte("sixteen bytes...")), "secretboxencryptionsecret of the secrets bundle is not a key"},
		{"trustdinfo.token", "two words of a token", "trustdinfo.token of the secrets bundle is not a token"},
		{"certs.os.crt", b64([]byte("no certificate")), "certs.os.crt of the secrets bundle is not the certificate"},
		{"certs.os.crt", b64(leaf.Crt), "certs.os.crt of the secrets bundle is not the certificate of an authority"},
		{"certs.os.key", b64(bundle.Certs.K8s.Key), "certs.os.key of the secrets bundle is not the private key of its certificate"},
		{"certs.os.key", "not-base64-at-all", "certs.os.key of the secrets bundle is not"},
		{"certs.k8sserviceaccount.key", b64(bundle.Certs.K8s.Crt), "certs.k8sserviceaccount.key of the secrets bundle is not a private key"},
		{"certs.k8sserviceaccount.key", b64([]byte("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")), "certs.k8sserviceaccount.key"},
	} {
		_, err := ReadBundle(changed(t, file, c.path, c.value))
		switch {
		case err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s = %q: %v, want: %s", c.path, c.value, err, c.want)
		case len(c.value) > 12 && strings.Contains(err.Error(), c.value):
			t.Errorf("%s: the value stands in the error: %v", c.path, err)
		}
	}
	for _, broken := range []string{"", "a: [", "- a", "text", string(file) + "---\n" + string(file)} {
		if _, err := ReadBundle([]byte(broken)); err == nil {
			t.Errorf("%.20q passes", broken)
		}
	}
}

// A bundle of Talos before 1.3 says why it does not fit.
func TestReadOldBundle(t *testing.T) {
	_, file := bundleFile(t, "v1.2")
	if _, err := ReadBundle(file); err == nil || !strings.Contains(err.Error(), "before 1.3") {
		t.Error(err)
	}
}

// Every release's bundle is read, with each of its values; one of digits alone stays a
// text.
func TestReadBundle(t *testing.T) {
	for version := range releases {
		_, file := bundleFile(t, version)
		digits := changed(t, file, "secrets.bootstraptoken", "123456.0123456789012345")
		digits = []byte(strings.ReplaceAll(string(digits), `"123456.0123456789012345"`, "123456.0123456789012345"))
		b, err := ReadBundle(digits)
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		if got := b.values[bootstrapToken]; got != "123456.0123456789012345" {
			t.Errorf("%s: the token is %q", version, got)
		}
		for _, m := range (markers{}).all() {
			if b.values[strings.TrimPrefix(m, scheme)] == "" {
				t.Errorf("%s: no value for %s", version, m)
			}
		}
	}
}

// The markers of every other value that a bundle has are known to the table of checks.
func TestEveryMarkerIsChecked(t *testing.T) {
	for _, m := range (markers{}).all() {
		if !slices.ContainsFunc(bundleValues, func(v bundleValue) bool { return m == scheme+v.path }) {
			t.Errorf("%s is not checked", m)
		}
	}
}
