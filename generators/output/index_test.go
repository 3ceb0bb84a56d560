package output_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/generators/output"
	"ichor/schema/diag"
)

func at(line int) diag.Pos { return diag.Pos{File: "spec/a.cue", Line: line, Column: 1} }

func TestObject(t *testing.T) {
	obj := map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
		"metadata": metav1.ObjectMeta{Name: "system:proxy"},
	}
	f, err := output.Object("authentik-proxy", obj, at(3))
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.Path, "manifests/authentik-proxy/clusterrole-system-proxy.yaml")
	same(t, string(f.Content), "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: system:proxy\n")
	if f.Origin != at(3) {
		t.Errorf("origin %v", f.Origin)
	}
}

func TestObjectRefusesWhatIsNoObject(t *testing.T) {
	name := map[string]any{"name": "a"}
	for _, obj := range []any{
		map[string]any{"kind": "Pod", "metadata": name},
		map[string]any{"apiVersion": "v1", "metadata": name},
		map[string]any{"apiVersion": "v1", "kind": "Pod"},
		"text",
		func() {},
	} {
		if f, err := output.Object("u", obj, at(1)); err == nil {
			t.Errorf("%v gave %s", obj, f.Path)
		}
	}
}

func file(path string, line int) output.File {
	return output.File{Path: path, Content: []byte(path + "\n"), Origin: at(line)}
}

func TestIndex(t *testing.T) {
	in := []output.File{
		file("talos/n1.yaml", 1), file("talos/schematics/x.yaml", 1), file("router/udm.conf", 2),
		file("manifests/b/pod-z.yaml", 3), file("manifests/b/pod-a.yaml", 4), file("manifests/a/pod-a.yaml", 5),
		file("manifests/b/README.md", 6), file("flux/b.yaml", 7), file("flux/a.yaml", 8),
	}
	rand.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
	before := slices.Clone(in)
	got, err := output.Index(in)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, in); d != "" {
		t.Errorf("Index changed its argument:\n%s", d)
	}
	var b strings.Builder
	for _, f := range got {
		b.WriteString(f.Path + " " + f.Origin.String() + "\n")
		if strings.HasSuffix(f.Path, "kustomization.yaml") {
			b.Write(f.Content)
		}
	}
	same(t, b.String(), `flux/a.yaml spec/a.cue:8:1
flux/b.yaml spec/a.cue:7:1
flux/kustomization.yaml spec/a.cue:8:1
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- a.yaml
- b.yaml
manifests/a/kustomization.yaml spec/a.cue:5:1
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- pod-a.yaml
manifests/a/pod-a.yaml spec/a.cue:5:1
manifests/b/README.md spec/a.cue:6:1
manifests/b/kustomization.yaml spec/a.cue:4:1
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- pod-a.yaml
- pod-z.yaml
manifests/b/pod-a.yaml spec/a.cue:4:1
manifests/b/pod-z.yaml spec/a.cue:3:1
router/udm.conf spec/a.cue:2:1
talos/n1.yaml spec/a.cue:1:1
talos/schematics/x.yaml spec/a.cue:1:1
`)
}

func TestIndexRefusesTwoFilesOfOnePath(t *testing.T) {
	for _, second := range []string{"flux/a.yaml", "flux/A.yaml"} {
		_, err := output.Index([]output.File{file("flux/a.yaml", 1), file(second, 2)})
		if err == nil || !strings.Contains(err.Error(), "spec/a.cue:1:1") || !strings.Contains(err.Error(), "spec/a.cue:2:1") {
			t.Errorf("%s: %v", second, err)
		}
	}
}

func TestIndexRefusesPathsOutsideAndItsOwn(t *testing.T) {
	for _, p := range []string{"../a", "/a", "a//b", "a/../b", "", ".", "inventory.json", ".ichor.tmp"} {
		if _, err := output.Index([]output.File{file(p, 1)}); err == nil {
			t.Errorf("%q was accepted", p)
		}
	}
}
