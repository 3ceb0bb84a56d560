package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// A form for programs has at most 5,000 findings and says which others it leaves out;
// text has 100 of each code. With --all, each form has all of them.
func TestLeftOut(t *testing.T) {
	const missing = 5_010
	var secrets strings.Builder
	for i := range missing {
		fmt.Fprintf(&secrets, "        - secretRef: {name: s%d}\n", i)
	}
	root := written(t, map[string]string{
		"cluster/flux-system.yaml": auditRoot, "cluster/web.yaml": strings.NewReplacer("{name: flux-system, ", "{name: web, ", "./cluster", "./apps").Replace(auditRoot),
		"apps/a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n      - name: web\n        image: web:1\n        envFrom:\n" + secrets.String(),
	})
	for _, c := range []struct {
		args  []string
		left  string
		holds int
	}{
		{[]string{"-o", "json"}, "findings-left-out", 5_000},
		{[]string{"-o", "json", "--all"}, "", missing},
		{nil, "4,910 more of object-reference", 100},
		{[]string{"--all"}, "", missing},
	} {
		var out, errs bytes.Buffer
		run(append([]string{"audit", root}, c.args...), streams{&out, &errs})
		text := out.String() + errs.String()
		if n := strings.Count(text, "reads Secret") + strings.Count(text, "names Secret"); n != c.holds {
			t.Errorf("%q: %d findings, want %d: %s", c.args, n, c.holds, text[:min(len(text), 1000)])
		}
		if c.left != "" && !strings.Contains(text, c.left) || c.left == "" && strings.Contains(text, "left-out") {
			t.Errorf("%q: %s", c.args, text[max(0, len(text)-500):])
		}
	}
}
