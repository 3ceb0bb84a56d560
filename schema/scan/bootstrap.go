package scan

import (
	"bytes"
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
)

// Bootstrap is what a repository installs before Flux runs, as far as its files
// tell: the releases of helmfiles, and the addresses of manifests in the
// configuration of Talos, in scripts and in tasks.
type Bootstrap struct {
	Charts   []string // names of charts
	URLs     []string // addresses of manifests
	Releases []BootstrapRelease
	// Kubernetes are the versions of Kubernetes that configurations of talhelper
	// name.
	Kubernetes []string
}

// BootstrapRelease is a release of a helmfile, as it is written: what a template
// fills in is no version.
type BootstrapRelease struct {
	Chart, Namespace, Name, Version string
	Pos                             diag.Pos // of the version
}

// urlPattern is the address of a file of manifests.
var urlPattern = regexp.MustCompile(`https://[^\s"'\\)\]]+\.ya?ml|(?:https://)?github\.com/[^\s"'\\)\]]+\?ref=[^\s"'\\)\]]+`)

// maxScript is the size in bytes of the largest script that is looked into.
const maxScript = 1 << 18

func (r *Repository) bootstrap() Bootstrap {
	var b Bootstrap
	for _, file := range r.tree.Tracked {
		if !mayBootstrap(file) {
			continue
		}
		data, err := r.tree.read(file)
		if err != nil || len(data) > maxScript {
			continue
		}
		if bytes.Contains(data, []byte("releases:")) || bytes.Contains(data, []byte("helmCharts:")) {
			b.releases(file, data)
		}
		if !bytes.Contains(data, []byte("kind: Kustomization")) {
			for _, url := range urlPattern.FindAll(data, -1) {
				b.URLs = append(b.URLs, string(url))
			}
		}
	}
	b.Kubernetes = r.talhelper()
	slices.Sort(b.Charts)
	b.Charts = slices.Compact(b.Charts)
	slices.Sort(b.URLs)
	b.URLs = slices.Compact(b.URLs)
	return b
}

// bootstrapWords name the directories and files by which clusters are set up.
var bootstrapWords = []string{"bootstrap", "helmfile", "talos", "taskfile", "justfile", "scripts/", ".just", "setup/", "terraform", "ansible", "integrations"}

func mayBootstrap(file string) bool {
	ext := path.Ext(file)
	texts := []string{".yaml", ".yml", ".gotmpl", ".j2", ".sh", ".just", ".tf", "", ".nix", ".toml"}
	if !slices.Contains(texts, ext) {
		return false
	}
	lower := strings.ToLower(file)
	return slices.ContainsFunc(bootstrapWords, func(w string) bool { return strings.Contains(lower, w) })
}

// releases adds the charts of a helmfile, and those that a kustomization inflates.
// A release without a chart takes it from a template, mostly by its own name.
func (b *Bootstrap) releases(file string, data []byte) {
	nodes, _ := decodeAll(data)
	for _, n := range nodes {
		list := target(field(n, "releases"))
		if list == nil {
			list = target(field(n, "helmCharts"))
		}
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		for _, release := range list.Content {
			if text(release, "installed") == "false" {
				continue
			}
			chart := text(release, "chart")
			if chart == "" || strings.Contains(chart, "{{") {
				chart = text(release, "name")
			}
			b.Charts = append(b.Charts, path.Base(chart))
			if kindsAlone(data) {
				continue
			}
			b.Releases = append(b.Releases, BootstrapRelease{
				path.Base(chart), text(release, "namespace"), cmp.Or(text(release, "releaseName"), text(release, "name")), text(release, "version"), place(file, field(release, "version")),
			})
		}
	}
}

// kindsAlone reports whether a helmfile takes the kinds out of its charts and
// installs nothing else of them.
func kindsAlone(data []byte) bool {
	return bytes.Contains(data, []byte("CustomResourceDefinition"))
}
