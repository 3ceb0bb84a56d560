package release

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"sigs.k8s.io/yaml"
)

// everyRow gives rows that, taken together, name every release.
func everyRow() []Rows {
	out := make([]Rows, len(externalSecretsTable)) // the longest table
	for i := range out {
		out[i] = Rows{
			&kubernetesTable[i%len(kubernetesTable)], &ciliumTable[i%len(ciliumTable)], &fluxTable[i%len(fluxTable)],
			&externalSecretsTable[i], &certManagerTable[i%len(certManagerTable)], &cloudNativePGTable[i%len(cloudNativePGTable)],
		}
	}
	return out
}

// Every schema of every release is one that the API server's own packages take.
func TestSchemasAreStructural(t *testing.T) {
	seen := map[string]bool{}
	for _, rows := range everyRow() {
		s := rows.Schemas()
		for _, e := range s.entries {
			if !seen[e.file+e.digest] {
				seen[e.file+e.digest] = true
				if err := structural(s.read(e.file, e.digest)); err != nil {
					t.Errorf("%s %s of %s: %v", e.APIVersion, e.Kind, e.Program, err)
				}
			}
		}
	}
	if len(seen) < 500 {
		t.Errorf("only %d schemas", len(seen))
	}
}

func structural(data []byte) error {
	var v1 apiextensionsv1.JSONSchemaProps
	if err := json.Unmarshal(data, &v1); err != nil {
		return err
	}
	var s apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1, &s, nil); err != nil {
		return err
	}
	if _, _, err := validation.NewSchemaValidator(&s); err != nil {
		return err
	}
	ss, err := schema.NewStructural(&s)
	if err != nil {
		return err
	}
	return schema.ValidateStructural(nil, ss).ToAggregate()
}

