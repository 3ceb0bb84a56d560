package scan

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// packed packs a chart by the names of its files.
func packed(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{Name: name + "/" + file, Mode: 0o644, Size: int64(len(files[file])), Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(files[file])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A chart in a packed chart is rendered with the values of its own, by Helm's own
// reading of archives.
func TestPackedChartBelow(t *testing.T) {
	inner := map[string]string{
		"Chart.yaml": "{apiVersion: v2, name: in, version: 0.1.0}", "values.yaml": "name: inner\n",
		"templates/a.yaml": configMapNamed("{{ .Values.name }}"),
	}
	c := chartCase{files: map[string]string{
		"Chart.yaml":          "{apiVersion: v2, name: web, version: 0.1.0, dependencies: [{name: in, version: 0.1.0, repository: \"https://charts.example.com\"}]}",
		"charts/in-0.1.0.tgz": packed(t, "in", inner), "templates/a.yaml": configMapNamed("{{ .Release.Name }}"),
	}}
	if d := cmp.Diff([]string{"*", "ConfigMap web/inner", "ConfigMap web/web"}, c.render(t)); d != "" {
		t.Error(d)
	}
}

// A HelmRelease may name a file: what is wrong in it is told where it names it.
func TestPackedChart(t *testing.T) {
	const metadata = "{apiVersion: v2, name: web, version: 0.1.0}"
	for _, c := range []struct {
		name, archive, flaw string
		want                []string
	}{
		{
			name:    "sound",
			archive: packed(t, "web", map[string]string{"Chart.yaml": metadata, "templates/a.yaml": configMapNamed("{{ .Release.Name }}")}),
			want:    []string{"*", "ConfigMap web/web"},
		},
		{name: "no archive", archive: metadata, flaw: "gzip: invalid header"},
		{name: "no chart", archive: packed(t, "web", map[string]string{"values.yaml": "{}"}), flaw: "Chart.yaml file is missing"},
		{
			name:    "a template that fails",
			archive: packed(t, "web", map[string]string{"Chart.yaml": metadata, "templates/a.yaml": `{{ fail "no" }}`}),
			flaw:    "execution error at (web/templates/a.yaml:1:3): no",
		},
		{
			name:    "no object",
			archive: packed(t, "web", map[string]string{"Chart.yaml": metadata, "templates/a.yaml": "kind: ConfigMap\n"}),
			flaw:    "it has no apiVersion",
			want:    []string{"ConfigMap web/"},
		},
		{
			name:    "larger than Helm takes it",
			archive: packed(t, "web", map[string]string{"Chart.yaml": metadata, "files/large": strings.Repeat("0", 6<<20)}),
			flaw:    "larger than the maximum file size",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			chart := releasePacked(t, c.archive)
			if d := cmp.Diff(c.want, summary(chart)); d != "" {
				t.Error(d)
			}
			for _, o := range chart.Objects {
				if o.Pos.File != "apps/web.yaml" || o.Pos.Line != 5 {
					t.Errorf("%s stands at %s", o, o.Pos)
				}
			}
			judgeFlaw(t, chart, c.flaw)
		})
	}
}

func releasePacked(t *testing.T, archive string) *Chart {
	t.Helper()
	release := strings.NewReplacer("./charts/web", "./charts/web-0.1.0.tgz", "%s", "").Replace(chartRelease)
	all, err := All(fstest.MapFS{
		"flux/ks.yaml": {Data: []byte(chartCluster)}, "apps/web.yaml": {Data: []byte(release)},
		"charts/web-0.1.0.tgz": {Data: []byte(archive)},
	})
	if err != nil {
		t.Fatal(err)
	}
	k := Read(all).Clusters[0].Kustomizations[0]
	if len(k.Charts) != 1 || k.Failed != nil {
		t.Fatalf("%d charts; %v", len(k.Charts), k.Failed)
	}
	return k.Charts[0]
}

// judgeFlaw looks for the one thing that is wrong with a chart, or for none.
func judgeFlaw(t *testing.T, c *Chart, want string) {
	t.Helper()
	switch {
	case want == "" && len(c.Flaws) == 0:
	case want == "" || len(c.Flaws) != 1:
		t.Errorf("%d flaws, and it is to have %q", len(c.Flaws), want)
	case !strings.Contains(c.Flaws[0].Message, want) || c.Flaws[0].Pos != c.named():
		t.Errorf("%s: %s, and not %q where the release names it", c.Flaws[0].Pos, c.Flaws[0].Message, want)
	}
}
