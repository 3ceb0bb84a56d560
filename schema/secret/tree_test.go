package secret

import (
	"strings"
	"testing"
)

// places gives where something was found, and how it is called in a sentence.
func places(found []Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, strings.Join(f.Path, ".")+": "+f.Subject())
	}
	return strings.Join(out, "\n")
}

func TestTree(t *testing.T) {
	values := map[string]any{
		"adminPassword": "hunter2",
		"args":          []any{"--admin-password", "hunter2", "--token", "--verbose1"},
		"command":       []any{"web", "--admin-password=hunter2"},
		"env":           []any{map[string]any{"name": "DB_PASSWORD", "value": "hunter2"}, map[string]any{"name": "USER_1", "value": "hunter2"}},
		"files":         map[string]any{"config.yaml": "a: b\npassword: hunter2\n", "ref": "password: ${X}"},
		"secretKeyRef":  map[string]any{"name": "database-1", "key": "password-1"},
	}
	want := `adminPassword: the value of "adminPassword"
args.1: the value of "admin-password"
command.1: the value of "admin-password" in "command"
env.0.value: the value of "DB_PASSWORD"
files.config.yaml: the value of "password" in line 2 of "config.yaml"`
	if got := places(Tree(values)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestObject(t *testing.T) {
	text := map[string]any{"cfg": "password: hunter2", "password": "hunter2"}
	for _, c := range []struct {
		kind    string
		builtin bool
		content map[string]any
		want    string
	}{
		{"ConfigMap", true, map[string]any{"data": text}, "data.cfg: the value of \"password\" in \"cfg\"\ndata.password: the value of \"password\""},
		{"Widget", false, map[string]any{"spec": text}, "spec.cfg: the value of \"password\" in \"cfg\""},
		{"Kustomization", false, map[string]any{"spec": map[string]any{"postBuild": map[string]any{"substitute": text}}},
			"spec.postBuild.substitute.cfg: the value of \"password\" in \"cfg\"\nspec.postBuild.substitute.password: the value of \"password\""},
		{"HelmRelease", false, map[string]any{"spec": map[string]any{"values": map[string]any{"password": "hunter2"}}}, `spec.values.password: the value of "password"`},
		{"Secret", true, map[string]any{"data": map[string]any{"password": b64("hunter2"), "binary": "AAH/"}, "metadata": text}, `data.password: the value of "password"`},
		{"SealedSecret", false, map[string]any{"spec": text}, ""},
		{"CustomResourceDefinition", true, map[string]any{"spec": text}, ""},
		{"ConfigMap", true, map[string]any{"data": map[string]any{"password": "ENC[AES256_GCM,data:p673w==,type:str]", "cfg": "password: hunter2"}, "sops": text},
			`data.cfg: the value of "password" in "cfg"`},
	} {
		if got := places(Object(c.kind, c.builtin, c.content)); got != c.want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", c.kind, got, c.want)
		}
	}
}
