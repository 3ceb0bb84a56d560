//go:build ignore

package main

import (
	"fmt"
	"maps"
	"strings"
)

// source is a Go module that carries schemas, and the files in it.
type source struct {
	path, version, licence, holder, files string
}

// release is a row of schema/release, and the modules that serve it: of two that have
// a kind at a version the first one counts. Projects whose release no spec names have
// one row, "any".
type release struct {
	row     string
	modules []source
	// served are the versions of each kind that the release serves, * for a deprecated
	// one; nil where the modules are those of the release. One that no module has is
	// served without a schema.
	served map[string]string
	// edits make the schemas of a kind those of the release, at all its versions: see edit.
	edits map[string][]string
}

// project is what is released together.
type project struct {
	name     string
	releases []release
	read     func(dir string, m source) []kind
}

const (
	apache     = "Apache-2.0"
	anyRelease = "any"
)

// projects are all that ichor writes objects for, and what is written by hand
// beside them most often.
var projects = []project{
	{"kubernetes", kubernetes(map[string]string{
		"1.28": "15", "1.29": "15", "1.30": "14", "1.31": "14", "1.32": "13", "1.33": "11", "1.34": "7", "1.35": "4", "1.36": "3",
	}), readBuiltin},
	{"cilium", each("github.com/cilium/cilium", "Authors of Cilium", "pkg/k8s/apis/cilium.io/client/crds/*/*.yaml",
		"1.16", "v1.16.0", "1.17", "v1.17.6", "1.18", "v1.18.0", "1.19", "v1.19.1", "1.20", "v1.20.2"), readCRDs},
	{"flux", fluxReleases, readCRDs},
	{"external-secrets", each("github.com/external-secrets/external-secrets", "The External Secrets Authors", "config/crds/bases/*.yaml",
		"0.14", "v0.14.4", "0.15", "v0.14.4", "0.16", "v0.16.1", "0.17", "v0.17.0", "0.18", "v0.18.2", "0.19", "v0.19.2", "0.20", "v0.20.4",
		"1.0", "v1.3.2", "1.1", "v1.3.2", "1.2", "v1.3.2", "1.3", "v1.3.2",
		"2.0", "v1.3.2", "2.1", "v1.3.2", "2.2", "v1.3.2", "2.3", "v1.3.2", "2.4", "v1.3.2",
		"2.5", "v1.3.2", "2.6", "v1.3.2", "2.7", "v1.3.2", "2.8", "v1.3.2", "2.9", "v1.3.2"), readCRDs},
	{"cert-manager", each("github.com/cert-manager/cert-manager", "The cert-manager Authors", "deploy/crds/*.yaml",
		"1.15", "v1.15.5", "1.16", "v1.16.5", "1.17", "v1.17.4", "1.18", "v1.18.3", "1.19", "v1.19.2", "1.20", "v1.20.2", "1.21", "v1.21.2"), readCRDs},
	{"cloudnative-pg", cloudNativePG(), readCRDs},
	{"barman-cloud", each("github.com/cloudnative-pg/plugin-barman-cloud", "The CloudNativePG Contributors", "config/crd/bases/*.yaml",
		anyRelease, "v0.15.0"), readCRDs},
	{"gateway-api", each("sigs.k8s.io/gateway-api", "The Kubernetes Authors", "config/crd/standard/*.yaml", anyRelease, "v1.6.3"), readCRDs},
	{"envoy-gateway", each("github.com/envoyproxy/gateway", "Envoy Gateway Authors", "charts/gateway-helm/charts/crds/crds/generated/*.yaml",
		anyRelease, "v1.9.1"), readCRDs},
	{"prometheus-operator", each("github.com/prometheus-operator/prometheus-operator", "The prometheus-operator Authors",
		"example/prometheus-operator-crd/*.yaml", anyRelease, "v0.85.0"), readCRDs},
	{"external-snapshotter", each("github.com/kubernetes-csi/external-snapshotter/client/v8", "The Kubernetes Authors", "config/crd/*.yaml",
		anyRelease, "v8.7.0"), readCRDs},
	{"traefik", []release{{row: anyRelease, modules: []source{{"github.com/traefik/traefik/v3", "v3.7.13", "MIT", "Containous SAS; Traefik Labs",
		"docs/content/reference/dynamic-configuration/traefik.io_*.yaml"}}}}, readCRDs},
}

// each gives releases of one module: row, version, row, version, ...
func each(path, holder, files string, rows ...string) []release {
	var out []release
	for i := 0; i < len(rows); i += 2 {
		out = append(out, release{row: rows[i], modules: []source{{path, rows[i+1], apache, holder, files}}})
	}
	return out
}

// cloudNativePG gives the releases of the operator. Its patches bring fields of later
// minors to earlier ones: of each minor the first module counts that has every field of
// the newest patch, and the kinds are those of that patch.
// Source: config/crd/bases at v1.22.5, v1.23.6, v1.24.4, v1.25.4, v1.26.3, v1.27.4,
// v1.28.4, v1.29.2 and v1.30.0.
func cloudNativePG() []release {
	out := each("github.com/cloudnative-pg/cloudnative-pg", "The CloudNativePG Contributors", "config/crd/bases/*.yaml",
		"1.22", "v1.23.3", "1.23", "v1.24.4", "1.24", "v1.24.4", "1.25", "v1.25.4", "1.26", "v1.27.1", "1.27", "v1.28.2",
		"1.28", "v1.30.0", "1.29", "v1.30.0", "1.30", "v1.30.0")
	served := map[string]string{}
	for i, kinds := range []string{
		"Backup Cluster Pooler ScheduledBackup", "ClusterImageCatalog ImageCatalog", "",
		"Database Publication Subscription", "", "FailoverQuorum", "", "", "DatabaseRole",
	} {
		for _, kind := range strings.Fields(kinds) {
			served[kind] = "v1"
		}
		out[i].served = maps.Clone(served)
	}
	return out
}

func kubernetes(patches map[string]string) []release {
	var out []release
	for minor := 28; minor <= 36; minor++ {
		row := fmt.Sprintf("1.%d", minor)
		out = append(out, release{row: row, modules: []source{{
			"k8s.io/kubernetes", "v" + row + "." + patches[row], apache, "The Kubernetes Authors", "api/openapi-spec/v3/*_openapi.json",
		}}})
	}
	return out
}
