package cluster

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// indexes is where ichor says which Go module each release's schemas are from.
const indexes = "../../schema/release/schemas"

// files says where a module keeps its CRDs.
var files = map[string]string{
	"github.com/cilium/cilium":                                 "pkg/k8s/apis/cilium.io/client/crds/*/*.yaml",
	"github.com/fluxcd/kustomize-controller":                   "config/crd/bases/*.yaml",
	"github.com/fluxcd/source-controller":                      "config/crd/bases/*.yaml",
	"github.com/fluxcd/helm-controller":                        "config/crd/bases/*.yaml",
	"github.com/fluxcd/notification-controller":                "config/crd/bases/*.yaml",
	"github.com/external-secrets/external-secrets":             "config/crds/bases/*.yaml",
	"github.com/cert-manager/cert-manager":                     "deploy/crds/*.yaml",
	"github.com/cloudnative-pg/cloudnative-pg":                 "config/crd/bases/*.yaml",
	"sigs.k8s.io/gateway-api":                                  "config/crd/standard/*.yaml",
	"github.com/envoyproxy/gateway":                            "charts/gateway-helm/charts/crds/crds/generated/*.yaml",
	"github.com/prometheus-operator/prometheus-operator":       "example/prometheus-operator-crd/*.yaml",
	"github.com/kubernetes-csi/external-snapshotter/client/v8": "config/crd/*.yaml",
	"github.com/cloudnative-pg/plugin-barman-cloud":            "config/crd/bases/*.yaml",
	"github.com/traefik/traefik/v3":                            "docs/content/reference/dynamic-configuration/traefik.io_*.yaml",
}

// Source is a Go module at a version, with the sum of its content.
type Source struct{ Path, Version, Sum string }

// Sources gives the modules of a project that serve a release of it, as 1.17;
// those of the newest one for an empty release.
func Sources(project, release string) ([]Source, error) {
	f, err := os.Open(filepath.Join(indexes, project+".txt"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	byRow := map[string][]Source{}
	newest := ""
	for s := bufio.NewScanner(f); s.Scan(); {
		if w := strings.Fields(s.Text()); len(w) > 4 && w[0] == "source" {
			byRow[w[1]] = append(byRow[w[1]], Source{w[2], w[3], w[4]})
			newest = w[1]
		}
	}
	if release == "" {
		release = newest
	}
	if byRow[release] == nil {
		return nil, fmt.Errorf("%s has no release %s", project, release)
	}
	return byRow[release], nil
}

// Dir gives the directory of a module's content, which is fetched if it is not
// there, and held against its sum.
func (s Source) Dir() (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", s.Path+"@"+s.Version).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", s.Path, s.Version, err, out)
	}
	var got struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &got); err != nil {
		return "", err
	}
	if got.Sum != s.Sum {
		return "", fmt.Errorf("%s %s has the sum %s, and is to have %s", s.Path, s.Version, got.Sum, s.Sum)
	}
	return got.Dir, nil
}

// Projects are all that have CRDs.
var Projects = []string{
	"cilium", "flux", "external-secrets", "cert-manager", "cloudnative-pg", "barman-cloud", "gateway-api",
	"envoy-gateway", "prometheus-operator", "external-snapshotter", "traefik",
}

// CRDs gives the CRDs of some API groups, of the releases by project that are
// named, and of the newest of all others.
func CRDs(releases map[string]string, groups []string) ([]*apiextensions.CustomResourceDefinition, error) {
	var out []*apiextensions.CustomResourceDefinition
	for _, p := range Projects {
		sources, err := Sources(p, releases[p])
		if err != nil {
			return nil, err
		}
		for _, s := range sources {
			crds, err := s.crds()
			if err != nil {
				return nil, err
			}
			for _, c := range crds {
				if slices.Contains(groups, c.Spec.Group) {
					out = with(out, c)
				}
			}
		}
	}
	return out, nil
}

// with adds a CRD. Several modules may stand for one release: of a kind that is
// there already, only the versions are added that it lacks.
func with(all []*apiextensions.CustomResourceDefinition, c *apiextensions.CustomResourceDefinition) []*apiextensions.CustomResourceDefinition {
	i := slices.IndexFunc(all, func(o *apiextensions.CustomResourceDefinition) bool { return o.Name == c.Name })
	if i < 0 {
		return append(all, c)
	}
	for _, v := range c.Spec.Versions {
		if !slices.ContainsFunc(all[i].Spec.Versions, func(o apiextensions.CustomResourceDefinitionVersion) bool { return o.Name == v.Name }) {
			v.Storage = false
			all[i].Spec.Versions = append(all[i].Spec.Versions, v)
		}
	}
	return all
}

// crds reads the CRDs in a module's files.
func (s Source) crds() ([]*apiextensions.CustomResourceDefinition, error) {
	dir, err := s.Dir()
	if err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, files[s.Path]))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%s %s has no CRDs: %w", s.Path, s.Version, err)
	}
	var out []*apiextensions.CustomResourceDefinition
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		crds, err := documents(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, crds...)
	}
	return out, nil
}

func documents(data []byte) ([]*apiextensions.CustomResourceDefinition, error) {
	var out []*apiextensions.CustomResourceDefinition
	for r := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data))); ; {
		document, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var crd apiextensions.CustomResourceDefinition
		if err == nil {
			err = yaml.Unmarshal(document, &crd)
		}
		if err != nil {
			return nil, err
		}
		if crd.Kind == "CustomResourceDefinition" {
			crd.Labels = nil // of a chart's template
			out = append(out, &crd)
		}
	}
}
