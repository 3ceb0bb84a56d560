package output_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"ichor/generators/output"
)

func encode(t *testing.T, obj any) string {
	t.Helper()
	b, err := output.Encode(obj)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestEncodeWorkload(t *testing.T) {
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: "proxy", Namespace: "auth"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"b": "yes", "a": "1"}},
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
				Containers: []corev1.Container{{Name: "proxy"}},
				Volumes:    []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
			}},
		},
	}
	same(t, encode(t, d), `apiVersion: apps/v1
kind: Deployment
metadata:
  name: proxy
  namespace: auth
spec:
  selector:
    matchLabels:
      a: "1"
      b: "yes"
  template:
    spec:
      containers:
      - name: proxy
      volumes:
      - emptyDir: {}
        name: tmp
`)
}

// Helm reads null as "drop the chart's default", so it must survive.
func TestEncodeKeepsTheUsersEmptyValues(t *testing.T) {
	obj := map[string]any{
		"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
		"metadata": map[string]any{"name": "x", "creationTimestamp": nil},
		"spec":     map[string]any{"values": map[string]any{"resources": map[string]any{}, "drop": nil, "status": "on"}},
		"status":   map[string]any{"observedGeneration": 1},
	}
	same(t, encode(t, obj), `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: x
spec:
  values:
    drop: null
    resources: {}
    status: "on"
`)
}

func TestEncodeScalars(t *testing.T) {
	long := strings.Repeat("word ", 60) + "end"
	same(t, encode(t, map[string]any{
		"asn": int64(4294967295), "big": int64(math.MaxInt64), "ratio": 0.5,
		"octal": "0644", "on": "off", "html": "<a&b>", "long": long, "status": "kept",
		"lines": "a\nb\n", "time": "2020-01-01", "colon": "a: b", "sexagesimal": "1:30", "null": "null",
	}), `asn: 4294967295
big: 9223372036854775807
colon: 'a: b'
html: <a&b>
lines: |
  a
  b
long: `+long+`
"null": "null"
octal: "0644"
"on": "off"
ratio: 0.5
sexagesimal: "1:30"
status: kept
time: "2020-01-01"
`)
}

// Flux and kubectl read YAML 1.1 by sigs.k8s.io/yaml: what they see must be
// what was meant, whatever a string looks like.
func TestEncodeReadsBackAsKubernetesReadsIt(t *testing.T) {
	words := []string{
		"", " ", "yes", "No", "on", "OFF", "y", "n", "~", "null", "Null", "true", "1", "0o17", "017", "0x1f", "1_000", "1e3",
		".5", "+1", "-", "- a", "? a", "a: b", "a:", ": a", "#a", "a #b", "&a", "*a", "!a", "!!str a", "|", ">", "%a", "@a",
		"`a", "{a", "[a", "a]", "'", "\"", "\\", "\t", "a\tb", "\ta", "a\n", "\na", "a\n\nb", " a\nb", "\n a\nb\n", "a \nb", "a\n ", "\n",
		"\n\n", "\r\n", "a\rb", "1:30", "190:20:30", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "=", ".inf", ".NaN",
		"\u0085", "\u2028", "\ufeff", "é", "😀", "\x00", "\x7f", "---", "...", "--- a", "a\n---\nb", "${VAR}", "{{ op://a/b c/d }}",
	}
	values := map[string]any{}
	for i, w := range words {
		values[w] = w
		values["list "+w] = []any{w, map[string]any{w: words[len(words)-1-i]}}
	}
	var got map[string]any
	if err := yaml.UnmarshalStrict([]byte(encode(t, values)), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(values, got); d != "" {
		t.Error(d)
	}
}

func TestEncodeLeavesItsArgumentAlone(t *testing.T) {
	obj := map[string]any{"apiVersion": "v1", "kind": "Pod", "status": map[string]any{}}
	encode(t, obj)
	if _, ok := obj["status"]; !ok {
		t.Error("Encode changed the object it was given")
	}
}

func TestEncodeRefusesWhatJSONCannotSay(t *testing.T) {
	if _, err := output.Encode(map[string]any{"f": math.NaN()}); err == nil {
		t.Error("want an error")
	}
}
