package scan

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"
)

// scanDir holds a case for each way in which Flux reads a repository,
// <behaviour>.txtar: the files, in `hidden` the names of those that git does
// not know, and in `want` every Kustomization with what it applies.
const scanDir = "../../testdata/scan"

func TestRead(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(scanDir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, want := layOut(archive)
			got := rendered(t, Read(files))
			if os.Getenv("ICHOR_UPDATE") != "" {
				rewrite(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ICHOR_UPDATE=1 rewrites it (-want +got):\n%s", diff)
			}
		})
	}
}

func layOut(archive *txtar.Archive) (files Files, want string) {
	fsys := fstest.MapFS{}
	var hidden []string
	for _, f := range archive.Files {
		switch f.Name {
		case "want":
			want = string(f.Data)
		case "hidden":
			hidden = strings.Fields(string(f.Data))
		default:
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	files.FS = fsys
	for name := range fsys {
		if !slices.Contains(hidden, name) {
			files.Tracked = append(files.Tracked, name)
		}
	}
	slices.Sort(files.Tracked)
	return files, want
}

func rewrite(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

// rendered writes what was read: a document for each Kustomization, as a comment,
// and one for each object behind it.
func rendered(t *testing.T, r *Repository) string {
	t.Helper()
	var out strings.Builder
	for _, c := range r.Clusters {
		out.WriteString("# cluster " + c.Name + "\n")
		for _, k := range c.Kustomizations {
			out.WriteString("## " + k.ID() + " applies " + k.Path + "\n")
			for _, line := range remarks(k) {
				out.WriteString("# " + line + "\n")
			}
			objects := slices.Clone(k.Objects)
			slices.SortFunc(objects, func(a, b *Object) int { return strings.Compare(a.String(), b.String()) })
			for _, o := range objects {
				data, err := yaml.Marshal(o.Content)
				if err != nil {
					t.Fatal(err)
				}
				out.WriteString("---\n# from " + o.File + "\n" + string(data))
				if o.Unsure {
					out.WriteString("# not all of it is known\n")
				}
			}
		}
	}
	for _, u := range r.Unread() {
		out.WriteString("# unread: " + u.Path + "\n")
	}
	return out.String()
}

// remarks tells what is known of a Kustomization beside its objects.
func remarks(k *Kustomization) []string {
	var out []string
	if k.External {
		out = append(out, "external")
	}
	if k.Generated {
		out = append(out, "its kustomization file is generated")
	}
	if k.Failed != nil {
		out = append(out, "failed at "+k.FailedAt.String()+": "+k.Failed.Error())
	}
	for _, m := range k.Missing {
		out = append(out, "missing at "+m.Pos.String()+": "+m.String())
	}
	for _, url := range k.Remote {
		out = append(out, "remote: "+url)
	}
	if k.Variables.Open {
		out = append(out, "more variables than are known")
	}
	for _, u := range k.Undefined {
		out = append(out, "undefined at "+u.Pos.String()+": "+u.Name)
	}
	return out
}

func TestReading(t *testing.T) {
	files, _ := layOut(txtar.Parse([]byte(readingCase)))
	var got []string
	files.Reading = func(what string) { got = append(got, what) }
	Read(files)
	want := []string{"Kustomization flux-system/apps (apps)", "chart charts/web of HelmRelease web/web, apps/web.yaml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const readingCase = `
-- cluster/apps.yaml --
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {interval: 1h, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
-- apps/web.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec: {interval: 1h, chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}}
-- charts/web/Chart.yaml --
{apiVersion: v2, name: web, version: 0.1.0}
`
