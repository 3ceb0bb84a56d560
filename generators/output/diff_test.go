package output_test

import (
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	m := newMemory()
	apply(t, m, map[string]string{"flux/a.yaml": "one\ntwo\nthree\n", "flux/b.yaml": "gone\n", "flux/c.yaml": "same\n"})
	p := plan(t, m, map[string]string{"flux/a.yaml": "one\n2\nthree\n", "flux/c.yaml": "same\n", "talos/n.yaml": "fresh\n"})
	same(t, p.Diff(), `diff a/out/flux/a.yaml b/out/flux/a.yaml
--- a/out/flux/a.yaml
+++ b/out/flux/a.yaml
@@ -1,3 +1,3 @@
 one
-two
+2
 three
diff a/out/flux/b.yaml /dev/null
--- a/out/flux/b.yaml
+++ /dev/null
@@ -1,1 +0,0 @@
-gone
diff /dev/null b/out/talos/n.yaml
--- /dev/null
+++ b/out/talos/n.yaml
@@ -0,0 +1,1 @@
+fresh
`)
}

func TestPrunes(t *testing.T) {
	m := newMemory()
	apply(t, m, map[string]string{
		"flux/kept.yaml": "", "flux/gone.yaml": "", "flux/one.yaml": "", "flux/path.yaml": "", "flux/kustomization.yaml": "",
		"manifests/kept/kustomization.yaml": "", "manifests/kept/pod-a.yaml": "", "manifests/kept/pod-b.yaml": "",
		"manifests/gone/kustomization.yaml": "", "manifests/gone/pod-a.yaml": "", "manifests/gone/pod-b.yaml": "",
		"manifests/one/kustomization.yaml": "", "manifests/one/pod-a.yaml": "", "talos/gone.yaml": "",
	})
	p := plan(t, m, map[string]string{"flux/kept.yaml": "", "flux/kustomization.yaml": "", "manifests/kept/pod-a.yaml": ""})
	var lines []string
	for _, u := range p.Prunes() {
		lines = append(lines, u.String())
	}
	same(t, strings.Join(lines, "\n"), `Flux will prune 2 objects of unit gone, which goes
Flux will prune 1 object of unit kept
Flux will prune 1 object of unit one, which goes
Flux will prune everything of unit path, which goes`)
}
