package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// The tests of this file hold what ichor relies on of how kustomize-controller
// builds a path, against the package that the controller builds with.

// fluxBuild lays files into a directory, and gives what the controller makes of
// one below it for a Kustomization of a spec, after substitution.
func fluxBuild(t *testing.T, dir, spec string, files map[string]string, options ...kustomize.SubstituteOption) ([]*unstructured.Unstructured, error) {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	k := unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte("metadata: {name: k, namespace: flux-system}\nspec: "+spec), &k.Object); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, dir)
	if _, err := kustomize.NewGenerator(root, k).WriteFile(path); err != nil {
		return nil, err
	}
	resources, err := kustomize.SecureBuild(root, path, false)
	if err != nil {
		return nil, err
	}
	var out []*unstructured.Unstructured
	for _, r := range resources.Resources() {
		substituted, err := kustomize.SubstituteVariables(t.Context(), nil, k, r, append(options, kustomize.SubstituteWithDryRun(true))...)
		if err != nil {
			return nil, err
		}
		if substituted == nil {
			substituted = r // the object says that it is to be left alone
		}
		o := &unstructured.Unstructured{}
		data, err := substituted.MarshalJSON()
		if err == nil {
			err = o.UnmarshalJSON(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out, nil
}

func namesOf(objects []*unstructured.Unstructured) string {
	var out []string
	for _, o := range objects {
		out = append(out, strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func configMap(name, data string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {" + data + "}\n"
}

func TestFluxBuildsAPath(t *testing.T) {
	component := "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n"
	for _, tt := range []struct {
		name, spec string
		files      map[string]string
		want, fail string
	}{
		{"every YAML file of a directory without a kustomization.yaml, and those with one whole", "{}", map[string]string{
			"a/x.yaml": configMap("x", ""), "a/deep/y.yml": configMap("y", ""), "a/note.txt": "-",
			"a/own/kustomization.yaml": "resources: [z.yaml]\n", "a/own/z.yaml": configMap("z", ""), "a/own/unread.yaml": configMap("u", ""),
		}, "x y z", ""},
		{"a file that is no object", "{}", map[string]string{"a/x.yaml": configMap("x", ""), "a/values.yaml": "replicas: 3\n"}, "", "failed to decode Kubernetes YAML"},
		{"a resource that is not there", "{}", map[string]string{"a/kustomization.yaml": "resources: [gone.yaml]\n"}, "", "gone.yaml"},
		{"an object without an apiVersion is built", "{}", map[string]string{"a/kustomization.yaml": "resources: [x.yaml]\n", "a/x.yaml": "rapiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"}, "x", ""},
		{"a field that kustomize does not know is dropped from the file of the path", "{}", map[string]string{"a/kustomization.yaml": "gapiVersion: x\nresources: [x.yaml]\n", "a/x.yaml": configMap("x", "")}, "x", ""},
		{"the target namespace goes over the one of the file", "{targetNamespace: web}", map[string]string{"a/kustomization.yaml": "namespace: other\nresources: [x.yaml]\n", "a/x.yaml": configMap("x", "")}, "web/x", ""},
		{"prefix and suffix", "{namePrefix: p-, nameSuffix: -s}", map[string]string{"a/x.yaml": configMap("x", "")}, "p-x-s", ""},
		{"components, relative to the path", "{components: [../c]}", map[string]string{"a/x.yaml": configMap("x", ""), "c/kustomization.yaml": component, "c/more.yaml": configMap("more", "")}, "more x", ""},
		{"a component from elsewhere", "{components: [\"https://example.com/c\"]}", map[string]string{"a/x.yaml": configMap("x", "")}, "", "must be local and relative"},
		{"a component that is not there", "{components: [../gone]}", map[string]string{"a/x.yaml": configMap("x", "")}, "", "gone"},
		{"one that may be missing", "{components: [../gone], ignoreMissingComponents: true}", map[string]string{"a/x.yaml": configMap("x", "")}, "x", ""},
		{"a cluster-wide kind that kustomize does not know gets the namespace", "{targetNamespace: web}", map[string]string{"a/x.yaml": "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: own}\n"}, "web/own", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fluxBuild(t, "a", tt.spec, tt.files)
			if tt.fail != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fail) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || namesOf(got) != tt.want {
				t.Errorf("%s %v", namesOf(got), err)
			}
		})
	}
}

// The patches of a Kustomization are applied behind those of the file.
func TestFluxPatchesLast(t *testing.T) {
	got, err := fluxBuild(t, "a", `{patches: [{patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {k: flux}}"}]}`, map[string]string{
		"a/kustomization.yaml": "resources: [x.yaml]\npatches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {k: file}}'}]\n",
		"a/x.yaml":             configMap("x", "k: own"),
	})
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if v, _, _ := unstructured.NestedString(got[0].Object, "data", "k"); v != "flux" {
		t.Errorf("k is %q", v)
	}
}

func TestFluxSubstitutes(t *testing.T) {
	strict := kustomize.SubstituteWithStrict(true)
	disabled := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\ndata: {k: \"${A}\"}\n"
	for _, tt := range []struct {
		name, spec, object string
		options            []kustomize.SubstituteOption
		want, fail         string
	}{
		{"a variable", "{postBuild: {substitute: {A: v}}}", configMap("x", `k: "${A}"`), nil, "v", ""},
		{"without any, the text stays", "{postBuild: {substitute: {}}}", configMap("x", `k: "${A}"`), nil, "${A}", ""},
		{"one that nobody defines is emptied", "{postBuild: {substitute: {B: v}}}", configMap("x", `k: "a${A}"`), nil, "a", ""},
		{"or refused, where Flux is strict", "{postBuild: {substitute: {B: v}}}", configMap("x", `k: "${A}"`), []kustomize.SubstituteOption{strict}, "", "variable not set"},
		{"a default", "{postBuild: {substitute: {B: v}}}", configMap("x", `k: "${A:=d}"`), []kustomize.SubstituteOption{strict}, "d", ""},
		{"an escape", "{postBuild: {substitute: {A: v}}}", configMap("x", `k: "$${A}"`), []kustomize.SubstituteOption{strict}, "${A}", ""},
		{"without braces it is text", "{postBuild: {substitute: {A: v}}}", configMap("x", `k: "$A"`), []kustomize.SubstituteOption{strict}, "$A", ""},
		{"an object that is left alone", "{postBuild: {substitute: {A: v}}}", disabled, []kustomize.SubstituteOption{strict}, "${A}", ""},
		{"values lose their line breaks", `{postBuild: {substitute: {A: "a\nb"}}}`, configMap("x", `k: "${A}"`), nil, "ab", ""},
		{"names are those of a shell", `{postBuild: {substitute: {"a-b": v}}}`, configMap("x", `k: "${A}"`), nil, "", "var name is invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fluxBuild(t, "a", tt.spec, map[string]string{"a/x.yaml": tt.object}, tt.options...)
			if tt.fail != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fail) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			if v, _, _ := unstructured.NestedString(got[0].Object, "data", "k"); v != tt.want {
				t.Errorf("%q", v)
			}
		})
	}
}
