package output_test

import (
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