func TestServedVersions(t *testing.T) {
	tests := []struct {
		rows             Rows
		apiVersion, kind string
		want             bool
	}{
		{Rows{Cilium: &ciliumTable[1]}, "cilium.io/v2alpha1", "CiliumBGPPeerConfig", true},
		{Rows{Cilium: &ciliumTable[1]}, "cilium.io/v2", "CiliumBGPPeerConfig", false},
		{Rows{Cilium: &ciliumTable[2]}, "cilium.io/v2", "CiliumBGPPeerConfig", true},
		{Rows{ExternalSecrets: &externalSecretsTable[0]}, "external-secrets.io/v1beta1", "ExternalSecret", true},
		{Rows{ExternalSecrets: &externalSecretsTable[0]}, "external-secrets.io/v1", "ExternalSecret", false},
		{Rows{ExternalSecrets: &externalSecretsTable[4]}, "external-secrets.io/v1", "ExternalSecret", true},
		{Rows{ExternalSecrets: &externalSecretsTable[4]}, "external-secrets.io/v1beta1", "ExternalSecret", false},
		{Rows{Kubernetes: &kubernetesTable[0]}, "networking.k8s.io/v1", "Ingress", true},
		{Rows{Kubernetes: &kubernetesTable[0]}, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", true},
		{Rows{Kubernetes: &kubernetesTable[8]}, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", false},
		{Rows{}, "policy/v1beta1", "PodSecurityPolicy", false},
		{Rows{}, "v1", "ConfigMap", true},
		{Rows{}, "postgresql.cnpg.io/v1", "Cluster", true},
		{Rows{}, "postgresql.cnpg.io/v1", "User", false},
		{Rows{}, "postgresql.cnpg.io/v1", "DatabaseRole", true},
		{Rows{CloudNativePG: &cloudNativePGTable[0]}, "postgresql.cnpg.io/v1", "Cluster", true},
		{Rows{CloudNativePG: &cloudNativePGTable[0]}, "postgresql.cnpg.io/v1", "Database", false},
		{Rows{CloudNativePG: &cloudNativePGTable[8]}, "postgresql.cnpg.io/v1", "DatabaseRole", false},
		{Rows{CloudNativePG: &CloudNativePG{}}, "postgresql.cnpg.io/v1", "Cluster", false},
		{Rows{}, "monitoring.coreos.com/v1", "ServiceMonitor", true},
		{Rows{}, "snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", true},
		{Rows{}, "gateway.envoyproxy.io/v1alpha1", "SecurityPolicy", true},
		{Rows{}, "traefik.io/v1alpha1", "Middleware", true},
		{Rows{}, "gateway.networking.k8s.io/v1", "HTTPRoute", true},
	}
	for _, test := range tests {
		all := test.rows.Schemas()
		_, ok := all.Find(test.apiVersion, test.kind)
		if ok != test.want || ok != strings.Contains(string(all.OpenAPI(test.apiVersion, test.kind)), `"properties"`) {
			t.Errorf("%s %s: %t, want %t", test.apiVersion, test.kind, ok, test.want)
		}
	}
}

// Whatever version kinds.go says that a release serves has a schema.
func TestServedKindsHaveSchemas(t *testing.T) {
	for _, rows := range everyRow() {
		s := rows.Schemas()
		for kind := range builtinKinds {
			has(t, s, builtinKinds[kind], kind)
		}
		for _, kind := range []string{"Kustomization", "HelmRelease", "HelmRepository", "GitRepository"} {
			k, _ := FluxKind(kind)
			has(t, s, k, kind)
		}
		for _, kind := range []string{"ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret"} {
			k, _ := rows.ExternalSecrets.Kind(kind)
			has(t, s, k, kind)
		}
		for _, kind := range []string{"CiliumNetworkPolicy", "CiliumL2AnnouncementPolicy", "CiliumLoadBalancerIPPool", "CiliumBGPClusterConfig", "CiliumBGPPeeringPolicy"} {
			if k, ok := rows.Cilium.Kind(kind); ok {
				has(t, s, k, kind)
			}
		}
	}
}

func has(t *testing.T, s *Schemas, k Kind, kind string) {
	t.Helper()
	if found, ok := s.Find(k.APIVersion, kind); !ok || found.Namespaced != k.Namespaced {
		t.Errorf("%s %s: found %t, namespaced %t", k.APIVersion, kind, ok, found.Namespaced)
	}
}

// The schemas of the newest Cilium are those of its module, but for what only
// people read.
func TestSchemasAreThoseOfTheModule(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cilium/cilium").Output()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "pkg/k8s/apis/cilium.io/client/crds/*/*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no CRDs: %v", err)
	}
	s := Rows{Cilium: &ciliumTable[len(ciliumTable)-1]}.Schemas()
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatal(err)
		}
		for _, v := range crd.Spec.Versions {
			apiVersion := crd.Spec.Group + "/" + v.Name
			_, ok := s.Find(apiVersion, crd.Spec.Names.Kind)
			if ok != v.Served {
				t.Errorf("%s %s: found %t, served %t", v.Name, crd.Spec.Names.Kind, ok, v.Served)
			} else if ok {
				if diff := cmp.Diff(silent(t, v.Schema.OpenAPIV3Schema), silent(t, json.RawMessage(s.OpenAPI(apiVersion, crd.Spec.Names.Kind)))); diff != "" {
					t.Errorf("%s %s (-module +store):\n%s", v.Name, crd.Spec.Names.Kind, diff)
				}
			}
		}
	}
}

// silent gives a schema as plain values without its descriptions.
func silent(t *testing.T, schema any) any {
	t.Helper()
	data, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	mute(tree)
	return tree
}

func mute(tree any) {
	switch x := tree.(type) {
	case map[string]any:
		if _, ok := x["description"].(string); ok {
			delete(x, "description")
		}
		for _, v := range x {
			mute(v)
		}
	case []any:
		for _, v := range x {
			mute(v)
		}
	}
}
