package depend

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/scan"
)

// TestApart parts what one Kustomization applies beside another, which brings a
// secret store.
func TestApart(t *testing.T) {
	const (
		source   = "\n---\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: OCIRepository, metadata: {name: charts, namespace: web}, spec: {url: \"oci://example.com/store\"}}"
		note     = "\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: note, namespace: web}}"
		secret   = "\n---\n{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: token, namespace: web}, spec: {secretStoreRef: {kind: ClusterSecretStore, name: vault}}}"
		provider = "\n---\n{apiVersion: notification.toolkit.fluxcd.io/v1beta3, kind: Provider, metadata: {name: chat, namespace: web}, spec: {type: discord, secretRef: {name: token}}}"
		release  = "\n---\n{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: store, namespace: web}, spec: {chartRef: {kind: OCIRepository, name: charts}}}"
		needing  = "\n---\n{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: store, namespace: web}, spec: {valuesFrom: [{kind: Secret, name: token}]}}"
		store    = "\n---\n{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: vault}, spec: {provider: {}}}"
	)
	external, chat := Kind{"external-secrets.io", "ExternalSecret"}, Kind{"notification.toolkit.fluxcd.io", "Provider"}
	for _, tt := range []struct {
		name, parent, child string
		want                []Kind
	}{
		{"what needs the store, which needs the rest", source + note + secret, store + release, []Kind{external}},
		{"and what needs that", provider + source + secret, store + release, []Kind{external, chat}},
		{"a store that needs nothing", source + note + secret, store, nil},
		{"a store that needs what waits for it: parted, they would wait as well", secret, store + needing, nil},
		{"a parent that needs nothing", source + note, store + release, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := scan.All(fstest.MapFS{
				"cluster/parent.yaml": {Data: []byte(applies("parent"))},
				"parent/objects.yaml": {Data: []byte(applies("child") + tt.parent)},
				"child/objects.yaml":  {Data: []byte(tt.child)},
			})
			if err != nil {
				t.Fatal(err)
			}
			r := scan.Read(files)
			got := Apart(Repository(r.Clusters[0], r.Bootstrap), nil)
			if diff := cmp.Diff(tt.want, got["parent"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func applies(name string) string {
	return "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: " + name + ", namespace: flux-system}, spec: {path: ./" + name + ", sourceRef: {kind: GitRepository, name: flux-system}}}"
}
