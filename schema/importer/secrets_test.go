package importer

import (
	"fmt"
	"strings"
	"testing"
)

// What is printed holds no secret, what is beside one stays, and what is read is not
// changed.
func TestWithoutSecrets(t *testing.T) {
	patch := "- op: add\n  path: /data/config\n  value: 'password: hunter2-b'\n"
	fields := map[string]any{"path": "apps/web", "kustomization": map[string]any{
		"postBuild": map[string]any{"substitute": map[string]any{"SMTP_PASSWORD": "hunter2-a", "DOMAIN": "example.com"}},
		"patches":   []any{map[string]any{"patch": patch + "# password: see the vault\npassword: hunter2-b\n"}},
	}}
	before := fmt.Sprint(fields)
	got, comments := withoutSecrets(fields)
	text := fmt.Sprint(got, comments)
	if strings.Contains(text, "hunter2") {
		t.Errorf("a secret is left: %s", text)
	}
	for _, want := range []string{"DOMAIN:example.com", "path: /data/config", `the value of "SMTP_PASSWORD"`, `"password" in line`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if after := fmt.Sprint(fields); after != before {
		t.Errorf("what was read is changed: %s", after)
	}
}
