package release

import (
	"slices"
	"strings"
	"testing"
)

// What each release serves, by config/crd/bases of its controllers.
func TestFluxServes(t *testing.T) {
	stable := map[string]string{"2.4": "v1 v1beta1 v1beta2", "2.5": "v1 v1beta1 v1beta2", "2.6": "v1 v1beta1 v1beta2", "2.7": "v1 v1beta2", "2.8": "v1", "2.9": "v1"}
	served := map[string]map[string]string{
		"helm.toolkit.fluxcd.io HelmRelease": {
			"2.4": "v2 v2beta1 v2beta2", "2.5": "v2 v2beta1 v2beta2", "2.6": "v2 v2beta1 v2beta2", "2.7": "v2 v2beta2", "2.8": "v2", "2.9": "v2",
		},
		"kustomize.toolkit.fluxcd.io Kustomization": stable,
		"source.toolkit.fluxcd.io GitRepository":    stable,
		"source.toolkit.fluxcd.io HelmRepository":   stable,
		"source.toolkit.fluxcd.io HelmChart":        stable,
		"source.toolkit.fluxcd.io Bucket":           stable,
		"source.toolkit.fluxcd.io OCIRepository": {
			"2.4": "v1beta2", "2.5": "v1beta2", "2.6": "v1 v1beta2", "2.7": "v1 v1beta2", "2.8": "v1", "2.9": "v1",
		},
		"source.toolkit.fluxcd.io ExternalArtifact": {"2.4": "", "2.5": "", "2.6": "", "2.7": "v1", "2.8": "v1", "2.9": "v1"},
		"notification.toolkit.fluxcd.io Receiver": {
			"2.4": "v1 v1beta1 v1beta2", "2.5": "v1 v1beta1 v1beta2", "2.6": "v1 v1beta1 v1beta2", "2.7": "v1 v1beta2", "2.8": "v1 v1beta2", "2.9": "v1",
		},
		"notification.toolkit.fluxcd.io Provider": {
			"2.4": "v1beta1 v1beta2 v1beta3", "2.5": "v1beta1 v1beta2 v1beta3", "2.6": "v1beta1 v1beta2 v1beta3", "2.7": "v1beta2 v1beta3", "2.8": "v1beta2 v1beta3", "2.9": "v1beta3",
		},
	}
	for i, row := range fluxTable {
		schemas := Rows{Flux: &fluxTable[i]}.Schemas()
		for what, versions := range served {
			group, kind, _ := strings.Cut(what, " ")
			var got []string
			for _, s := range schemas.Group(group) {
				if s.Kind == kind {
					got = append(got, strings.TrimPrefix(s.APIVersion, group+"/"))
				}
			}
			slices.Sort(got)
			if want := versions[row.Minor.String()]; strings.Join(got, " ") != want {
				t.Errorf("Flux %s serves %s of %q, want %q", row.Minor, got, what, want)
			}
		}
		if _, stable := schemas.Find("source.toolkit.fluxcd.io/v1", "OCIRepository"); stable != row.StableOCI {
			t.Errorf("Flux %s: StableOCI is %t", row.Minor, row.StableOCI)
		}
		oci, _ := schemas.Find("source.toolkit.fluxcd.io/v1beta2", "OCIRepository")
		if warned := oci.Deprecated != ""; warned && !row.StableOCI {
			t.Errorf("Flux %s warns of the only version of OCIRepository", row.Minor)
		}
	}
}

// The fields that came with each release.
func TestFluxFields(t *testing.T) {
	for _, tt := range []struct {
		apiVersion, kind, field string
		first                   string // the release that has it first
	}{
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "chartRef", "2.4"},
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "disableTakeOwnership", "2.5"},
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "commonMetadata", "2.7"},
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "readyExpr", "2.7"},
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "waitStrategy", "2.8"},
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "postRenderStrategy", "2.9"},
		{"kustomize.toolkit.fluxcd.io/v1", "Kustomization", "deletionPolicy", "2.5"},
		{"kustomize.toolkit.fluxcd.io/v1", "Kustomization", "ignoreMissingComponents", "2.7"},
		{"source.toolkit.fluxcd.io/v1", "GitRepository", "sparseCheckout", "2.6"},
		{"source.toolkit.fluxcd.io/v1", "GitRepository", "serviceAccountName", "2.7"},
		{"notification.toolkit.fluxcd.io/v1beta3", "Provider", "proxySecretRef", "2.7"},
		{"notification.toolkit.fluxcd.io/v1beta3", "Provider", "commitStatusExpr", "2.6"},
		{"notification.toolkit.fluxcd.io/v1", "Receiver", "resourceFilter", "2.5"},
	} {
		first := ""
		for i, row := range fluxTable {
			openAPI := string(Rows{Flux: &fluxTable[i]}.Schemas().OpenAPI(tt.apiVersion, tt.kind))
			if has := strings.Contains(openAPI, `"`+tt.field+`"`); has && first == "" {
				first = row.Minor.String()
			} else if !has && first != "" {
				t.Errorf("%s %s of %s is gone in Flux %s", tt.kind, tt.field, tt.apiVersion, row.Minor)
			}
		}
		if first != tt.first {
			t.Errorf("%s has %s since Flux %q, want %s", tt.kind, tt.field, first, tt.first)
		}
	}
}
